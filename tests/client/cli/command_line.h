// Runs the client in this process, with an environment of the test's own.
#ifndef INTERNEG_TESTS_CLIENT_CLI_COMMAND_LINE_H_
#define INTERNEG_TESTS_CLIENT_CLI_COMMAND_LINE_H_

#include <sstream>
#include <string>
#include <vector>

#include "client/cli/environment.h"
#include "client/cli/exit_code.h"
#include "client/cli/interruption.h"
#include "tests/client/cli/fake_server.h"
#include "tests/client/cli/temporary_folder.h"

namespace interneg::cli {

struct Outcome {
  ExitCode code;
  std::string out;
  std::string error;
};

// A person in an empty folder, whose settings name the fake server and its token. Patience is short.
class CommandLine {
 public:
  CommandLine();

  Outcome Run(const std::vector<std::string>& arguments);
  // With a stdout of the test's own.
  Outcome RunInto(std::ostream& out, const std::vector<std::string>& arguments);

  FakeServer server;
  TemporaryFolder folder;
  Environment environment;
  Interruption interruption;
  std::string typed;  // what stdin holds

 private:
  int ids_ = 0;
};

}  // namespace interneg::cli

#endif  // INTERNEG_TESTS_CLIENT_CLI_COMMAND_LINE_H_
