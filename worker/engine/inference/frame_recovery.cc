#include "worker/engine/inference/frame_recovery.h"

#include <utility>

#include "worker/engine/color/composition.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::inference {

FrameRecovery::FrameRecovery(const model::Model& model, std::int64_t memory_bytes,
                             std::function<void(const std::string&)> notice)
    : model_(model), memory_bytes_(memory_bytes), notice_(std::move(notice)) {}

RecoveredFrame FrameRecovery::Recover(const image::Image& source, const image::Image& seen) {
  if (source.size() != planned_for_) {
    planned_for_ = source.size();
    tile_px_ = model_.TileFor(source.size(), memory_bytes_);
    if (tile_px_ != 0) notice_("the frame is computed in tiles of " + std::to_string(tile_px_) + " px");
  }
  return ComposeRecovered(source, Predict(seen), model_.description());
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
