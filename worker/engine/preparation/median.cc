#include "worker/engine/preparation/median.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// Every pixel's place in the order of values; equal values in the order of pixels, so that no two share one.
std::vector<std::uint32_t> RanksOf(const cv::Mat1f& plane, std::vector<float>& value_of_rank) {
  const auto count = plane.total();
  std::vector<std::uint32_t> order(count), ranks(count);
  std::iota(order.begin(), order.end(), 0U);
  const float* values = plane.ptr<float>();
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
  value_of_rank.resize(count);
  for (std::size_t rank = 0; rank < count; ++rank) {
    ranks[order[rank]] = static_cast<std::uint32_t>(rank);
    value_of_rank[rank] = values[order[rank]];
  }
  return ranks;
}

// The ranks inside the window: a bit each, and a count for every kGroup of them.
class RankWindow {
 public:
  explicit RankWindow(std::size_t ranks) : bits_(ranks / kGroup * kWords + kWords, 0), counts_(ranks / kGroup + 1, 0) {}

  void Add(std::uint32_t rank) {
    bits_[rank / 64] |= std::uint64_t{1} << (rank % 64);
    ++counts_[rank / kGroup];
    if (rank / kGroup < group_) ++below_;
  }
  void Remove(std::uint32_t rank) {
    bits_[rank / 64] &= ~(std::uint64_t{1} << (rank % 64));
    --counts_[rank / kGroup];
    if (rank / kGroup < group_) --below_;
  }

  // The rank that has `place` others below it. Neighbouring windows share most ranks: the search goes on from the last.
  std::uint32_t Select(int place) {
    while (below_ > place) below_ -= counts_[--group_];
    while (below_ + counts_[group_] <= place) below_ += counts_[group_++];
    int left = place - below_;
    std::size_t word = group_ * kWords;
    for (int here = std::popcount(bits_[word]); here <= left; here = std::popcount(bits_[++word])) left -= here;
    std::uint64_t bits = bits_[word];
    for (; left > 0; --left) bits &= bits - 1;
    return static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }

 private:
  static constexpr std::size_t kGroup = 1024, kWords = kGroup / 64;
  std::vector<std::uint64_t> bits_;
  std::vector<int> counts_;
  std::size_t group_ = 0;
  int below_ = 0;  // ranks in the window in front of group_
};

// Goes down a column of windows and up the next, so that every move exchanges one line of pixels.
void Filter(cv::Mat1f plane, int radius) {
  cv::Mat1f padded;
  cv::copyMakeBorder(plane, padded, radius, radius, radius, radius, cv::BORDER_REPLICATE);
  std::vector<float> value_of_rank;
  const auto ranks = RanksOf(padded, value_of_rank);
  const int side = 2 * radius + 1, middle = side * side / 2;
  const auto rank_at = [&](int y, int x) { return ranks[static_cast<std::size_t>(y) * padded.cols + x]; };
  RankWindow window(ranks.size());
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) window.Add(rank_at(y, x));
  }
  for (int y = 0; y < plane.rows; ++y) {
    const int step = y % 2 == 0 ? 1 : -1, first = step > 0 ? 0 : plane.cols - 1;
    for (int x = first;; x += step) {
      plane(y, x) = value_of_rank[window.Select(middle)];
      if (x + step < 0 || x + step >= plane.cols) {
        for (int i = 0; y + 1 < plane.rows && i < side; ++i) {
          window.Remove(rank_at(y, x + i));
          window.Add(rank_at(y + side, x + i));
        }
        break;
      }
      const int out = step > 0 ? x : x + side - 1, in = step > 0 ? x + side : x - 1;
      for (int i = 0; i < side; ++i) {
        window.Remove(rank_at(y + i, out));
        window.Add(rank_at(y + i, in));
      }
    }
  }
}

}  // namespace

void ApplyMedian(const Median& median, image::Image& picture) {
  const int radius = median.size_px / 2;
  if (radius == 0) return;
  for (int c = 0; c < picture.channel_count(); ++c) Filter(View(picture, c), radius);
}

}  // namespace interneg::preparation
