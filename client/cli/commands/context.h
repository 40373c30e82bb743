// What every command is given: the global options, the connection when it first needs one, and where to print.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_CONTEXT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_CONTEXT_H_

#include <memory>
#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "client/cli/connection.h"
#include "client/cli/environment.h"
#include "client/cli/exit_code.h"
#include "client/cli/interruption.h"
#include "client/cli/listing.h"
#include "client/cli/progress_display.h"
#include "client/cli/settings.h"

namespace interneg::commands {

namespace v1 = interneg::v1;
using cli::ExitCode;

struct GlobalOptions {
  cli::SettingFlags settings;
  std::optional<int> limit;
  bool quiet = false;
  bool verbose = false;
  bool no_input = false;
  bool dry_run = false;
  bool watch = false;
  bool wait = false;
  bool parsable = false;
};

// Whether a list has more records than were read.
enum class Rest { kNone, kMore };

// Used from one thread. Environment and interruption must outlive it.
class Context {
 public:
  Context(const cli::Environment& environment, cli::Interruption& interruption)
      : environment_(environment), interruption_(interruption) {}

  GlobalOptions& options() { return options_; }
  const cli::Environment& environment() const { return environment_; }
  cli::Interruption& interruption() { return interruption_; }
  const cli::Settings& settings() const { return settings_; }
  const cli::Style& style() const { return style_; }
  std::ostream& out() const { return *environment_.out; }
  std::ostream& error() const { return *environment_.error; }

  // Settles settings and style once the command line is parsed. Errors: INVALID_ARGUMENT.
  absl::Status Prepare();

  // Opened on the first call.
  absl::StatusOr<cli::Connection*> Connect();

  // The project that was named, by option or setting. INVALID_ARGUMENT when there is none.
  absl::StatusOr<std::string> Project(const std::string& option) const;

  // Its id. NOT_FOUND when there is no such project; besides, what Project and Connect return. Asks nobody in a dry
  // run, where the name stands for the id.
  absl::StatusOr<std::string> ProjectId(const std::string& option);

  // For --dry-run: the request as JSON.
  ExitCode ShowRequest(const google::protobuf::Message& request) const;

  // A line on stderr, unless --quiet; for kVerbose only with --verbose.
  enum class Weight { kAlways, kVerbose };
  void Note(const std::string& text, Weight weight = Weight::kAlways) const;

  // The most records to list; 0: all. Without --limit a terminal gets a screenful or two and a pipe everything: what a
  // script reads is never cut unasked.
  int limit() const;
  // Says on stderr that a list goes on, unless --limit asked for its length.
  void NoteRest(Rest rest) const;

  // Sends stdout on its way. INTERNAL when it takes nothing any more: a full disk, a reader that went away.
  absl::Status Flush() const;

  std::string TimeText(const google::protobuf::Timestamp& time) const;
  cli::DisplayMode display_mode() const;

 private:
  const cli::Environment& environment_;
  cli::Interruption& interruption_;
  GlobalOptions options_;
  cli::Settings settings_;
  cli::Style style_;
  std::unique_ptr<cli::Connection> connection_;
};

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_CONTEXT_H_
