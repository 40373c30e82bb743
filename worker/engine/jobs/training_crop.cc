#include "worker/engine/jobs/training_crop.h"

#include <stdexcept>
#include <utility>

#include "worker/engine/alignment/crop.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

void RequireTrainingCrop(const PictureArea& crop, image::Size source, const std::string& field) {
  try {
    alignment::RequireCrop({crop.x_px, crop.y_px, {crop.width_px, crop.height_px}}, source);
  } catch (const std::invalid_argument& error) {
    throw BadInput(field + ": " + error.what(), "");
  }
}

void CropPair(const PictureArea& crop, dataset::Pair& pair) {
  image::Image confidence(pair.source.size(), {"confidence"}, "");
  auto trust = confidence.plane(0);
  for (int y = crop.y_px; y < crop.y_px + crop.height_px; ++y) {
    for (int x = crop.x_px; x < crop.x_px + crop.width_px; ++x) {
      trust[static_cast<std::size_t>(y) * pair.source.width_px() + x] = 1.0F;
    }
  }
  for (int c = 0; c < pair.reference.channel_count(); ++c) {
    auto plane = pair.reference.plane(c);
    const auto own = pair.source.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      if (trust[i] == 0.0F) plane[i] = own[i];
    }
  }
  pair.confidence = std::move(confidence);
}

std::string TextOf(const PictureArea& crop) {
  return std::to_string(crop.x_px) + "," + std::to_string(crop.y_px) + " " + std::to_string(crop.width_px) + "x" +
         std::to_string(crop.height_px);
}

}  // namespace interneg::jobs
