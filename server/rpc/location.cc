#include "server/rpc/location.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <regex>

#include <fmt/format.h>

namespace interneg::rpc {
namespace {

constexpr std::size_t kLongestPath = 4096;

bool IsRootName(std::string_view name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

absl::Status Wrong(std::string_view field, std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: \"{}\" {}", field, text, what));
}

absl::Status CheckSteps(std::string_view field, std::string_view text, std::string_view path) {
  while (true) {
    const auto slash = path.find('/');
    const std::string_view step = path.substr(0, slash);
    if (step.empty())
      return Wrong(field, text, "has an empty step; write each folder's name once, without a '/' at the end");
    if (step == "." || step == "..") return Wrong(field, text, "must not contain '.' or '..'; write the path itself");
    if (slash == std::string_view::npos) return absl::OkStatus();
    path.remove_prefix(slash + 1);
  }
}

// The place of the frame number in a sequence's name.
const std::regex& Place() {
  static const std::regex place(R"(%0?\d*d|#+|@+|\$F\d*)");
  return place;
}

// As the engine reads it: # stands for four digits, @ for one, $F and %d for as many as the number has.
int DigitsOf(const std::string& place) {
  if (place[0] == '#') return 4 * static_cast<int>(place.size());
  if (place[0] == '@') return static_cast<int>(place.size());
  const auto begin = place.find_first_of("123456789");
  return begin == std::string::npos ? 1 : std::atoi(place.substr(begin, 4).c_str());
}

std::string NameOf(const Location& location) {
  return location.path.substr(location.path.rfind('/') + 1);
}

auto CountPlaces(const std::string& name) {
  return std::distance(std::sregex_iterator(name.begin(), name.end(), Place()), std::sregex_iterator());
}

}  // namespace

// Those whose frames the engine reads, numbered from 1.
bool IsMovie(std::string_view path) {
  static constexpr std::array<std::string_view, 14> kMovies = {"mp4",  "m4v", "mov", "mxf", "mkv", "webm", "mpg",
                                                               "mpeg", "m2v", "vob", "avi", "ts",  "mts",  "m2ts"};
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string extension(name.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kMovies.begin(), kMovies.end(), extension) != kMovies.end();
}

absl::StatusOr<Location> ParseLocation(std::string_view field, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError(fmt::format("{}: is missing; write root:relative/path", field));
  if (text.size() > kLongestPath)
    return absl::InvalidArgumentError(fmt::format("{}: is longer than {} bytes", field, kLongestPath));
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return absl::InvalidArgumentError(fmt::format("{}: holds a control character", field));
  }
  Location location{"local", std::string(text)};
  const auto colon = text.find(':');
  // A colon after the first slash belongs to a file's name.
  if (colon != std::string_view::npos && colon < text.find('/')) {
    location.root = text.substr(0, colon);
    location.path = text.substr(colon + 1);
    if (!IsRootName(location.root)) {
      return Wrong(field, text, "does not begin with a root's name (letters, digits, '_' and '-', then ':')");
    }
  }
  if (location.root == "local" && location.path.starts_with('/')) location.path.erase(0, 1);
  if (auto steps = CheckSteps(field, text, location.path); !steps.ok()) return steps;
  return location;
}

absl::StatusOr<Location> ParseSequence(std::string_view field, std::string_view text) {
  auto location = ParseLocation(field, text);
  if (!location.ok()) return location;
  const std::string name = NameOf(*location);
  const auto places = CountPlaces(name);
  if (!IsMovie(name)) {
    if (places == 1) return location;
    return Wrong(field, text,
                 "must hold one place for the frame number, such as %04d, ####, @ or $F4, or name a movie (.mov, .mp4, "
                 ".mxf ...)");
  }
  if (places == 0) return location;
  return Wrong(field, text, "is a movie, which holds all its frames; write its name without a place for their number");
}

absl::StatusOr<Location> ParseFrameFiles(std::string_view field, std::string_view text) {
  auto location = ParseLocation(field, text);
  if (!location.ok()) return location;
  const std::string name = NameOf(*location);
  if (IsMovie(name))
    return Wrong(field, text, "is a movie; frames are written one a file, as name.%04d.exr, .tif or .png");
  if (CountPlaces(name) != 1)
    return Wrong(field, text, "must hold one place for the frame number, such as %04d, ####, @ or $F4");
  return location;
}

std::string CanonicalSequenceName(const std::string& name) {
  std::smatch place;
  if (!std::regex_search(name, place, Place())) return name;
  return fmt::format("{}%0{}d{}", place.prefix().str(), DigitsOf(place.str()), place.suffix().str());
}

}  // namespace interneg::rpc
