#include "client/cli/commands/polarity.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/job_words.h"
#include "client/cli/location.h"

namespace interneg::commands {
namespace {

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
std::string PathForPeople(const std::string& path) {
  const auto location = cli::ParseLocation("path", path, "/");
  return location.ok() ? location->ForPeople() : path;
}

std::string NameOf(const v1::Media& medium) {
  return fmt::format("{} ({})", medium.name().empty() ? medium.media_id() : medium.name(),
                     PathForPeople(medium.frames().path()));
}

// The root of a path that no machine sees as it is written; empty for `local`.
std::string NamedRootOf(const std::string& path) {
  const auto location = cli::ParseLocation("path", path, "/");
  return location.ok() && !location->LocalPath() ? location->root : std::string();
}

// What to run, where the frames are seen: the numbers belong to how the frames are read and to the training's colours.
std::string EstimateCommand(const v1::FrameSource& frames, const v1::ColorSettings& color) {
  std::string command =
      fmt::format("`interneg-engine prepare estimate --step invert --source '{}'", PathForPeople(frames.path()));
  if (!frames.range().empty()) command += fmt::format(" --range {}", frames.range());
  if (!frames.color_space().empty()) command += fmt::format(" --source-space '{}'", frames.color_space());
  if (color.domain() != v1::TRAINING_DOMAIN_UNSPECIFIED)
    command += fmt::format(" --domain {}", cli::Word(color.domain()));
  if (!color.config().empty()) command += fmt::format(" --config '{}'", PathForPeople(color.config()));
  if (color.allow_linear_clamp()) command += " --allow-linear-clamp";
  for (const std::string& root : std::set<std::string>{NamedRootOf(frames.path()), NamedRootOf(color.config())})
    if (!root.empty()) command += fmt::format(" --root {}=FOLDER", root);
  return command + " --base X,Y,WIDTH,HEIGHT > invert.json`";
}

// Whether a render keeps planes of the source's own files.
bool HoldsTheSource(v1::Recovery recovery) {
  return recovery != v1::RECOVERY_COMBINED && recovery != v1::RECOVERY_DIRECT;
}

std::string WhereToGive(Side side, StepsFrom steps_from) {
  const char* option = side == Side::kSource ? "--prepare-source" : "--prepare-reference";
  if (steps_from == StepsFrom::kOptions) return fmt::format("give it as {} @invert.json", option);
  return fmt::format(
      "give it as {} @invert.json to a draft made of the version (`interneg dataset create "
      "--from-version`)",
      option);
}

absl::Status Check(const v1::Media& medium, const Element& element, const v1::TrainJob& train, StepsFrom steps_from) {
  const std::string is_negative = fmt::format("{}: the medium {} is recorded as a negative",
                                              element.side == Side::kSource ? "source" : "reference", NameOf(medium));
  const std::string unless =
      fmt::format("if it is none, `interneg media set {} --polarity positive`", medium.media_id());
  if (element.side == Side::kSource && HoldsTheSource(train.recovery())) {
    return absl::FailedPreconditionError(fmt::format(
        "{}, and a {} recovery delivers planes of the source's own files, which no step inverts; make a positive of "
        "the scan and recover that, or recover combined or direct with an invert step; {}",
        is_negative, cli::Word(train.recovery()), unless));
  }
  if (Inverts(element.steps)) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format("{}, and no step inverts it; measure one with {} and {}; {}",
                                                   is_negative, EstimateCommand(medium.frames(), train.color()),
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

bool Inverts(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const v1::PreparationStep& step) { return step.has_invert(); });
}

std::string NegativeAdvice(const v1::Media& medium, const v1::ColorSettings& color) {
  return fmt::format(
      "{} is recorded as a negative: nothing is learnt from it before an invert step makes it a positive. Measure one "
      "with {}, where its frames are seen; X,Y,WIDTH,HEIGHT is a patch of unexposed film.",
      NameOf(medium), EstimateCommand(medium.frames(), color));
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
      if (const absl::Status status = Check(medium, element, train, steps_from); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace interneg::commands
