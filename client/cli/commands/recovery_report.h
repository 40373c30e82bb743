// What came out of a recovery: validation figures beside the baseline's, the held planes' proofs, and where things lie.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_REPORT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_REPORT_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/message_json.h"
#include "interneg/v1/artifact.pb.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/job.pb.h"
#include "interneg/v1/stage_result.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// One validation figure of each subject that has one.
struct Figure {
  std::string name;                        // as the measure's: "chroma_psnr_db"
  std::map<std::string, double> subjects;  // "model", "baseline", "untouched" …
};

// The figures of the scope over its whole set of frames: a measure without a frame, else the mean over the frames; of
// the step `best_step` where measures carry steps and it is among them, else of the last. In the order of first
// appearance.
std::vector<Figure> FiguresOf(const std::vector<v1::Measure>& measures, const std::string& scope,
                              std::optional<std::uint32_t> best_step);

struct HeldPlaneSummary {
  int frames = 0;
  int proven = 0;
  int failed = 0;
  double worst_composed_error = 0;
  double worst_share_of_bound = 0;
  double mean_gamut_scaled_share = 0;
};
HeldPlaneSummary SummariseHeldPlane(const std::vector<v1::RenderedFrame>& frames);

// The parts of a recovery in the order in which they run.
inline constexpr std::array<const char*, 6> kParts = {"probe", "match", "curate", "align", "train", "render"};

struct RecoveryOutcome {
  v1::DatasetVersion dataset;              // without a hash where the training names none
  std::map<std::string, v1::Job> jobs;     // by part: "train", "render", and the others that there were
  std::optional<v1::Alignment> alignment;  // where there is an align job
  std::vector<v1::Measure> measures;
  std::vector<v1::RenderedFrame> frames;
  std::vector<v1::Artifact> artifacts;
  std::optional<std::uint32_t> best_step;
  std::string output;  // pattern of the published frames, for people
};

// For people; ends in a line feed.
std::string ReportText(const RecoveryOutcome& outcome);
cli::Json ReportJson(const RecoveryOutcome& outcome);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_REPORT_H_
