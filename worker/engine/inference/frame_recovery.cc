#include "worker/engine/inference/frame_recovery.h"

#include <algorithm>
#include <utility>

#include "worker/engine/color/composition.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::inference {

FrameRecovery::FrameRecovery(const model::Model& model, std::int64_t memory_bytes,
                             std::function<void(const std::string&)> notice)
    : model_(model), memory_bytes_(memory_bytes), notice_(std::move(notice)) {}

RecoveredFrame FrameRecovery::Recover(const image::Image& source, const image::Image& seen,
                                      const std::optional<image::Rectangle>& area) {
  if (source.size() != planned_for_) {
    planned_for_ = source.size();
    tile_px_ = model_.TileFor(source.size(), memory_bytes_);
    if (tile_px_ != 0) notice_("the frame is computed in tiles of " + std::to_string(tile_px_) + " px");
  }
  const auto predicted = Predict(seen);
  if (!area) return ComposeRecovered(source, predicted, model_.description());
  auto inside = ComposeRecovered(image::Crop(source, *area), image::Crop(predicted, *area), model_.description());
  inside.rgb = Inserted(inside.rgb, *area, source);
  return inside;
}

image::Image FrameRecovery::Predict(const image::Image& seen) {
  for (;;) {
    try {
      return model_.Recover(seen, {tile_px_});
    } catch (const model::OutOfMemory&) {
      const int next = model::SmallerTile(model_.description(), seen.size(), tile_px_);
      if (next == 0) throw;
      tile_px_ = next;
      notice_("out of memory: going on with tiles of " + std::to_string(tile_px_) + " px");
    }
  }
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
      return {std::move(composed.rgb), composed.adjusted_px, 0};
    }
    case model::FreePlanes::kLuma: {
      auto composed = color::ComposeHeldChroma(source.size(), predicted.plane(0), original.plane(1), original.plane(2),
                                               network.matrix, space);
      return {std::move(composed.rgb), 0, composed.outside_px};
    }
    case model::FreePlanes::kAll:
      break;
  }
  return {image::YCbCrToRgb(predicted, network.matrix), 0, 0};
}

}  // namespace interneg::inference
