#include "server/scheduling/chunks.h"

#include <algorithm>
#include <cstddef>

namespace interneg::scheduling {
namespace {

constexpr std::size_t kSmallestChunk = 8;
constexpr std::size_t kLargestChunk = 32;
constexpr std::size_t kWantedChunks = 16;

}  // namespace

std::string FormatFrames(const std::vector<int>& frames) {
  std::string text;
  std::size_t first = 0;
  while (first < frames.size()) {
    std::size_t last = first;
    const int step = first + 1 < frames.size() ? frames[first + 1] - frames[first] : 1;
    while (last + 1 < frames.size() && frames[last + 1] - frames[last] == step) ++last;
    // Two frames with a gap read better as two frames: "1,9" and not "1-9x8".
    if (last == first + 1 && step != 1) last = first;
    if (!text.empty()) text += ',';
    text += std::to_string(frames[first]);
    if (last > first) text += '-' + std::to_string(frames[last]);
    if (last > first && step != 1) text += 'x' + std::to_string(step);
    first = last + 1;
  }
  return text;
}

std::vector<std::vector<int>> SplitFrames(const std::vector<int>& frames, std::uint32_t chunk_frames) {
  std::vector<std::vector<int>> chunks;
  if (frames.empty()) return chunks;
  std::size_t most = chunk_frames;
  if (most == 0) {
    most = std::clamp((frames.size() + kWantedChunks - 1) / kWantedChunks, kSmallestChunk, kLargestChunk);
  }
  std::size_t count = (frames.size() + most - 1) / most;
  // Equal sizes must not fall below the smallest chunk: 9 frames are one chunk of 9, not two of 4 and 5.
  if (chunk_frames == 0) count = std::max<std::size_t>(1, std::min(count, frames.size() / kSmallestChunk));
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(frames.size() * i / count);
    const auto end = static_cast<std::ptrdiff_t>(frames.size() * (i + 1) / count);
    chunks.emplace_back(frames.begin() + begin, frames.begin() + end);
  }
  return chunks;
}

}  // namespace interneg::scheduling
