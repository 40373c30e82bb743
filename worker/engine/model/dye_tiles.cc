#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "worker/engine/model/dye_tiles_torch.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"

namespace interneg::model {
namespace {

constexpr std::int64_t kTile_px = 64;
constexpr std::int64_t kMostTiles = 96;
constexpr std::int64_t kSampleStep_px = 3;

struct Corner {
  std::int64_t x_px, y_px;
};

std::int64_t ReachOf(double sigma_px) {
  return static_cast<std::int64_t>(std::ceil(3.0 * sigma_px));
}

// By a Gaussian whose reach stays within the extent.
Sampling GaussianSampling(std::int64_t extent, double sigma_px) {
  const std::int64_t reach = ReachOf(sigma_px);
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t d = -reach; d <= reach; ++d) {
    const double at = sigma_px > 0.0 ? static_cast<double>(d) / sigma_px : 0.0;
    weights.push_back(std::exp(-0.5 * at * at));
    sum += weights.back();
  }
  Sampling sampling{
      {}, kSampleStep_px, std::max<std::int64_t>(0, (extent - 2 * reach + kSampleStep_px - 1) / kSampleStep_px)};
  for (const double weight : weights) sampling.taps.push_back(static_cast<float>(weight / sum));
  return sampling;
}

std::int64_t TilesAlong(std::int64_t extent) {
  return (extent + kTile_px - 1) / kTile_px;
}

// Edge to edge, every pixel in one of them.
std::vector<Corner> EveryCorner(std::int64_t slack_x, std::int64_t slack_y, std::int64_t across, std::int64_t down) {
  const auto start = [](std::int64_t slack, std::int64_t i, std::int64_t count) {
    return count == 1 ? slack / 2 : slack * i / (count - 1);
  };
  std::vector<Corner> corners;
  for (std::int64_t row = 0; row < down; ++row) {
    for (std::int64_t column = 0; column < across; ++column)
      corners.push_back({start(slack_x, column, across), start(slack_y, row, down)});
  }
  return corners;
}

// The k-th of places that fill a frame evenly however many are taken: the additive recurrence of the plastic number ρ,
// (k / ρ, k / ρ²) mod 1 (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018), drawn out a
// little beyond the frame so that some lie at its very edges.
Corner SpreadCorner(std::int64_t k, std::int64_t slack_x, std::int64_t slack_y) {
  constexpr double kPlastic = 1.32471795724474602596;
  constexpr double kBeyond = 0.06;
  const auto start = [&](double step, std::int64_t slack) {
    const double turns = 0.5 + static_cast<double>(k) * step;
    const double at = (turns - std::floor(turns)) * (1.0 + 2.0 * kBeyond) - kBeyond;
    return std::llround(std::clamp(at, 0.0, 1.0) * static_cast<double>(slack));
  };
  return {start(1.0 / kPlastic, slack_x), start(1.0 / (kPlastic * kPlastic), slack_y)};
}

// Where tiles lie in each of `frames` frames: everywhere while that is few enough, else spread over the picture by all
// frames together, of which some may have none.
std::vector<std::vector<Corner>> Corners(std::size_t frames, image::Size size) {
  const std::int64_t across = TilesAlong(size.width_px), down = TilesAlong(size.height_px);
  const auto slack_x = std::max<std::int64_t>(0, size.width_px - kTile_px);
  const auto slack_y = std::max<std::int64_t>(0, size.height_px - kTile_px);
  const auto count = static_cast<std::int64_t>(frames);
  if (count * across * down <= kMostTiles) return {frames, EveryCorner(slack_x, slack_y, across, down)};
  std::vector<std::vector<Corner>> corners(frames);
  for (std::int64_t k = 0; k < kMostTiles; ++k)
    corners[static_cast<std::size_t>(k * count / kMostTiles)].push_back(SpreadCorner(k, slack_x, slack_y));
  return corners;
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

  void Cut(const FitFrame& frame, std::span<const Corner> corners, std::vector<DyeTile>& tiles) const {
    const at::Tensor rgb = ToTensor(image::YCbCrToRgb(*frame.input, matrix_)).squeeze(0).clamp(0.0, 1.0);
    const at::Tensor truth = ToTensor(*frame.truth).squeeze(0).narrow(0, 1, 2);
    const at::Tensor weight =
        frame.confidence ? ToTensor(*frame.confidence).squeeze(0).squeeze(0) : at::ones({rgb.size(1), rgb.size(2)});
    const std::int64_t h = std::min(kTile_px, rgb.size(1)), w = std::min(kTile_px, rgb.size(2));
    for (const auto& [x, y] : corners) {
      const auto cut = [&](const at::Tensor& planes) { return planes.narrow(-2, y, h).narrow(-1, x, w).contiguous(); };
      DyeTile tile = Placed(x, y, frame.input->size(), h, w);
      if (tile.down.samples == 0 || tile.across.samples == 0) continue;
      tile.weight = tile.across.LeastOf(tile.down.LeastOf(cut(weight), 0), 1);
      if (tile.weight.max().item<float>() <= 0.0F) continue;
      tile.rgb = cut(rgb);
      tile.truth = Softer(cut(truth), tile);
      if (whole_x_px_ <= 0.0 && whole_y_px_ <= 0.0) Thin(tile);
      tiles.push_back(std::move(tile));
    }
  }

 private:
  DyeTile Placed(std::int64_t x, std::int64_t y, image::Size frame, std::int64_t h, std::int64_t w) const {
    DyeTile tile;
    tile.down = GaussianSampling(h, whole_y_px_);
    tile.across = GaussianSampling(w, whole_x_px_);
    const at::Tensor across = SplineWeights(x, w, frame.width_px, columns_);
    const at::Tensor down = SplineWeights(y, h, frame.height_px, rows_);
    tile.gain_across = across.t().to(at::kFloat).contiguous();
    tile.gain_down = down.to(at::kFloat).contiguous();
    tile.sample_across = tile.across.Of(across, 0);
    tile.sample_down = tile.down.Of(down, 0);
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
    tile.down.step = tile.across.step = 1;
  }

  // The truth is soft by itself: at the samples it is softened by the rest alone.
  at::Tensor Softer(const at::Tensor& truth, const DyeTile& tile) const {
    const auto rest = [&](const at::Tensor& planes, std::int64_t axis, const Sampling& whole, double whole_px) {
      const std::int64_t inner = ReachOf(whole_px) - ReachOf(beyond_px_), extent = planes.size(axis);
      Sampling own = GaussianSampling(extent - 2 * inner, beyond_px_);
      own.samples = whole.samples;
      return own.Of(planes.narrow(axis, inner, extent - 2 * inner), axis);
    };
    return rest(rest(truth, 1, tile.down, whole_y_px_), 2, tile.across, whole_x_px_);
  }

  const double beyond_px_, whole_x_px_, whole_y_px_;
  const int columns_, rows_;
  const image::YCbCrMatrix matrix_;
};

}  // namespace

at::Tensor Sampling::Of(const at::Tensor& values, std::int64_t axis) const {
  const auto counting = [&](std::int64_t k) { return values.slice(axis, k, k + (samples - 1) * step + 1, step); };
  at::Tensor sum = counting(0) * taps.front();
  for (std::size_t k = 1; k < taps.size(); ++k) sum.add_(counting(static_cast<std::int64_t>(k)), taps[k]);
  return sum;
}

at::Tensor Sampling::LeastOf(const at::Tensor& values, std::int64_t axis) const {
  const auto counting = [&](std::int64_t k) { return values.slice(axis, k, k + (samples - 1) * step + 1, step); };
  at::Tensor least = counting(0);
  for (std::size_t k = 1; k < taps.size(); ++k) least = at::minimum(least, counting(static_cast<std::int64_t>(k)));
  return least.contiguous();
}

std::vector<DyeTile> DyeTiles(std::span<const FitFrame> frames, const Softness& softness, double beyond_px, int columns,
                              int rows, image::YCbCrMatrix matrix) {
  RequireOneSize(frames, "DyeTiles");
  const TileCutter cutter(softness, beyond_px, columns, rows, matrix);
  const auto corners = Corners(frames.size(), frames.front().input->size());
  std::vector<DyeTile> tiles;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (!corners[i].empty()) cutter.Cut(frames[i], corners[i], tiles);
  }
  return tiles;
}

}  // namespace interneg::model
