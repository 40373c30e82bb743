// What follows from an element's polarity. A negative shows no picture until it is inverted, and only its record says
// that it is one: its pixels are read as any others.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_POLARITY_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_POLARITY_H_

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "client/cli/connection.h"
#include "interneg/v1/job_spec.pb.h"
#include "interneg/v1/media.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// "positive", "negative" or empty (nothing is known), whatever the case of the text. INVALID_ARGUMENT for another.
absl::StatusOr<std::string> ParsePolarity(const std::string& text);

bool IsNegative(const v1::Media& medium);

using Steps = google::protobuf::RepeatedPtrField<v1::PreparationStep>;
bool Inverts(const Steps& steps);

// One sentence: that the medium is a negative, and how to measure the step that inverts it, for trainings with these
// colour settings.
std::string NegativeAdvice(const v1::Media& medium, const v1::ColorSettings& color);

// Where the steps of a training are said, for messages.
enum class StepsFrom { kOptions, kDatasetVersion };

// That a training which reads a negative of the project inverts it. A medium is an element of the training when its
// frames have the same path: its polarity is the film's, whatever range and colour space they are read with.
// FAILED_PRECONDITION names the medium and the remedy: a negative without an `invert` step; a negative source whose own
// planes the recovery holds (chroma, spatial), since these are the files' and no step changes them. Pages through all
// media of the project, for there is no asking by path. Besides, as MediaService.ListMedia.
absl::Status CheckNegatives(cli::Connection& connection, const std::string& project_id, const v1::TrainJob& train,
                            StepsFrom steps_from);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_POLARITY_H_
