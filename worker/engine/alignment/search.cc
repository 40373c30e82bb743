#include <algorithm>
#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/registration_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kLongestSide_px = 128;
constexpr double kScaleStep = 1.035;
constexpr double kRotationStep_deg = 1.5;
constexpr double kReach = 0.25;  // of the picture, in each direction

Level Small(const Element& element) {
  const Level& from = element.levels.back();
  const double factor =
      std::min(1.0, static_cast<double>(kLongestSide_px) / std::max(from.size().width, from.size().height));
  const cv::Size size(cvRound(from.size().width * factor), cvRound(from.size().height * factor));
  Level out;
  for (const auto& plane : from.planes) out.planes.push_back(Resized(plane, size));
  out.to_picture = FrameToFrame({size.width, size.height}, element.size);
  return out;
}

cv::Mat2f Merged(const Planes& field) {
  cv::Mat2f out;
  cv::merge(field, out);
  return out;
}

// A similarity about a place in a picture whose pixels are not square.
Transform Turned(double scale, double degrees, Point about, double pixel_aspect) {
  const Transform square = Transform::ScaleAndShift(pixel_aspect, 1.0, 0.0, 0.0);
  return Compose(Compose(square, FromSimilarity({0, 0, scale, degrees}, {about.x * pixel_aspect, about.y})),
                 square.Inverse());
}

struct Start {
  double score = -1.0;
  Transform transform;
};

class Searcher {
 public:
  Searcher(const Element& fixed, const Element& moving, const Transform& base)
      : fixed_(fixed), moving_(moving), base_(base), small_(Small(fixed)), other_(Small(moving)) {
    const auto box = AreaAt(fixed, small_);
    window_ = cv::Rect(cv::Point(static_cast<int>(std::ceil(box[0])), static_cast<int>(std::ceil(box[1]))),
                       cv::Point(static_cast<int>(box[2]) + 1, static_cast<int>(box[3]) + 1)) &
              cv::Rect(cv::Point(), small_.size());
    template_ = Merged(TensorField(small_.planes))(window_).clone();
    margin_ = cv::Size(cvRound(window_.width * kReach), cvRound(window_.height * kReach));
  }

  // The best shift of one scale and rotation.
  Start Try(double scale, double degrees) const {
    const auto& a = fixed_.area;
    const Point centre{a.x_px + .5 * (a.size.width_px - 1), a.y_px + .5 * (a.size.height_px - 1)};
    const Transform turned = Compose(Turned(scale, degrees, centre, fixed_.pixel_aspect), base_);
    const Transform canvas_to_small =
        Transform::ScaleAndShift(1, 1, window_.x - margin_.width, window_.y - margin_.height);
    const Transform to_moving =
        Compose(Compose(Compose(canvas_to_small, small_.to_picture), turned), other_.to_picture.Inverse());
    const cv::Size canvas(window_.width + 2 * margin_.width, window_.height + 2 * margin_.height);
    const cv::Mat2f field = Merged(MaskedField(to_moving, canvas));
    cv::Mat1f surface;
    cv::matchTemplate(field, template_, surface, cv::TM_CCORR_NORMED);
    cv::Point best;
    double highest = 0.0;
    cv::minMaxLoc(surface, nullptr, &highest, nullptr, &best);
    const Transform shift = Transform::ScaleAndShift(1, 1, best.x - margin_.width, best.y - margin_.height);
    return {highest, Compose(Compose(Compose(small_.to_picture.Inverse(), shift), small_.to_picture), turned)};
  }

 private:
  Planes MaskedField(const Transform& to_moving, cv::Size canvas) const {
    Planes warped;
    for (const auto& plane : other_.planes) warped.push_back(Warped(plane, to_moving, canvas));
    const double far = 1e9;
    const cv::Mat1f mask = OverlapMask(canvas, {-far, -far, far, far}, to_moving, AreaAt(moving_, other_));
    Planes field = TensorField(warped);
    // A little everywhere: where nothing is, the normalised score must not divide by nothing.
    for (auto& plane : field) plane = plane.mul(mask) + 1e-4;
    return field;
  }

  const Element& fixed_;
  const Element& moving_;
  const Transform& base_;
  Level small_, other_;
  cv::Rect window_;
  cv::Size margin_;
  cv::Mat2f template_;
};

}  // namespace

std::vector<Transform> Search(const Element& fixed, const Element& moving, const Transform& base, double least,
                              double most, std::size_t count) {
  const Searcher searcher(fixed, moving, base);
  const int below = static_cast<int>(std::ceil(std::log(least) / std::log(kScaleStep) - 1e-9));
  const int above = static_cast<int>(std::floor(std::log(most) / std::log(kScaleStep) + 1e-9));
  std::vector<Start> starts;
  for (int i = below; i <= above; ++i) {
    for (const double degrees : {-kRotationStep_deg, 0.0, kRotationStep_deg}) {
      starts.push_back(searcher.Try(std::pow(kScaleStep, i), degrees));
    }
  }
  std::stable_sort(starts.begin(), starts.end(), [](const Start& a, const Start& b) { return a.score > b.score; });
  std::vector<Transform> out;
  for (std::size_t k = 0; k < std::min(count, starts.size()); ++k) out.push_back(starts[k].transform);
  return out;
}

}  // namespace interneg::alignment
