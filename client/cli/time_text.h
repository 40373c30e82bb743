// Moments, for people and for scripts.
#ifndef INTERNEG_CLIENT_CLI_TIME_TEXT_H_
#define INTERNEG_CLIENT_CLI_TIME_TEXT_H_

#include <chrono>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <google/protobuf/timestamp.pb.h>

namespace interneg::cli {

// `2026-11-21T02:12:42Z`; empty for an unset moment.
std::string ExactTime(const google::protobuf::Timestamp& time);

// `12 s ago`, `5 min ago`, `3 h ago`, `in 89 d`; empty for an unset moment.
std::string RelativeTime(const google::protobuf::Timestamp& time, std::chrono::system_clock::time_point now);

// Seconds from one moment to another; negative when either is unset.
double SecondsBetween(const google::protobuf::Timestamp& begin, const google::protobuf::Timestamp& end);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_TIME_TEXT_H_
