#include "worker/engine/curation/splices.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace interneg::curation {
namespace {

constexpr int kMaxShift_rows = kProfileRows / 10;

std::vector<double> MeanRemoved(const std::vector<float>& rows) {
  const double mean = std::accumulate(rows.begin(), rows.end(), 0.0) / static_cast<double>(rows.size());
  std::vector<double> out;
  for (const float v : rows) out.push_back(v - mean);
  return out;
}

// Over the rows that all shifts share, so that every shift is judged on as many.
double MeanSquare(const std::vector<double>& a, const std::vector<double>& b, int shift) {
  double sum = 0;
  for (int y = kMaxShift_rows; y < kProfileRows - kMaxShift_rows; ++y) {
    const double d = b[static_cast<std::size_t>(y + shift)] - a[static_cast<std::size_t>(y)];
    sum += d * d;
  }
  return sum / (kProfileRows - 2 * kMaxShift_rows);
}

bool Jumps(std::span<const FrameFeatures* const> shot, std::size_t at) {
  if (at == 0) return false;
  const auto& before = shot[at - 1]->rows;
  const VerticalShift jump = ShiftBetween(before, shot[at]->rows);
  if (std::abs(jump.share) <= .015 || jump.gain < .5) return false;
  for (std::size_t next = at + 1; next < std::min(shot.size(), at + 4); ++next) {
    const VerticalShift back = ShiftBetween(before, shot[next]->rows);
    if (std::abs(back.share) <= .005 || back.gain < .1) return true;
  }
  return false;
}

// By how much row `y` stands out of its surroundings in one picture and out of the same row in others, whatever is
// less.
double StandsOut(const std::vector<float>& rows, int y, std::span<const std::vector<float>* const> others, float sign) {
  constexpr int kAway = 4;
  const auto value = [&](const std::vector<float>& of, int row) { return sign * of[static_cast<std::size_t>(row)]; };
  float least = std::min(value(rows, y) - value(rows, std::max(0, y - kAway)),
                         value(rows, y) - value(rows, std::min(kProfileRows - 1, y + kAway)));
  // At the picture's edge there is one side only.
  if (y < kAway) least = value(rows, y) - value(rows, y + kAway);
  if (y >= kProfileRows - kAway) least = value(rows, y) - value(rows, y - kAway);
  for (const auto* other : others) least = std::min(least, value(rows, y) - value(*other, y));
  return least;
}

bool HasLine(std::span<const FrameFeatures* const> shot, std::size_t at) {
  std::vector<const std::vector<float>*> low, high;
  for (const std::size_t beside : {at - 1, at + 1}) {
    if (beside >= shot.size()) continue;
    low.push_back(&shot[beside]->rows.low);
    high.push_back(&shot[beside]->rows.high);
  }
  if (low.empty()) return false;
  for (int y = 0; y < kProfileRows; ++y) {
    if (StandsOut(shot[at]->rows.low, y, low, 1.F) > .12) return true;
    if (StandsOut(shot[at]->rows.high, y, high, -1.F) > .12) return true;
  }
  return false;
}

}  // namespace

VerticalShift ShiftBetween(const RowProfile& a, const RowProfile& b) {
  const auto rows_a = MeanRemoved(a.mean), rows_b = MeanRemoved(b.mean);
  const double still = MeanSquare(rows_a, rows_b, 0);
  double best = still;
  int shift = 0;
  for (int s = -kMaxShift_rows; s <= kMaxShift_rows; ++s) {
    const double error = MeanSquare(rows_a, rows_b, s);
    if (error < best) best = error, shift = s;
  }
  // Rows that agree to half a code of 255 have not moved.
  if (still < 4e-6) return {};
  return {static_cast<double>(shift) / kProfileRows, 1.0 - best / still};
}

bool ShowsSplice(std::span<const FrameFeatures* const> shot, std::size_t at) {
  return Jumps(shot, at) || HasLine(shot, at);
}

}  // namespace interneg::curation
