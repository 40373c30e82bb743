#include "worker/engine/model/lut_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/model/cube_system.h"

namespace interneg::model {
namespace {

using Triple = std::array<double, 3>;

constexpr double kMostSamples = 4e6;
constexpr int kShaperEntries = 4096;
constexpr double kShaperToe = 1.0 / 3.0;
constexpr int kChoosingSize = 17;
constexpr int kMostFolds = 4;
constexpr int kCoarseSteps = 300;
constexpr int kFineSteps = 60;

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("LUT: " + what);
}

void RequirePair(const LutPair& pair, std::size_t index) {
  const std::string name = "pair " + std::to_string(index + 1);
  if (pair.source == nullptr || pair.truth == nullptr) Refuse(name + " lacks a picture");
  if (pair.source->channel_count() != 3 || pair.truth->channel_count() != 3) Refuse(name + ": R, G and B are needed");
  if (pair.source->size() != pair.truth->size()) Refuse(name + ": source and truth differ in size; align them first");
  for (const auto* picture : {pair.source, pair.truth}) {
    for (const float v : picture->values()) {
      if (!std::isfinite(v)) Refuse(name + " holds NaN or infinite pixels; leave the frame out or repair it");
    }
  }
  if (pair.confidence == nullptr) return;
  if (pair.confidence->size() != pair.source->size() || pair.confidence->channel_count() != 1) {
    Refuse(name + ": the confidence needs one plane of the pictures' size");
  }
  for (const float v : pair.confidence->values()) {
    if (!(v >= 0.0F && v <= 1.0F)) Refuse(name + ": a confidence lies in [0, 1]");
  }
}

// One pixel as the fit sees it.
struct Sample {
  Triple source;  // limited to [0, 1]
  Triple truth;
  double weight;
};

int LatticeStep(std::span<const LutPair> pairs) {
  double pixels = 0;
  for (const auto& pair : pairs) pixels += static_cast<double>(pair.source->pixel_count());
  return std::max(1, static_cast<int>(std::ceil(std::sqrt(pixels / kMostSamples))));
}

template <typename Use>
void VisitSamples(const LutPair& pair, int step, const Use& use) {
  const auto source = pair.source->values(), truth = pair.truth->values();
  const std::size_t pixels = pair.source->pixel_count(), width = static_cast<std::size_t>(pair.source->width_px());
  for (std::size_t y = static_cast<std::size_t>(step / 2); y * width < pixels; y += static_cast<std::size_t>(step)) {
    for (std::size_t x = static_cast<std::size_t>(step / 2); x < width; x += static_cast<std::size_t>(step)) {
      const std::size_t i = y * width + x;
      Sample sample{{}, {}, pair.confidence == nullptr ? 1.0 : double{pair.confidence->values()[i]}};
      if (sample.weight == 0.0) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        sample.source[c] = std::clamp(double{source[c * pixels + i]}, 0.0, 1.0);
        sample.truth[c] = truth[c * pixels + i];
      }
      use(sample);
    }
  }
}

// The shaper and its inverse; the file holds the curve as a table.
class Curve {
 public:
  explicit Curve(LutShaper shaper) : shaper_(shaper) {}

  double Shape(double value) const {
    return shaper_ == LutShaper::kNone ? value : std::log1p(value / kShaperToe) / std::log1p(1.0 / kShaperToe);
  }
  double Unshape(double shaped) const {
    return shaper_ == LutShaper::kNone ? shaped : kShaperToe * std::expm1(shaped * std::log1p(1.0 / kShaperToe));
  }
  std::vector<std::array<float, 3>> Table() const {
    std::vector<std::array<float, 3>> table;
    if (shaper_ == LutShaper::kNone) return table;
    for (int i = 0; i < kShaperEntries; ++i) {
      const auto value = static_cast<float>(std::min(1.0, Shape(static_cast<double>(i) / (kShaperEntries - 1))));
      table.push_back({value, value, value});
    }
    return table;
  }

 private:
  LutShaper shaper_;
};

// R,G,B,1 → R,G,B.
using AffineMap = std::array<std::array<double, 4>, 3>;

Triple Mapped(const AffineMap& map, const Triple& color) {
  Triple out{};
  for (std::size_t c = 0; c < 3; ++c) {
    out[c] = map[c][0] * color[0] + map[c][1] * color[1] + map[c][2] * color[2] + map[c][3];
  }
  return out;
}

// Sums over all pixels for the affine map that suits them best, and the range of what was wanted.
struct Moments {
  std::array<std::array<double, 4>, 4> source{};
  std::array<Triple, 4> both{};
  double weight = 0.0, lowest = 0.0, highest = 1.0;

  void Add(const Sample& sample) {
    const std::array<double, 4> x = {sample.source[0], sample.source[1], sample.source[2], 1.0};
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) source[i][j] += sample.weight * x[i] * x[j];
      for (std::size_t c = 0; c < 3; ++c) both[i][c] += sample.weight * x[i] * sample.truth[c];
    }
    weight += sample.weight;
    for (const double value : sample.truth) {
      lowest = std::min(lowest, value);
      highest = std::max(highest, value);
    }
  }

  // Held to identity where the pixels do not say (one colour, a grey picture). By elimination without a choice of rows:
  // the ridge makes the matrix positive definite.
  AffineMap BestAffineMap() const {
    constexpr double kRidge = 1e-4;
    auto left = source;
    auto right = both;
    for (std::size_t i = 0; i < 4; ++i) {
      for (double& value : left[i]) value /= weight;
      for (double& value : right[i]) value /= weight;
      left[i][i] += kRidge;
      if (i < 3) right[i][i] += kRidge;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t row = 0; row < 4; ++row) {
        if (row == i) continue;
        const double factor = left[row][i] / left[i][i];
        for (std::size_t j = 0; j < 4; ++j) left[row][j] -= factor * left[i][j];
        for (std::size_t c = 0; c < 3; ++c) right[row][c] -= factor * right[i][c];
      }
    }
    AffineMap map{};
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t i = 0; i < 4; ++i) map[c][i] = right[i][c] / left[i][i];
    }
    return map;
  }
};

class Fit {
 public:
  Fit(std::span<const LutPair> pairs, const LutOptions& options)
      : pairs_(pairs), options_(options), curve_(options.shaper), step_(LatticeStep(pairs)) {
    for (const auto& pair : pairs_) VisitSamples(pair, step_, [this](const Sample& s) { moments_.Add(s); });
    if (!(moments_.weight > 0.0)) Refuse("no pixel has any confidence");
    base_ = moments_.BestAffineMap();
  }

  LutFit Run() const {
    LutFit fit;
    fit.smoothness = options_.smoothness ? *options_.smoothness : ChooseSmoothness(fit);
    CubeValues departure = CubeValues(9 * 9 * 9 * 3);
    int last = 9;
    for (const int size : {9, 17, 33, options_.size}) {
      if (size > options_.size || (size == last && size > 9)) continue;
      CubeSystem system(size);
      for (const auto& pair : pairs_) AddTo(system, pair);
      departure = Solve(system, fit.smoothness, Resized(departure, last, size),
                        size <= kChoosingSize ? kCoarseSteps : kFineSteps);
      last = size;
      if (size < options_.size) continue;
      fit.rms_error = std::sqrt(system.MeanSquaredError(departure));
      fit.covered_share = static_cast<double>(system.nodes_with_pixels()) * 3.0 / static_cast<double>(departure.size());
    }
    fit.cube = CubeFrom(departure);
    return fit;
  }

 private:
  ColorCube CubeFrom(const CubeValues& departure) const {
    ColorCube cube;
    cube.size = options_.size;
    cube.shaper = curve_.Table();
    const auto edge = static_cast<std::size_t>(cube.size);
    const auto at = [&](std::size_t i) { return curve_.Unshape(static_cast<double>(i) / (cube.size - 1)); };
    for (std::size_t node = 0; node < edge * edge * edge; ++node) {
      const Triple base = Mapped(base_, {at(node % edge), at(node / edge % edge), at(node / edge / edge)});
      std::array<float, 3> color{};
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = base[c] + departure[node * 3 + c];
        color[c] = static_cast<float>(std::clamp(value, moments_.lowest, moments_.highest));
      }
      cube.nodes.push_back(color);
    }
    return cube;
  }

  // What is wanted beyond the base: a map that the base already is leaves nothing to fit.
  void AddTo(CubeSystem& system, const LutPair& pair) const {
    VisitSamples(pair, step_, [&](const Sample& s) {
      const Triple base = Mapped(base_, s.source);
      system.Add({curve_.Shape(s.source[0]), curve_.Shape(s.source[1]), curve_.Shape(s.source[2])},
                 {s.truth[0] - base[0], s.truth[1] - base[1], s.truth[2] - base[2]}, s.weight);
    });
  }

  // The strength under which pairs are predicted best from the other pairs, at a size where a solve takes a moment.
  double ChooseSmoothness(LutFit& fit) const {
    if (pairs_.size() < 2) return kUsualSmoothness;
    const std::size_t folds = std::min<std::size_t>(pairs_.size(), kMostFolds);
    std::vector<CubeSystem> parts(folds, CubeSystem(kChoosingSize));
    for (std::size_t i = 0; i < pairs_.size(); ++i) AddTo(parts[i % folds], pairs_[i]);
    CubeSystem all(kChoosingSize);
    for (const auto& part : parts) all.Add(part, 1.0);
    std::vector<CubeValues> starts(folds, CubeValues(all.right_side().size()));
    double best = kUsualSmoothness, least = std::numeric_limits<double>::infinity();
    for (const double strength : {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9}) {
      const double error = LeftOutError(all, parts, strength, starts);
      if (error >= least) continue;
      least = error;
      best = strength;
    }
    if (std::isfinite(least)) fit.left_out_rms = std::sqrt(least);
    return best;
  }

  // Each fold starts from its result under the last, stronger prior.
  static double LeftOutError(const CubeSystem& all, const std::vector<CubeSystem>& parts, double strength,
                             std::vector<CubeValues>& starts) {
    double sum = 0.0, weight = 0.0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      CubeSystem others = all;
      others.Add(parts[i], -1.0);
      if (!(others.weight() > 0.0) || !(parts[i].weight() > 0.0)) continue;
      starts[i] = Solve(others, strength, starts[i], kFineSteps);
      sum += parts[i].weight() * parts[i].MeanSquaredError(starts[i]);
      weight += parts[i].weight();
    }
    return weight > 0.0 ? sum / weight : std::numeric_limits<double>::infinity();
  }

  std::span<const LutPair> pairs_;
  const LutOptions& options_;
  Curve curve_;
  int step_;
  Moments moments_;
  AffineMap base_;
};

}  // namespace

std::string_view NameOf(LutShaper shaper) {
  return shaper == LutShaper::kLog ? "log" : "none";
}

LutFit FitLut(std::span<const LutPair> pairs, const LutOptions& options) {
  if (pairs.empty()) Refuse("there is no pair to fit it on");
  if (options.size < 17 || options.size > 65) {
    Refuse(std::to_string(options.size) + " nodes along an edge; 17 to 65 can be fitted");
  }
  if (options.smoothness && !(*options.smoothness > 0.0 && std::isfinite(*options.smoothness))) {
    Refuse("the smoothness is a number above 0");
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) RequirePair(pairs[i], i);
  return Fit(pairs, options).Run();
}

}  // namespace interneg::model
