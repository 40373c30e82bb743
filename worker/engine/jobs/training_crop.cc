#include "worker/engine/jobs/training_crop.h"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "worker/engine/alignment/crop.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

image::Rectangle RectangleOf(const PictureArea& area) {
  return {area.x_px, area.y_px, {area.width_px, area.height_px}};
}

}  // namespace

void RequireTrainingCrop(const PictureArea& crop, image::Size source, const std::string& field) {
  try {
    alignment::RequireCrop(RectangleOf(crop), source);
  } catch (const std::invalid_argument& error) {
    throw BadInput(field + ": " + error.what(), "");
  }
}

std::optional<PictureArea> TrainingCropOf(const Alignment& alignment, int source_frame, image::Size source) {
  if (alignment.crop_keys.empty()) return alignment.crop;
  alignment::CropKeys keys(source, alignment::Interpolation::kLinear);
  try {
    for (const auto& key : alignment.crop_keys) {
      keys.Set(key.source_frame, RectangleOf(key.area.value_or(PictureArea())));
    }
  } catch (const std::invalid_argument& error) {
    throw BadInput(std::string("the alignment's crop keys: ") + error.what(), "make the alignment again");
  }
  const auto at = keys.At(source_frame);
  return PictureArea{at.x_px, at.y_px, at.size.width_px, at.size.height_px};
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

std::optional<PictureArea> ParseArea(const std::string& text) {
  PictureArea area;
  int length = 0;
  const int read = std::sscanf(text.c_str(), "%d,%d %dx%d%n", &area.x_px, &area.y_px, &area.width_px, &area.height_px,
                               &length);
  if (read != 4 || static_cast<std::size_t>(length) != text.size()) return std::nullopt;
  return area;
}

}  // namespace interneg::jobs
