#include "worker/engine/frames/frame_pattern.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace interneg::frames {
namespace {

struct Field {
  std::size_t begin = 0, end = 0;
  int digits = 0;  // 0: no field
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits after `at`; 0 when there are none. At most 9 are a padding.
int DigitsAt(std::string_view name, std::size_t& at) {
  int value = 0;
  while (at < name.size() && IsDigit(name[at]) && value < 1000) value = value * 10 + (name[at++] - '0');
  return value;
}

Field PercentField(std::string_view name, std::size_t at, std::string_view path) {
  Field field{at, at + 1, 1};
  if (field.end < name.size() && name[field.end] == '0') field.digits = std::max(1, DigitsAt(name, field.end));
  if (field.end >= name.size() || name[field.end] != 'd') {
    throw std::invalid_argument("file pattern '" + std::string(path) + "': after % comes d or 04d, as in f.%04d.exr");
  }
  ++field.end;
  return field;
}

Field FieldAt(std::string_view name, std::size_t at, std::string_view path) {
  if (name[at] == '%') return PercentField(name, at, path);
  if (name[at] == '$' && at + 1 < name.size() && name[at + 1] == 'F') {
    Field field{at, at + 2, 1};
    field.digits = std::max(1, DigitsAt(name, field.end));
    return field;
  }
  if (name[at] == '#' || name[at] == '@') {
    std::size_t end = at;
    while (end < name.size() && name[end] == name[at]) ++end;
    return {at, end, static_cast<int>(std::min<std::size_t>(end - at, 100)) * (name[at] == '#' ? 4 : 1)};
  }
  return {};
}

}  // namespace

FramePattern FramePattern::Parse(std::string_view path) {
  const std::string shown = "file pattern '" + std::string(path) + "'";
  const std::size_t slash = path.rfind('/');
  FramePattern pattern;
  pattern.folder_ = slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") throw std::invalid_argument(shown + " has no file name");
  if (path.find('\0') != std::string_view::npos) throw std::invalid_argument(shown + " holds a zero byte");
  Field found;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const Field field = FieldAt(name, at, path);
    if (field.digits == 0) continue;
    if (found.digits > 0) throw std::invalid_argument(shown + " has more than one frame field; one is right");
    if (field.digits > 9) {
      throw std::invalid_argument(shown + ": at most 9 digits; one # stands for 4 of them, so write # or %04d for four");
    }
    found = field;
    at = field.end - 1;
  }
  if (found.digits == 0) {
    pattern.before_ = std::string(name);
    return pattern;
  }
  pattern.before_ = std::string(name.substr(0, found.begin));
  pattern.after_ = std::string(name.substr(found.end));
  pattern.digits_ = found.digits;
  return pattern;
}

std::string FramePattern::NameFor(int frame) const {
  if (digits_ == 0) return before_;
  const std::string number = std::to_string(std::labs(frame));
  const std::size_t width = static_cast<std::size_t>(digits_);
  // As printf's %04d: the sign counts in the width.
  const std::size_t digits = frame < 0 && width > 0 ? width - 1 : width;
  const std::string zeros = number.size() < digits ? std::string(digits - number.size(), '0') : "";
  return before_ + (frame < 0 ? "-" : "") + zeros + number + after_;
}

std::optional<int> FramePattern::FrameOf(std::string_view file_name) const {
  if (digits_ == 0 || file_name.size() <= before_.size() + after_.size()) return std::nullopt;
  if (!file_name.starts_with(before_) || !file_name.ends_with(after_)) return std::nullopt;
  const std::string_view number =
      file_name.substr(before_.size(), file_name.size() - before_.size() - after_.size());
  int frame = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), frame);
  // Writing it again tells whether the padding is this pattern's.
  if (failure != std::errc() || end != number.data() + number.size() || NameFor(frame) != file_name) return std::nullopt;
  return frame;
}

std::string FramePattern::Extension() const {
  const std::string& name = after_.find('.') != std::string::npos || digits_ > 0 ? after_ : before_;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return "";
  std::string extension = name.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

std::string FramePattern::ToString() const {
  if (digits_ == 0) return folder_ + before_;
  return folder_ + before_ + (digits_ == 1 ? "%d" : "%0" + std::to_string(digits_) + "d") + after_;
}

}  // namespace interneg::frames
