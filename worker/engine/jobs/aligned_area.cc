#include "worker/engine/jobs/aligned_area.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/alignment/crop.h"
#include "worker/engine/alignment/live_area.h"
#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/residual.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

PictureArea AreaOf(const image::Rectangle& box) { return {box.x_px, box.y_px, box.size.width_px, box.size.height_px}; }

alignment::Transform TransformOf(const AlignedPair& pair) {
  std::array<double, 9> matrix{};
  std::copy_n(pair.transform.begin(), 9, matrix.begin());
  return alignment::Transform(matrix);
}

alignment::LiveArea LiveAreaOf(const std::vector<image::Image>& frames, const char* side, Alignment& alignment) {
  auto live = alignment::DetectLiveArea(frames, {});
  if (!live.reason.empty()) alignment.notes.push_back(std::string(side) + ": " + live.reason);
  return live;
}

// What was laid over the reference is not in the source: of small lettering beside the picture's edge more than half is
// unexplained, of other lettering nine tenths; of sunlit leaves that look like it, nothing, or up to six tenths right
// beside lettering.
constexpr double kOverlayUnexplained = 0.5;

// Detail of the reference that the source does not explain, in source pixels.
image::Image UnexplainedIn(const image::Image& source, const image::Image& reference,
                           const alignment::Transform& transform) {
  const auto registered =
      alignment::Resample(reference, transform, source.size(), alignment::ResampleFilter::kLanczos3);
  return alignment::MeasureResidual(source, registered).of_reference;
}

double MeanIn(const image::Image& plane, const image::Rectangle& box) {
  const int left = std::max(0, box.x_px), right = std::min(plane.width_px(), box.x_px + box.size.width_px);
  const int top = std::max(0, box.y_px), bottom = std::min(plane.height_px(), box.y_px + box.size.height_px);
  double sum = 0;
  int count = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x, ++count)
      sum += plane.plane(0)[static_cast<std::size_t>(y) * plane.width_px() + x];
  }
  return count == 0 ? 0 : sum / count;
}

// Those of the boxes found on the reference that the source does not show as well, in source pixels.
std::vector<image::Rectangle> LaidOver(const std::vector<image::Rectangle>& found, const image::Image& source,
                                       const image::Image& reference, const alignment::Transform& to_reference) {
  if (found.empty()) return {};
  const auto unexplained = UnexplainedIn(source, reference, to_reference);
  std::vector<image::Rectangle> places;
  for (const auto& box : found) {
    const auto place = alignment::ToSource(box, to_reference, source.size());
    if (MeanIn(unexplained, place) >= kOverlayUnexplained) places.push_back(place);
  }
  return places;
}

// Overlays of the reference, as boxes in source pixels.
std::vector<image::Rectangle> OverlaysOf(const AreaPictures& pictures, const image::Rectangle& reference_live,
                                         Alignment& alignment) {
  const auto found = alignment::DetectOverlays(pictures.reference, reference_live);
  if (!found.reason.empty()) alignment.notes.push_back("logos of the reference were not looked for: " + found.reason);
  std::vector<image::Rectangle> boxes;
  for (std::size_t i = 0; i < pictures.pairs.size(); ++i) {
    const auto to_reference = TransformOf(alignment.pairs[pictures.pairs[i]]);
    auto candidates = found.subtitles[i];
    if (i == 0) candidates.insert(candidates.end(), found.logos.begin(), found.logos.end());
    const auto places = LaidOver(candidates, pictures.source[i], pictures.reference[i], to_reference);
    boxes.insert(boxes.end(), places.begin(), places.end());
  }
  if (!boxes.empty()) {
    alignment.notes.push_back(std::to_string(boxes.size()) +
                              " places of the reference look like burned-in text or a logo and are not trained on");
  }
  return boxes;
}

std::vector<alignment::Transform> UsableTransforms(const Alignment& alignment) {
  std::vector<alignment::Transform> transforms;
  for (const auto& pair : alignment.pairs) {
    if (pair.verdict != "unusable") transforms.push_back(TransformOf(pair));
  }
  return transforms;
}

struct SharedPicture {
  image::Size source;
  image::Rectangle live;
  image::Rectangle reference_live;
  std::vector<image::Rectangle> overlays;

  alignment::CropProposal Crop(const std::vector<alignment::Transform>& transforms) const {
    return alignment::ProposeCrop(source, live, transforms, reference_live, overlays, {});
  }
};

void SetRenderCrop(const AlignJob& job, const SharedPicture& shared, Alignment& alignment) {
  alignment.render_crop = job.render_crop;
  if (job.render_crop) return;
  const auto proposed = alignment::ProposeRenderCrop(shared.source, shared.live);
  if (!proposed) return;
  alignment.render_crop = AreaOf(*proposed);
  alignment.notes.push_back("a render recovers the source's live area, " + TextOf(*alignment.render_crop) +
                            ", and leaves its borders as they are, unless it is told otherwise");
}

std::vector<CropKey> SortedKeys(std::vector<CropKey> keys) {
  std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.source_frame < b.source_frame; });
  return keys;
}

std::int64_t AreaWithout(const SharedPicture& shared, Alignment& alignment, AlignedPair& pair) {
  const std::string verdict = std::exchange(pair.verdict, "unusable");
  std::int64_t area = 0;
  try {
    const auto size = shared.Crop(UsableTransforms(alignment)).training.size;
    area = std::int64_t{size.width_px} * size.height_px;
  } catch (const std::invalid_argument&) {
    // Not this one alone.
  }
  pair.verdict = verdict;
  return area;
}

// The usable pair without which the others share most, given up; false when none helps.
bool GiveUpOutlier(const SharedPicture& shared, Alignment& alignment) {
  AlignedPair* worst = nullptr;
  std::int64_t most = 0;
  for (auto& pair : alignment.pairs) {
    if (pair.verdict == "unusable") continue;
    const std::int64_t area = AreaWithout(shared, alignment, pair);
    if (area > most) most = area, worst = &pair;
  }
  if (worst == nullptr) return false;
  worst->verdict = "unusable";
  worst->reason += (worst->reason.empty() ? "" : "; ") +
                   std::string("its reference lies where the other pairs' do not, and would leave no crop to share");
  return true;
}

}  // namespace

std::vector<PictureArea> LetteringOn(const image::Image& source, const image::Image& reference,
                                     const AlignedPair& pair) {
  const auto found = alignment::DetectOverlays(std::span(&reference, 1), {0, 0, reference.size()});
  std::vector<PictureArea> areas;
  for (const auto& place : LaidOver(found.subtitles.front(), source, reference, TransformOf(pair)))
    areas.push_back(AreaOf(place));
  return areas;
}

void SetAreas(const AreaPictures& pictures, const AlignJob& job, Alignment& alignment) {
  const auto live = LiveAreaOf(pictures.source, "source", alignment);
  const auto reference_live = LiveAreaOf(pictures.reference, "reference", alignment);
  alignment.live_area = AreaOf(live.area);
  const auto overlays = OverlaysOf(pictures, reference_live.area, alignment);
  const SharedPicture shared{pictures.source.front().size(), live.area, reference_live.area, overlays};
  // Also those that the proposed crop leaves out: a training may be given a wider one.
  for (const auto& box : overlays) alignment.overlays.push_back(AreaOf(box));
  SetRenderCrop(job, shared, alignment);
  alignment.crop = job.crop;
  alignment.crop_keys = SortedKeys(job.crop_keys);
  if (alignment.crop || !alignment.crop_keys.empty()) return;
  for (;;) {
    try {
      alignment.crop = AreaOf(shared.Crop(UsableTransforms(alignment)).training);
      return;
    } catch (const std::invalid_argument& error) {
      if (GiveUpOutlier(shared, alignment)) continue;
      throw BadInput(std::string("the pairs' references share too little of the source: ") + error.what(),
                     "choose other pairs, or set keys by hand");
    }
  }
}

}  // namespace interneg::jobs
