// Streams that break: each goes on where it ended, and nothing is shown twice or left out.
#include <gtest/gtest.h>

#include "client/cli/digest.h"
#include "client/cli/message_json.h"
#include "tests/client/cli/command_line.h"

namespace interneg::cli {
namespace {

v1::WatchJobsResponse Loss(std::uint64_t cursor) {
  v1::WatchJobsResponse event;
  event.set_cursor(cursor);
  event.set_job_id("j");
  event.mutable_loss()->set_step(static_cast<std::uint32_t>(cursor));
  event.mutable_loss()->set_loss(0.5);
  return event;
}

TEST(Watch, ABrokenStreamGoesOnFromItsCursor) {
  CommandLine line;
  FakeFarm& farm = line.server.farm();
  farm.events = {Loss(11), Loss(12), Loss(13), Loss(14)};
  farm.breaks = {2, 0, 1};
  const Outcome outcome = line.Run({"job", "watch", "j", "-o", "jsonl"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(farm.watch_cursors, (std::vector<std::uint64_t>{0, 12, 12, 13}));
  std::stringstream lines(outcome.out);
  std::vector<std::string> cursors;
  for (std::string text; std::getline(lines, text);) cursors.push_back(Json::parse(text)["cursor"]);
  EXPECT_EQ(cursors, (std::vector<std::string>{"11", "12", "13", "14"}));
}

TEST(Watch, ACursorOfTheCallersIsWhereItBegins) {
  CommandLine line;
  line.server.farm().events = {Loss(11), Loss(12)};
  EXPECT_EQ(line.Run({"job", "watch", "j", "--cursor", "11"}).out, "12\t\tj\tstep 12 loss 0.5\n");
}

TEST(Watch, ASlowWatcherThatIsEndedGoesOn) {
  CommandLine line;
  line.server.farm().refuse_once["WatchJobs"] = {grpc::StatusCode::RESOURCE_EXHAUSTED, "reads too slowly"};
  line.server.farm().events = {Loss(1)};
  EXPECT_EQ(line.Run({"job", "watch", "j"}).out, "1\t\tj\tstep 1 loss 0.5\n");
}

TEST(Logs, ABrokenLogIsPrintedOnce) {
  CommandLine line;
  line.server.farm().log_parts = {"one\n", "two\n", "three\n"};
  line.server.farm().breaks = {1};
  const Outcome outcome = line.Run({"job", "logs", "j"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.out, "one\ntwo\nthree\n");
}

// Only the training knows which of its checkpoints is the best.
TEST(Artifacts, TheBestCheckpointIsMarked) {
  CommandLine line;
  FakeFarm& farm = line.server.farm();
  for (const int step : {100, 200, 300}) {
    farm.Store("train-1", "checkpoint", "step " + std::to_string(step));
    farm.artifacts.back().set_step(static_cast<std::uint32_t>(step));
  }
  farm.Store("train-1", "preview", "picture");
  farm.AddJob("train-1", v1::JOB_KIND_TRAIN, "{}").set_best_checkpoint_sha256(Sha256Hex("step 200"));
  Outcome outcome = line.Run({"artifact", "list", "train-1", "-o", "json"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const Json listed = Json::parse(outcome.out);
  ASSERT_EQ(listed.size(), 4U);
  EXPECT_EQ(listed[0]["best"], false);
  EXPECT_EQ(listed[1]["best"], true);
  EXPECT_EQ(listed[1]["step"], 200);
  EXPECT_FALSE(listed[3].contains("best")) << "a preview is none";
  outcome = line.Run({"artifact", "list", "train-1"});
  std::stringstream lines(outcome.out);
  std::vector<std::string> marked;
  for (std::string text; std::getline(lines, text);)
    if (text.find("\tbest\t") != std::string::npos) marked.push_back(text.substr(0, 64));
  EXPECT_EQ(marked, (std::vector<std::string>{Sha256Hex("step 200")})) << outcome.out;
}

TEST(Download, ABrokenOneIsTakenUpAndVerified) {
  CommandLine line;
  FakeFarm& farm = line.server.farm();
  farm.artifact_bytes = "0123456789abcdef";
  farm.download_breaks_at = 8;
  const std::string sha256 = Sha256Hex(farm.artifact_bytes);
  const Outcome outcome = line.Run({"artifact", "download", sha256, "--to", "model.pt"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(line.folder.Read("model.pt"), farm.artifact_bytes);
  EXPECT_EQ(farm.download_offsets, (std::vector<std::uint64_t>{0, 8}));
}

TEST(Download, BytesOfAnotherHashAreNotKept) {
  CommandLine line;
  line.server.farm().artifact_bytes = "something else";
  const Outcome outcome = line.Run({"artifact", "download", Sha256Hex("wanted"), "--to", "model.pt"});
  EXPECT_EQ(outcome.code, ExitCode::kFailure);
  EXPECT_FALSE(std::filesystem::exists(line.folder.path() / "model.pt"));
  EXPECT_FALSE(std::filesystem::exists(line.folder.path() / "model.pt.part"));
}

}  // namespace
}  // namespace interneg::cli
