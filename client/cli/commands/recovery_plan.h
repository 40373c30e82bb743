// What `interneg recover` asks the farm for: two media, a dataset version, and jobs that follow one another: with pairs
// that are named probe → train → render, without them probe → match → curate → align → train → render, each of which
// reads what those before it found. The pairs that were found make the dataset version once they are aligned.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PLAN_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/job_options.h"
#include "client/cli/commands/movie_options.h"
#include "client/cli/commands/preparation_options.h"
#include "client/cli/commands/rendering_options.h"
#include "client/cli/message_json.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/job.pb.h"
#include "interneg/v1/media.pb.h"

namespace interneg::commands {

struct RecoverOptions {
  std::string project;
  std::string shot;
  std::string source;
  std::string source_space;
  MovieOptions source_movie;
  std::string reference;
  std::string reference_space;
  MovieOptions reference_movie;
  std::string range;
  std::string reference_range;  // empty: with `pairs` the range, else all that there are
  std::string pairs;            // empty: matched, chosen and aligned by the farm
  std::string held_out;         // empty: the server chooses
  std::string note;
  std::string scope;  // this and the next three: without `pairs` only
  std::optional<std::uint32_t> pair_count;
  std::string align_kind;
  bool dense = false;
  std::string render_crop;
  RenderingOptions rendering;
  ColorOptions color;
  PreparationOptions preparation;
  TrainingOptions training;
  OutputOptions output;
  SubmitOptions submit;
};

struct PlannedJob {
  std::string part;   // "probe", "match" …
  std::string after;  // the part that must succeed first; empty: none
  v1::SubmitJobRequest request;
};

// Requests complete but for what the server answers: project, media and job ids, held-out frames and dataset hash.
// Where a job reads another's result, that one's part stands in the place of its id.
struct RecoveryPlan {
  std::string request_id;  // from which the parts' are derived
  bool repeatable = false;  // the caller's own request id: what it brings back may be an earlier run's
  std::string project;
  v1::CreateMediaRequest source;
  v1::CreateMediaRequest reference;
  v1::CreateDatasetVersionRequest dataset;  // without pairs where these are still to be found
  std::vector<PlannedJob> jobs;             // in the order to submit them

  bool FindsPairs() const { return dataset.content().pairs().empty(); }

  // The request of that part, which the plan must have.
  v1::SubmitJobRequest& RequestOf(const std::string& part);
};

// Checks everything that can be checked here. INVALID_ARGUMENT names the option and what would be right: ranges, fewer
// than two pairs, a pair or held-out frame outside the range or in both, missing frames, an output that cannot be
// written, an option that goes with pairs or without them alone. FAILED_PRECONDITION: a frame stands in the output's
// place and may not be replaced; not looked for with a request id of the caller's, whose frames these may be.
absl::StatusOr<RecoveryPlan> PlanRecovery(v1::Recovery recovery, const RecoverOptions& options,
                                          const std::string& request_id, const std::filesystem::path& working_folder);

// For --dry-run.
cli::Json ToJson(const RecoveryPlan& plan);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PLAN_H_
