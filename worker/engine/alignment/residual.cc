#include "worker/engine/alignment/residual.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kGood = 0.10, kUnusable = 0.35;
constexpr float kStructure = 0.01F;  // deviation, of code
constexpr float kAgreeing = 0.25F, kNone = 0.10F, kFull = 0.40F;  // of ρ²

void RequirePair(const image::Image& source, const image::Image& reference, const image::Image& trusted) {
  if (source.size() != reference.size() || source.channel_count() != 3 || reference.channel_count() != 3) {
    throw std::invalid_argument("residual: two pictures of three planes and one size are needed");
  }
  if (trusted.size() != source.size() || trusted.channel_count() != 1) {
    throw std::invalid_argument("residual: what is trusted must be one plane of the pictures' size");
  }
}

int RadiusFor(int height_px) { return std::clamp(height_px / 60, 3, 16); }

cv::Mat1f Luma(const image::Image& rgb) {
  return 0.2126F * PlaneOf(rgb, 0) + 0.7152F * PlaneOf(rgb, 1) + 0.0722F * PlaneOf(rgb, 2);
}

cv::Mat1f Detail(const cv::Mat1f& plane, int radius) { return plane - BoxMean(plane, 2 * radius); }

// Luma and the three planes.
std::vector<cv::Mat1f> DetailsOf(const image::Image& rgb, int radius) {
  std::vector<cv::Mat1f> details = {Detail(Luma(rgb), radius)};
  for (int c = 0; c < 3; ++c) details.push_back(Detail(PlaneOf(rgb, c), radius));
  return details;
}

struct Local {
  cv::Mat1f determination;  // ρ²
  cv::Mat1f structured;     // 1 where both have structure
};

Local Compare(const cv::Mat1f& a, const cv::Mat1f& b, int radius) {
  const cv::Mat1f ma = BoxMean(a, radius), mb = BoxMean(b, radius);
  const cv::Mat1f va = BoxMean(a.mul(a), radius) - ma.mul(ma), vb = BoxMean(b.mul(b), radius) - mb.mul(mb);
  const cv::Mat1f cov = BoxMean(a.mul(b), radius) - ma.mul(mb);
  Local local;
  cv::Mat1f energy = va.mul(vb) + 1e-12F;
  cv::divide(cov.mul(cov), energy, local.determination);
  local.determination.setTo(1.0F, local.determination > 1.0F);
  const float least = kStructure * kStructure;
  cv::Mat mask = (va > least) & (vb > least);
  mask.convertTo(local.structured, CV_32F, 1.0 / 255.0);
  return local;
}

std::string ReasonFor(double figure) {
  char text[96];
  std::snprintf(text, sizeof text, "structure is left after alignment in %.0f %% of the picture", 100.0 * figure);
  return text;
}

}  // namespace

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood: return "good";
    case Verdict::kUsable: return "usable";
    case Verdict::kUnusable: break;
  }
  return "unusable";
}

Residual MeasureResidual(const image::Image& source, const image::Image& reference, const image::Image& trusted) {
  RequirePair(source, reference, trusted);
  const int radius = RadiusFor(source.height_px());
  const auto ours = DetailsOf(source, radius), theirs = DetailsOf(reference, radius);
  cv::Mat1f best(ours[0].size(), 0.0F), structured(ours[0].size(), 0.0F);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto local = Compare(ours[i], theirs[i], radius);
    const cv::Mat1f candidate = local.determination.mul(local.structured);
    local.structured.copyTo(structured, local.structured > structured);
    candidate.copyTo(best, candidate > best);
  }
  Residual out;
  out.confidence = image::Image(source.size(), {"confidence"}, "");
  const cv::Mat1f known = PlaneOf(trusted, 0);
  cv::Mat1f belief = (best - kNone) / (kFull - kNone);
  belief.setTo(0.0F, belief < 0.0F);
  belief.setTo(1.0F, belief > 1.0F);
  belief = BoxMean(belief.mul(structured) + (1.0F - structured), radius);
  double seen = 0, with_structure = 0, disagreeing = 0;
  auto confidence = PlaneOf(out.confidence, 0);
  for (int y = 0; y < best.rows; ++y) {
    for (int x = 0; x < best.cols; ++x) {
      const bool counts = known(y, x) > 0.0F;
      confidence(y, x) = counts ? std::clamp(belief(y, x), 0.0F, 1.0F) * std::min(known(y, x), 1.0F) : 0.0F;
      if (!counts) continue;
      seen += 1;
      if (structured(y, x) == 0.0F) continue;
      with_structure += 1;
      disagreeing += best(y, x) < kAgreeing;
    }
  }
  out.structured = seen > 0 ? with_structure / seen : 0;
  out.figure = with_structure > 0 ? disagreeing / with_structure : 0;
  if (out.figure >= kGood) out.verdict = out.figure < kUnusable ? Verdict::kUsable : Verdict::kUnusable;
  if (out.verdict != Verdict::kGood) out.reason = ReasonFor(out.figure);
  return out;
}

image::Image DifferenceSheet(const image::Image& source, const image::Image& reference, const Residual& residual) {
  RequirePair(source, reference, residual.confidence);
  const int radius = RadiusFor(source.height_px());
  const cv::Mat1f difference = Detail(Luma(source), radius) - Detail(Luma(reference), radius) + 0.5F;
  const cv::Mat1f belief = PlaneOf(residual.confidence, 0);
  image::Image sheet({2 * source.width_px(), 2 * source.height_px()}, {"R", "G", "B"}, source.color_space());
  const cv::Rect first(0, 0, source.width_px(), source.height_px());
  const cv::Rect second = first + cv::Point(first.width, 0), third = first + cv::Point(0, first.height);
  const cv::Rect fourth = first + cv::Point(first.width, first.height);
  for (int c = 0; c < 3; ++c) {
    auto plane = PlaneOf(sheet, c);
    PlaneOf(source, c).copyTo(plane(first));
    PlaneOf(reference, c).copyTo(plane(second));
    difference.copyTo(plane(third));
    const float red = c == 0 ? 1.0F : 0.0F;
    cv::Mat1f marked = PlaneOf(source, c).mul(belief) + red * (1.0F - belief);
    marked.copyTo(plane(fourth));
  }
  return sheet;
}

}  // namespace interneg::alignment
