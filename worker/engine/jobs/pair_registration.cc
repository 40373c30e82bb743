#include "worker/engine/jobs/pair_registration.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/residual.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

alignment::Transform TransformOf(const AlignedPair& aligned) {
  if (aligned.transform.size() != 9) {
    throw BadInput("the alignment's pair " + std::to_string(aligned.source_frame) + " has " +
                       std::to_string(aligned.transform.size()) + " numbers for its transform, not 9",
                   "make the alignment again");
  }
  std::array<double, 9> matrix{};
  std::copy_n(aligned.transform.begin(), 9, matrix.begin());
  return alignment::Transform(matrix);
}

// 1 inside the area, or outside it.
enum class Side { kInside, kOutside };
image::Image Mask(image::Size size, const PictureArea& area, Side side) {
  image::Image mask(size, {"mask"}, "");
  auto values = mask.plane(0);
  for (int y = 0; y < size.height_px; ++y) {
    const bool row = y >= area.y_px && y < area.y_px + area.height_px;
    for (int x = 0; x < size.width_px; ++x) {
      const bool inside = row && x >= area.x_px && x < area.x_px + area.width_px;
      if (inside == (side == Side::kInside)) values[static_cast<std::size_t>(y) * size.width_px + x] = 1.0F;
    }
  }
  return mask;
}

// What is not learned from: outside the crop, inside the overlays.
std::vector<image::Image> MasksOf(const Alignment& alignment, image::Size size) {
  std::vector<image::Image> masks;
  if (alignment.crop) masks.push_back(Mask(size, *alignment.crop, Side::kOutside));
  for (const auto& overlay : alignment.overlays) masks.push_back(Mask(size, overlay, Side::kInside));
  return masks;
}

alignment::Resampled Register(const AlignedPair& aligned, const image::Image& source, const image::Image& reference) {
  return alignment::Resample(reference, TransformOf(aligned), source.size(), alignment::ResampleFilter::kLanczos3);
}

constexpr int kSheetPicture_px = 640;

}  // namespace

void RegisterPair(const AlignedPair& aligned, const Alignment& alignment, dataset::Pair& pair) {
  auto registered = Register(aligned, pair.source, pair.reference);
  const auto residual = alignment::MeasureResidual(pair.source, registered);
  auto confidence =
      alignment::ConfidencePlane(pair.source, registered, residual, MasksOf(alignment, pair.source.size()));
  const auto trusted = confidence.values();
  if (std::all_of(trusted.begin(), trusted.end(), [](float v) { return v == 0.0F; })) {
    throw BadInput("frame " + std::to_string(aligned.source_frame) + ": crop and overlays leave nothing of the reference",
                   "widen the crop");
  }
  for (int c = 0; c < registered.picture.channel_count(); ++c) {
    auto plane = registered.picture.plane(c);
    const auto own = pair.source.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      if (trusted[i] == 0.0F) plane[i] = own[i];
    }
  }
  registered.picture.set_color_space(pair.source.color_space());
  pair.reference = std::move(registered.picture);
  pair.confidence = std::move(confidence);
}

JudgedPair JudgePair(const AlignedPair& aligned, const image::Image& source, const image::Image& reference) {
  const auto registered = Register(aligned, source, reference);
  const auto residual = alignment::MeasureResidual(source, registered);
  auto sheet = alignment::DifferenceSheet(source, registered, kSheetPicture_px);
  sheet.set_color_space(source.color_space());
  return {residual.figure, std::string(alignment::NameOf(residual.verdict)), residual.reason, std::move(sheet)};
}

}  // namespace interneg::jobs
