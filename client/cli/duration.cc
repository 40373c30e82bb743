#include "client/cli/duration.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

double SecondsOfUnit(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "ms") return 0.001;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return 0;
}

}  // namespace

absl::StatusOr<double> ParseDuration(std::string_view option, std::string_view text) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\" is no duration; write for example 60s, 5m or 1h30m", option, text));
  };
  double total = 0;
  std::string_view rest = text;
  if (rest.empty()) return bad();
  while (!rest.empty()) {
    double number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return bad();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::size_t letters = 0;
    while (letters < rest.size() && rest[letters] >= 'a' && rest[letters] <= 'z') ++letters;
    const double unit = SecondsOfUnit(rest.substr(0, letters));
    if (unit == 0 || number < 0) return bad();
    rest.remove_prefix(letters);
    total += number * unit;
  }
  if (!(total > 0) || !std::isfinite(total)) return bad();
  return total;
}

std::string ClockText(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "?";
  const long whole = std::lround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace interneg::cli
