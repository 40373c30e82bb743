#include "client/cli/job_words.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace interneg::cli {

std::string WordOf(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return fmt::format("unknown-{}", number);
  const auto* unspecified = type.FindValueByNumber(0);
  // The zero value is PREFIX_UNSPECIFIED throughout the contract.
  static constexpr std::string_view kUnspecified = "UNSPECIFIED";
  if (value == unspecified) return {};
  std::string word = value->name().substr(unspecified->name().size() - kUnspecified.size());
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  return word;
}

std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i)
    if (type.value(i)->number() != 0) words.push_back(WordOf(type, type.value(i)->number()));
  return words;
}

absl::StatusOr<int> NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view option,
                             std::string_view word) {
  if (word.empty()) return 0;
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    if (number != 0 && WordOf(type, number) == word) return number;
  }
  return absl::InvalidArgumentError(
      fmt::format("{}: \"{}\" is none of {}", option, word, fmt::join(WordsOf(type), ", ")));
}

bool HasEnded(v1::JobState state) {
  return state == v1::JOB_STATE_SUCCEEDED || state == v1::JOB_STATE_PARTIAL || state == v1::JOB_STATE_FAILED ||
         state == v1::JOB_STATE_CANCELLED;
}

std::string FailureText(const v1::EngineFailure& failure) {
  return failure.remedy().empty() ? failure.message() : failure.message() + "; " + failure.remedy();
}

}  // namespace interneg::cli
