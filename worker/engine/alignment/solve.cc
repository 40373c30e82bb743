#include "worker/engine/alignment/solve.h"

#include <stdexcept>
#include <string>

#include <opencv2/core.hpp>

#include "worker/engine/alignment/solver_cv.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kLeastSide_px = 48;

image::Rectangle Whole(image::Size size) {
  return {0, 0, size};
}

void RequireArea(const image::Rectangle& a, image::Size size, const char* name) {
  if (a.x_px < 0 || a.y_px < 0 || a.x_px + a.size.width_px > size.width_px ||
      a.y_px + a.size.height_px > size.height_px) {
    throw std::invalid_argument(std::string("align: the ") + name + "'s area leaves its frame of " +
                                std::to_string(size.width_px) + "x" + std::to_string(size.height_px) + " pixels");
  }
  if (a.size.width_px < kLeastSide_px || a.size.height_px < kLeastSide_px) {
    throw std::invalid_argument(std::string("align: the ") + name + " has fewer than 48 pixels a side to compare");
  }
}

void RequirePicture(const image::Image& picture, const std::optional<image::Rectangle>& area, const char* name) {
  if (picture.empty()) throw std::invalid_argument(std::string("align: the ") + name + " is empty");
  if (picture.channel_count() != 1 && picture.channel_count() != 3) {
    throw std::invalid_argument(std::string("align: the ") + name + " has " + std::to_string(picture.channel_count()) +
                                " planes; give R, G, B or Y");
  }
  RequireArea(area.value_or(Whole(picture.size())), picture.size(), name);
}

void Require(const image::Image& source, const image::Image& reference, const SolveOptions& o) {
  RequirePicture(source, o.source_area, "source");
  RequirePicture(reference, o.reference_area, "reference");
  if (!(o.central_region > 0.1 && o.central_region <= 1.0)) {
    throw std::invalid_argument("align: the central region is a share above 0.1 and at most 1");
  }
  for (const double aspect : {o.source_pixel_aspect, o.reference_pixel_aspect}) {
    if (!(aspect > 0.1 && aspect < 10.0)) throw std::invalid_argument("align: a pixel aspect lies between 0.1 and 10");
  }
  if (o.most_pixels < 64 * 64) throw std::invalid_argument("align: at least 4096 pixels are needed to compare");
}

// Less than a code value of 8 bits everywhere: nothing to align.
bool IsConstant(const image::Image& picture, const image::Rectangle& area) {
  for (int c = 0; c < picture.channel_count(); ++c) {
    const cv::Mat1f plane = PlaneOf(picture, c);
    cv::Scalar mean, deviation;
    cv::meanStdDev(plane(cv::Rect(area.x_px, area.y_px, area.size.width_px, area.size.height_px)), mean, deviation);
    if (deviation[0] > 1.0 / 255.0) return false;
  }
  return true;
}

double MeanOf(const image::Image& picture) {
  double sum = 0.0;
  for (const float v : picture.values()) sum += v;
  return sum / static_cast<double>(picture.values().size());
}

}  // namespace

std::string_view NameOf(SolveStatus status) {
  switch (status) {
    case SolveStatus::kSolved:
      return "solved";
    case SolveStatus::kUncertain:
      return "uncertain";
    case SolveStatus::kFailed:
      return "failed";
  }
  throw std::invalid_argument("NameOf: not a status of a solve");
}

Solution Solve(const image::Image& source, const image::Image& reference, const SolveOptions& options) {
  Require(source, reference, options);
  for (const bool of_source : {true, false}) {
    const auto& picture = of_source ? source : reference;
    const auto& area = of_source ? options.source_area : options.reference_area;
    if (!IsConstant(picture, area.value_or(Whole(picture.size())))) continue;
    Solution out;
    out.reason = std::string("the ") + (of_source ? "source" : "reference") +
                 (MeanOf(picture) < .02 ? " is black" : " is constant") + ": there is nothing to align";
    return out;
  }
  return SolvePair(source, reference, options);
}

}  // namespace interneg::alignment
