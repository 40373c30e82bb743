#include "client/cli/frame_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

constexpr int kMostDigits = 9;

int DigitsOf(const std::string& field) {
  switch (field.front()) {
    case '#':
      return 4 * static_cast<int>(field.size());
    case '@':
      return static_cast<int>(field.size());
    case '%': {
      const std::string number = field.substr(1, field.size() - 2);
      return number.empty() ? 1 : std::max(1, std::stoi(number));
    }
    default: {
      const std::string number = field.substr(2);
      return number.empty() ? 1 : std::max(1, std::stoi(number));
    }
  }
}

const std::regex& FieldExpression() {
  static const std::regex expression(R"(#+|@+|%(0[0-9]{1,2})?d|\$F[0-9]{0,2})");
  return expression;
}

}  // namespace

std::string FramePattern::PathFor(int frame) const {
  if (digits == 0) return folder + before;
  // As printf's %04d: the sign counts in the width.
  return folder + before + fmt::format("{:0{}d}", frame, digits) + after;
}

std::string FramePattern::Extension() const {
  const std::string& name = digits == 0 ? before : after;
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return {};
  std::string extension = name.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool FramePattern::IsMovie() const {
  return digits == 0 && IsMovieExtension(Extension());
}

bool IsMovieExtension(std::string_view extension) {
  static constexpr std::array<std::string_view, 14> kMovies = {"mp4",  "m4v", "mov", "mxf", "mkv", "webm", "mpg",
                                                               "mpeg", "m2v", "vob", "avi", "ts",  "mts",  "m2ts"};
  return std::find(kMovies.begin(), kMovies.end(), extension) != kMovies.end();
}

absl::StatusOr<FramePattern> ParseFramePattern(std::string_view option, std::string_view path) {
  const auto bad = [&](std::string_view what) {
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\" {}; write for example scan/f.%04d.exr", option, path, what));
  };
  FramePattern pattern;
  const auto slash = path.rfind('/');
  pattern.folder = slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
  const std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  if (name.empty()) return bad("names a folder, not a sequence of files");
  if (std::regex_search(pattern.folder, std::regex(R"(##+|%0?[0-9]*d|\$F)")))
    return bad("has a frame field in a folder's name");
  std::smatch field;
  if (!std::regex_search(name, field, FieldExpression())) {
    if (name.find('%') != std::string::npos) return bad("has a % that is no %d or %04d");
    pattern.before = name;
    return pattern;
  }
  pattern.before = field.prefix();
  pattern.after = field.suffix();
  pattern.digits = DigitsOf(field.str());
  if (pattern.digits > kMostDigits) return bad("asks for more than 9 digits, where one # stands for 4 of them");
  if (std::regex_search(pattern.after, FieldExpression())) return bad("has two frame fields");
  return pattern;
}

}  // namespace interneg::cli
