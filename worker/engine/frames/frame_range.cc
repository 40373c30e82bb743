#include "worker/engine/frames/frame_range.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <unordered_set>
#include <utility>

namespace interneg::frames {
namespace {

// Frames in the order of their first mention.
class Ordered {
 public:
  void Add(int frame) {
    if (seen_.insert(frame).second) frames_.push_back(frame);
  }
  std::size_t size() const { return frames_.size(); }
  std::vector<int> Take() { return std::move(frames_); }

 private:
  std::vector<int> frames_;
  std::unordered_set<int> seen_;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<int> Run() {
    do {
      SkipSpace();
      Part();
      SkipSpace();
    } while (Take(','));
    if (at_ != text_.size()) Fail("expected ',' between parts");
    if (frames_.size() == 0) {
      at_ = 0;
      Fail("this leaves no frame");
    }
    return frames_.Take();
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const { throw FrameRangeError(text_, at_, what); }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  int Number() {
    const std::size_t start = at_;
    const bool negative = Take('-');
    const std::size_t digits = at_;
    long value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = std::min(value * 10 + (text_[at_++] - '0'), static_cast<long>(FrameRange::kLargestFrame) + 1);
    }
    if (at_ == digits) Fail("expected a frame number");
    if (value > FrameRange::kLargestFrame) {
      at_ = start;
      Fail("a frame number lies within ±" + std::to_string(FrameRange::kLargestFrame));
    }
    return static_cast<int>(negative ? -value : value);
  }

  int Step() {
    const std::size_t start = at_;
    const int step = Number();
    if (step >= 1) return step;
    at_ = start;
    Fail("a step is 1 or more");
  }

  void Part() {
    const std::size_t start = at_;
    const int first = Number();
    if (!Take('-')) return Span(first, first, 1, start);
    const int last = Number();
    const int direction = last < first ? -1 : 1;
    if (Take('x')) return Span(first, last, direction * Step(), start);
    if (Take('y')) return Skipping(first, last, direction, Step(), start);
    if (!Take(':')) return Span(first, last, direction, start);
    for (int step = Step(); step >= 1; --step) Span(first, last, direction * step, start);
  }

  void Span(int first, int last, int step, std::size_t start) {
    RequireRoom(first, last, step, start);
    for (long f = first; step > 0 ? f <= last : f >= last; f += step) frames_.Add(static_cast<int>(f));
  }

  void Skipping(int first, int last, int direction, int step, std::size_t start) {
    RequireRoom(first, last, 1, start);
    for (long i = 0; i <= std::labs(static_cast<long>(last) - first); ++i) {
      if (i % step != 0) frames_.Add(static_cast<int>(first + direction * i));
    }
  }

  void RequireRoom(int first, int last, int step, std::size_t start) {
    const std::size_t count = (std::labs(static_cast<long>(last) - first)) / std::abs(step) + 1;
    if (count + frames_.size() <= FrameRange::kMostFrames) return;
    at_ = start;
    Fail("more than " + std::to_string(FrameRange::kMostFrames) + " frames");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Ordered frames_;
};

std::string Message(std::string_view text, std::size_t position, const std::string& what) {
  // A text that came from anywhere is shown on one line and shortened around the spot.
  constexpr std::size_t kMostShown = 120;
  const std::size_t from = position > kMostShown / 2 ? position - kMostShown / 2 : 0;
  std::string shown(text.substr(from, kMostShown));
  for (char& c : shown) {
    if (!std::isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return "frame range: " + what + " at character " + std::to_string(position + 1) + "\n  " + shown + "\n  " +
         std::string(position - from, ' ') + "^  (for example 1-10, 1,5,9, 1-100x5, 1-100y5, 1-100:3)";
}

void AppendSpan(std::string& text, int first, int last, int step) {
  if (!text.empty()) text += ",";
  text += std::to_string(first);
  if (first == last) return;
  if (last - first == step && step > 1) {  // two frames apart: a list reads better than a range
    text += "," + std::to_string(last);
    return;
  }
  text += "-" + std::to_string(last);
  if (step > 1) text += "x" + std::to_string(step);
}

}  // namespace

FrameRangeError::FrameRangeError(std::string_view text, std::size_t position, const std::string& what_is_wrong)
    : std::invalid_argument(Message(text, position, what_is_wrong)), position_(position) {}

FrameRange FrameRange::Parse(std::string_view text) {
  FrameRange range;
  range.frames_ = Parser(text).Run();
  return range;
}

FrameRange FrameRange::Of(std::vector<int> frames) {
  if (frames.empty()) throw std::invalid_argument("FrameRange: no frame given");
  Ordered ordered;
  for (const int frame : frames) ordered.Add(frame);
  FrameRange range;
  range.frames_ = ordered.Take();
  return range;
}

std::vector<int> FrameRange::Sorted() const {
  std::vector<int> sorted = frames_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

int FrameRange::First() const {
  if (frames_.empty()) throw std::logic_error("FrameRange::First: the range is empty");
  return *std::min_element(frames_.begin(), frames_.end());
}

int FrameRange::Last() const {
  if (frames_.empty()) throw std::logic_error("FrameRange::Last: the range is empty");
  return *std::max_element(frames_.begin(), frames_.end());
}

bool FrameRange::Contains(int frame) const { return std::find(frames_.begin(), frames_.end(), frame) != frames_.end(); }

std::string FrameRange::ToString() const {
  const std::vector<int> f = Sorted();
  std::string text;
  for (std::size_t i = 0; i < f.size();) {
    std::size_t end = i + 1;
    if (end < f.size()) {
      const int step = f[end] - f[i];
      while (end + 1 < f.size() && f[end + 1] - f[end] == step) ++end;
      // Two frames make no progression worth naming unless they are neighbours: the second may begin a longer one.
      if (end == i + 1 && step > 1) end = i;
      AppendSpan(text, f[i], f[end], end > i ? step : 1);
      i = end + 1;
    } else {
      AppendSpan(text, f[i], f[i], 1);
      ++i;
    }
  }
  return text;
}

}  // namespace interneg::frames
