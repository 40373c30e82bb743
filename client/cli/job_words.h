// The contract's enumerations in the words that people type and read.
#ifndef INTERNEG_CLIENT_CLI_JOB_WORDS_H_
#define INTERNEG_CLIENT_CLI_JOB_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>

#include "interneg/v1/job.pb.h"

namespace interneg::cli {

// The value's name without the enumeration's prefix, in lower case with dashes: JOB_STATE_RUNNING → "running",
// NETWORK_KIND_CLOSED_FORM → "closed-form". Empty for the unspecified value.
std::string WordOf(const google::protobuf::EnumDescriptor& type, int number);

// The words of every value but the unspecified one, in the order of declaration.
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type);

// The value of a word; 0 for an empty one. INVALID_ARGUMENT names the option and lists the words.
absl::StatusOr<int> NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view option,
                             std::string_view word);

template <class Enum>
std::string Word(Enum value) {
  return WordOf(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

template <class Enum>
absl::StatusOr<Enum> ParseWord(std::string_view option, std::string_view word) {
  const auto number = NumberOf(*google::protobuf::GetEnumDescriptor<Enum>(), option, word);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

// Succeeded, partial, failed or cancelled.
bool HasEnded(v1::JobState state);

// `what went wrong; remedy`.
std::string FailureText(const v1::EngineFailure& failure);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_JOB_WORDS_H_
