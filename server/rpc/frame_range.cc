#include "server/rpc/frame_range.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

namespace interneg::rpc {
namespace {

constexpr int kMostFrames = 2'000'000;
constexpr int kLargestFrame = 99'999'999;

struct Part {
  int first = 0;
  int last = 0;
  // 'x', 'y' or ':'.
  char kind = 'x';
  int step = 1;
};

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

std::optional<Part> ParsePart(std::string_view text) {
  Part part;
  const auto first = TakeNumber(text);
  if (!first) return std::nullopt;
  part.first = part.last = *first;
  if (text.empty()) return part;
  if (text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto last = TakeNumber(text);
  if (!last) return std::nullopt;
  part.last = *last;
  if (text.empty()) return part;
  part.kind = text.front();
  text.remove_prefix(1);
  const auto step = TakeNumber(text);
  if ((part.kind != 'x' && part.kind != 'y' && part.kind != ':') || !step || *step < 1 || !text.empty()) {
    return std::nullopt;
  }
  part.step = *step;
  return part;
}

void AddFrames(const Part& part, std::vector<int>& frames) {
  const int direction = part.first <= part.last ? 1 : -1;
  const int count = std::abs(part.last - part.first) + 1;
  for (int i = 0; i < count; ++i) {
    const bool on_step = i % part.step == 0;
    // A staggered range visits every frame in the end.
    if (part.kind == ':' || on_step == (part.kind == 'x')) frames.push_back(part.first + direction * i);
  }
}

}  // namespace

absl::StatusOr<std::vector<int>> ParseFrameRange(std::string_view field, std::string_view text) {
  std::vector<int> frames;
  std::string_view rest = text;
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    const std::string_view part_text = Trimmed(rest.substr(0, comma));
    const auto part = ParsePart(part_text);
    if (!part) {
      return absl::InvalidArgumentError(
          fmt::format("{}: \"{}\" in \"{}\" is no frame range; write for example 1001-1049, 1,5,9 or 1-100x5", field,
                      part_text, text));
    }
    // Bounded before it is spelled out.
    if (std::abs(part->last - part->first) >= kMostFrames || frames.size() > kMostFrames) {
      return absl::InvalidArgumentError(fmt::format("{}: \"{}\" holds more than {} frames", field, text, kMostFrames));
    }
    AddFrames(*part, frames);
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  std::sort(frames.begin(), frames.end());
  frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
  if (frames.empty()) return absl::InvalidArgumentError(fmt::format("{}: \"{}\" holds no frame", field, text));
  return frames;
}

}  // namespace interneg::rpc
