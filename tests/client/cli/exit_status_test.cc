// Each class of failure, as a script sees it: its exit status, nothing on stdout, and the remedy on stderr.
#include <streambuf>

#include <gtest/gtest.h>

#include "tests/client/cli/command_line.h"

namespace interneg::cli {
namespace {

void ExpectFailure(const Outcome& outcome, ExitCode code, const std::string& said) {
  EXPECT_EQ(outcome.code, code) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.error.find(said), std::string::npos) << outcome.error;
}

TEST(ExitStatus, AMissingTokenSaysHowToLogIn) {
  CommandLine line;
  line.environment.variables.erase("INTERNEG_TOKEN");
  ExpectFailure(line.Run({"job", "list"}), ExitCode::kNotAllowed, "interneg login --server " + line.server.address());
}

TEST(ExitStatus, AWrongOrExpiredTokenSaysWhatToDo) {
  CommandLine line;
  line.environment.variables["INTERNEG_TOKEN"] = "wrong";
  const Outcome outcome = line.Run({"job", "list"});
  ExpectFailure(outcome, ExitCode::kNotAllowed, "the token has expired");
  EXPECT_NE(outcome.error.find("interneg token create"), std::string::npos);
  EXPECT_EQ(outcome.error.find("wrong"), std::string::npos) << "the secret must not be shown";
}

TEST(ExitStatus, ARoleThatMayNotIsNotAllowed) {
  CommandLine line;
  line.server.farm().refuse["CancelJob"] = {grpc::StatusCode::PERMISSION_DENIED, "a viewer may only look"};
  ExpectFailure(line.Run({"job", "cancel", "j"}), ExitCode::kNotAllowed, "a viewer may only look");
}

TEST(ExitStatus, AnUnknownJobIsNotFound) {
  CommandLine line;
  ExpectFailure(line.Run({"job", "get", "nothing"}), ExitCode::kNotFound, "there is none of this id");
}

TEST(ExitStatus, AnUnknownProjectIsNotFoundWithTheRemedy) {
  CommandLine line;
  ExpectFailure(line.Run({"media", "list", "--project", "lab"}), ExitCode::kNotFound, "interneg project create lab");
}

TEST(ExitStatus, ARequestIdUsedForAnotherJobIsAConflict) {
  CommandLine line;
  line.server.farm().refuse["CreateProject"] = {grpc::StatusCode::ALREADY_EXISTS,
                                                "request_id: was used for another project"};
  ExpectFailure(line.Run({"project", "create", "lab"}), ExitCode::kConflict,
                "request_id: was used for another project");
}

TEST(ExitStatus, AJobThatCannotBeAdjustedIsAConflict) {
  CommandLine line;
  line.server.farm().refuse["AdjustJob"] = {grpc::StatusCode::FAILED_PRECONDITION, "the training has ended"};
  ExpectFailure(line.Run({"job", "adjust", "j", "--steps", "5"}), ExitCode::kConflict, "the training has ended");
}

TEST(ExitStatus, WhatTheServerFindsWrongIsUsage) {
  CommandLine line;
  line.server.farm().refuse["CreateProject"] = {grpc::StatusCode::INVALID_ARGUMENT, "name: \"Lab\" is given"};
  ExpectFailure(line.Run({"project", "create", "Lab"}), ExitCode::kUsage, "name: \"Lab\" is given");
}

TEST(ExitStatus, AServerThatIsDownIsUnavailableAndSaysHowToStartOne) {
  CommandLine line;
  line.environment.variables["INTERNEG_SERVER"] = "unix:" + (line.folder.path() / "no-socket").string();
  line.environment.variables["INTERNEG_RETRY_SECONDS"] = "0";
  ExpectFailure(line.Run({"job", "list"}), ExitCode::kUnavailable, "deploy/local/up");
}

TEST(ExitStatus, AServerThatComesBackIsAnswered) {
  CommandLine line;
  line.server.farm().refuse_once["ListJobs"] = {grpc::StatusCode::UNAVAILABLE, "the database restarts"};
  const Outcome outcome = line.Run({"job", "list"});
  EXPECT_EQ(outcome.code, ExitCode::kOk);
  EXPECT_NE(outcome.error.find("does not answer (the database restarts); trying again"), std::string::npos);
}

TEST(ExitStatus, AnAddressWithoutAPortIsUsage) {
  CommandLine line;
  ExpectFailure(line.Run({"job", "list", "--server", "https://farm"}), ExitCode::kUsage, "write host:port");
}

TEST(ExitStatus, AnEndedJobsStateIsTheStatusOfWaiting) {
  const std::pair<v1::JobState, ExitCode> cases[] = {{v1::JOB_STATE_SUCCEEDED, ExitCode::kOk},
                                                     {v1::JOB_STATE_FAILED, ExitCode::kJobFailed},
                                                     {v1::JOB_STATE_CANCELLED, ExitCode::kJobFailed},
                                                     {v1::JOB_STATE_PARTIAL, ExitCode::kJobPartial}};
  for (const auto& [state, code] : cases) {
    CommandLine line;
    v1::WatchJobsResponse event;
    event.set_job_id("j");
    event.mutable_job()->set_job_id("j");
    event.mutable_job()->set_state(state);
    line.server.farm().events = {event};
    EXPECT_EQ(line.Run({"job", "wait", "j"}).code, code);
  }
}

TEST(ExitStatus, WaitingForSeveralJobsGoesOnWhenOneFails) {
  CommandLine line;
  for (const auto& [id, state] : {std::pair{"a", v1::JOB_STATE_FAILED}, std::pair{"b", v1::JOB_STATE_SUCCEEDED}}) {
    v1::WatchJobsResponse event;
    event.set_cursor(line.server.farm().events.size() + 1);
    event.set_job_id(id);
    event.mutable_job()->set_job_id(id);
    event.mutable_job()->set_kind(v1::JOB_KIND_RENDER);
    event.mutable_job()->set_state(state);
    line.server.farm().events.push_back(event);
  }
  const Outcome outcome = line.Run({"job", "wait", "a", "b", "-o", "name"});
  EXPECT_EQ(outcome.code, ExitCode::kJobFailed);
  EXPECT_EQ(outcome.out, "a\nb\n");
  EXPECT_NE(outcome.error.find("`interneg recover report b`"), std::string::npos) << outcome.error;
}

// Takes nothing, as a full disk.
class FullDisk : public std::streambuf {
 protected:
  int_type overflow(int_type) override { return traits_type::eof(); }
  int sync() override { return -1; }
};

TEST(ExitStatus, AStdoutThatTakesNothingIsAFailure) {
  CommandLine line;
  FullDisk disk;
  std::ostream out(&disk), help(&disk);
  EXPECT_EQ(line.RunInto(help, {"--help"}).code, ExitCode::kFailure);
  const Outcome outcome = line.RunInto(out, {"token", "create", "ann", "--role", "admin"});
  EXPECT_EQ(outcome.code, ExitCode::kFailure);
  EXPECT_NE(outcome.error.find("stdout: cannot be written"), std::string::npos) << outcome.error;
}

TEST(ExitStatus, AListThatIsWatchedEndsWithItsReader) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"job", "list", "-w"}, {"worker", "list", "-w"}}) {
    CommandLine line;
    FullDisk disk;
    std::ostream out(&disk);
    line.server.farm().jobs["j"].set_job_id("j");
    EXPECT_EQ(line.RunInto(out, arguments).code, ExitCode::kFailure);
  }
}

TEST(ExitStatus, EventsAndLogsEndWithTheirReader) {
  CommandLine line;
  v1::WatchJobsResponse event;
  event.set_cursor(1);
  event.mutable_notice()->set_text("something");
  line.server.farm().events = {event};
  line.server.farm().at_open_end = [] {};
  line.server.farm().log_parts = {"one\n", "two\n"};
  for (const char* verb : {"watch", "logs"}) {
    FullDisk disk;
    std::ostream out(&disk);
    EXPECT_EQ(line.RunInto(out, {"job", verb, "j"}).code, ExitCode::kFailure) << verb;
  }
}

TEST(ExitStatus, TroubleWithOnesOwnFilesIsNoConflict) {
  CommandLine line;
  line.server.farm().artifact_bytes = "x";
  const std::string sha256(64, 'a');
  ExpectFailure(line.Run({"artifact", "download", sha256, "--to", "no/such/folder/x"}), ExitCode::kFailure,
                "cannot be written");
  line.folder.Write("config/interneg", "a file where the folder should be");
  line.typed = "secret\n";
  ExpectFailure(line.Run({"login"}), ExitCode::kFailure, "cannot be written");
}

TEST(ExitStatus, AServerThatFailsIsNamedWithWhereToLook) {
  CommandLine line;
  line.server.farm().refuse["ListJobs"] = {grpc::StatusCode::INTERNAL, "a broken page"};
  const Outcome outcome = line.Run({"job", "list"});
  ExpectFailure(outcome, ExitCode::kFailure, "the server " + line.server.address());
  EXPECT_NE(outcome.error.find("a broken page; its log"), std::string::npos) << outcome.error;
}

TEST(ExitStatus, WaitingTooLongIsATimeout) {
  CommandLine line;
  line.server.farm().at_open_end = [] {};
  ExpectFailure(line.Run({"job", "wait", "j", "--timeout", "200ms"}), ExitCode::kTimeout, "interneg job watch j");
}

TEST(ExitStatus, CtrlCWhileWaitingSaysThatTheJobGoesOn) {
  CommandLine line;
  line.server.farm().at_open_end = [&] { line.interruption.Request(); };
  ExpectFailure(line.Run({"job", "wait", "j"}), ExitCode::kInterrupted, "interneg job cancel j");
}

TEST(ExitStatus, TheDoctorSaysWhatIsWrong) {
  CommandLine line;
  EXPECT_EQ(line.Run({"doctor"}).code, ExitCode::kOk);
  line.environment.variables["INTERNEG_TOKEN"] = "wrong";
  const Outcome outcome = line.Run({"doctor"});
  EXPECT_EQ(outcome.code, ExitCode::kNotAllowed);
  EXPECT_NE(outcome.out.find("token\tfailed\t"), std::string::npos) << outcome.out;
}

TEST(ExitStatus, TheDoctorsRemedyIsReadableOnANarrowTerminal) {
  CommandLine line;
  line.environment.out_is_terminal = true;
  line.environment.variables["INTERNEG_SERVER"] = "unix:" + (line.folder.path() / "no-socket").string();
  line.environment.variables["INTERNEG_RETRY_SECONDS"] = "0";
  const Outcome outcome = line.Run({"doctor"});
  EXPECT_NE(outcome.out.find("\n  → start the local stack with deploy/local/up, or name another with --server or "
                             "INTERNEG_SERVER\n"),
            std::string::npos)
      << outcome.out;
}

TEST(ExitStatus, ALoginThatIsRefusedKeepsNothing) {
  CommandLine line;
  const auto file = line.folder.Write("token", "wrong\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  line.environment.variables.erase("INTERNEG_TOKEN");
  EXPECT_EQ(line.Run({"login", "--token-file", file.string()}).code, ExitCode::kNotAllowed);
  EXPECT_FALSE(std::filesystem::exists(line.folder.path() / "config/interneg/login.toml"));
}

}  // namespace
}  // namespace interneg::cli
