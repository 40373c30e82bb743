#include "worker/engine/jobs/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs {
namespace {

int Complain(const EngineFailure& failure, int exit_code) {
  std::fprintf(stderr, "interneg-engine: error: %s\n", failure.message.c_str());
  if (!failure.remedy.empty()) std::fprintf(stderr, "  %s\n", failure.remedy.c_str());
  return exit_code;
}

}  // namespace

int RunProgram(int argc, char** argv) {
  CLI::App program("Interneg's engine: trains, renders and proves one piece of work", "interneg-engine");
  program.require_subcommand(1);
  program.set_version_flag("--version", "interneg-engine " INTERNEG_VERSION);
  Action chosen;
  for (const auto add :
       {AddRunCommand, AddRecoverCommand, AddProbeCommand, AddSimulateCommand, AddEchoCommands, AddCheckpointCommand,
        AddModelCommand, AddRecipeCommand, AddPrepareCommand, AddScoreCommand, AddCapabilitiesCommand}) {
    add(program, chosen);
  }
  try {
    program.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kExitSucceeded : kExitUsage;
  } catch (const DocumentError& error) {
    return Complain({FailureKind::kBadInput, error.what(), ""}, kExitUsage);
  } catch (const LeaseLost&) {
    return kExitLeaseLost;
  } catch (const std::exception& error) {
    return Complain(FailureOf(error), kExitFailed);
  }
}

AssignedRoot ParseRootOption(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw CLI::ValidationError("--root", "'" + text + "' is not name=folder");
  }
  return {text.substr(0, equals), text.substr(equals + 1), {}};
}

double ParseSeconds(const std::string& option, const std::string& text) {
  static const std::map<std::string, double> kUnits = {{"", 1}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
  std::size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const auto unit = kUnits.find(text.substr(used));
  if (used == 0 || unit == kUnits.end() || !(value >= 0)) {
    throw CLI::ValidationError(option, "'" + text + "' is not a duration; write 60s, 2m or 1h");
  }
  return value * unit->second;
}

std::vector<std::int32_t> ParseFrames(const std::string& text) {
  const auto range = frames::FrameRange::Parse(text);
  return {range.frames().begin(), range.frames().end()};
}

}  // namespace interneg::jobs
