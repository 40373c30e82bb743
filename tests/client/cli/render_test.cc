#include <gtest/gtest.h>

#include "client/cli/message_json.h"
#include "tests/client/cli/command_line.h"

namespace interneg::cli {
namespace {

// A training whose frames lie here, done.
class Render : public ::testing::Test {
 protected:
  Render() {
    const std::string here = "local:" + line_.folder.path().relative_path().string();
    for (const char* frame : {"1001", "1002"}) line_.folder.Write("faded/f." + std::string(frame) + ".png", "x");
    v1::Job& job = line_.server.farm().jobs["train-1"];
    job.set_job_id("train-1");
    job.set_kind(v1::JOB_KIND_TRAIN);
    job.set_project_id("project-lab");
    job.set_spec(Json{{"schema", 1},
                      {"train",
                       {{"source", {{"path", here + "/faded/f.%04d.png"}, {"range", "1001-1002"}}},
                        {"reference", {{"path", here + "/colour/f.%04d.png"}, {"range", "1001-1002"}}},
                        {"color", {{"domain", "TRAINING_DOMAIN_LOG"}}}}}}
                     .dump());
  }

  Outcome Submit(const std::string& output, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"render", "submit", "--train-job", "train-1", "--output", output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return line_.Run(arguments);
  }

  CommandLine line_;
};

TEST_F(Render, TakesTheTrainingsFramesAndColours) {
  ASSERT_EQ(Submit("out/").code, ExitCode::kOk);
  const v1::RenderJob& render = line_.server.farm().submitted.at(0).spec().render();
  EXPECT_EQ(render.source().range(), "1001-1002");
  EXPECT_EQ(render.color().domain(), v1::TRAINING_DOMAIN_LOG);
}

TEST_F(Render, AppliesTheModelAsAsked) {
  ASSERT_EQ(Submit("out/", {"--fine-detail", "0.5", "--grain", "0", "--invented-detail"}).code, ExitCode::kOk);
  const v1::RenderJob& render = line_.server.farm().submitted.at(0).spec().render();
  EXPECT_EQ(render.detail().fine(), 0.5);
  EXPECT_FALSE(render.detail().has_middle());
  EXPECT_TRUE(render.detail().has_grain());
  EXPECT_EQ(render.detail().grain(), 0.0);
  EXPECT_TRUE(render.invented_detail());
  EXPECT_EQ(Submit("out/", {"--temporal-smoothing", "2"}).code, ExitCode::kUsage);
}

TEST_F(Render, RefusesColourOptionsThatTheTrainingHasSettled) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--domain", "display"},
                                               {"--matrix", "bt709"},
                                               {"--working-space", "ACEScg"},
                                               {"--ocio-config", "x.ocio"},
                                               {"--ocio-sha256", "ab"},
                                               {"--allow-linear-clamp"},
                                               {"--source-space", "sRGB"}}) {
    const Outcome outcome = Submit("out/", more);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << more[0];
    EXPECT_NE(outcome.error.find(more[0] + ": "), std::string::npos) << outcome.error;
  }
  EXPECT_TRUE(line_.server.farm().submitted.empty());
}

TEST_F(Render, DoesNotLandOnItsInputsOrOnFramesThatStandThere) {
  EXPECT_NE(Submit("faded/f.%04d.png").error.find("would overwrite the source"), std::string::npos);
  EXPECT_NE(Submit("colour/f.%04d.png").error.find("would overwrite the reference"), std::string::npos);
  line_.folder.Write("out/f.1002.exr", "somebody's");
  EXPECT_EQ(Submit("out/").code, ExitCode::kConflict);
  EXPECT_TRUE(line_.server.farm().submitted.empty());
  EXPECT_EQ(Submit("out/", {"--replace"}).code, ExitCode::kOk);
}

TEST_F(Render, AJobDocumentCanBeSubmittedAsItIs) {
  line_.server.farm().projects["lab"].set_project_id("project-lab");
  line_.typed = R"({"render":{"source":{"path":"scans:f.%04d.exr","range":"1-2"},"checkpointSha256":"ab"}})";
  ASSERT_EQ(line_.Run({"job", "submit", "--spec", "-", "--project", "lab", "--after", "train-1"}).code, ExitCode::kOk);
  const v1::SubmitJobRequest& request = line_.server.farm().submitted.at(0);
  EXPECT_EQ(request.spec().schema(), 1U) << "the server raises it to what the fields need";
  EXPECT_EQ(request.spec().render().source().path(), "scans:f.%04d.exr");
  EXPECT_EQ(request.dependencies(0).job_id(), "train-1");
  line_.typed = R"({"rendr":{}})";
  const Outcome outcome = line_.Run({"job", "submit", "--spec", "-", "--project", "lab"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_NE(outcome.error.find("--spec: stdin is no job document"), std::string::npos) << outcome.error;
}

}  // namespace
}  // namespace interneg::cli
