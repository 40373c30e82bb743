#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "worker/engine/model/dye_tiles_torch.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"

namespace interneg::model {
namespace {

constexpr std::int64_t kTile_px = 64;
constexpr double kPixels = 3e5;  // of all tiles together, about
constexpr std::int64_t kSampleStep_px = 3;

// Rows are samples, each the weights of a Gaussian of `sigma_px` about its pixel; its reach stays within the tile. [samples, extent]
at::Tensor Sampling(std::int64_t extent, double sigma_px) {
  const auto reach = static_cast<std::int64_t>(std::ceil(3.0 * sigma_px));
  const std::int64_t samples = std::max<std::int64_t>(0, (extent - 2 * reach + kSampleStep_px - 1) / kSampleStep_px);
  at::Tensor out = at::zeros({samples, extent}, at::kFloat);
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t centre = reach + i * kSampleStep_px;
    double sum = 0;
    std::vector<double> weights;
    for (std::int64_t d = -reach; d <= reach; ++d) {
      const double at = sigma_px > 0.0 ? static_cast<double>(d) / sigma_px : 0.0;
      weights.push_back(std::exp(-0.5 * at * at));
      sum += weights.back();
    }
    float* row = out.data_ptr<float>() + i * extent;
    for (std::int64_t d = -reach; d <= reach; ++d) row[centre + d] = static_cast<float>(weights[d + reach] / sum);
  }
  return out;
}

// The least weight within reach of each sample.
at::Tensor LeastAround(const at::Tensor& weight, const at::Tensor& down, const at::Tensor& across) {
  const auto untrusted = [](const at::Tensor& sampling) { return (sampling > 0).to(at::kFloat); };
  const at::Tensor distrust = 1.0 - weight;
  at::Tensor least = at::empty({down.size(0), across.size(0)}, at::kFloat);
  const at::Tensor rows = untrusted(down), columns = untrusted(across);
  for (std::int64_t i = 0; i < down.size(0); ++i) {
    const at::Tensor line = std::get<0>((distrust * rows[i].unsqueeze(1)).max(0));  // [w]
    least[i] = 1.0 - std::get<0>((columns * line).max(1));
  }
  return least;
}

// Starts of tiles along an axis, spread from edge to edge.
std::vector<std::int64_t> Starts(std::int64_t extent, std::int64_t tile, std::int64_t count) {
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < count; ++i) starts.push_back(count == 1 ? (extent - tile) / 2 : (extent - tile) * i / (count - 1));
  return starts;
}

class TileCutter {
 public:
  TileCutter(const Softness& softness, double beyond_px, int columns, int rows, image::YCbCrMatrix matrix)
      : beyond_px_(beyond_px),
        whole_x_px_(std::hypot(softness.x_px, beyond_px)),
        whole_y_px_(std::hypot(softness.y_px, beyond_px)),
        columns_(columns),
        rows_(rows),
        matrix_(matrix) {}

  void Cut(const FitFrame& frame, double pixels, std::vector<DyeTile>& tiles) const {
    const at::Tensor rgb = ToTensor(image::YCbCrToRgb(*frame.input, matrix_)).squeeze(0).clamp(0.0, 1.0);
    const at::Tensor truth = ToTensor(*frame.truth).squeeze(0).narrow(0, 1, 2);
    const at::Tensor weight =
        frame.confidence ? ToTensor(*frame.confidence).squeeze(0).squeeze(0) : at::ones({rgb.size(1), rgb.size(2)});
    const std::int64_t h = rgb.size(1), w = rgb.size(2), th = std::min(kTile_px, h), tw = std::min(kTile_px, w);
    const double share = std::min(1.0, std::sqrt(pixels / static_cast<double>(h * w)));
    const auto count = [&](std::int64_t extent, std::int64_t tile) {
      return std::max<std::int64_t>(1, std::llround(std::ceil(share * static_cast<double>(extent) / static_cast<double>(tile))));
    };
    for (const auto y : Starts(h, th, count(h, th))) {
      for (const auto x : Starts(w, tw, count(w, tw))) {
        const auto cut = [&](const at::Tensor& planes) {
          return planes.narrow(-2, y, th).narrow(-1, x, tw).contiguous();
        };
        DyeTile tile = Placed(x, y, {static_cast<int>(w), static_cast<int>(h)}, th, tw);
        if (tile.down.numel() == 0 || tile.across.numel() == 0) continue;
        tile.weight = LeastAround(cut(weight), tile.down, tile.across);
        if (tile.weight.max().item<float>() <= 0.0F) continue;
        tile.rgb = cut(rgb);
        tile.truth = Softer(cut(truth), tile);
        if (whole_x_px_ <= 0.0 && whole_y_px_ <= 0.0) Thin(tile);
        tiles.push_back(std::move(tile));
      }
    }
  }

 private:
  DyeTile Placed(std::int64_t x, std::int64_t y, image::Size frame, std::int64_t h, std::int64_t w) const {
    DyeTile tile;
    tile.down = Sampling(h, whole_y_px_);
    tile.across = Sampling(w, whole_x_px_);
    const at::Tensor across = SplineWeights(x, w, frame.width_px, columns_), down = SplineWeights(y, h, frame.height_px, rows_);
    tile.gain_across = across.t().to(at::kFloat).contiguous();
    tile.gain_down = down.to(at::kFloat).contiguous();
    tile.sample_across = tile.across.to(at::kDouble).matmul(across);
    tile.sample_down = tile.down.to(at::kDouble).matmul(down);
    return tile;
  }

  // Nothing is softened: pixels that are no samples need not be computed.
  static void Thin(DyeTile& tile) {
    const auto thin = [](const at::Tensor& t, std::int64_t axis) {
      return t.slice(axis, 0, at::nullopt, kSampleStep_px).contiguous();
    };
    tile.rgb = thin(thin(tile.rgb, 1), 2);
    tile.gain_across = thin(tile.gain_across, 1);
    tile.gain_down = thin(tile.gain_down, 0);
    tile.down = at::eye(tile.down.size(0));
    tile.across = at::eye(tile.across.size(0));
  }

  // The truth is soft by itself: at the samples it is softened by the rest alone.
  at::Tensor Softer(const at::Tensor& truth, const DyeTile& tile) const {
    const auto rest = [&](const at::Tensor& whole, double whole_px) {
      const auto reach = static_cast<std::int64_t>(std::ceil(3.0 * whole_px));
      const std::int64_t extent = whole.size(1), inner = extent - 2 * reach;
      const auto own = static_cast<std::int64_t>(std::ceil(3.0 * beyond_px_));
      at::Tensor out = at::zeros_like(whole);
      out.narrow(1, reach - own, inner + 2 * own).copy_(Sampling(inner + 2 * own, beyond_px_));
      return out;
    };
    return rest(tile.down, whole_y_px_).matmul(truth).matmul(rest(tile.across, whole_x_px_).t());
  }

  const double beyond_px_, whole_x_px_, whole_y_px_;
  const int columns_, rows_;
  const image::YCbCrMatrix matrix_;
};

// What is computed on the way to the chroma of a tile, planes [3, h, w]; letters as in dye_map.h.
struct Chain {
  at::Tensor linear, transmitted, amounts, factor, grown, density, passed, light, encoded;
};

at::Tensor Mixed(const Matrix3& m, const at::Tensor& planes) {
  const at::Tensor matrix = at::tensor(at::ArrayRef<double>(m.data(), m.size())).to(at::kFloat).view({3, 3});
  return matrix.matmul(planes.flatten(1)).view_as(planes);
}

at::Tensor Column(std::span<const double> values) {
  return at::tensor(at::ArrayRef<double>(values.data(), values.size())).to(at::kFloat).view({-1, 1, 1});
}

at::Tensor GainOf(const DyeMap& map, const DyeTile& tile) {
  const at::Tensor controls = at::tensor(at::ArrayRef<double>(map.gain)).to(at::kFloat).view({3, map.rows, map.columns});
  return tile.gain_down.matmul(controls).matmul(tile.gain_across);
}

Chain ChainOf(const DyeMap& map, const DyeTile& tile) {
  const double least = std::pow(10.0, -map.black), decade = std::log(10.0);
  Chain c;
  c.linear = at::exp(at::log(tile.rgb.clamp(1e-6, 1.0)) * DyeMap::kDecoding);
  c.transmitted = c.linear * (1.0 - least) + least;
  const at::Tensor shown = at::log(c.transmitted) * (-1.0 / decade) - Column(map.stain);
  const Matrix3 absorptions = AbsorptionsOf(map);
  c.amounts = Mixed(Inverse(absorptions), shown);
  c.factor = at::exp(GainOf(map, tile));
  c.grown = c.amounts * c.factor;
  c.density = Mixed(absorptions, c.grown);
  c.passed = at::exp(c.density.clamp(DyeMap::kLeastDensity, DyeMap::kMostDensity) * -decade);
  const at::Tensor light = (c.passed - least) / (1.0 - least);
  c.light = at::maximum(light, at::exp((light / DyeMap::kFloor - 1.0).clamp_max(0.0)) * DyeMap::kFloor);
  c.encoded = at::exp(at::log(c.light) * (Column(map.gamma) / DyeMap::kDecoding));
  return c;
}

// Derivatives of the chroma of every pixel: [2, 3 + kDyeConstants, h, w].
class Slopes {
 public:
  Slopes(const DyeMap& map, const Chain& chain) : map_(map), c_(chain), out_(at::empty({2, 3 + kDyeConstants, Rows(), Columns()})) {}

  at::Tensor All() {
    const double least = std::pow(10.0, -map_.black), decade = std::log(10.0);
    // Below the floor the light is an exponential of what it would be: its slope is light / floor.
    const at::Tensor open = (c_.density > DyeMap::kLeastDensity) * (c_.density < DyeMap::kMostDensity);
    const at::Tensor bend = (c_.light / DyeMap::kFloor).clamp_max(1.0);
    const at::Tensor by_light = c_.encoded / c_.light * (Column(map_.gamma) / DyeMap::kDecoding) * bend;  // dV/dL
    const at::Tensor by_density = by_light * c_.passed * open * (-decade / (1.0 - least));                // dV/dD′
    const Matrix3 absorptions = AbsorptionsOf(map_);
    const Matrix3 inverse = Inverse(absorptions);
    for (int o = 0; o < 2; ++o) {
      const auto m = by_density * Column({map_.to_chroma.data() + 3 * o, 3});  // dC/dD′
      const at::Tensor by_amount = Mixed(Transposed(absorptions), m);  // dC/d(grown)
      const at::Tensor by_shown = Mixed(Transposed(inverse), by_amount * c_.factor);  // dC/dD
      Put(o, 0, by_amount * c_.grown);
      Overlap(o, m, by_shown);
      Put(o, 9, -by_shown);
      Black(o, by_light, by_shown, least);
      Put(o, 13, c_.encoded * at::log(c_.light) * (Column({map_.to_chroma.data() + 3 * o, 3}) / DyeMap::kDecoding));
      for (int other = 0; other < 2; ++other) {
        auto to = out_[o].narrow(0, 16 + 3 * other, 3);
        other == o ? to.copy_(c_.encoded) : to.zero_();
        out_[o][22 + other].fill_(other == o ? 1.0 : 0.0);
      }
    }
    return out_;
  }

 private:
  std::int64_t Rows() const { return c_.light.size(1); }
  std::int64_t Columns() const { return c_.light.size(2); }
  static Matrix3 Transposed(const Matrix3& m) { return {m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]}; }
  void Put(int o, int first, const at::Tensor& planes) { out_[o].narrow(0, first, planes.size(0)).copy_(planes); }

  // D′ = K E K⁻¹ D: an entry (i, j) of K adds its row's light by E K⁻¹ D, and takes by way of K⁻¹.
  void Overlap(int o, const at::Tensor& by_density, const at::Tensor& by_shown) {
    constexpr std::array<std::array<int, 2>, 6> kPlaces = {{{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}}};
    for (int k = 0; k < 6; ++k) {
      const auto [i, j] = kPlaces[k];
      out_[o][3 + k].copy_(by_density[i] * c_.grown[j] - by_shown[i] * c_.amounts[j]);
    }
  }

  // By black = −lg t₀: through the density that is shown, and through the light that comes of it.
  void Black(int o, const at::Tensor& by_light, const at::Tensor& by_shown, double least) {
    const double decade = std::log(10.0), step = -decade * least;  // dt₀/dblack
    const at::Tensor shown = (1.0 - c_.linear) / c_.transmitted * (-1.0 / decade);
    const at::Tensor passed = (c_.passed - 1.0) * (1.0 / ((1.0 - least) * (1.0 - least)));
    const at::Tensor through_light = by_light * passed * Column({map_.to_chroma.data() + 3 * o, 3});
    out_[o][12].copy_((by_shown * shown + through_light).sum(0) * step);
  }

  const DyeMap& map_;
  const Chain& c_;
  at::Tensor out_;
};

}  // namespace

std::vector<DyeTile> DyeTiles(std::span<const FitFrame> frames, const Softness& softness, double beyond_px, int columns,
                              int rows, image::YCbCrMatrix matrix) {
  const TileCutter cutter(softness, beyond_px, columns, rows, matrix);
  std::vector<DyeTile> tiles;
  for (const FitFrame& frame : frames) cutter.Cut(frame, kPixels / static_cast<double>(frames.size()), tiles);
  return tiles;
}

DyeSamples Evaluate(const DyeMap& map, const DyeTile& tile, Derivatives derivatives) {
  const Chain chain = ChainOf(map, tile);
  const at::Tensor rows = at::tensor(at::ArrayRef<double>(map.to_chroma.data(), 6)).to(at::kFloat).view({2, 3});
  const auto h = chain.encoded.size(1), w = chain.encoded.size(2);
  const at::Tensor chroma = rows.matmul(chain.encoded.flatten(1)).view({2, h, w}) + Column(map.offset);
  const at::Tensor across = tile.across.t();
  DyeSamples samples{tile.down.matmul(chroma.matmul(across)), {}};
  if (derivatives == Derivatives::kYes) samples.derivatives = tile.down.matmul(Slopes(map, chain).All().matmul(across));
  return samples;
}

}  // namespace interneg::model
