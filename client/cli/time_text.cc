#include "client/cli/time_text.h"

#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

bool IsUnset(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 && time.nanos() == 0;
}

std::string SpanText(long long seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

}  // namespace

std::string ExactTime(const google::protobuf::Timestamp& time) {
  if (IsUnset(time)) return {};
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string RelativeTime(const google::protobuf::Timestamp& time, std::chrono::system_clock::time_point now) {
  if (IsUnset(time)) return {};
  const long long here = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const long long ago = here - time.seconds();
  return ago >= 0 ? SpanText(ago) + " ago" : "in " + SpanText(-ago);
}

double SecondsBetween(const google::protobuf::Timestamp& begin, const google::protobuf::Timestamp& end) {
  if (IsUnset(begin) || IsUnset(end)) return -1;
  return static_cast<double>(end.seconds() - begin.seconds()) + (end.nanos() - begin.nanos()) * 1e-9;
}

}  // namespace interneg::cli
