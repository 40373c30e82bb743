#include "worker/engine/alignment/live_area.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kClear = 0.97;
constexpr int kLeastRun_px = 2;
constexpr int kSoftest_px = 8;
constexpr double kLeastContrast = 0.04;

void Require(std::span<const image::Image> frames, const LiveAreaOptions& o) {
  if (frames.empty()) throw std::invalid_argument("live area: there is no frame to look at");
  for (const auto& frame : frames) {
    if (frame.size() != frames[0].size() || (frame.channel_count() != 1 && frame.channel_count() != 3)) {
      throw std::invalid_argument("live area: the frames are of one size and have 1 or 3 planes");
    }
  }
  if (std::min(frames[0].width_px(), frames[0].height_px()) < 48) {
    throw std::invalid_argument("live area: the frames have fewer than 48 pixels a side");
  }
  if (!(o.tolerance > 0.0 && o.tolerance < 0.5) || !(o.greatest_border > 0.0 && o.greatest_border <= 0.45)) {
    throw std::invalid_argument("live area: tolerance lies in (0, 0.5), the greatest border in (0, 0.45]");
  }
}

// The brightest and the darkest that each pixel gets.
struct Range {
  cv::Mat1f high, low;
};

Range RangeOf(std::span<const image::Image> frames) {
  Range out;
  for (const auto& frame : frames) {
    const Planes planes = PlanesOf(frame);
    const cv::Mat1f luma = Projected(planes, LumaOf(planes));
    if (out.high.empty()) out = {luma.clone(), luma.clone()};
    // As plain matrices: with the typed ones std::max would be the better match.
    out.high = cv::max(static_cast<const cv::Mat&>(out.high), static_cast<const cv::Mat&>(luma));
    out.low = cv::min(static_cast<const cv::Mat&>(out.low), static_cast<const cv::Mat&>(luma));
  }
  return out;
}

float Percentile(std::vector<float> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// One line across the scan direction: what of it a border must be.
struct Line {
  float high = 0.F;  // 99 % of its pixels never exceed it
  float low = 0.F;   // 99 % of its pixels never fall below it
  float mean = 0.F;
};

// Lines from a side inward: the columns of a picture, or of its transpose for the rows.
std::vector<Line> LinesOf(const Range& range, cv::Range across, bool from_far_end, int count) {
  std::vector<Line> lines;
  for (int i = 0; i < count; ++i) {
    const int x = from_far_end ? range.high.cols - 1 - i : i;
    const cv::Mat1f high = range.high(across, cv::Range(x, x + 1)).clone();
    const cv::Mat1f low = range.low(across, cv::Range(x, x + 1)).clone();
    lines.push_back({Percentile({high.begin(), high.end()}, .99), Percentile({low.begin(), low.end()}, .01),
                     static_cast<float>(.5 * (cv::mean(high)[0] + cv::mean(low)[0]))});
  }
  return lines;
}

struct Side {
  int cut_px = 0;
  double contrast = 1.0;  // between the border and the picture behind it

  bool sure() const { return contrast >= kLeastContrast; }
  int sure_cut_px() const { return sure() ? cut_px : 0; }
};

Side SideOf(const std::vector<Line>& lines, double black, double tolerance, int most) {
  const auto is_border = [&](const Line& line) { return line.high <= black + tolerance || line.low >= kClear; };
  Side side;
  int run = 0;
  for (int i = 0; i < most; ++i) {
    run = is_border(lines[i]) ? run + 1 : 0;
    if (run >= kLeastRun_px || (run > 0 && run == i + 1)) side.cut_px = i + 1;
  }
  if (side.cut_px == 0) return side;
  const double border = lines[side.cut_px - 1].mean;
  double inside = 0.0;
  const int to = std::min(static_cast<int>(lines.size()), side.cut_px + 2 * kSoftest_px);
  for (int i = side.cut_px + kSoftest_px; i < to; ++i) inside += lines[i].mean / (to - side.cut_px - kSoftest_px);
  side.contrast = std::abs(inside - border);
  for (int k = 0; k < kSoftest_px && std::abs(lines[side.cut_px].mean - border) < .5 * side.contrast; ++k)
    ++side.cut_px;
  return side;
}

Range Transposed(const Range& range) {
  return {range.high.t(), range.low.t()};
}

std::string Describe(const Side (&sides)[4]) {
  static constexpr const char* kNames[] = {"left", "right", "top", "bottom"};
  std::string cut, left;
  for (int i = 0; i < 4; ++i) {
    if (sides[i].cut_px == 0) continue;
    std::string& text = sides[i].sure() ? cut : left;
    text += (text.empty() ? "" : ", ") + std::to_string(sides[i].cut_px) + " px " + kNames[i];
  }
  if (!cut.empty()) cut = "cut " + cut;
  if (left.empty()) return cut;
  return cut + (cut.empty() ? "" : "; ") + "not cut " + left +
         ": the picture there is as dark as a border would be, so look at the crop, or set one";
}

}  // namespace

LiveArea DetectLiveArea(std::span<const image::Image> frames, const LiveAreaOptions& options) {
  Require(frames, options);
  const Range columns = RangeOf(frames), rows = Transposed(columns);
  const double black = Percentile({columns.low.begin(), columns.low.end()}, .01);
  const int width = columns.high.cols, height = columns.high.rows;
  Side sides[4];
  // A second round: what lies above and below must not speak for the columns, nor what lies beside for the rows.
  for (int round = 0; round < 2; ++round) {
    const cv::Range down(sides[2].cut_px, height - sides[3].cut_px);
    for (int i = 0; i < 2; ++i) {
      const int most = static_cast<int>(options.greatest_border * width);
      sides[i] = SideOf(LinesOf(columns, down, i == 1, most + 3 * kSoftest_px), black, options.tolerance, most);
    }
    const cv::Range across(sides[0].cut_px, width - sides[1].cut_px);
    for (int i = 2; i < 4; ++i) {
      const int most = static_cast<int>(options.greatest_border * height);
      sides[i] = SideOf(LinesOf(rows, across, i == 3, std::min(height, most + 3 * kSoftest_px)), black,
                        options.tolerance, most);
    }
  }
  const int left = sides[0].sure_cut_px(), right = sides[1].sure_cut_px();
  const int top = sides[2].sure_cut_px(), bottom = sides[3].sure_cut_px();
  return {{left, top, {width - left - right, height - top - bottom}}, Describe(sides)};
}

}  // namespace interneg::alignment
