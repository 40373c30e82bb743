#include "worker/engine/curation/frame_features.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>

#include "worker/engine/curation/planes.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::curation {
namespace {

constexpr int kMeasuredEdge_px = 480;
constexpr int kLeastEdge_px = 16;
constexpr int kSurfaceEdge_px = 240;  // textures and families: larger would measure grain

void RequirePicture(const image::Image& picture, const std::string& what) {
  RequirePlanes(picture, 3, what);
  if (std::min(picture.width_px(), picture.height_px()) < kLeastEdge_px) {
    throw std::invalid_argument(what + " is " + std::to_string(picture.width_px()) + "x" +
                                std::to_string(picture.height_px()) + "; give at least 16x16 pixels");
  }
  if (!std::all_of(picture.values().begin(), picture.values().end(), [](float v) { return std::isfinite(v); })) {
    throw std::invalid_argument(what + " holds values that are not finite; repair the frame or leave it out");
  }
}

image::Image MeasuredPicture(const image::Image& rgb) {
  return image::RgbToYCbCr(Reduced(rgb, Fitted(rgb.size(), kMeasuredEdge_px)), image::YCbCrMatrix::kBt709);
}

Light MeasureLight(const image::Image& ycbcr) {
  Light light;
  std::vector<float> luma(ycbcr.plane(0).begin(), ycbcr.plane(0).end());
  const double n = static_cast<double>(luma.size());
  double squares = 0;
  for (const float v : luma) {
    light.mean += v / n;
    squares += static_cast<double>(v) * v / n;
    light.histogram[static_cast<std::size_t>(std::clamp(static_cast<int>(v * kLightBins), 0, kLightBins - 1))] += 1 / n;
  }
  light.deviation = std::sqrt(std::max(0.0, squares - light.mean * light.mean));
  const auto percentile = [&](std::size_t hundredths) {
    const auto at = luma.begin() + static_cast<std::ptrdiff_t>((luma.size() - 1) * hundredths / 100);
    std::nth_element(luma.begin(), at, luma.end());
    return static_cast<double>(*at);
  };
  light.low = percentile(2);
  light.high = percentile(98);
  return light;
}

Layout MeasureLayout(const image::Image& ycbcr) {
  Layout layout{};
  const image::Image cells = Reduced(ycbcr, {kLayoutWidth, kLayoutHeight});
  std::copy(cells.values().begin(), cells.values().end(), layout.begin());
  return layout;
}

RowProfile MeasureRows(const image::Image& ycbcr) {
  cv::Mat1f luma;
  cv::resize(PlaneView(ycbcr, 0), luma, {ycbcr.width_px(), kProfileRows}, 0, 0,
             ycbcr.height_px() >= kProfileRows ? cv::INTER_AREA : cv::INTER_LINEAR);
  RowProfile rows;
  std::vector<float> sorted(static_cast<std::size_t>(luma.cols));
  for (int y = 0; y < kProfileRows; ++y) {
    std::copy(luma[y], luma[y] + luma.cols, sorted.begin());
    rows.mean.push_back(static_cast<float>(cv::mean(luma.row(y))[0]));
    const auto percentile = [&](std::size_t tenths) {
      const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * tenths / 10);
      std::nth_element(sorted.begin(), at, sorted.end());
      return *at;
    };
    rows.low.push_back(percentile(1));
    rows.high.push_back(percentile(9));
  }
  return rows;
}

}  // namespace

double Sharpness(const image::Image& ycbcr) {
  const cv::Mat1f luma = PlaneView(ycbcr, 0);
  cv::Mat1f fine, wide;
  cv::GaussianBlur(luma, fine, {}, 1.0, 1.0, cv::BORDER_REFLECT_101);
  cv::GaussianBlur(luma, wide, {}, 4.0, 4.0, cv::BORDER_REFLECT_101);
  const double detail = cv::norm(luma, fine, cv::NORM_L2SQR), structure = cv::norm(fine, wide, cv::NORM_L2SQR);
  // Less structure than a thousandth of full scale is rounding and noise, not a picture.
  return structure < 1e-6 * static_cast<double>(luma.total()) ? 0.0 : std::sqrt(detail / structure);
}

FrameFeatures MeasureFrame(const image::Image& source, const Beside& beside) {
  RequirePicture(source, "the source frame");
  FrameFeatures out;
  const image::Image picture = MeasuredPicture(source);
  const image::Image surface = Reduced(picture, Fitted(picture.size(), kSurfaceEdge_px));
  out.light = MeasureLight(picture);
  out.textures = MeasureTextures(surface);
  out.sharpness = Sharpness(picture);
  out.layout = MeasureLayout(picture);
  out.rows = MeasureRows(picture);
  if (beside.reference != nullptr) {
    RequirePicture(*beside.reference, "the reference frame");
    const image::Image reference = MeasuredPicture(*beside.reference);
    out.reference_sharpness = Sharpness(reference);
    out.families = MeasureFamilies(Reduced(reference, Fitted(reference.size(), kSurfaceEdge_px)));
    out.family_basis = FamilyBasis::kReference;
  } else if (beside.color == SourceColor::kFaded) {
    out.families = MeasureFamilies(ResidualColor(surface));
    out.family_basis = FamilyBasis::kResidualColor;
  } else {
    out.families = MeasureFamilies(surface);
    out.family_basis = FamilyBasis::kSourceColor;
  }
  return out;
}

}  // namespace interneg::curation
