#include "worker/engine/jobs/pair_registration.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

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

// Multiplies what lies outside the area (kOutside) or inside it (kInside) by 0.
enum class Side { kInside, kOutside };
void Clear(image::Image& plane, const PictureArea& area, Side side) {
  auto values = plane.plane(0);
  for (int y = 0; y < plane.height_px(); ++y) {
    const bool row = y >= area.y_px && y < area.y_px + area.height_px;
    for (int x = 0; x < plane.width_px(); ++x) {
      const bool inside = row && x >= area.x_px && x < area.x_px + area.width_px;
      if (inside == (side == Side::kInside)) values[static_cast<std::size_t>(y) * plane.width_px() + x] = 0.0F;
    }
  }
}

struct Registered {
  image::Image reference;  // on the source's pixels; the source's own where nothing is trusted
  image::Image trusted;    // 1 where crop, coverage and overlays leave the reference, 0 elsewhere
};

Registered Register(const AlignedPair& aligned, const Alignment& alignment, const image::Image& source,
                    const image::Image& reference) {
  auto resampled = alignment::Resample(reference, TransformOf(aligned), source.size(),
                                       alignment::ResampleFilter::kLanczos3);
  image::Image trusted = std::move(resampled.coverage);
  for (float& v : trusted.values()) v = v > 0.999F ? 1.0F : 0.0F;
  if (alignment.crop) Clear(trusted, *alignment.crop, Side::kOutside);
  for (const auto& overlay : alignment.overlays) Clear(trusted, overlay, Side::kInside);
  const auto values = trusted.values();
  if (std::all_of(values.begin(), values.end(), [](float v) { return v == 0.0F; })) {
    throw BadInput("frame " + std::to_string(aligned.source_frame) + ": crop and overlays leave nothing of the reference",
                   "widen the crop");
  }
  for (int c = 0; c < resampled.picture.channel_count(); ++c) {
    auto plane = resampled.picture.plane(c);
    const auto own = source.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      if (values[i] == 0.0F) plane[i] = own[i];
    }
  }
  resampled.picture.set_color_space(source.color_space());
  return {std::move(resampled.picture), std::move(trusted)};
}

}  // namespace

void RegisterPair(const AlignedPair& aligned, const Alignment& alignment, dataset::Pair& pair) {
  auto registered = Register(aligned, alignment, pair.source, pair.reference);
  auto residual = alignment::MeasureResidual(pair.source, registered.reference, registered.trusted);
  pair.reference = std::move(registered.reference);
  pair.confidence = std::move(residual.confidence);
}

JudgedPair JudgePair(const AlignedPair& aligned, const Alignment& alignment, const image::Image& source,
                     const image::Image& reference) {
  const auto registered = Register(aligned, alignment, source, reference);
  const auto residual = alignment::MeasureResidual(source, registered.reference, registered.trusted);
  return {residual.figure, std::string(alignment::NameOf(residual.verdict)), residual.reason,
          alignment::DifferenceSheet(source, registered.reference, residual)};
}

}  // namespace interneg::jobs
