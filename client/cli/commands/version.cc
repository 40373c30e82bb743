#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/version.h"

namespace interneg::commands {

std::string ClientVersion() {
  return INTERNEG_VERSION;
}

void AddVersionCommand(CommandTable& table) {
  table.Verb(table.root(), "version", "Print the client's version", [](Context& context) -> absl::StatusOr<ExitCode> {
    const cli::Json document = {{"client", ClientVersion()}, {"jobSchema", kJobSchema}};
    const cli::Listing listing{{{"client"}, {"job schema"}},
                               {{{ClientVersion(), std::to_string(kJobSchema)}, ClientVersion(), document}}};
    if (context.style().format == cli::Format::kTable) {
      context.out() << fmt::format("interneg {}\n", ClientVersion());
    } else {
      cli::PrintRecord(listing, context.style(), context.out());
    }
    return ExitCode::kOk;
  });
}

}  // namespace interneg::commands
