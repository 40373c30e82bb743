#include "worker/engine/jobs/pair_registration.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/alignment/dense_flow.h"
#include "worker/engine/alignment/displacement_grid.h"
#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/residual.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/training_crop.h"

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
std::vector<image::Image> MasksOf(const Alignment& alignment, int source_frame, image::Size size) {
  std::vector<image::Image> masks;
  if (const auto crop = TrainingCropOf(alignment, source_frame, size))
    masks.push_back(Mask(size, *crop, Side::kOutside));
  for (const auto& overlay : alignment.overlays) masks.push_back(Mask(size, overlay, Side::kInside));
  return masks;
}

alignment::DisplacementField FieldOf(const AlignedPair& aligned, image::Size source) {
  try {
    return alignment::ToField({aligned.flow->columns, aligned.flow->rows, aligned.flow->dx, aligned.flow->dy}, source);
  } catch (const std::invalid_argument& error) {
    throw BadInput("the alignment's pair " + std::to_string(aligned.source_frame) + ": " + error.what(),
                   "make the alignment again");
  }
}

alignment::Resampled Register(const AlignedPair& aligned, const image::Image& source, const image::Image& reference) {
  const auto transform = TransformOf(aligned);
  constexpr auto kFilter = alignment::ResampleFilter::kLanczos3;
  if (!aligned.flow) return alignment::Resample(reference, transform, source.size(), kFilter);
  return alignment::ResampleWithField(reference, transform, FieldOf(aligned, source.size()), kFilter);
}

// Film is warped slowly; what changes faster over the picture is grain that the flow ran after.
double SmoothnessFor(image::Size source) {
  return std::max(alignment::DenseOptions().smoothness_px, source.width_px / 100.0);
}

constexpr double kLeastBelieved = 0.2, kLeastFall = 0.05;

// Why a flow is not worth its freedom; "" where it is.
std::string ObjectionTo(double believed_share, const alignment::Residual& without, const alignment::Residual& with) {
  char text[160] = "";
  if (believed_share < kLeastBelieved) {
    std::snprintf(text, sizeof text, "the flow can be believed on %.0f %% of the picture alone", 100 * believed_share);
  } else if (with.figure > (1 - kLeastFall) * without.figure || with.left_share > without.left_share) {
    std::snprintf(text, sizeof text, "the flow leaves as much as the transform alone: residual %.3f after %.3f",
                  with.figure, without.figure);
  }
  return text;
}

constexpr int kSheetPicture_px = 640;

}  // namespace

void RegisterPair(const AlignedPair& aligned, const Alignment& alignment, dataset::Pair& pair) {
  auto registered = Register(aligned, pair.source, pair.reference);
  const auto residual = alignment::MeasureResidual(pair.source, registered);
  auto confidence =
      alignment::ConfidencePlane(pair.source, registered, residual,
                                 MasksOf(alignment, aligned.source_frame, pair.source.size()));
  const auto trusted = confidence.values();
  if (std::all_of(trusted.begin(), trusted.end(), [](float v) { return v == 0.0F; })) {
    throw BadInput(
        "frame " + std::to_string(aligned.source_frame) + ": crop and overlays leave nothing of the reference",
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

void RefineByFlow(const image::Image& source, const image::Image& reference, AlignedPair& pair) {
  pair.flow.reset();
  const auto without = alignment::MeasureResidual(source, Register(pair, source, reference));
  alignment::DenseOptions options;
  options.smoothness_px = SmoothnessFor(source.size());
  const auto found = alignment::Refine(source, reference, TransformOf(pair), options);
  auto grid = alignment::ToGrid(found.field, options.smoothness_px);
  pair.flow = DisplacementGrid{grid.columns, grid.rows, std::move(grid.dx), std::move(grid.dy)};
  const auto with = alignment::MeasureResidual(source, Register(pair, source, reference));
  pair.residual_without_flow = without.figure;
  pair.flow_reason = ObjectionTo(found.believed_share, without, with);
  if (!pair.flow_reason.empty()) pair.flow.reset();
}

JudgedPair JudgePair(const AlignedPair& aligned, const image::Image& source, const image::Image& reference,
                     const std::vector<PictureArea>& laid_over) {
  const auto registered = Register(aligned, source, reference);
  auto comparable = registered;
  for (const auto& area : laid_over) {
    const auto mask = Mask(source.size(), area, Side::kInside);
    auto coverage = comparable.coverage.plane(0);
    for (std::size_t i = 0; i < coverage.size(); ++i) coverage[i] *= 1.0F - mask.plane(0)[i];
  }
  const auto residual = alignment::MeasureResidual(source, comparable);
  auto sheet = alignment::DifferenceSheet(source, registered, kSheetPicture_px);
  sheet.set_color_space(source.color_space());
  return {residual.figure, std::string(alignment::NameOf(residual.verdict)), residual.reason, std::move(sheet)};
}

}  // namespace interneg::jobs
