#include "worker/engine/jobs/lettering_share.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "worker/engine/alignment/live_area.h"
#include "worker/engine/jobs/aligned_area.h"
#include "worker/engine/matching/thumbnail.h"

namespace interneg::jobs {
namespace {

constexpr image::Size kThumbnail{matching::Thumbnail::kWidth, matching::Thumbnail::kHeight};

// Through the cells of the two thumbnails, each of which covers its whole frame.
alignment::Transform BySpan(const MappedSpan& span, image::Size source, image::Size reference) {
  const auto& m = span.geometry;
  const alignment::Transform cells({m[0], m[1], m[2], m[3], m[4], m[5], 0, 0, 1});
  return alignment::Compose(alignment::Compose(alignment::FrameToFrame(source, kThumbnail), cells),
                            alignment::FrameToFrame(kThumbnail, reference));
}

// Half of the line lies on the box.
bool LiesOn(const PictureArea& line, const image::Rectangle& box) {
  const int width = std::min(line.x_px + line.width_px, box.x_px + box.size.width_px) - std::max(line.x_px, box.x_px);
  const int height =
      std::min(line.y_px + line.height_px, box.y_px + box.size.height_px) - std::max(line.y_px, box.y_px);
  return width > 0 && height > 0 && 2 * width * height >= line.width_px * line.height_px;
}

}  // namespace

alignment::Transform RoughTransform(int source_frame, int reference_frame, image::Size source, image::Size reference,
                                    const std::optional<FrameMap>& map, const std::optional<Alignment>& earlier) {
  if (earlier) {
    for (const auto& pair : earlier->pairs) {
      const bool same = pair.source_frame == source_frame && pair.reference_frame == reference_frame;
      if (!same || pair.status == "failed" || pair.transform.size() != 9) continue;
      std::array<double, 9> matrix{};
      std::copy_n(pair.transform.begin(), 9, matrix.begin());
      return alignment::Transform(matrix);
    }
  }
  if (map) {
    for (const auto& span : map->spans) {
      const bool within = source_frame >= span.source_first && source_frame <= span.source_last;
      if (within && span.geometry.size() == 6) return BySpan(span, source, reference);
    }
  }
  return alignment::FrameToFrame(source, reference);
}

double LetteringShare(const image::Image& source, const image::Image& reference,
                      const alignment::Transform& transform) {
  AlignedPair pair;
  pair.transform = {transform.matrix().begin(), transform.matrix().end()};
  const auto lines = LetteringOn(source, reference, pair);
  if (lines.empty()) return 0;
  const auto own = alignment::DetectOverlays(std::span(&source, 1), {0, 0, source.size()}).subtitles.front();
  double covered_px = 0;
  for (const auto& line : lines) {
    const bool of_the_film = std::any_of(own.begin(), own.end(), [&](const auto& box) { return LiesOn(line, box); });
    if (!of_the_film) covered_px += static_cast<double>(line.width_px) * line.height_px;
  }
  return std::min(1.0, covered_px / static_cast<double>(source.pixel_count()));
}

}  // namespace interneg::jobs
