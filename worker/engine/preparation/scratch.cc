#include "worker/engine/preparation/scratch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "worker/engine/preparation/planes.h"
#include "worker/engine/preparation/scratch_lines.h"

namespace interneg::preparation {
namespace {

// Where a scratch runs in the frame.
struct Course {
  std::vector<int> middle_px;     // one a row
  std::vector<bool> shown;        // one a row
  int left_px = 0, right_px = 0;  // first and last column of it, from the middle
};

bool StaysInTime(const UprightLine& line, const std::vector<std::vector<UprightLine>>& neighbours) {
  int seen = 0;
  for (const auto& lines : neighbours) {
    seen += std::any_of(lines.begin(), lines.end(), [&](const UprightLine& other) {
      return other.tone == line.tone && std::abs(other.At(0.5) - line.At(0.5)) <= 1.0;
    });
  }
  return 2 * seen >= static_cast<int>(neighbours.size());
}

// Turns runs of `value` shorter than `length` into the other. A gap at an end of the picture is no gap: the line ends
// there.
void RemoveShortRuns(std::vector<bool>& rows, bool value, int length) {
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end] == rows[begin]) ++end;
    const bool at_an_end = begin == 0 || end == rows.size();
    if (rows[begin] == value && static_cast<int>(end - begin) < length && (value || !at_an_end)) {
      std::fill(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(end),
                !value);
    }
    begin = end;
  }
}

// The line's own wander, by bands: the column of the largest mean contrast, when that is clearly not the straight one.
int WanderOf(const cv::Mat1f& contrast, const UprightLine& line, int row) {
  const int half = std::max(4, contrast.rows / 12);
  const cv::Range rows(std::max(0, row - half), std::min(contrast.rows, row + half + 1));
  double best = 0.0;
  int wander = 0;
  for (const int off : {0, -1, 1, -2, 2}) {
    double sum = 0.0;
    for (int y = rows.start; y < rows.end; ++y) {
      const int x = static_cast<int>(std::lround(line.At(y / (contrast.rows - 1.0)))) + off;
      sum += x < 0 || x >= contrast.cols ? -1.0 : contrast(y, x);
    }
    if (off == 0 || sum > 1.3 * std::max(0.0, best)) {
      best = sum;
      wander = off;
    }
  }
  return wander;
}

Course Follow(const cv::Mat1f& contrast, const UprightLine& line) {
  Course course;
  for (int y = 0; y < contrast.rows; ++y) {
    const int straight = static_cast<int>(std::lround(line.At(y / (contrast.rows - 1.0))));
    course.middle_px.push_back(std::clamp(straight + WanderOf(contrast, line, y), 0, contrast.cols - 1));
    course.shown.push_back(contrast(y, course.middle_px.back()) > 0.5 * line.contrast);
  }
  RemoveShortRuns(course.shown, false, contrast.rows / 8);
  RemoveShortRuns(course.shown, true, contrast.rows / 8);
  return course;
}

// How much brighter (darker) the line is than the straight between its two sides, on the mean over its rows, by column.
std::vector<double> ProfileOf(const cv::Mat1f& luma, LineTone tone, int reach, const Course& course) {
  std::vector<double> profile(static_cast<std::size_t>(2 * reach + 1), 0.0);
  int rows = 0;
  for (int y = 0; y < luma.rows; ++y) {
    const int middle = course.middle_px[static_cast<std::size_t>(y)];
    if (!course.shown[static_cast<std::size_t>(y)] || middle < reach || middle + reach >= luma.cols) continue;
    const double left = luma(y, middle - reach), right = luma(y, middle + reach);
    ++rows;
    for (int o = -reach; o <= reach; ++o) {
      const double ground = left + (right - left) * (o + reach) / (2.0 * reach);
      profile[static_cast<std::size_t>(o + reach)] +=
          (tone == LineTone::kBright ? 1 : -1) * (luma(y, middle + o) - ground);
    }
  }
  for (double& value : profile) value /= std::max(1, rows);
  return profile;
}

// Widens the course from its middle while the profile is part of the line.
void MeasureWidth(const cv::Mat1f& luma, LineTone tone, int max_width_px, Course& course) {
  constexpr double kPart = 0.3;
  const int reach = max_width_px / 2 + 3;
  const auto profile = ProfileOf(luma, tone, reach, course);
  const auto at = [&](int off) { return profile[static_cast<std::size_t>(off + reach)]; };
  int middle = 0;
  for (const int off : {-1, 1, -2, 2}) middle = at(off) > at(middle) ? off : middle;
  const double part = std::max(kPart * at(middle), 0.5 / 255.0);
  course.left_px = course.right_px = middle;
  while (course.left_px - 1 > -reach && at(course.left_px - 1) > part) --course.left_px;
  while (course.right_px + 1 < reach && at(course.right_px + 1) > part) ++course.right_px;
}

// Rows up on the left side (and down on the right) along which the two sides agree best.
int Slope(const cv::Mat1f& luma, int y, int left, int right) {
  constexpr int kMostSlope = 3, kPatch = 2;
  int best = 0;
  float least = std::numeric_limits<float>::max();
  for (int slope = -kMostSlope; slope <= kMostSlope; ++slope) {
    float change = 0.004F * static_cast<float>(std::abs(slope));
    for (int j = -kPatch; j <= kPatch; ++j) {
      const int a = std::clamp(y + j - slope, 0, luma.rows - 1), b = std::clamp(y + j + slope, 0, luma.rows - 1);
      change += std::abs(luma(a, left) - luma(b, right)) / (2 * kPatch + 1);
    }
    if (change < least) {
      least = change;
      best = slope;
    }
  }
  return best;
}

void DrawOver(const cv::Mat1f& luma, const Planes& picture, const Course& course, double strength, Planes& made) {
  for (int y = 0; y < luma.rows; ++y) {
    const int middle = course.middle_px[static_cast<std::size_t>(y)];
    const int left = middle + course.left_px - 1, right = middle + course.right_px + 1;
    if (!course.shown[static_cast<std::size_t>(y)] || left < 0 || right >= luma.cols) continue;
    const double slope = 2.0 * Slope(luma, y, left, right) / (right - left);
    for (int x = left + 1; x < right; ++x) {
      const int a = std::clamp(static_cast<int>(std::lround(y - slope * (x - left))), 0, luma.rows - 1);
      const int b = std::clamp(static_cast<int>(std::lround(y + slope * (right - x))), 0, luma.rows - 1);
      const double share = static_cast<double>(x - left) / (right - left);
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = (1.0 - share) * picture[c](a, left) + share * picture[c](b, right);
        made[c](y, x) = static_cast<float>(picture[c](y, x) + strength * (value - picture[c](y, x)));
      }
    }
  }
}

}  // namespace

image::Image ScratchesRepaired(const ScratchRepair& repair, const Window& window) {
  image::Image out = window.Centre();
  const Planes picture = ViewAll(window.Centre());
  const cv::Mat1f luma = LumaOf(picture);
  // A line that must show again in other frames may be fainter than one that must be believed at once.
  constexpr double kAlone = 5.0, kAmongOthers = 3.0;
  const bool alone = window.pictures.size() == 1;
  const auto lines = FindUprightLines(luma, repair, alone ? kAlone : kAmongOthers);
  if (lines.empty()) return out;
  std::vector<std::vector<UprightLine>> neighbours;
  for (int offset = -kScratchRadius_frames; offset <= kScratchRadius_frames; ++offset) {
    if (offset == 0 || window.At(offset) == nullptr) continue;
    neighbours.push_back(FindUprightLines(LumaOf(ViewAll(*window.At(offset))), repair, kAmongOthers));
  }
  Planes made = ViewAll(out);
  for (const UprightLine& line : lines) {
    if (!StaysInTime(line, neighbours)) continue;
    Course course = Follow(ContrastsOf(luma, line.tone, repair.max_width_px).both, line);
    MeasureWidth(luma, line.tone, repair.max_width_px, course);
    DrawOver(luma, picture, course, repair.strength, made);
  }
  return out;
}

}  // namespace interneg::preparation
