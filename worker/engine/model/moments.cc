#include "worker/engine/model/moments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>

#include <ATen/Parallel.h>

namespace interneg::model {
namespace {

constexpr int kColorMoments = 165;   // monomials of three variables up to degree 8
constexpr int kSpatialMoments = 15;  // monomials of two variables up to degree 4
constexpr int kBlock_px = 16;
constexpr int kStripes = 16;  // fixed, so that the order of summation is
// More than this many pixels of a frame tell a few hundred terms nothing that these do not.
constexpr double kPixelsOfAFrame = 250'000;

using Powers3 = std::array<int, 3>;
using Powers2 = std::array<int, 2>;

std::vector<Powers3> ColorPowers(int degree) {
  std::vector<Powers3> out;
  for (int i = 0; i <= degree; ++i) {
    for (int j = 0; i + j <= degree; ++j) {
      for (int k = 0; i + j + k <= degree; ++k) out.push_back({i, j, k});
    }
  }
  return out;
}

std::vector<Powers2> SpatialPowers(int degree) {
  std::vector<Powers2> out;
  for (int d = 0; d <= degree; ++d) {
    for (int j = 0; j <= d; ++j) out.push_back({d - j, j});
  }
  return out;
}

struct Sums {
  double moments[kSpatialMoments][kColorMoments] = {};
  double targets[2][(kMaxSpatialDegree + 1) * (kMaxSpatialDegree + 2) / 2][kColorTerms] = {};
  double squares[2] = {0, 0};
  double weight = 0;
};

// One block of pixels; unused lanes have weight 0.
struct Block {
  double v[3][kBlock_px];
  double x[kBlock_px], y[kBlock_px];
  double target[2][kBlock_px];
  double weight[kBlock_px];
};

struct Terms {
  double color[kColorMoments][kBlock_px];
  double place[kSpatialMoments][kBlock_px];
};

__attribute__((target_clones("avx512f", "avx2", "default"))) void FillTerms(const Block& block, Terms& terms) {
  double powers[3][2 * kColorDegree + 1][kBlock_px];
  for (int i = 0; i < 3; ++i) {
    for (int p = 0; p < kBlock_px; ++p) powers[i][0][p] = 1.0;
    for (int d = 1; d <= 2 * kColorDegree; ++d) {
      for (int p = 0; p < kBlock_px; ++p) powers[i][d][p] = powers[i][d - 1][p] * block.v[i][p];
    }
  }
  int t = 0;
  for (int i = 0; i <= 2 * kColorDegree; ++i) {
    for (int j = 0; i + j <= 2 * kColorDegree; ++j) {
      for (int k = 0; i + j + k <= 2 * kColorDegree; ++k, ++t) {
        for (int p = 0; p < kBlock_px; ++p) terms.color[t][p] = powers[0][i][p] * powers[1][j][p] * powers[2][k][p];
      }
    }
  }
}

__attribute__((target_clones("avx512f", "avx2", "default"))) double Dot(const double* a, const double* b) {
  double lanes[8] = {};
  for (int p = 0; p < kBlock_px; p += 8) {
    for (int l = 0; l < 8; ++l) lanes[l] += a[p + l] * b[p + l];
  }
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

// moments[c] += Σ_p place[p] · color[c][p]: the inner loop of the whole fit.
__attribute__((target_clones("avx512f", "avx2", "default"))) void AddProducts(const double (*color)[kBlock_px],
                                                                              int count, const double* place,
                                                                              double* sums) {
  for (int c = 0; c < count; ++c) {
    double lanes[8] = {};
    for (int p = 0; p < kBlock_px; p += 8) {
      for (int l = 0; l < 8; ++l) lanes[l] += place[p + l] * color[c][p + l];
    }
    sums[c] += ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
  }
}

class FrameSums {
 public:
  FrameSums(const FitFrame& frame, const PolynomialMap& map)
      : frame_(frame),
        map_(map),
        step_(std::max(1, static_cast<int>(std::lround(
                              std::sqrt(static_cast<double>(frame.input->pixel_count()) / kPixelsOfAFrame))))),
        place_(SpatialPowers(2 * map.spatial_degree)),
        color_(ColorPowers(kColorDegree)) {
    // Where each of the 35 colour terms lies among the 165 moments.
    const auto all = ColorPowers(2 * kColorDegree);
    for (const auto& powers : color_) {
      column_.push_back(static_cast<int>(std::find(all.begin(), all.end(), powers) - all.begin()));
    }
  }

  void Rows(int begin, int end, Sums& sums) const {
    const int samples = (frame_.input->width_px() - step_ / 2 + step_ - 1) / step_;
    Block block;
    Terms terms;
    for (int y = begin; y < end; ++y) {
      if (y % step_ != step_ / 2) continue;
      for (int sample = 0; sample < samples; sample += kBlock_px) {
        Load(sample, y, std::min(kBlock_px, samples - sample), block);
        FillTerms(block, terms);
        AddBlock(block, terms, sums);
      }
    }
  }

  // For how many each pixel stands that is looked at.
  double stands_for() const { return static_cast<double>(step_) * step_; }

 private:
  void Load(int sample, int y, int count, Block& block) const {
    const image::Image &input = *frame_.input, &truth = *frame_.truth;
    const int width = input.width_px();
    for (int p = 0; p < kBlock_px; ++p) {
      const int x = (sample + std::min(p, count - 1)) * step_ + step_ / 2;
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      for (int v = 0; v < 3; ++v) {
        block.v[v][p] =
            std::clamp<double>(input.plane(v)[i], map_.low[v], map_.high[v]) * map_.scale[v] + map_.offset[v];
      }
      block.x[p] = (2.0 * x + 1.0) / width - 1.0;
      block.y[p] = (2.0 * y + 1.0) / input.height_px() - 1.0;
      block.target[0][p] = truth.plane(1)[i];
      block.target[1][p] = truth.plane(2)[i];
      block.weight[p] = p >= count ? 0.0 : frame_.confidence != nullptr ? frame_.confidence->plane(0)[i] : 1.0;
    }
  }

  void AddBlock(const Block& block, Terms& terms, Sums& sums) const {
    for (std::size_t s = 0; s < place_.size(); ++s) {
      const auto [px, py] = place_[s];
      for (int p = 0; p < kBlock_px; ++p) {
        double value = block.weight[p];
        for (int i = 0; i < px; ++i) value *= block.x[p];
        for (int i = 0; i < py; ++i) value *= block.y[p];
        terms.place[s][p] = value;
      }
      AddProducts(terms.color, kColorMoments, terms.place[s], sums.moments[s]);
    }
    for (int k = 0; k < 2; ++k) {
      for (int s = 0; s < SpatialTerms(map_.spatial_degree); ++s) {
        double product[kBlock_px];
        for (int p = 0; p < kBlock_px; ++p) product[p] = terms.place[s][p] * block.target[k][p];
        for (int c = 0; c < kColorTerms; ++c) sums.targets[k][s][c] += Dot(terms.color[column_[c]], product);
        if (s == 0) sums.squares[k] += Dot(product, block.target[k]);
      }
    }
    for (int p = 0; p < kBlock_px; ++p) sums.weight += block.weight[p];
  }

  const FitFrame& frame_;
  const PolynomialMap& map_;
  const int step_;  // between the pixels that are looked at, both ways
  std::vector<Powers2> place_;
  std::vector<Powers3> color_;
  std::vector<int> column_;
};

void AddSums(const Sums& from, Sums& to) {
  for (int s = 0; s < kSpatialMoments; ++s) {
    for (int c = 0; c < kColorMoments; ++c) to.moments[s][c] += from.moments[s][c];
  }
  for (int k = 0; k < 2; ++k) {
    for (std::size_t s = 0; s < std::size(to.targets[k]); ++s) {
      for (int c = 0; c < kColorTerms; ++c) to.targets[k][s][c] += from.targets[k][s][c];
    }
    to.squares[k] += from.squares[k];
  }
  to.weight += from.weight;
}

NormalEquations LayOut(const Sums& sums, int spatial_degree) {
  const auto place = SpatialPowers(spatial_degree), places = SpatialPowers(2 * spatial_degree);
  const auto color = ColorPowers(kColorDegree), colors = ColorPowers(2 * kColorDegree);
  std::map<Powers2, int> place_at;
  std::map<Powers3, int> color_at;
  for (std::size_t i = 0; i < places.size(); ++i) place_at[places[i]] = static_cast<int>(i);
  for (std::size_t i = 0; i < colors.size(); ++i) color_at[colors[i]] = static_cast<int>(i);
  NormalEquations out;
  out.size = static_cast<int>(place.size()) * kColorTerms;
  out.a.resize(static_cast<std::size_t>(out.size) * out.size);
  out.weight = sums.weight;
  for (int i = 0; i < out.size; ++i) {
    const auto& pi = place[i / kColorTerms];
    const auto& ci = color[i % kColorTerms];
    for (int j = 0; j < out.size; ++j) {
      const auto& pj = place[j / kColorTerms];
      const auto& cj = color[j % kColorTerms];
      out.a[static_cast<std::size_t>(i) * out.size + j] =
          sums.moments[place_at[{pi[0] + pj[0], pi[1] + pj[1]}]]
                      [color_at[{ci[0] + cj[0], ci[1] + cj[1], ci[2] + cj[2]}]];
    }
  }
  for (int k = 0; k < 2; ++k) {
    out.b[k].resize(out.size);
    for (int i = 0; i < out.size; ++i) out.b[k][i] = sums.targets[k][i / kColorTerms][i % kColorTerms];
    out.c[k] = sums.squares[k];
  }
  return out;
}

}  // namespace

void NormalEquations::Add(const NormalEquations& other) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += other.a[i];
  for (int k = 0; k < 2; ++k) {
    for (int i = 0; i < size; ++i) b[k][i] += other.b[k][i];
    c[k] += other.c[k];
  }
  weight += other.weight;
}

void NormalEquations::Subtract(const NormalEquations& other) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= other.a[i];
  for (int k = 0; k < 2; ++k) {
    for (int i = 0; i < size; ++i) b[k][i] -= other.b[k][i];
    c[k] -= other.c[k];
  }
  weight -= other.weight;
}

void NormalEquations::Scale(double factor) {
  for (double& value : a) value *= factor;
  for (int k = 0; k < 2; ++k) {
    for (double& value : b[k]) value *= factor;
    c[k] *= factor;
  }
  weight *= factor;
}

void NormalEquations::Emphasise(const NormalEquations& detail, double factor) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * detail.a[i];
  for (int k = 0; k < 2; ++k) {
    for (std::size_t i = 0; i < b[k].size(); ++i) b[k][i] += factor * detail.b[k][i];
    c[k] += factor * detail.c[k];
  }
}

NormalEquations Accumulate(const FitFrame& frame, const PolynomialMap& map) {
  const FrameSums work(frame, map);
  const int height = frame.input->height_px();
  std::vector<Sums> stripes(kStripes);
  at::parallel_for(0, kStripes, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto stripe = static_cast<int>(i);
      work.Rows(stripe * height / kStripes, (stripe + 1) * height / kStripes, stripes[stripe]);
    }
  });
  for (int i = 1; i < kStripes; ++i) AddSums(stripes[i], stripes[0]);
  NormalEquations sums = LayOut(stripes[0], map.spatial_degree);
  sums.Scale(work.stands_for());
  return sums;
}

}  // namespace interneg::model
