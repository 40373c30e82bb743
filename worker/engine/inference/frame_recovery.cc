#include "worker/engine/inference/frame_recovery.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "worker/engine/color/composition.h"
#include "worker/engine/frames/frame_error.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::inference {
namespace {

std::vector<float> LumaOf(const image::Image& rgb, image::YCbCrMatrix matrix) {
  const auto luma = image::RgbToYCbCr(rgb, matrix);
  return {luma.plane(0).begin(), luma.plane(0).end()};
}

void RequireNoneLost(std::size_t lost) {
  if (lost == 0) return;
  throw frames::FrameError(frames::FrameFault::kBadPixels,
                           "the model's output is not finite in " + std::to_string(lost) +
                               " samples; render in fp32, or with an earlier checkpoint");
}

// A picture that the network has ruined must not pass for film without colour.
void RequireFinite(const image::Image& predicted) {
  std::size_t lost = 0;
  for (int c = 0; c < predicted.channel_count(); ++c) {
    const auto plane = predicted.plane(c);
    lost +=
        static_cast<std::size_t>(std::count_if(plane.begin(), plane.end(), [](float v) { return !std::isfinite(v); }));
  }
  RequireNoneLost(lost);
}

}  // namespace

void RequireDetailOptions(const DetailOptions& options, const model::NetworkDescription& network) {
  RequireStrengths(options.strengths);
  if (options == DetailOptions{} || network.free != model::FreePlanes::kChroma) return;
  throw std::invalid_argument(
      "detail strengths and the map of invented detail go with a model that predicts luma; this one recovers chroma "
      "and holds luma: leave them out");
}

FrameRecovery::FrameRecovery(const model::Model& model, std::int64_t memory_bytes,
                             std::function<void(const std::string&)> notice, const DetailOptions& detail)
    : model_(model), memory_bytes_(memory_bytes), notice_(std::move(notice)), detail_(detail) {
  RequireDetailOptions(detail_, model_.description());
  if (detail_.invented == InventedDetailMap::kOff) return;
  support_ = model::DetailSupportOf(model_.metadata());
  if (support_) return;
  notice_("the model does not tell what detail its pairs taught: all beyond the source's own counts as invented");
}

template <typename Work>
auto FrameRecovery::InMemory(image::Size frame, Work work) {
  PlanFor(frame);
  for (;;) {
    try {
      return work(model::RecoverOptions{tile_px_});
    } catch (const model::OutOfMemory&) {
      const int next = model::SmallerTile(model_.description(), frame, tile_px_);
      if (next == 0) throw;
      tile_px_ = next;
      notice_("out of memory: going on with tiles of " + std::to_string(tile_px_) + " px");
    }
  }
}

RecoveredFrame FrameRecovery::Recover(const image::Image& source, const image::Image& seen,
                                      const std::optional<image::Rectangle>& area) {
  auto predicted =
      InMemory(seen.size(), [&](const model::RecoverOptions& options) { return model_.Recover(seen, options); });
  return Composed(source, std::move(predicted), area);
}

model::CoefficientGrid FrameRecovery::PredictGrid(const image::Image& seen) {
  auto grid =
      InMemory(seen.size(), [&](const model::RecoverOptions& options) { return model_.PredictGrid(seen, options); });
  RequireNoneLost(static_cast<std::size_t>(model::CountNotFinite(grid)));
  return grid;
}

RecoveredFrame FrameRecovery::Recover(const image::Image& source, const image::Image& seen,
                                      const model::CoefficientGrid& grid, const std::optional<image::Rectangle>& area) {
  auto predicted =
      InMemory(seen.size(), [&](const model::RecoverOptions& options) { return model_.Recover(seen, grid, options); });
  return Composed(source, std::move(predicted), area);
}

model::FrameOnDevice FrameRecovery::Begin(const image::Image& seen) {
  while (queues_.size() < kBegunFrames) queues_.push_back(model_.MakeQueue());
  const auto& queue = queues_[begun_++ % kBegunFrames];
  return InMemory(seen.size(),
                  [&](const model::RecoverOptions& options) { return model_.Begin(seen, queue, options); });
}

RecoveredFrame FrameRecovery::Finish(const model::FrameOnDevice& begun, const image::Image& source,
                                     const std::optional<image::Rectangle>& area) const {
  return Composed(source, model_.Finish(begun), area);
}

void FrameRecovery::PlanFor(image::Size frame) {
  if (frame == planned_for_) return;
  planned_for_ = frame;
  tile_px_ = model_.TileFor(frame, memory_bytes_);
  if (tile_px_ != 0) notice_("the frame is computed in tiles of " + std::to_string(tile_px_) + " px");
}

RecoveredFrame FrameRecovery::Composed(const image::Image& source, image::Image predicted,
                                       const std::optional<image::Rectangle>& area) const {
  RequireFinite(predicted);
  const auto matrix = model_.description().matrix;
  const auto recovered = area.value_or(image::Rectangle{0, 0, source.size()});
  if (detail_.strengths != DetailStrengths{}) {
    const auto luma =
        WithStrengths(LumaOf(source, matrix), predicted.plane(0), source.size(), recovered, detail_.strengths);
    std::copy(luma.begin(), luma.end(), predicted.plane(0).begin());
  }
  auto out = area ? ComposeRecovered(image::Crop(source, *area), image::Crop(predicted, *area), model_.description())
                  : ComposeRecovered(source, predicted, model_.description());
  if (area) out.rgb = Inserted(out.rgb, *area, source);
  if (detail_.invented == InventedDetailMap::kOn) {
    out.invented = FindInventedDetail(LumaOf(source, matrix), predicted.plane(0), source.size(),
                                      support_ ? &*support_ : nullptr, recovered);
  }
  return out;
}

image::Image Inserted(const image::Image& part, const image::Rectangle& area, image::Image whole) {
  for (int c = 0; c < whole.channel_count(); ++c) {
    const auto from = part.plane(c);
    auto to = whole.plane(c);
    for (int y = 0; y < area.size.height_px; ++y) {
      const auto row = from.subspan(static_cast<std::size_t>(y) * area.size.width_px, area.size.width_px);
      std::copy(row.begin(), row.end(),
                to.begin() + static_cast<std::ptrdiff_t>(area.y_px + y) * whole.width_px() + area.x_px);
    }
  }
  return whole;
}

RecoveredFrame ComposeRecovered(const image::Image& source, const image::Image& predicted,
                                const model::NetworkDescription& network) {
  const auto original = image::RgbToYCbCr(source, network.matrix);
  const auto& space = source.color_space();
  switch (network.free) {
    case model::FreePlanes::kChroma: {
      auto composed = color::ComposeChroma(source.size(), original.plane(0), predicted.plane(0), predicted.plane(1),
                                           network.matrix, space);
      return {std::move(composed.rgb), composed.adjusted_px, 0, {}};
    }
    case model::FreePlanes::kLuma: {
      auto composed = color::ComposeHeldChroma(source.size(), predicted.plane(0), original.plane(1), original.plane(2),
                                               network.matrix, space);
      return {std::move(composed.rgb), 0, composed.outside_px, {}};
    }
    case model::FreePlanes::kAll:
      break;
  }
  return {image::YCbCrToRgb(predicted, network.matrix), 0, 0, {}};
}

}  // namespace interneg::inference
