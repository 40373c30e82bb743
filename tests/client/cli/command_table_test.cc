#include "client/cli/commands/command_table.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "client/cli/message_json.h"
#include "tests/client/cli/command_line.h"

namespace interneg::cli {
namespace {

TEST(CommandTable, CompletionKnowsEveryVerbAndTheOptionsOfRecover) {
  CommandLine line;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = line.Run({"completion", shell});
    EXPECT_EQ(outcome.code, ExitCode::kOk);
    for (const char* word :
         {"recover",  "chroma",   "spatial",  "project",   "media",      "check",        "dataset",    "train",
          "render",   "job",      "watch",    "logs",      "cancel",     "adjust",       "wait",       "tasks",
          "frames",   "measures", "worker",   "drain",     "undrain",    "token",        "revoke",     "artifact",
          "download", "login",    "doctor",   "version",   "held-out",   "output-space", "time-limit", "request-id",
          "match",    "edit",     "shift",    "suggest",   "suggestion", "align",        "key",        "switch",
          "corners",  "baseline", "lut-size", "align-kind"})
      EXPECT_NE(outcome.out.find(word), std::string::npos) << shell << ": " << word;
  }
}

TEST(CommandTable, TheWrittenReferenceIsUpToDate) {
  CommandLine line;
  std::ifstream file(INTERNEG_SOURCE_FOLDER "/docs/cli.md");
  std::stringstream written;
  written << file.rdbuf();
  EXPECT_EQ(line.Run({"reference", "markdown"}).out, written.str())
      << "write it again: interneg reference markdown > docs/cli.md";
}

TEST(CommandTable, AMistypedCommandIsUsage) {
  CommandLine line;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"jbo"},
                                                    {"job"},
                                                    {"job", "get"},
                                                    {"job", "list", "--nonsense"},
                                                    {"-o", "xml", "version"},
                                                    {"recover", "chroma", "--project", "lab"}}) {
    const Outcome outcome = line.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.error.rfind("interneg: ", 0), 0U) << outcome.error;
  }
}

TEST(CommandTable, GlobalOptionsMayFollowTheVerb) {
  CommandLine line;
  EXPECT_EQ(line.Run({"version", "-o", "json"}).out, line.Run({"-o", "json", "version"}).out);
  EXPECT_EQ(line.Run({"version"}).out, "interneg 0.1.0\n");
}

// A dry run needs no server, for it tells nobody; what it changes is nothing.
TEST(CommandTable, EveryCommandThatChangesSomethingHasADryRun) {
  CommandLine line;
  line.environment.variables["INTERNEG_SERVER"] = "127.0.0.1:1";
  line.environment.variables["INTERNEG_RETRY_SECONDS"] = "0";
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"worker", "drain", "node1"},
                                                    {"worker", "undrain", "node1"},
                                                    {"token", "revoke", "t1"},
                                                    {"token", "create", "ann", "--role", "admin"},
                                                    {"project", "create", "lab"},
                                                    {"job", "cancel", "j"},
                                                    {"job", "adjust", "j", "--steps", "5"},
                                                    {"login"}}) {
    std::vector<std::string> dry = arguments;
    dry.emplace_back("--dry-run");
    const Outcome outcome = line.Run(dry);
    EXPECT_EQ(outcome.code, ExitCode::kOk) << arguments[0] << ' ' << outcome.error;
    EXPECT_TRUE(Json::accept(outcome.out)) << outcome.out;
  }
  EXPECT_FALSE(std::filesystem::exists(line.folder.path() / "config/interneg/login.toml"));
}

TEST(CommandTable, AnOptionThatACommandDoesNotHeedIsUsage) {
  CommandLine line;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"job", "cancel", "j", "--wait"},
                                                    {"media", "list", "--project", "lab", "-w"},
                                                    {"recover", "chroma", "-w"},
                                                    {"job", "list", "--dry-run"},
                                                    {"doctor", "--wait"},
                                                    {"version", "--watch"}}) {
    const Outcome outcome = line.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << arguments[0] << ' ' << arguments[1];
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_NE(line.Run({"job", "cancel", "j", "--wait"}).error.find("--wait: `interneg job cancel`"), std::string::npos);
}

TEST(CommandTable, ListsReadEveryPageUpToTheLimit) {
  CommandLine line;
  for (const char* name : {"a", "b", "c", "d", "e"}) line.server.farm().projects[name].set_name(name);
  EXPECT_EQ(line.Run({"project", "list", "-o", "name"}).out, "a\nb\nc\nd\ne\n");
  EXPECT_EQ(line.Run({"project", "list", "-o", "name", "--limit", "3"}).out, "a\nb\nc\n");
}

TEST(CommandTable, APipeGetsEverythingAndATerminalIsToldWhenThereIsMore) {
  CommandLine line;
  for (int i = 0; i < 103; ++i)
    line.server.farm().projects[std::to_string(1000 + i)].set_name(std::to_string(1000 + i));
  line.server.farm().tasks = 103;
  for (const std::vector<std::string>& list :
       {std::vector<std::string>{"project", "list", "-o", "name"}, {"job", "tasks", "j", "-o", "name"}}) {
    const auto lines = [](const Outcome& outcome) { return std::count(outcome.out.begin(), outcome.out.end(), '\n'); };
    std::vector<std::string> limited = list;
    limited.insert(limited.end(), {"--limit", "7"});
    line.environment.out_is_terminal = false;
    EXPECT_EQ(lines(line.Run(list)), 103);
    EXPECT_EQ(lines(line.Run(limited)), 7);
    EXPECT_EQ(line.Run(limited).error, "");
    line.environment.out_is_terminal = true;
    const Outcome outcome = line.Run(list);
    EXPECT_EQ(lines(outcome), 100);
    EXPECT_EQ(outcome.error, "The first 100 are shown; --limit 0 shows all.\n");
  }
}

TEST(CommandTable, TheVersionCanBeAskedForAsEverywhere) {
  CommandLine line;
  EXPECT_EQ(line.Run({"--version"}).out, line.Run({"version"}).out);
}

TEST(CommandTable, EveryOptionHasAHelpText) {
  CommandLine line;
  EXPECT_EQ(line.Run({"reference", "markdown"}).out.find("` |  |"), std::string::npos);
}

TEST(CommandTable, APipeGetsExactDatesAndTabs) {
  CommandLine line;
  v1::Project& project = line.server.farm().projects["lab"];
  project.set_name("lab");
  project.set_film_title("A Film");
  project.mutable_create_time()->set_seconds(1'800'000'000 - 7200);
  EXPECT_EQ(line.Run({"project", "list"}).out, "lab\tA Film\t2027-01-15T06:00:00Z\n");
  line.environment.out_is_terminal = true;
  EXPECT_EQ(line.Run({"project", "list"}).out, "NAME  FILM    CREATED\nlab   A Film  2 h ago\n");
}

TEST(CommandTable, NoColorAndDumbTerminalsGetNone) {
  CommandLine line;
  line.environment.out_is_terminal = true;
  line.server.farm().jobs["j"].set_job_id("j");
  line.server.farm().jobs["j"].set_state(v1::JOB_STATE_FAILED);
  EXPECT_NE(line.Run({"job", "list"}).out.find('\x1b'), std::string::npos);
  line.environment.variables["TERM"] = "dumb";
  EXPECT_EQ(line.Run({"job", "list"}).out.find('\x1b'), std::string::npos);
  line.environment.variables.erase("TERM");
  line.environment.variables["NO_COLOR"] = "1";
  EXPECT_EQ(line.Run({"job", "list"}).out.find('\x1b'), std::string::npos);
}

TEST(CommandTable, ANewTokensSecretIsAllThatGoesToStdout) {
  CommandLine line;
  const Outcome outcome = line.Run({"token", "create", "ann", "--role", "admin"});
  EXPECT_EQ(outcome.out, "shown-once\n");
  EXPECT_NE(outcome.error.find("shown this once"), std::string::npos);
}

}  // namespace
}  // namespace interneg::cli
