// What is recorded of an element and said of a project reaches its jobs: a negative is not learnt from as it is, and an
// OCIO configuration that was pinned once is pinned in every job.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/e2e/stack.h"

namespace interneg::e2e {
namespace {

constexpr int kJobFailed = 3;  // client/cli/exit_code.h
constexpr int kConflict = 6;

class ElementFacts : public ::testing::Test {
 protected:
  ElementFacts() { MakeShot(stack_, stack_.folder() / "shot", "1001-1005", 192, 112); }

  void Write(const std::string& name, const std::string& text) const { std::ofstream(stack_.folder() / name) << text; }

  std::string AddFaded(const std::vector<std::string>& more) const {
    std::vector<std::string> add = {"media",   "add",      "shot/faded/f.%04d.png", "--project", "lab",
                                    "--range", "1001-1005"};
    add.insert(add.end(), more.begin(), more.end());
    const auto added = stack_.Json(add);
    return (added.is_array() ? added.at(0) : added).at("mediaId");
  }

  Finished RecoverCombined(const std::vector<std::string>& more) const {
    std::vector<std::string> recover = {"recover",
                                        "combined",
                                        "--project",
                                        "lab",
                                        "--shot",
                                        "sh010",
                                        "--source",
                                        "shot/faded/f.%04d.png",
                                        "--reference",
                                        "shot/reference/f.%04d.png",
                                        "--range",
                                        "1001-1005",
                                        "--pairs",
                                        "1001,1005",
                                        "--output",
                                        "out",
                                        "--format",
                                        "png",
                                        "--output-space",
                                        "same-as-source",
                                        "--size",
                                        "small",
                                        "--steps",
                                        "40",
                                        "--patch",
                                        "64",
                                        "--batch",
                                        "2",
                                        "--checkpoint-interval",
                                        "20"};
    recover.insert(recover.end(), more.begin(), more.end());
    return stack_.Client(recover, std::chrono::seconds(400));
  }

  Stack stack_;
};

TEST_F(ElementFacts, ANegativeIsLearntFromOnceItIsInverted) {
  ASSERT_EQ(stack_.Client({"project", "create", "lab"}).exit_code, 0);
  const std::string medium = AddFaded({"--polarity", "negative"});
  const auto refused = RecoverCombined({});
  EXPECT_EQ(refused.exit_code, kConflict) << refused.err;
  EXPECT_NE(refused.err.find("is recorded as a negative, and no step inverts it"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("media set " + medium + " --polarity positive"), std::string::npos) << refused.err;
  EXPECT_TRUE(stack_.Jobs().empty());

  const std::string faded = (stack_.folder() / "shot/faded/f.%04d.png").string();
  Write("invert.json", stack_.Tool("interneg-engine", {"prepare", "estimate", "--source", faded, "--step", "invert",
                                                       "--base", "picture"}));
  const auto recovered = RecoverCombined({"--prepare-source", "@invert.json", "--wait"});
  ASSERT_EQ(recovered.exit_code, 0) << recovered.out << recovered.err << stack_.Logs();
  int trainings = 0;
  for (const auto& job : stack_.Jobs()) {
    if (job.at("kind") != "JOB_KIND_TRAIN") continue;
    ++trainings;
    const auto& steps = job.at("spec").at("train").at("sourcePreparation");
    EXPECT_EQ(steps.at(0).at("invert").at("baseDensity").size(), 3U) << "stored as numbers";
    int checkpoints = 0, best = 0;
    for (const auto& artifact : stack_.Json({"artifact", "list", job.at("jobId"), "--kind", "checkpoint"})) {
      ++checkpoints;
      if (!artifact.at("best").get<bool>()) continue;
      ++best;
      EXPECT_EQ(artifact.at("sha256"), job.at("bestCheckpointSha256"));
    }
    EXPECT_GE(checkpoints, 2);
    EXPECT_EQ(best, 1);
  }
  ASSERT_EQ(trainings, 1);
}

TEST_F(ElementFacts, AConfigurationIsPinnedOnceForAllJobs) {
  Write(".interneg.toml", "project = \"lab\"\n");
  ASSERT_EQ(stack_.Client({"project", "create", "lab"}).exit_code, 0);
  const std::string medium = AddFaded({});
  const auto report = stack_.Json({"media", "check", medium});
  const std::string hash = report.at("colorConfigSha256");
  Write(".interneg.toml", "project = \"lab\"\nocio_sha256 = \"" + hash + "\"\n");
  EXPECT_EQ(stack_.Client({"media", "check", medium}).exit_code, 0);
  Write(".interneg.toml", "project = \"lab\"\nocio_sha256 = \"" + std::string(64, 'a') + "\"\n");
  const auto refused = stack_.Client({"media", "check", medium});
  EXPECT_EQ(refused.exit_code, kJobFailed) << refused.err;
  EXPECT_NE(refused.err.find("(ocio_sha256 of " + (stack_.folder() / ".interneg.toml").string() + ")"),
            std::string::npos)
      << refused.err;
  EXPECT_NE(refused.err.find(hash), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace interneg::e2e
