#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/bilateral_slice_torch.h"

namespace interneg::model {
namespace {

constexpr int kBlock_px = 16;
constexpr int kStripe_px = 32;  // rows a task; fixed, so that sums are grouped alike for any number of threads

struct GuideValues {
  float w1[kGuideHidden][kSliceInputs];
  float b1[kGuideHidden];
  float w2[kGuideHidden];
  float b2;
};

GuideValues ValuesOf(const Guide& guide) {
  GuideValues out;
  const auto copy = [](const at::Tensor& from, float* to) {
    const auto whole = from.detach().contiguous();
    std::memcpy(to, whole.data_ptr<float>(), static_cast<std::size_t>(whole.numel()) * sizeof(float));
  };
  copy(guide.w1, &out.w1[0][0]);
  copy(guide.b1, out.b1);
  copy(guide.w2, out.w2);
  copy(guide.b2, &out.b2);
  return out;
}

// Gradients of the guide, one sum a lane of a block, so that adding a block needs no sum across lanes.
struct GuideSums {
  float w1[kGuideHidden][kSliceInputs][kBlock_px] = {};
  float b1[kGuideHidden][kBlock_px] = {};
  float w2[kGuideHidden][kBlock_px] = {};
  float b2[kBlock_px] = {};
};

// A position between two cells: index of the first and the second, and the share of the second.
struct Between {
  int first;
  int second;
  float share;
};

Between BetweenCells(int pixel, int shrink, int cells) {
  const float at = (static_cast<float>(pixel) + 0.5F) / static_cast<float>(shrink) - 0.5F;
  const float below = std::floor(at);
  const int first = static_cast<int>(below);
  return {std::clamp(first, 0, cells - 1), std::clamp(first + 1, 0, cells - 1), at - below};
}

struct Geometry {
  int n, h, w, gh, gw, bins, shrink;
  std::vector<Between> columns;

  std::size_t cell_floats() const { return static_cast<std::size_t>(bins) * kSliceCoefficients; }
  std::size_t row_floats() const { return cell_floats() * gw; }
  int stripes() const { return (h + kStripe_px - 1) / kStripe_px; }
};

Geometry GeometryOf(const at::Tensor& grid, const at::Tensor& z, int shrink) {
  TORCH_CHECK(grid.dim() == 4 && z.dim() == 4 && z.size(1) == kSliceInputs && grid.size(0) == z.size(0) &&
                  grid.size(3) % kSliceCoefficients == 0 && grid.size(3) >= 2 * kSliceCoefficients,
              "BilateralSlice: grid [n, gh, gw, bins * 16] and z [n, 7, h, w] are needed");
  Geometry g{static_cast<int>(z.size(0)),
             static_cast<int>(z.size(2)),
             static_cast<int>(z.size(3)),
             static_cast<int>(grid.size(1)),
             static_cast<int>(grid.size(2)),
             static_cast<int>(grid.size(3)) / kSliceCoefficients,
             shrink,
             {}};
  for (int x = 0; x < g.w; ++x) g.columns.push_back(BetweenCells(x, shrink, g.gw));
  return g;
}

// A block of neighbouring pixels of one row.
struct Block {
  float z[kSliceInputs][kBlock_px];
  float hidden[kGuideHidden][kBlock_px];
  float guide[kBlock_px];
};

__attribute__((target_clones("avx512f", "avx2", "default"))) void EvaluateGuide(const GuideValues& g,
                                                                                    Block& block) {
  float sum[kBlock_px];
  for (int p = 0; p < kBlock_px; ++p) sum[p] = g.b2 + 2.0F * block.z[0][p] - 1.0F;
  for (int j = 0; j < kGuideHidden; ++j) {
    for (int p = 0; p < kBlock_px; ++p) {
      float a = g.b1[j];
      for (int i = 0; i < kSliceInputs; ++i) a += g.w1[j][i] * block.z[i][p];
      a = a > 0.0F ? a : 0.0F;
      block.hidden[j][p] = a;
      sum[p] += g.w2[j] * a;
    }
  }
  for (int p = 0; p < kBlock_px; ++p) block.guide[p] = sum[p];
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void AddGuideSlope(const GuideValues& g,
                                                                                    const Block& block,
                                                                                    const float* slope,
                                                                                    GuideSums& sums) {
  for (int p = 0; p < kBlock_px; ++p) sums.b2[p] += slope[p];
  for (int j = 0; j < kGuideHidden; ++j) {
    float inner[kBlock_px];
    for (int p = 0; p < kBlock_px; ++p) {
      sums.w2[j][p] += slope[p] * block.hidden[j][p];
      inner[p] = block.hidden[j][p] > 0.0F ? slope[p] * g.w2[j] : 0.0F;
      sums.b1[j][p] += inner[p];
    }
    for (int i = 0; i < kSliceInputs; ++i) {
      for (int p = 0; p < kBlock_px; ++p) sums.w1[j][i][p] += inner[p] * block.z[i][p];
    }
  }
}

float SumOf(const float* lanes) {
  float sum = 0;
  for (int p = 0; p < kBlock_px; ++p) sum += lanes[p];
  return sum;
}

GuideValues Reduced(const GuideSums& sums) {
  GuideValues out;
  for (int j = 0; j < kGuideHidden; ++j) {
    for (int i = 0; i < kSliceInputs; ++i) out.w1[j][i] = SumOf(sums.w1[j][i]);
    out.b1[j] = SumOf(sums.b1[j]);
    out.w2[j] = SumOf(sums.w2[j]);
  }
  out.b2 = SumOf(sums.b2);
  return out;
}

// row = (1 − share) · a + share · b
__attribute__((target_clones("avx512f", "avx2", "default"))) void BlendRows(const float* a, const float* b,
                                                                                float share, std::size_t count,
                                                                                float* row) {
  for (std::size_t i = 0; i < count; ++i) row[i] = a[i] + share * (b[i] - a[i]);
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void SpreadRow(const float* row, float share,
                                                                                std::size_t count, float* a, float* b) {
  for (std::size_t i = 0; i < count; ++i) {
    a[i] += (1.0F - share) * row[i];
    b[i] += share * row[i];
  }
}

// Where a guide value lies between bins: the lower bin (at most bins − 2) and the share of the upper.
struct BinShare {
  int bin;
  float share;
};
inline BinShare BinOf(float guide, int bins) {
  const float at = (guide + 1.0F) * 0.5F * static_cast<float>(bins - 1);
  // Written so that a NaN lands in bin 0 and lives on in the share.
  const int bin = at > 0.0F ? static_cast<int>(std::min(at, static_cast<float>(bins - 2))) : 0;  // infinity has no int
  return {bin, at - static_cast<float>(bin)};
}

// Where in a row's blended cells a pixel reads: the lower bin of its left and right cell, and the shares.
struct Corner {
  std::size_t left;
  std::size_t right;
  float across;  // share of the right cell
  float up;      // share of the upper bin
};

__attribute__((target_clones("avx512f", "avx2", "default"))) void SliceBlock(const float* row,
                                                                                 const Corner* corners, int count,
                                                                                 const Block& block, float* cb,
                                                                                 float* cr) {
  for (int p = 0; p < count; ++p) {
    const Corner& at = corners[p];
    const float *left = row + at.left, *right = row + at.right;
    float map[kSliceCoefficients];
    for (int c = 0; c < kSliceCoefficients; ++c) {
      const float low = left[c] + at.across * (right[c] - left[c]);
      const float high =
          left[c + kSliceCoefficients] + at.across * (right[c + kSliceCoefficients] - left[c + kSliceCoefficients]);
      map[c] = low + at.up * (high - low);
    }
    float sums[2] = {map[kSliceInputs], map[kSliceTerms + kSliceInputs]};
    for (int i = 0; i < kSliceInputs; ++i) {
      sums[0] += map[i] * block.z[i][p];
      sums[1] += map[kSliceTerms + i] * block.z[i][p];
    }
    cb[p] = sums[0];
    cr[p] = sums[1];
  }
}

// Adds to the row's gradients and writes each pixel's slope with respect to its upper bin's share.
__attribute__((target_clones("avx512f", "avx2", "default"))) void SpreadBlock(const float* row, float* row_gradient,
                                                                                  const Corner* corners, int count,
                                                                                  const Block& block, const float* gcb,
                                                                                  const float* gcr, float* slope) {
  for (int p = 0; p < count; ++p) {
    const Corner& at = corners[p];
    float terms[kSliceCoefficients];
    for (int i = 0; i < kSliceInputs; ++i) {
      terms[i] = gcb[p] * block.z[i][p];
      terms[kSliceTerms + i] = gcr[p] * block.z[i][p];
    }
    terms[kSliceInputs] = gcb[p];
    terms[kSliceTerms + kSliceInputs] = gcr[p];
    const float ll = (1.0F - at.across) * (1.0F - at.up), lh = (1.0F - at.across) * at.up;
    const float rl = at.across * (1.0F - at.up), rh = at.across * at.up;
    const float *left = row + at.left, *right = row + at.right;
    float product[kSliceCoefficients];
    for (int c = 0; c < kSliceCoefficients; ++c) {
      const float low = left[c] + at.across * (right[c] - left[c]);
      const float high =
          left[c + kSliceCoefficients] + at.across * (right[c + kSliceCoefficients] - left[c + kSliceCoefficients]);
      product[c] = terms[c] * (high - low);
    }
    // Left and right may be one cell at the frame's border, so they are written one after the other.
    float *to_left = row_gradient + at.left, *to_right = row_gradient + at.right;
    for (int c = 0; c < kSliceCoefficients; ++c) to_left[c] += ll * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_left[c + kSliceCoefficients] += lh * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_right[c] += rl * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_right[c + kSliceCoefficients] += rh * terms[c];
    float sum = 0;
    for (int c = 0; c < kSliceCoefficients; ++c) sum += product[c];
    slope[p] = sum;
  }
}

class Kernel {
 public:
  Kernel(const Geometry& geometry, const float* grid, const float* z, const GuideValues& guide)
      : g_(geometry), grid_(grid), z_(z), guide_(guide) {}

  void Forward(int n, int stripe, float* out) const {
    std::vector<float> row(g_.row_floats());
    Block block;
    Corner corners[kBlock_px];
    for (int y = stripe * kStripe_px; y < std::min(g_.h, (stripe + 1) * kStripe_px); ++y) {
      LoadRow(n, BetweenCells(y, g_.shrink, g_.gh), row.data());
      for (int x = 0; x < g_.w; x += kBlock_px) {
        const int count = std::min(kBlock_px, g_.w - x);
        Load(n, y, x, count, block);
        FindCorners(x, count, block, corners);
        float* to = out + Offset(n, 2, 0, y, x);
        SliceBlock(row.data(), corners, count, block, to, to + Plane());
      }
    }
  }

  // Adds to `grid_gradient`, the task's own CellRows(stripe) rows from FirstCellRow(stripe) on, and fills
  // `guide_gradient`.
  void Backward(int n, int stripe, const float* out_gradient, float* grid_gradient, GuideValues& guide_gradient) const {
    std::vector<float> row(g_.row_floats()), row_gradient(g_.row_floats());
    Block block;
    Corner corners[kBlock_px];
    GuideSums guide_sums;
    const int first_row = FirstCellRow(stripe);
    for (int y = stripe * kStripe_px; y < std::min(g_.h, (stripe + 1) * kStripe_px); ++y) {
      const Between rows = BetweenCells(y, g_.shrink, g_.gh);
      LoadRow(n, rows, row.data());
      std::fill(row_gradient.begin(), row_gradient.end(), 0.0F);
      for (int x = 0; x < g_.w; x += kBlock_px) {
        const int count = std::min(kBlock_px, g_.w - x);
        Load(n, y, x, count, block);
        FindCorners(x, count, block, corners);
        float guide_slope[kBlock_px] = {};
        const float* from = out_gradient + Offset(n, 2, 0, y, x);
        SpreadBlock(row.data(), row_gradient.data(), corners, count, block, from, from + Plane(), guide_slope);
        for (int p = 0; p < count; ++p) {
          guide_slope[p] *= 0.5F * static_cast<float>(g_.bins - 1) * (1.0F - block.guide[p] * block.guide[p]);
        }
        AddGuideSlope(guide_, block, guide_slope, guide_sums);
      }
      SpreadRow(row_gradient.data(), rows.share, g_.row_floats(),
                grid_gradient + (rows.first - first_row) * g_.row_floats(),
                grid_gradient + (rows.second - first_row) * g_.row_floats());
    }
    guide_gradient = Reduced(guide_sums);
  }

  int FirstCellRow(int stripe) const { return BetweenCells(stripe * kStripe_px, g_.shrink, g_.gh).first; }
  int CellRows(int stripe) const {
    const int last = std::min(g_.h, (stripe + 1) * kStripe_px) - 1;
    return BetweenCells(last, g_.shrink, g_.gh).second - FirstCellRow(stripe) + 1;
  }

 private:
  std::size_t Plane() const { return static_cast<std::size_t>(g_.h) * g_.w; }
  std::size_t Offset(int n, int channels, int channel, int y, int x) const {
    return (static_cast<std::size_t>(n) * channels + channel) * Plane() + static_cast<std::size_t>(y) * g_.w + x;
  }

  void LoadRow(int n, const Between& rows, float* row) const {
    const float* image = grid_ + static_cast<std::size_t>(n) * g_.gh * g_.row_floats();
    BlendRows(image + rows.first * g_.row_floats(), image + rows.second * g_.row_floats(), rows.share, g_.row_floats(),
              row);
  }

  void Load(int n, int y, int x, int count, Block& block) const {
    for (int i = 0; i < kSliceInputs; ++i) {
      const float* from = z_ + Offset(n, kSliceInputs, i, y, x);
      for (int p = 0; p < kBlock_px; ++p) block.z[i][p] = from[std::min(p, count - 1)];
    }
    EvaluateGuide(guide_, block);
    for (int p = 0; p < kBlock_px; ++p) block.guide[p] = std::tanh(block.guide[p]);
  }

  void FindCorners(int x, int count, const Block& block, Corner* corners) const {
    for (int p = 0; p < count; ++p) {
      const Between& cells = g_.columns[x + p];
      const BinShare bin = BinOf(block.guide[p], g_.bins);
      const std::size_t within = static_cast<std::size_t>(bin.bin) * kSliceCoefficients;
      corners[p] = {cells.first * g_.cell_floats() + within, cells.second * g_.cell_floats() + within, cells.share,
                    bin.share};
    }
  }

  const Geometry& g_;
  const float* grid_;
  const float* z_;
  const GuideValues& guide_;
};

void AddGuide(const GuideValues& from, GuideValues& to) {
  const auto* a = reinterpret_cast<const float*>(&from);
  auto* b = reinterpret_cast<float*>(&to);
  for (std::size_t i = 0; i < sizeof(GuideValues) / sizeof(float); ++i) b[i] += a[i];
}

at::Tensor FusedForward(const at::Tensor& grid, const at::Tensor& z, const Guide& guide, int shrink) {
  const Geometry geometry = GeometryOf(grid, z, shrink);
  const GuideValues values = ValuesOf(guide);
  at::Tensor out = at::empty({geometry.n, 2, geometry.h, geometry.w}, z.options());
  const Kernel kernel(geometry, grid.data_ptr<float>(), z.data_ptr<float>(), values);
  float* to = out.data_ptr<float>();
  at::parallel_for(
      0, static_cast<std::int64_t>(geometry.n) * geometry.stripes(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto i = begin; i < end; ++i) {
          kernel.Forward(static_cast<int>(i / geometry.stripes()), static_cast<int>(i % geometry.stripes()), to);
        }
      });
  return out;
}

struct Gradients {
  at::Tensor grid;
  GuideValues guide = {};
};

Gradients FusedBackward(const at::Tensor& grid, const at::Tensor& z, const Guide& guide, int shrink,
                        const at::Tensor& out_gradient) {
  const Geometry geometry = GeometryOf(grid, z, shrink);
  const GuideValues values = ValuesOf(guide);
  const Kernel kernel(geometry, grid.data_ptr<float>(), z.data_ptr<float>(), values);
  const int tasks = geometry.n * geometry.stripes();
  std::vector<std::vector<float>> grids(tasks);
  std::vector<GuideValues> guides(tasks, GuideValues{});
  const float* from = out_gradient.data_ptr<float>();
  at::parallel_for(0, tasks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) {
      const int stripe = static_cast<int>(i % geometry.stripes());
      grids[i].assign(kernel.CellRows(stripe) * geometry.row_floats(), 0.0F);
      kernel.Backward(static_cast<int>(i / geometry.stripes()), stripe, from, grids[i].data(), guides[i]);
    }
  });
  Gradients out{at::zeros_like(grid)};
  float* sums = out.grid.data_ptr<float>();
  for (int i = 0; i < tasks; ++i) {
    const int first = kernel.FirstCellRow(i % geometry.stripes());
    const std::size_t at =
        (static_cast<std::size_t>(i / geometry.stripes()) * geometry.gh + first) * geometry.row_floats();
    for (std::size_t k = 0; k < grids[i].size(); ++k) sums[at + k] += grids[i][k];
    AddGuide(guides[i], out.guide);
  }
  return out;
}

at::Tensor TensorOf(const float* values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values), shape, at::kFloat).clone();
}

class SliceFunction : public torch::autograd::Function<SliceFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& grid, const at::Tensor& z,
                            const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2, const at::Tensor& b2,
                            std::int64_t shrink) {
    const at::Tensor whole_grid = grid.contiguous(), whole_z = z.contiguous();
    context->save_for_backward({whole_grid, whole_z, w1, b1, w2, b2});
    context->saved_data["shrink"] = shrink;
    return FusedForward(whole_grid, whole_z, {w1, b1, w2, b2}, static_cast<int>(shrink));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Gradients g =
        FusedBackward(saved[0], saved[1], {saved[2], saved[3], saved[4], saved[5]},
                      static_cast<int>(context->saved_data["shrink"].toInt()), gradients[0].contiguous());
    return {g.grid,
            at::Tensor(),
            TensorOf(&g.guide.w1[0][0], {kGuideHidden, kSliceInputs}),
            TensorOf(g.guide.b1, {kGuideHidden}),
            TensorOf(g.guide.w2, {kGuideHidden}),
            TensorOf(&g.guide.b2, {1}),
            at::Tensor()};
  }
};

}  // namespace

at::Tensor BilateralSliceComposed(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide,
                                  int shrink) {
  const std::int64_t n = z_nchw.size(0), h = z_nchw.size(2), w = z_nchw.size(3);
  const std::int64_t gh = grid_nhwc.size(1), gw = grid_nhwc.size(2), bins = grid_nhwc.size(3) / kSliceCoefficients;
  const at::Tensor hidden =
      at::relu(at::einsum("ji,bihw->bjhw", {guide.w1, z_nchw}) + guide.b1.view({1, kGuideHidden, 1, 1}));
  const at::Tensor g = at::tanh(at::einsum("j,bjhw->bhw", {guide.w2, hidden}) + guide.b2 + 2 * z_nchw.select(1, 0) - 1);
  const auto place = [&](std::int64_t extent, std::int64_t cells) {
    const at::Tensor pixel = at::arange(extent, z_nchw.options()) + 0.5;
    return pixel / (static_cast<double>(shrink) * static_cast<double>(cells)) * 2 - 1;
  };
  const at::Tensor x = place(w, gw).view({1, 1, w}).expand({n, h, w}),
                   y = place(h, gh).view({1, h, 1}).expand({n, h, w});
  // Without aligned corners, bin centres lie at ±(bins − 1)/bins.
  const double inner = static_cast<double>(bins - 1) / static_cast<double>(bins);
  const at::Tensor at_places = at::stack({x, y, g * inner}, -1).unsqueeze(1);
  const at::Tensor volume = grid_nhwc.view({n, gh, gw, bins, kSliceCoefficients}).permute({0, 4, 3, 1, 2});
  const at::Tensor map = at::grid_sampler_3d(volume, at_places, /*bilinear*/ 0, /*border*/ 1, false).squeeze(2);
  const at::Tensor terms = at::cat({z_nchw, at::ones_like(z_nchw.narrow(1, 0, 1))}, 1);
  return at::stack(
      {(map.narrow(1, 0, kSliceTerms) * terms).sum(1), (map.narrow(1, kSliceTerms, kSliceTerms) * terms).sum(1)}, 1);
}

at::Tensor BilateralSlice(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide, int shrink) {
  if (!grid_nhwc.is_cpu()) return BilateralSliceComposed(grid_nhwc, z_nchw, guide, shrink);
  return SliceFunction::apply(grid_nhwc, z_nchw, guide.w1, guide.b1, guide.w2, guide.b2,
                              static_cast<std::int64_t>(shrink));
}

}  // namespace interneg::model
