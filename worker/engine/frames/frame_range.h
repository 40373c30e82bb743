// Frame ranges as fileseq writes them.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_RANGE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_RANGE_H_

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::frames {

// Thrown by FrameRange::Parse: repeats the text with a caret under the spot.
class FrameRangeError : public std::invalid_argument {
 public:
  FrameRangeError(std::string_view text, std::size_t position, const std::string& what_is_wrong);
  std::size_t position() const { return position_; }  // 0-based byte in the text

 private:
  std::size_t position_;
};

// A non-empty list of distinct frame numbers. A regular value type; depends on the standard library alone.
class FrameRange {
 public:
  FrameRange() = default;  // empty; only Parse and Of give ranges with frames

  // Comma-separated parts: `5`, `-3`, `1-10` (or 10-1), `1-100x5` (every fifth), `1-100y5` (what x5 leaves out),
  // `1-100:3` (every third, then every second, then the rest). White space around parts is allowed. A frame that
  // appears twice counts once, where it first appears. At most kMostFrames frames, numbers within ±kLargestFrame.
  static constexpr std::size_t kMostFrames = 2'000'000;
  static constexpr int kLargestFrame = 99'999'999;
  static FrameRange Parse(std::string_view text);

  // Distinct frames in the order given; repeated ones are dropped. Throws std::invalid_argument when there is none.
  static FrameRange Of(std::vector<int> frames);

  const std::vector<int>& frames() const { return frames_; }  // in the order asked for
  std::vector<int> Sorted() const;
  std::size_t size() const { return frames_.size(); }
  bool empty() const { return frames_.empty(); }
  int First() const;  // the smallest; throws std::logic_error when empty
  int Last() const;   // the largest
  bool Contains(int frame) const;

  // The shortest usual spelling of the sorted frames (`1-10,15-25x5`); Parse of it gives the same set.
  std::string ToString() const;

  // The same set of frames, whatever the order.
  friend bool operator==(const FrameRange& a, const FrameRange& b) { return a.Sorted() == b.Sorted(); }

 private:
  std::vector<int> frames_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_RANGE_H_
