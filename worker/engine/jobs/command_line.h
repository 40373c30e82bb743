// The command `interneg-engine`: options in, exit code out. One file a command; each adds itself to the program.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_COMMAND_LINE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_COMMAND_LINE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/job_document.h"

namespace CLI {
class App;
}

namespace interneg::jobs {

// What a command does once its options are read; returns the exit code.
using Action = std::function<int()>;

// Each adds a subcommand that stores its action in `chosen` when it is the one given.
void AddRunCommand(CLI::App& program, Action& chosen);
void AddRecoverCommand(CLI::App& program, Action& chosen);
void AddProbeCommand(CLI::App& program, Action& chosen);
void AddSimulateCommand(CLI::App& program, Action& chosen);
void AddSimulateVideo(CLI::App& group, Action& chosen);  // to the group `simulate`
void AddEchoCommands(CLI::App& program, Action& chosen);
void AddCheckpointCommand(CLI::App& program, Action& chosen);
void AddCheckpointExport(CLI::App& group, Action& chosen);  // to the group `checkpoint`
void AddModelCommand(CLI::App& program, Action& chosen);
void AddRecipeCommand(CLI::App& program, Action& chosen);
void AddPrepareCommand(CLI::App& program, Action& chosen);
void AddScoreCommand(CLI::App& program, Action& chosen);
void AddCapabilitiesCommand(CLI::App& program, Action& chosen);

// Reads the arguments and runs the command. Exceptions end here: documents and options that cannot be used as exit code
// 2, the rest as 1, each with what is wrong and the remedy on stderr.
int RunProgram(int argc, char** argv);

// "name=folder". Throws CLI::ValidationError.
AssignedRoot ParseRootOption(const std::string& text);

// "60s", "2m", "1h", "90". Throws CLI::ValidationError naming the option.
double ParseSeconds(const std::string& option, const std::string& text);

// "1001,1017" or any range. Throws frames::FrameRangeError.
std::vector<std::int32_t> ParseFrames(const std::string& text);

// Whether figures go out as a table for people or as JSON.
enum class Form { kTable, kJson };

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_COMMAND_LINE_H_
