#include "client/cli/commands/map_edits.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "client/cli/commands/element_options.h"

namespace interneg::commands {
namespace {

constexpr int kLargestFrame = 99'999'999;

std::optional<int> WholeNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || std::abs(number) > kLargestFrame) return std::nullopt;
  return number;
}

absl::Status AddSets(const std::string& text, const v1::FrameSource& source, const v1::FrameSource& reference,
                     std::vector<v1::MapEdit>& edits) {
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto equals = part.find('=');
    const auto from = equals == std::string_view::npos ? std::nullopt : WholeNumber(part.substr(0, equals));
    const auto to = equals == std::string_view::npos ? std::nullopt : WholeNumber(part.substr(equals + 1));
    if (!from || !to) {
      return absl::InvalidArgumentError(
          fmt::format("--set: \"{}\" is no SOURCE=REFERENCE; write for example 1012=988", part));
    }
    if (const auto inside = FramesWithin("--set", std::to_string(*from), source, "the source's range"); !inside.ok())
      return inside.status();
    if (const auto inside = FramesWithin("--set", std::to_string(*to), reference, "the reference's range");
        !inside.ok())
      return inside.status();
    v1::SetPartner& set = *edits.emplace_back().mutable_set();
    set.set_source_frame(*from);
    set.set_reference_frame(*to);
    if (comma == std::string_view::npos) return absl::OkStatus();
    rest.remove_prefix(comma + 1);
  }
}

absl::Status AddUnset(const std::string& text, const v1::FrameSource& source, std::vector<v1::MapEdit>& edits) {
  if (const auto frames = FramesWithin("--unset", text, source, "the source's range"); !frames.ok())
    return frames.status();
  edits.emplace_back().set_unset(text);
  return absl::OkStatus();
}

absl::Status AddShift(const std::string& text, const v1::FrameSource& source, std::vector<v1::MapEdit>& edits) {
  // A staggered range holds a colon too.
  const auto colon = text.rfind(':');
  const std::string by = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  const bool has_sign = !by.empty() && (by[0] == '+' || by[0] == '-');
  const auto number = has_sign ? WholeNumber(by[0] == '+' ? by.substr(1) : by) : std::nullopt;
  if (!number || *number == 0 || by.find('-', 1) != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("--shift: \"{}\" is no RANGE:+N or RANGE:-N; write for example 1020-1050:+1", text));
  }
  const std::string range = text.substr(0, colon);
  if (const auto frames = FramesWithin("--shift", range, source, "the source's range"); !frames.ok())
    return frames.status();
  v1::ShiftPartners& shift = *edits.emplace_back().mutable_shift();
  shift.set_source_frames(range);
  shift.set_by(*number);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::MapEdit>> ParseMapEdits(const std::vector<TypedEdit>& typed,
                                                       const v1::FrameSource& source,
                                                       const v1::FrameSource& reference) {
  std::vector<v1::MapEdit> edits;
  for (const TypedEdit& edit : typed) {
    const absl::Status status = edit.option == "--set"     ? AddSets(edit.text, source, reference, edits)
                                : edit.option == "--unset" ? AddUnset(edit.text, source, edits)
                                                           : AddShift(edit.text, source, edits);
    if (!status.ok()) return status;
  }
  return edits;
}

}  // namespace interneg::commands
