#include "worker/engine/preparation/scratch_lines.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

constexpr int kMostTilt_px = 4, kSide_px = 3;

double MiddleOf(const std::vector<double>& means) {
  std::vector<float> values(means.begin(), means.end());
  return Quantile(values, 0.5);
}

double SpreadOf(const std::vector<double>& means, double middle) {
  std::vector<float> away;
  for (const double mean : means) away.push_back(static_cast<float>(std::abs(mean - middle)));
  return 1.4826 * Quantile(away, 0.5) + 1e-6;
}

// What one column, tilted, shows along the rows.
struct Column {
  double mean = 0.0;                     // of the contrast, over all rows
  double left = 0.0, right = 0.0;        // of the contrast to one side alone
  double shown_rows = 0.0, shown = 0.0;  // rows above the threshold, and the sum of their contrast
};

std::vector<Column> ColumnsOf(const LineContrasts& contrasts, int tilt, double threshold) {
  const int rows = contrasts.both.rows, width = contrasts.both.cols;
  std::vector<Column> columns(static_cast<std::size_t>(width));
  for (int y = 0; y < rows; ++y) {
    const int shift = static_cast<int>(std::lround(tilt * (y / (rows - 1.0) - 0.5)));
    for (int x = std::max(0, -shift); x < std::min(width, width - shift); ++x) {
      Column& column = columns[static_cast<std::size_t>(x)];
      const double value = contrasts.both(y, x + shift);
      column.mean += value / rows;
      if (value <= threshold) continue;
      column.left += contrasts.left(y, x + shift);
      column.right += contrasts.right(y, x + shift);
      column.shown_rows += 1.0;
      column.shown += value;
    }
  }
  return columns;
}

// A wide line is as strong on several columns, and any of them may be the largest by chance: the middle of what is
// above half of it.
double MiddleOfPlateau(const std::vector<Column>& columns, std::size_t x, int max_width_px) {
  const auto reach = static_cast<std::size_t>(max_width_px / 2 + 1);
  double weight = 0.0, sum = 0.0;
  for (std::size_t i = x - std::min(x, reach); i <= std::min(x + reach, columns.size() - 1); ++i) {
    const double above = std::max(0.0, columns[i].mean - 0.5 * columns[x].mean);
    weight += above;
    sum += above * static_cast<double>(i);
  }
  return weight > 0.0 ? sum / weight : static_cast<double>(x);
}

// The lines of one tilt that pass all tests. An edge stands out from one side only.
void CollectTilt(const LineContrasts& contrasts, LineTone tone, int tilt, const ScratchRepair& settings,
                 double least_deviations, std::vector<UprightLine>& lines) {
  const auto columns = ColumnsOf(contrasts, tilt, settings.threshold);
  std::vector<double> means;
  for (const Column& column : columns) means.push_back(column.mean);
  const double middle = MiddleOf(means), spread = SpreadOf(means, middle);
  for (std::size_t x = 0; x < columns.size(); ++x) {
    const Column& c = columns[x];
    if (c.shown_rows < settings.min_length_share * contrasts.both.rows) continue;
    if (c.mean - middle < least_deviations * spread || std::min(c.left, c.right) < 0.5 * c.shown) continue;
    const double at = MiddleOfPlateau(columns, x, settings.max_width_px);
    lines.push_back(
        {at - tilt / 2.0, at + tilt / 2.0, tone, c.shown / c.shown_rows, c.mean * (1.0 - 0.01 * std::abs(tilt))});
  }
}

// Whether the rows of the line's length show it alike. Pieces of picture that happen to stand in one column do not.
bool IsEven(const cv::Mat1f& contrast, const UprightLine& line, const ScratchRepair& settings) {
  std::vector<float> values;
  for (int y = 0; y < contrast.rows; ++y) {
    const auto x = static_cast<int>(std::lround(line.At(y / (contrast.rows - 1.0))));
    if (x >= 0 && x < contrast.cols) values.push_back(contrast(y, x));
  }
  const double share = settings.min_length_share;
  // Of the rows that must show it, the weakest tenth against the middle one.
  const double weak = Quantile(values, 1.0 - 0.9 * share), middle = Quantile(values, 1.0 - 0.5 * share);
  const double strong = Quantile(values, 1.0 - 0.1 * share);
  return weak > 0.25 * middle && strong < 2.2 * middle;
}

}  // namespace

LineContrasts ContrastsOf(const cv::Mat1f& luma, LineTone tone, int max_width_px) {
  cv::Mat1f tall, sides;
  const int reach = std::max(2, luma.rows / 24);
  cv::boxFilter(luma, tall, CV_32F, cv::Size(1, 2 * reach + 1), cv::Point(-1, -1), true, cv::BORDER_REFLECT);
  cv::boxFilter(tall, sides, CV_32F, cv::Size(kSide_px, 1), cv::Point(-1, -1), true, cv::BORDER_REFLECT);
  const int away = max_width_px / 2 + 1 + kSide_px / 2;
  const float sign = tone == LineTone::kBright ? 1.0F : -1.0F;
  LineContrasts out;
  for (cv::Mat1f* plane : {&out.both, &out.left, &out.right}) *plane = cv::Mat1f(luma.size(), -1.0F);
  for (int y = 0; y < luma.rows; ++y) {
    for (int x = away; x + away < luma.cols; ++x) {
      out.left(y, x) = sign * (tall(y, x) - sides(y, x - away));
      out.right(y, x) = sign * (tall(y, x) - sides(y, x + away));
      out.both(y, x) = 0.5F * (out.left(y, x) + out.right(y, x));
    }
  }
  return out;
}

std::vector<UprightLine> FindUprightLines(const cv::Mat1f& luma, const ScratchRepair& settings,
                                          double least_deviations) {
  std::vector<UprightLine> found, kept;
  const LineContrasts bright = ContrastsOf(luma, LineTone::kBright, settings.max_width_px);
  const LineContrasts dark = ContrastsOf(luma, LineTone::kDark, settings.max_width_px);
  for (int tilt = -kMostTilt_px; tilt <= kMostTilt_px; ++tilt) {
    CollectTilt(bright, LineTone::kBright, tilt, settings, least_deviations, found);
    CollectTilt(dark, LineTone::kDark, tilt, settings, least_deviations, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const UprightLine& a, const UprightLine& b) { return a.strength > b.strength; });
  for (const UprightLine& line : found) {
    const bool taken = std::any_of(kept.begin(), kept.end(), [&](const UprightLine& other) {
      return std::abs(line.At(0.5) - other.At(0.5)) < settings.max_width_px + 2;
    });
    if (!taken && IsEven(line.tone == LineTone::kBright ? bright.both : dark.both, line, settings))
      kept.push_back(line);
  }
  return kept;
}

}  // namespace interneg::preparation
