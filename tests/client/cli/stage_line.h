// A person with two elements of a film in an empty folder: a scan, and a tape's frames of another numbering.
#ifndef INTERNEG_TESTS_CLIENT_CLI_STAGE_LINE_H_
#define INTERNEG_TESTS_CLIENT_CLI_STAGE_LINE_H_

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client/cli/message_json.h"
#include "tests/client/cli/command_line.h"

namespace interneg::cli {

class StageTest : public ::testing::Test {
 protected:
  StageTest() {
    for (int frame = 1001; frame <= 1009; ++frame) line_.folder.Write("scan/f." + std::to_string(frame) + ".png", "x");
    for (int frame = 5; frame <= 12; ++frame) line_.folder.Write("tape/t." + std::to_string(frame) + ".png", "x");
    v1::Project& project = farm().projects["lab"];
    project.set_name("lab");
    project.set_project_id("project-lab");
  }

  FakeFarm& farm() { return line_.server.farm(); }
  std::string Here() const { return "local:" + line_.folder.path().relative_path().string(); }

  // The document of a job of that kind on these elements, with more fields.
  std::string Spec(const char* kind, const Json& more = Json::object()) const {
    Json job = {{"source", {{"path", Here() + "/scan/f.%04d.png"}, {"range", "1001-1009"}}},
                {"reference", {{"path", Here() + "/tape/t.%d.png"}, {"range", "5-12"}}},
                {"color", {{"domain", "TRAINING_DOMAIN_LOG"}}}};
    job.update(more);
    return Json{{"schema", 2}, {kind, job}}.dump();
  }

  // Nothing may have been submitted.
  void ExpectRefused(const std::vector<std::string>& arguments, const std::string& said) {
    const std::size_t before = farm().submitted.size();
    const Outcome outcome = line_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << arguments.at(1) << ' ' << outcome.error;
    EXPECT_NE(outcome.error.find(said), std::string::npos) << outcome.error << "\nwanted: " << said;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(farm().submitted.size(), before);
  }

  void ExpectParts(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << " in:\n" << text;
  }

  // The events of a job that ends at once.
  void EndsAs(const std::string& id, v1::JobKind kind, v1::JobState state = v1::JOB_STATE_SUCCEEDED) {
    v1::WatchJobsResponse& event = farm().events.emplace_back();
    event.set_cursor(farm().events.size());
    event.set_job_id(id);
    event.mutable_job()->set_job_id(id);
    event.mutable_job()->set_kind(kind);
    event.mutable_job()->set_state(state);
  }

  CommandLine line_;
};

// Arguments with others behind them.
inline std::vector<std::string> With(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace interneg::cli

#endif  // INTERNEG_TESTS_CLIENT_CLI_STAGE_LINE_H_
