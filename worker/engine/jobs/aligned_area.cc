#include "worker/engine/jobs/aligned_area.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

// Edges of an upright rectangle, right and bottom exclusive.
struct Edges {
  int left = 0, top = 0, right = 0, bottom = 0;
};

int EvenUp(double value) { return 2 * static_cast<int>(std::ceil(value / 2.0)); }
int EvenDown(double value) { return 2 * static_cast<int>(std::floor(value / 2.0)); }

PictureArea AreaOf(const Edges& e) { return {e.left, e.top, e.right - e.left, e.bottom - e.top}; }

std::string TextOf(const PictureArea& area) {
  return std::to_string(area.x_px) + "," + std::to_string(area.y_px) + "," + std::to_string(area.width_px) + "," +
         std::to_string(area.height_px);
}

// The reference's corners on the source, moved in by a pixel of the reference, so that no sample continues its edge.
// Of a quadrilateral that is nearly upright: the greater of the two left edges, and so on.
Edges CoveredBy(const alignment::Transform& to_reference, image::Size reference, const Edges& within) {
  const auto to_source = to_reference.Inverse();
  const double w = reference.width_px - 2, h = reference.height_px - 2;
  const std::array corners = {to_source.Apply({1, 1}), to_source.Apply({w, 1}), to_source.Apply({w, h}),
                              to_source.Apply({1, h})};
  Edges e = within;
  e.left = std::max(e.left, EvenUp(std::max(corners[0].x, corners[3].x)));
  e.top = std::max(e.top, EvenUp(std::max(corners[0].y, corners[1].y)));
  e.right = std::min(e.right, EvenDown(std::min(corners[1].x, corners[2].x) + 1));
  e.bottom = std::min(e.bottom, EvenDown(std::min(corners[2].y, corners[3].y) + 1));
  return e;
}

}  // namespace

void CheckCrop(const PictureArea& crop, image::Size source) {
  const Edges nearest{EvenDown(std::clamp(crop.x_px, 0, source.width_px - 2)),
                      EvenDown(std::clamp(crop.y_px, 0, source.height_px - 2)),
                      EvenDown(std::clamp(crop.x_px + crop.width_px, 2, source.width_px)),
                      EvenDown(std::clamp(crop.y_px + crop.height_px, 2, source.height_px))};
  const auto fits = AreaOf(nearest);
  if (fits == crop && crop.width_px > 0 && crop.height_px > 0) return;
  throw BadInput("align.crop " + TextOf(crop) + " must lie within the source's " + std::to_string(source.width_px) + "x" +
                     std::to_string(source.height_px) + " and be of even numbers",
                 fits.width_px > 0 && fits.height_px > 0 ? "the nearest that does: " + TextOf(fits)
                                                         : "write it as x,y,width,height");
}

PictureArea ProposeCrop(image::Size source, image::Size reference, const Alignment& alignment) {
  const auto live = alignment.live_area.value_or(PictureArea{0, 0, source.width_px, source.height_px});
  Edges edges{EvenUp(live.x_px), EvenUp(live.y_px), EvenDown(live.x_px + live.width_px),
              EvenDown(live.y_px + live.height_px)};
  for (const auto& pair : alignment.pairs) {
    if (pair.status == "failed") continue;
    std::array<double, 9> matrix{};
    std::copy_n(pair.transform.begin(), 9, matrix.begin());
    edges = CoveredBy(alignment::Transform(matrix), reference, edges);
  }
  if (edges.right - edges.left < 64 || edges.bottom - edges.top < 64) {
    throw BadInput("the pairs' references share " + std::to_string(std::max(0, edges.right - edges.left)) + "x" +
                       std::to_string(std::max(0, edges.bottom - edges.top)) + " pixels of the source, too few to learn from",
                   "leave out the pair that lies elsewhere, or set keys by hand");
  }
  return AreaOf(edges);
}

}  // namespace interneg::jobs
