#include "client/cli/frame_range.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

constexpr std::size_t kMostFrames = 2'000'000;
constexpr int kLargestFrame = 99'999'999;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<int> TakeNumber(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || std::abs(static_cast<long>(number)) > kLargestFrame) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// The frames of one part in the order that its step asks for; a step of 0 stands for none.
std::vector<int> PartFrames(int first, int last, char kind, int step) {
  const int direction = first <= last ? 1 : -1;
  const int count = std::abs(last - first) + 1;
  std::vector<int> frames;
  const auto add_every = [&](int stride) {
    for (int i = 0; i < count; i += stride) frames.push_back(first + direction * i);
  };
  if (kind == 'y') {
    for (int i = 0; i < count; ++i)
      if (i % step != 0) frames.push_back(first + direction * i);
  } else if (kind == ':') {
    for (int stride = step; stride >= 1; --stride) add_every(stride);
  } else {
    add_every(kind == 'x' ? step : 1);
  }
  return frames;
}

std::optional<std::vector<int>> ParsePart(std::string_view part) {
  const auto first = TakeNumber(part);
  if (!first) return std::nullopt;
  if (part.empty()) return std::vector<int>{*first};
  if (part.front() != '-') return std::nullopt;
  part.remove_prefix(1);
  const auto last = TakeNumber(part);
  if (!last || static_cast<std::size_t>(std::abs(*last - *first)) >= kMostFrames) return std::nullopt;
  if (part.empty()) return PartFrames(*first, *last, ' ', 1);
  const char kind = part.front();
  part.remove_prefix(1);
  const auto step = TakeNumber(part);
  if ((kind != 'x' && kind != 'y' && kind != ':') || !step || *step < 1 || !part.empty()) return std::nullopt;
  // Every stride of a staggered range visits the whole range again, so a large one is bounded before it is spelled out.
  if (kind == ':' && *step > 1000) return std::nullopt;
  return PartFrames(*first, *last, kind, *step);
}

}  // namespace

absl::StatusOr<std::vector<int>> ParseFrameRange(std::string_view option, std::string_view text) {
  std::vector<int> frames;
  std::unordered_set<int> seen;
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const std::string_view part = Trimmed(rest.substr(0, comma));
    const auto parsed = ParsePart(part);
    if (!parsed) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: \"{}\" in \"{}\" is no frame range; write for example 1001-1049, 1,5,9 or 1-100x5", option, part, text));
    }
    for (const int frame : *parsed)
      if (seen.insert(frame).second) frames.push_back(frame);
    if (frames.size() > kMostFrames)
      return absl::InvalidArgumentError(fmt::format("{}: more than {} frames", option, kMostFrames));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (frames.empty()) return absl::InvalidArgumentError(fmt::format("{}: \"{}\" holds no frame", option, text));
  return frames;
}

std::string FrameRangeText(std::vector<int> frames) {
  std::sort(frames.begin(), frames.end());
  std::string text;
  for (std::size_t i = 0; i < frames.size();) {
    std::size_t end = i;
    while (end + 1 < frames.size() && frames[end + 1] == frames[end] + 1) ++end;
    if (!text.empty()) text += ',';
    // Two neighbours read better as two numbers than as a range.
    if (end == i + 1) end = i;
    text += end == i ? std::to_string(frames[i]) : fmt::format("{}-{}", frames[i], frames[end]);
    i = end + 1;
  }
  return text;
}

}  // namespace interneg::cli
