#include "client/cli/commands/polarity.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/job_words.h"
#include "client/cli/location.h"

namespace interneg::commands {
namespace {

using Steps = google::protobuf::RepeatedPtrField<v1::PreparationStep>;

enum class Side { kSource, kReference };

struct Element {
  Side side;
  const v1::FrameSource& frames;
  const Steps& steps;
};

std::string Lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// As a person would write it on the machine where the frames are seen.
std::string PathForPeople(const v1::FrameSource& frames) {
  const auto location = cli::ParseLocation("media", frames.path(), "/");
  return location.ok() ? location->ForPeople() : frames.path();
}

std::string NameOf(const v1::Media& medium) {
  return fmt::format("{} ({})", medium.name().empty() ? medium.media_id() : medium.name(),
                     PathForPeople(medium.frames()));
}

// What to run, where the frames are seen.
std::string EstimateCommand(const v1::Media& medium) {
  return fmt::format(
      "`interneg-engine prepare estimate --step invert --source '{}' --base X,Y,WIDTH,HEIGHT > invert.json`",
      PathForPeople(medium.frames()));
}

// Whether a render keeps planes of the source's own files.
bool HoldsTheSource(v1::Recovery recovery) {
  return recovery != v1::RECOVERY_COMBINED && recovery != v1::RECOVERY_DIRECT;
}

bool Inverts(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const v1::PreparationStep& step) { return step.has_invert(); });
}

std::string WhereToGive(Side side, StepsFrom steps_from) {
  const char* option = side == Side::kSource ? "--prepare-source" : "--prepare-reference";
  if (steps_from == StepsFrom::kOptions) return fmt::format("give it as {} @invert.json", option);
  return fmt::format(
      "give it as {} @invert.json to a draft made of the version (`interneg dataset create "
      "--from-version`)",
      option);
}

absl::Status Check(const v1::Media& medium, const Element& element, v1::Recovery recovery, StepsFrom steps_from) {
  const std::string is_negative = fmt::format("{}: the medium {} is recorded as a negative",
                                              element.side == Side::kSource ? "source" : "reference", NameOf(medium));
  const std::string unless =
      fmt::format("if it is none, `interneg media set {} --polarity positive`", medium.media_id());
  if (element.side == Side::kSource && HoldsTheSource(recovery)) {
    return absl::FailedPreconditionError(fmt::format(
        "{}, and a {} recovery delivers planes of the source's own files, which no step inverts; make a positive of "
        "the scan and recover that, or recover combined or direct with an invert step; {}",
        is_negative, cli::Word(recovery), unless));
  }
  if (Inverts(element.steps)) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format("{}, and no step inverts it; measure one with {} and {}; {}",
                                                   is_negative, EstimateCommand(medium),
                                                   WhereToGive(element.side, steps_from), unless));
}

}  // namespace

absl::StatusOr<std::string> ParsePolarity(const std::string& text) {
  const std::string polarity = Lowered(text);
  if (polarity.empty() || polarity == "positive" || polarity == "negative") return polarity;
  return absl::InvalidArgumentError(fmt::format(
      "--polarity: \"{}\" is neither positive nor negative; what kind of print it is goes into --element", text));
}

bool IsNegative(const v1::Media& medium) {
  return Lowered(medium.element().polarity()) == "negative";
}

std::string NegativeAdvice(const v1::Media& medium) {
  return fmt::format(
      "{} is recorded as a negative: nothing is learnt from it before an invert step makes it a positive. Measure one "
      "with {}, where its frames are seen; X,Y,WIDTH,HEIGHT is a patch of unexposed film.",
      NameOf(medium), EstimateCommand(medium));
}

absl::Status CheckNegatives(cli::Connection& connection, const std::string& project_id, const v1::TrainJob& train,
                            StepsFrom steps_from) {
  v1::ListMediaRequest list;
  list.set_project_id(project_id);
  const auto media =
      ListAll(connection, &v1::MediaService::Stub::ListMedia, list, &v1::ListMediaResponse::mutable_media);
  if (!media.ok()) return media.status();
  const Element elements[] = {{Side::kSource, train.source(), train.source_preparation()},
                              {Side::kReference, train.reference(), train.reference_preparation()}};
  for (const Element& element : elements) {
    for (const v1::Media& medium : *media) {
      if (!IsNegative(medium) || medium.frames().path() != element.frames.path()) continue;
      if (const absl::Status status = Check(medium, element, train.recovery(), steps_from); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace interneg::commands
