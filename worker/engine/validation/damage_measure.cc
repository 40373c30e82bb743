#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "worker/engine/validation/element_measures.h"
#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

// Moved left and up by `shift`, so that it lies on the frame that it was found to be shifted against.
cv::Mat1f Registered(const cv::Mat1f& plane, cv::Point2d shift) {
  if (shift.x == 0 && shift.y == 0) return plane;
  const cv::Matx23d move(1, 0, shift.x, 0, 1, shift.y);
  cv::Mat1f out;
  cv::warpAffine(plane, out, move, plane.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return out;
}

// One Gauss-Newton step; pixels further off than most (dust, what moves by itself) have no say.
cv::Point2d StepOf(const cv::Mat1f& from, const cv::Mat1f& to) {
  constexpr double kSigmas = 3;
  const cv::Mat1f apart = from - to;
  const double limit = kSigmas * RobustSigma({apart.begin(), apart.end()}) + 1e-4;
  cv::Mat1f gx, gy;
  cv::Sobel(to, gx, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(to, gy, CV_32F, 0, 1, 3, 1.0 / 8);
  double xx = 1e-9, yy = 1e-9, xy = 0, xd = 0, yd = 0;
  for (int y = 2; y + 2 < to.rows; ++y) {
    for (int x = 2; x + 2 < to.cols; ++x) {
      const double d = apart(y, x), dx = gx(y, x), dy = gy(y, x);
      if (std::abs(d) > limit) continue;
      xx += dx * dx, yy += dy * dy, xy += dx * dy, xd += dx * d, yd += dy * d;
    }
  }
  const double determinant = xx * yy - xy * xy;
  if (determinant < 1e-6 * xx * yy) return {};
  return {(yy * xd - xy * yd) / determinant, (xx * yd - xy * xd) / determinant};
}

// How far `to` lies right and down of `from`, coarse to fine.
cv::Point2d ShiftOf(const cv::Mat1f& from, const cv::Mat1f& to) {
  constexpr int kLevels = 4, kSteps = 6, kSmallest_px = 24;
  std::vector<cv::Mat1f> froms{from}, tos{to};
  while (static_cast<int>(froms.size()) < kLevels &&
         std::min(froms.back().rows, froms.back().cols) >= 2 * kSmallest_px) {
    cv::Mat1f half_from, half_to;
    cv::pyrDown(froms.back(), half_from);
    cv::pyrDown(tos.back(), half_to);
    froms.push_back(half_from);
    tos.push_back(half_to);
  }
  cv::Point2d shift;
  for (std::size_t level = froms.size(); level-- > 0;) {
    shift *= 2;
    for (int step = 0; step < kSteps; ++step) {
      const cv::Point2d more = StepOf(froms[level], Registered(tos[level], shift));
      shift += more;
      if (std::hypot(more.x, more.y) < 0.01) break;
    }
  }
  return shift;
}

cv::Mat1b OutlierMask(const cv::Mat1f& here, const cv::Mat1f& before, const cv::Mat1f& after, float threshold) {
  const cv::Mat around = cv::getStructuringElement(cv::MORPH_RECT, {5, 5});
  cv::Mat1f high, low, other, apart;
  cv::dilate(before, high, around);
  cv::dilate(after, other, around);
  high = cv::max(high, other);
  cv::erode(before, low, around);
  cv::erode(after, other, around);
  low = cv::min(low, other);
  cv::medianBlur(before, apart, 3);
  cv::medianBlur(after, other, 3);
  cv::absdiff(apart, other, apart);
  // What moves by itself stirs much of the surroundings; a speck of a neighbour stirs its own few pixels.
  cv::Mat1f stir;
  const cv::Mat1b stirring = apart > 0.4F * threshold;
  cv::blur(cv::Mat1f(stirring / 255), stir, {13, 13});
  const cv::Mat1b beyond = (here > high + threshold) | (here < low - threshold);
  return beyond & (apart < 0.5F * threshold) & (stir < 0.2F);
}

int CountSpecks(const cv::Mat1b& mask) {
  cv::Mat1b closed;
  cv::morphologyEx(mask, closed, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::Mat labels, facts, centres;
  const int labelled = cv::connectedComponentsWithStats(closed, labels, facts, centres, 8);
  const int most = std::max(16, static_cast<int>(mask.total() / 1000));
  int specks = 0;
  for (int label = 1; label < labelled; ++label) {
    const int area = facts.at<int>(label, cv::CC_STAT_AREA);
    specks += area >= 3 && area <= most ? 1 : 0;
  }
  return specks;
}

// Mean over the rows of how far a column lies above both columns 4 px away, or below both.
std::vector<float> ColumnRidges(const cv::Mat1f& band) {
  constexpr int kAway = 4;
  constexpr float kMost = 0.1F;  // so that one strong edge does not make a column
  std::vector<float> ridges(static_cast<std::size_t>(band.cols));
  for (int y = 0; y < band.rows; ++y) {
    for (int x = kAway; x + kAway < band.cols; ++x) {
      const auto [low, high] = std::minmax(band(y, x - kAway), band(y, x + kAway));
      const float ridge = std::max(0.0F, band(y, x) - high) - std::max(0.0F, low - band(y, x));
      ridges[static_cast<std::size_t>(x)] += std::clamp(ridge, -kMost, kMost) / static_cast<float>(band.rows);
    }
  }
  return ridges;
}

int CountScratches(const cv::Mat1f& luma) {
  std::vector<std::vector<float>> thirds;
  std::vector<double> limits;
  for (int third = 0; third < 3; ++third) {
    const int top = third * luma.rows / 3, bottom = (third + 1) * luma.rows / 3;
    thirds.push_back(ColumnRidges(luma.rowRange(top, bottom)));
    limits.push_back(std::max(0.01, 6 * RobustSigma(thirds.back())));
  }
  int scratches = 0, last = -10;
  for (int x = 0; x < luma.cols; ++x) {
    int lighter = 0, darker = 0;
    for (std::size_t third = 0; third < 3; ++third) {
      lighter += thirds[third][static_cast<std::size_t>(x)] > limits[third] ? 1 : 0;
      darker += thirds[third][static_cast<std::size_t>(x)] < -limits[third] ? 1 : 0;
    }
    if (lighter < 3 && darker < 3) continue;
    if (x - last > 3) ++scratches;
    last = x;
  }
  return scratches;
}

}  // namespace

Damage MeasureDamage(std::span<const image::Image> frames) {
  constexpr double kLeast = 0.06, kSigmas = 5;
  RequireFramesOfOneShot(frames);
  const double threshold = std::max(kLeast, kSigmas * MeasureGrain(frames).luma);
  constexpr int kSmallest_px = 32;
  Damage damage;
  if (std::min(frames[0].width_px(), frames[0].height_px()) < kSmallest_px) return damage;
  std::vector<cv::Mat1f> lumas;
  for (const auto& frame : frames) lumas.push_back(LumaOf(frame));
  double squares = 0;
  cv::Point2d last;
  for (std::size_t i = 0; i < lumas.size(); ++i) {
    damage.scratches_a_frame += CountScratches(lumas[i]) / static_cast<double>(lumas.size());
    if (i == 0 || i + 1 >= lumas.size()) continue;
    const cv::Point2d back = i == 1 ? ShiftOf(lumas[i], lumas[i - 1]) : -last, on = ShiftOf(lumas[i], lumas[i + 1]);
    last = on;
    const cv::Mat1b mask = OutlierMask(lumas[i], Registered(lumas[i - 1], back), Registered(lumas[i + 1], on),
                                       static_cast<float>(threshold));
    damage.specks_a_frame += CountSpecks(mask);
    const cv::Point2d off = 0.5 * (back + on);
    squares += off.dot(off) / 2;
    ++damage.frames;
  }
  if (damage.frames == 0) return damage;
  damage.specks_a_frame /= damage.frames;
  damage.specks_a_megapixel = damage.specks_a_frame * 1e6 / static_cast<double>(frames[0].pixel_count());
  damage.instability_px = std::sqrt(squares / damage.frames);
  return damage;
}

}  // namespace interneg::validation
