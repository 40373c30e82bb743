#include <algorithm>
#include <utility>

#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {

FrameSequence::FrameSequence(Roots roots, Location location)
    : roots_(std::move(roots)), location_(std::move(location)), pattern_(FramePattern::Parse(location_.relative)) {}

Location FrameSequence::FileOf(int frame) const { return {location_.root, pattern_.PathFor(frame)}; }

Frame FrameSequence::Read(int frame, const std::string& color_space) const {
  return ReadFile(roots_, FileOf(frame), frame, color_space);
}

std::vector<int> FrameSequence::Present() const {
  std::vector<int> frames;
  for (const std::string& name : roots_.List({location_.root, pattern_.folder()})) {
    if (const auto frame = pattern_.FrameOf(name)) frames.push_back(*frame);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

void FrameSequence::RequireAll(const FrameRange& range) const {
  if (!pattern_.has_frame_field()) {
    roots_.OpenFile(location_);
    return;
  }
  const std::vector<int> present = Present();
  std::vector<int> missing;
  for (const int frame : range.Sorted()) {
    if (!std::binary_search(present.begin(), present.end(), frame)) missing.push_back(frame);
  }
  if (missing.empty()) return;
  const std::string there = present.empty() ? "no frame of that pattern" : FrameRange::Of(present).ToString();
  throw FrameError(FrameFault::kMissing, roots_.Shown(location_) + ": " + std::to_string(missing.size()) +
                                             " frames are missing: " + FrameRange::Of(missing).ToString() +
                                             "; the folder has " + there);
}

}  // namespace interneg::frames
