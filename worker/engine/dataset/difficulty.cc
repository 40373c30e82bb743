#include "worker/engine/dataset/difficulty.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace interneg::dataset {
namespace {

constexpr int kCellsAlong = 32, kLeastCell_px = 8;
constexpr double kAdded = 0.3, kLargestShare = 4.0;
constexpr float kUnseen = -1.0F;

int CellSide_px(image::Size frame) {
  const int longer = std::max(frame.width_px, frame.height_px);
  return std::max(kLeastCell_px, (longer + kCellsAlong - 1) / kCellsAlong);
}

// Places that are not trusted miss nothing: where references cover half of the frame they would be the common case.
double MedianOfSeen(const std::vector<float>& means, const std::vector<bool>& trusted) {
  std::vector<float> seen;
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (means[i] >= 0.0F && trusted[i]) seen.push_back(means[i]);
  }
  if (seen.empty())
    std::copy_if(means.begin(), means.end(), std::back_inserter(seen), [](float m) { return m >= 0.0F; });
  if (seen.empty()) return 0.0;
  const auto middle = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2);
  std::nth_element(seen.begin(), middle, seen.end());
  return *middle;
}

}  // namespace

DifficultyMap::DifficultyMap(int pairs, image::Size frame)
    : pairs_(pairs),
      frame_(frame),
      cell_px_(CellSide_px(frame)),
      rows_((frame.height_px + cell_px_ - 1) / cell_px_),
      columns_((frame.width_px + cell_px_ - 1) / cell_px_),
      means_(static_cast<std::size_t>(pairs) * rows_ * columns_, kUnseen),
      trusted_(means_.size(), true) {
  CountShares();
}

void DifficultyMap::Trust(int pair, const image::Image& confidence) {
  constexpr double kTrusted = 0.5;
  if (confidence.size() != frame_) throw std::invalid_argument("DifficultyMap: the confidence is of another size");
  const auto cells = static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_);
  std::vector<double> sums(cells), counts(cells);
  const auto plane = confidence.plane(0);
  for (int y = 0; y < frame_.height_px; ++y) {
    for (int x = 0; x < frame_.width_px; ++x) {
      const auto cell = static_cast<std::size_t>(y / cell_px_ * columns_ + x / cell_px_);
      sums[cell] +=
          plane[static_cast<std::size_t>(y) * static_cast<std::size_t>(frame_.width_px) + static_cast<std::size_t>(x)];
      counts[cell] += 1.0;
    }
  }
  for (std::size_t i = 0; i < cells; ++i) {
    trusted_[static_cast<std::size_t>(pair) * cells + i] = sums[i] >= kTrusted * counts[i];
  }
  CountShares();
}

void DifficultyMap::Learn(std::span<const SeenMiss> seen) {
  std::vector<double> sums(means_.size()), counts(means_.size());
  const auto cell = [&](double at_px, int cells) {
    return static_cast<std::size_t>(std::clamp(at_px / cell_px_, 0.0, cells - 1.0));
  };
  for (const SeenMiss& s : seen) {
    if (!std::isfinite(s.miss)) continue;
    const std::size_t row = static_cast<std::size_t>(s.pair) * rows_ + cell(s.y_px, rows_);
    const std::size_t i = row * columns_ + cell(s.x_px, columns_);
    sums[i] += s.miss;
    counts[i] += 1.0;
  }
  for (std::size_t i = 0; i < means_.size(); ++i) {
    if (counts[i] == 0.0) continue;
    const double now = sums[i] / counts[i];
    means_[i] = static_cast<float>(means_[i] < 0.0F ? now : means_[i] + kAdded * (now - means_[i]));
  }
  CountShares();
}

void DifficultyMap::CountShares() {
  const double median = MedianOfSeen(means_, trusted_);
  shares_.resize(means_.size());
  double sum = 0;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    const bool known = means_[i] >= 0.0F && median > 0.0;
    sum += known ? std::min(means_[i] / median, kLargestShare) : 1.0;
    shares_[i] = sum;
  }
}

Spot DifficultyMap::Draw(Random& random) const {
  const double drawn = random.Uniform() * shares_.back();
  const auto found = std::upper_bound(shares_.begin(), shares_.end(), drawn);
  const auto i = static_cast<int>(std::min(found - shares_.begin(), static_cast<std::ptrdiff_t>(shares_.size()) - 1));
  const int row = i / columns_;
  const auto middle = [&](int cell, int extent_px) {
    return std::min((cell + 0.5) * cell_px_, extent_px - 0.5) - 0.5;
  };
  return {row / rows_, middle(i % columns_, frame_.width_px), middle(row % rows_, frame_.height_px)};
}

void DifficultyMap::Restore(std::span<const float> means) {
  const auto possible = [](float m) { return m == kUnseen || (m >= 0.0F && std::isfinite(m)); };
  if (means.size() != means_.size() || !std::all_of(means.begin(), means.end(), possible)) {
    throw std::invalid_argument("the stored map of difficult places is not one of these pairs");
  }
  means_.assign(means.begin(), means.end());
  CountShares();
}

}  // namespace interneg::dataset
