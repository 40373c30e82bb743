#include <gtest/gtest.h>

#include "client/cli/message_json.h"
#include "tests/client/cli/command_line.h"

namespace interneg::cli {
namespace {

class Recover : public ::testing::Test {
 protected:
  Recover() {
    for (int frame = 1001; frame <= 1009; ++frame) {
      line_.folder.Write("faded/f." + std::to_string(frame) + ".png", "x");
      line_.folder.Write("colour/f." + std::to_string(frame) + ".png", "x");
    }
  }

  // The recovery of these tests, with some of its options given otherwise.
  Outcome Run(std::map<std::string, std::string> changes = {}, const std::vector<std::string>& more = {},
              const std::string& verb = "chroma") {
    std::map<std::string, std::string> options = {{"--project", "lab"},
                                                  {"--shot", "sh010"},
                                                  {"--source", "faded/f.%04d.png"},
                                                  {"--reference", "colour/f.%04d.png"},
                                                  {"--range", "1001-1009"},
                                                  {"--pairs", "1001,1005,1009"},
                                                  {"--output", "out/"},
                                                  {"--time-limit", "60s"}};
    for (const auto& [name, value] : changes) options[name] = value;
    std::vector<std::string> arguments = {"recover", verb};
    for (const auto& [name, value] : options) arguments.insert(arguments.end(), {name, value});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return line_.Run(arguments);
  }

  void ExpectUsage(const std::map<std::string, std::string>& changes, const std::string& said) {
    const Outcome outcome = Run(changes);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << outcome.error;
    EXPECT_NE(outcome.error.find(said), std::string::npos) << outcome.error;
    EXPECT_TRUE(line_.server.farm().submitted.empty()) << "nothing may be sent";
    EXPECT_TRUE(line_.server.farm().projects.empty());
  }

  static v1::WatchJobsResponse Ended(const char* id, v1::JobKind kind, std::uint64_t cursor) {
    v1::WatchJobsResponse event;
    event.set_cursor(cursor);
    event.set_job_id(id);
    event.mutable_job()->set_job_id(id);
    event.mutable_job()->set_kind(kind);
    event.mutable_job()->set_state(v1::JOB_STATE_SUCCEEDED);
    return event;
  }

  CommandLine line_;
};

TEST_F(Recover, BadInputIsToldBeforeAnythingIsSent) {
  ExpectUsage({{"--range", "1001..1009"}}, "--range: \"1001..1009\"");
  ExpectUsage({{"--pairs", "1001"}}, "--pairs: 1001 is one frame; training needs two or more");
  ExpectUsage({{"--pairs", "1001,1010"}}, "--pairs: frame 1010 lies outside --range 1001-1009");
  ExpectUsage({{"--held-out", "1005"}}, "--held-out: frame 1005 is also among --pairs");
  ExpectUsage({{"--range", "1001-1011"}}, "--source: frames 1010,1011 are missing");
  ExpectUsage({{"--source", "nowhere/f.%04d.png"}}, "--source: there is no folder");
  ExpectUsage({{"--source", "clip.mp4"}}, "--source: there is no file");
  ExpectUsage({{"--source", "clip.%04d.mp4"}}, "--source: clip.%04d.mp4 is a movie, which holds all its frames");
  ExpectUsage({{"--source", "scans:clip.mp4"}, {"--range", "0-5"}},
              "--range: 0-5 holds frame 0, but the frames of a movie");
  ExpectUsage({{"--scope", "scene"}}, "--scope: --pairs names the frames");
  ExpectUsage({{"--pair-count", "4"}}, "--pair-count: --pairs names the frames");
  ExpectUsage({{"--align-kind", "affine"}}, "--align-kind: with --pairs the reference must be registered");
  ExpectUsage({{"--output", "faded/f.%04d.png"}}, "--output: the frames would overwrite the source");
  ExpectUsage({{"--output", "colour/f.%04d.png"}}, "--output: the frames would overwrite the reference");
  ExpectUsage({{"--format", "jpeg"}}, "--format: \"jpeg\" is none of exr, tiff, png");
  ExpectUsage({{"--bit-depth", "uint8"}}, "--bit-depth: EXR holds half or float");
  ExpectUsage({{"--steps", "100"}}, "--steps, --time-limit: give one of the two");
  ExpectUsage({{"--plateau-validations", "5"}}, "--plateau-validations: says nothing without --plateau-gain");
  ExpectUsage({{"--time-limit", "soon"}}, "--time-limit: \"soon\" is no duration");
  ExpectUsage({{"--request-id", "17"}}, "--request-id: \"17\" is no UUID");
}

TEST_F(Recover, AnOutputThatIsAFileIsTold) {
  line_.folder.Write("out", "a file");
  ExpectUsage({}, "is a file, not a folder");
}

TEST_F(Recover, ADryRunPrintsWhatWouldBeSentAndNeedsNoServer) {
  line_.environment.variables["INTERNEG_SERVER"] = "127.0.0.1:1";
  const Outcome outcome = Run({{"--format", "png"}, {"--output-space", "same-as-source"}}, {"--dry-run"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const Json plan = Json::parse(outcome.out);
  const std::string here = "local:" + line_.folder.path().relative_path().string();
  EXPECT_EQ(plan["project"], "lab");
  const Json& train = plan["jobs"]["train"]["spec"]["train"];
  EXPECT_EQ(train["recovery"], "RECOVERY_CHROMA");
  EXPECT_EQ(train["source"]["path"], here + "/faded/f.%04d.png");
  EXPECT_EQ(train["pairs"], Json::array({1001, 1005, 1009}));
  EXPECT_EQ(train["training"]["timeLimitSeconds"], 60);
  const Json& output = plan["jobs"]["render"]["spec"]["render"]["output"];
  EXPECT_EQ(output["path"], here + "/out/f.%04d.png");
  EXPECT_EQ(output["colorSpace"], "same-as-source");
  EXPECT_EQ(output["format"], "FILE_FORMAT_PNG");
  EXPECT_EQ(plan["jobs"]["probe"]["spec"]["probe"]["media"].size(), 2U);
}

TEST_F(Recover, TrainsAndRendersAsAsked) {
  const std::string model(64, 'c');
  const Outcome outcome = Run({{"--patch-sampling", "by-difficulty"},
                               {"--grain-weight", "0"},
                               {"--initial-checkpoint", model},
                               {"--temporal-smoothing", "0.5"}},
                              {"--dry-run", "--multi-resolution"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const Json jobs = Json::parse(outcome.out)["jobs"];
  const Json& train = jobs["train"]["spec"]["train"];
  EXPECT_EQ(train["training"]["patchSampling"], "PATCH_SAMPLING_BY_DIFFICULTY");
  EXPECT_EQ(train["training"]["multiResolution"], true);
  EXPECT_EQ(train["training"]["grainWeight"], 0);
  EXPECT_EQ(train["initialCheckpointSha256"], model);
  EXPECT_EQ(jobs["render"]["spec"]["render"]["temporalSmoothing"], 0.5);
  ExpectUsage({{"--patch-sampling", "odd"}}, "--patch-sampling: \"odd\" is none of even, by-difficulty");
}

TEST_F(Recover, PatchesAndLossAreAsAsked) {
  const Outcome outcome = Run({{"--scale-range", "0.05"}, {"--tolerate-shift", "0"}, {"--chroma-bandwidth", "0.5"}},
                              {"--dry-run", "--no-flip", "--no-luma-match", "--no-multi-resolution"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const Json train = Json::parse(outcome.out)["jobs"]["train"]["spec"]["train"];
  const Json& training = train["training"];
  EXPECT_EQ(training["augmentation"], (Json{{"horizontalFlip", false}, {"scale", 0.05}}));
  EXPECT_EQ(training["lumaMatch"], false);
  EXPECT_EQ(training["multiResolution"], false);
  EXPECT_EQ(train["tolerance"], (Json{{"chromaBandwidth", 0.5}, {"shiftPx", 0}}));
}

TEST_F(Recover, WhatIsNotSaidOfPatchesAndLossIsTheRecipes) {
  const Json train = Json::parse(Run({}, {"--dry-run"}).out)["jobs"]["train"]["spec"]["train"];
  EXPECT_FALSE(train.contains("tolerance"));
  for (const char* field : {"augmentation", "lumaMatch", "multiResolution"})
    EXPECT_FALSE(train["training"].contains(field)) << field;
}

TEST_F(Recover, PatchesAndLossHaveTheirRange) {
  ExpectUsage({{"--exposure-range", "0.6"}}, "--exposure-range");
  ExpectUsage({{"--tolerate-shift", "2"}}, "--tolerate-shift");
  ExpectUsage({{"--chroma-bandwidth", "0"}}, "--chroma-bandwidth");
  EXPECT_EQ(Run({}, {"--dry-run", "--flip", "--no-flip"}).code, ExitCode::kUsage);
}

TEST_F(Recover, EveryRecoveryHasItsVerb) {
  for (const auto& [verb, recovery] :
       {std::pair{"spatial", "RECOVERY_SPATIAL"}, std::pair{"combined", "RECOVERY_COMBINED"},
        std::pair{"direct", "RECOVERY_DIRECT"}}) {
    const Outcome outcome = Run({}, {"--dry-run"}, verb);
    ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
    const Json plan = Json::parse(outcome.out);
    EXPECT_EQ(plan["jobs"]["train"]["spec"]["train"]["recovery"], recovery);
    EXPECT_EQ(plan["jobs"]["probe"]["spec"]["probe"]["recovery"], recovery);
    EXPECT_EQ(plan["dataset"]["name"], std::string("sh010-") + verb);
  }
  EXPECT_EQ(Run({}, {"--parsable"}, "direct").code, ExitCode::kOk);
  const Outcome dense = Run({}, {"--dense"});
  EXPECT_EQ(dense.code, ExitCode::kUsage);
  EXPECT_NE(dense.error.find("--dense: with --pairs the reference must be registered"), std::string::npos);
}

TEST_F(Recover, TheProjectsFileSaysTheColourOnce) {
  const std::string hash(64, 'a'), other(64, 'b');
  const auto file = line_.folder.Write(".interneg.toml", "ocio_config = \"shows:lab/c.ocio\"\nocio_sha256 = \"" + hash +
                                                             "\"\ndomain = \"log\"\nworking_space = \"ACEScct\"\n");
  const auto color = [&](const std::map<std::string, std::string>& changes) {
    const Outcome outcome = Run(changes, {"--dry-run"});
    EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
    return Json::parse(outcome.out)["jobs"]["train"]["spec"]["train"]["color"];
  };
  EXPECT_EQ(color({}), Json({{"config", "shows:lab/c.ocio"},
                             {"domain", "TRAINING_DOMAIN_LOG"},
                             {"workingSpace", "ACEScct"},
                             {"configSha256", hash}}));
  EXPECT_NE(Run({}, {"--dry-run"}).error.find("shows:lab/c.ocio (ocio_config of " + file.string() + ")"),
            std::string::npos);
  const Json own = color({{"--ocio-config", "shows:other.ocio"}, {"--domain", "display"}});
  EXPECT_EQ(own["config"], "shows:other.ocio");
  EXPECT_EQ(own["domain"], "TRAINING_DOMAIN_DISPLAY");
  EXPECT_FALSE(own.contains("configSha256")) << "it is the other configuration's";
  EXPECT_EQ(color({{"--ocio-config", "shows:lab/c.ocio"}})["configSha256"], hash) << "the same configuration";
  const Json built_in = color({{"--ocio-config", "builtin"}});
  EXPECT_EQ(built_in["domain"], "TRAINING_DOMAIN_LOG");
  EXPECT_FALSE(built_in.contains("config")) << built_in;
  EXPECT_FALSE(built_in.contains("configSha256")) << built_in;
  EXPECT_EQ(color({{"--ocio-sha256", other}})["configSha256"], other);
  ExpectUsage({{"--ocio-sha256", "ab"}}, "--ocio-sha256: \"ab\" is no SHA-256");
  line_.folder.Write(".interneg.toml", "ocio_config = \"builtin\"\nocio_sha256 = \"" + hash + "\"\n");
  for (const auto& changes :
       {std::map<std::string, std::string>{}, std::map<std::string, std::string>{{"--ocio-config", "builtin"}}}) {
    const Json pinned = color(changes);
    EXPECT_EQ(pinned["configSha256"], hash) << "the built-in configuration's";
    EXPECT_FALSE(pinned.contains("config")) << pinned;
  }
  line_.folder.Write(".interneg.toml", "domain = \"logarithmic\"\n");
  ExpectUsage({}, "domain of " + file.string() + ": \"logarithmic\" is none of display, log");
  line_.folder.Write(".interneg.toml", "ocio_sha256 = \"ab\"\n");
  ExpectUsage({}, "ocio_sha256 of " + file.string() + ": \"ab\" is no SHA-256");
}

class Negative : public Recover {
 protected:
  enum class Which { kSource, kReference };
  void Record(Which which) {
    v1::Media& medium = line_.server.farm().media["a-negative"];
    medium.set_media_id("media-neg");
    medium.set_name("camera-roll");
    const std::string folder = which == Which::kSource ? "/faded/" : "/colour/";
    medium.mutable_frames()->set_path("local:" + line_.folder.path().relative_path().string() + folder + "f.%04d.png");
    medium.mutable_frames()->set_color_space("ADX10");
    medium.mutable_element()->set_polarity("Negative");
  }
  void ExpectRefused(const Outcome& outcome, const std::vector<std::string>& parts) {
    EXPECT_EQ(outcome.code, ExitCode::kConflict) << outcome.error;
    for (const std::string& part : parts)
      EXPECT_NE(outcome.error.find(part), std::string::npos) << part << " in:\n" << outcome.error;
    EXPECT_TRUE(line_.server.farm().submitted.empty()) << "nothing may be sent";
    EXPECT_TRUE(line_.server.farm().datasets.empty());
  }
  static constexpr const char* kInvert = "invert:base-density=0.1/0.3/0.5";
};

TEST_F(Negative, ASourceThatNoStepInvertsIsRefused) {
  Record(Which::kSource);
  const std::string path = (line_.folder.path() / "faded/f.%04d.png").string();
  ExpectRefused(Run({}, {}, "combined"),
                {"source: the medium camera-roll (" + path + ") is recorded as a negative, and no step inverts it",
                 "`interneg-engine prepare estimate --step invert --source '" + path +
                     "' --source-space 'ADX10' --base X,Y,WIDTH,HEIGHT > invert.json`",
                 "--prepare-source @invert.json", "`interneg media set media-neg --polarity positive`"});
  ExpectRefused(Run({{"--prepare-source", "median:size=3"}}, {}, "direct"), {"no step inverts it"});
  const Outcome outcome = Run({{"--prepare-source", kInvert}}, {}, "direct");
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
}

// A step that was measured in another domain, or of other frames, inverts to another picture.
TEST_F(Negative, TheMeasurementIsOfTheTrainingsColours) {
  Record(Which::kSource);
  line_.server.farm().media.at("a-negative").mutable_frames()->set_range("1001-1009");
  line_.folder.Write(".interneg.toml", "ocio_config = \"shows:lab/c.ocio\"\ndomain = \"log\"\n");
  ExpectRefused(Run({}, {"--allow-linear-clamp"}, "combined"),
                {"f.%04d.png' --range 1001-1009 --source-space 'ADX10' --domain log --config 'shows:lab/c.ocio' "
                 "--allow-linear-clamp --root shows=FOLDER --base X,Y,WIDTH,HEIGHT > invert.json`"});
}

// Held is what the files have, and no step changes that.
TEST_F(Negative, ASourceWhosePlanesAreHeldIsRefusedWithAnInversionToo) {
  Record(Which::kSource);
  for (const char* verb : {"chroma", "spatial"}) {
    ExpectRefused(Run({{"--prepare-source", kInvert}}, {}, verb),
                  {"camera-roll", std::string("a ") + verb + " recovery delivers planes of the source's own files",
                   "recover combined or direct with an invert step"});
  }
}

TEST_F(Negative, AnInvertedSourceIsNeitherWeighedNorDelivered) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--invented-detail"}, {"--grain", "0"}, {"--render-crop", "0,0,64,64"}}) {
    const Outcome outcome = Run({{"--prepare-source", kInvert}}, more, "combined");
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << more[0];
    EXPECT_NE(outcome.error.find(more[0] + ": a step inverts the source"), std::string::npos) << outcome.error;
  }
  EXPECT_TRUE(line_.server.farm().submitted.empty());
  EXPECT_EQ(Run({{"--prepare-source", kInvert}}, {"--grain", "1", "--render-crop", "none"}, "combined").code,
            ExitCode::kOk);
}

TEST_F(Negative, AReferenceWantsItsStepInEveryRecovery) {
  Record(Which::kReference);
  ExpectRefused(Run(), {"reference: the medium camera-roll", "--prepare-reference @invert.json"});
  const Outcome outcome = Run({{"--prepare-reference", kInvert}});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
}

TEST_F(Recover, TheDefaultOutputIsExrNamedAfterTheSource) {
  const Json plan = Json::parse(Run({}, {"--dry-run"}).out);
  const Json& output = plan["jobs"]["render"]["spec"]["render"]["output"];
  EXPECT_EQ(output["path"], "local:" + line_.folder.path().relative_path().string() + "/out/f.%04d.exr");
  EXPECT_EQ(output["format"], "FILE_FORMAT_EXR");
}

TEST_F(Recover, AReferenceMayHaveThePairsAlone) {
  for (const int frame : {1002, 1003})
    std::filesystem::remove(line_.folder.path() / ("colour/f." + std::to_string(frame) + ".png"));
  ExpectUsage({}, "--reference: frames 1002,1003 are missing");
  EXPECT_EQ(Run({{"--reference-range", "1001,1005,1007,1009"}, {"--held-out", "1007"}}, {"--dry-run"}).code,
            ExitCode::kOk);
}

TEST_F(Recover, MakesWhatIsMissingAndChainsTheJobs) {
  const Outcome outcome = Run({}, {"--parsable"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.out, "render-1\n");
  EXPECT_NE(outcome.error.find("Made the project lab."), std::string::npos);
  const auto& jobs = line_.server.farm().submitted;
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_TRUE(jobs[0].spec().has_probe());
  EXPECT_EQ(jobs[0].project_id(), "project-lab");
  EXPECT_EQ(jobs[1].dependencies(0).job_id(), "probe-1");
  EXPECT_EQ(jobs[1].spec().train().dataset_sha256(), std::string(64, 'd'));
  EXPECT_EQ(jobs[1].spec().train().held_out(0), 1002) << "the server's choice is the job's";
  EXPECT_EQ(jobs[2].dependencies(0).job_id(), "train-1");
  EXPECT_EQ(jobs[2].spec().render().train_job_id(), "train-1");
}

TEST_F(Recover, ASecondOneFindsItsMediaAgain) {
  ASSERT_EQ(Run().code, ExitCode::kOk);
  ASSERT_EQ(line_.server.farm().media.size(), 2U);
  EXPECT_EQ(Run().code, ExitCode::kOk);
  EXPECT_EQ(line_.server.farm().media.size(), 2U);
}

// As `train submit --align` does: the very same frames are one medium, whoever registered it and whatever it is called.
TEST_F(Recover, TakesTheVeryMediumThatSomebodyRegistered) {
  v1::Media& scan = line_.server.farm().media["a-scan"];
  scan.set_media_id("media-scan");
  scan.mutable_frames()->set_path("local:" + line_.folder.path().relative_path().string() + "/faded/f.%04d.png");
  scan.mutable_frames()->set_range("1001-1009");
  v1::Media& linear = line_.server.farm().media["linear"];
  linear = scan;
  linear.set_media_id("media-linear");
  linear.mutable_frames()->set_color_space("ACEScg");
  ASSERT_EQ(Run().code, ExitCode::kOk);
  EXPECT_EQ(line_.server.farm().datasets.at(0).source_media_id(), "media-scan");
  ASSERT_EQ(Run({{"--source-space", "ACEScg"}}).code, ExitCode::kOk);
  EXPECT_EQ(line_.server.farm().datasets.at(1).source_media_id(), "media-linear");
  EXPECT_EQ(line_.server.farm().media.size(), 3U) << "the reference alone was missing";
}

TEST_F(Recover, TheSameRequestIdSendsTheSameIds) {
  const std::string id = "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11";
  ASSERT_EQ(Run({{"--request-id", id}}).code, ExitCode::kOk);
  ASSERT_EQ(Run({{"--request-id", id}}).code, ExitCode::kOk);
  const auto& jobs = line_.server.farm().submitted;
  ASSERT_EQ(jobs.size(), 6U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(jobs[i].request_id(), jobs[i + 3].request_id());
}

TEST_F(Recover, AFrameThatStandsThereIsToldBeforeAnythingIsSent) {
  line_.folder.Write("out/f.1003.exr", "somebody's");
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, ExitCode::kConflict);
  EXPECT_NE(outcome.error.find("/out/f.1003.exr stands there already; give another folder, or --replace"),
            std::string::npos)
      << outcome.error;
  EXPECT_TRUE(line_.server.farm().projects.empty());
  EXPECT_TRUE(line_.server.farm().submitted.empty());
  EXPECT_EQ(Run({}, {"--replace"}).code, ExitCode::kOk);
  // The frames may be those of the very request that is repeated.
  EXPECT_EQ(Run({{"--request-id", "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11"}}).code, ExitCode::kOk);
}

TEST_F(Recover, ARefusedRenderLeavesNothingRunningForNothing) {
  line_.server.farm().refuse["SubmitJob/render"] = {grpc::StatusCode::FAILED_PRECONDITION,
                                                    "render.output.path: local:out holds f.1003.exr of job j; set "
                                                    "`replace` to publish over it, or name another folder"};
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, ExitCode::kConflict);
  EXPECT_EQ(line_.server.farm().cancelled, (std::vector<std::string>{"train-1", "probe-1"}));
  EXPECT_NE(outcome.error.find("Cancelled the train job train-1."), std::string::npos) << outcome.error;
  EXPECT_NE(outcome.error.find("interneg: --output: local:out holds f.1003.exr of job j; give --replace to publish"),
            std::string::npos)
      << outcome.error;
}

TEST_F(Recover, WhatAServerDoesNotAnswerIsTakenUpByTheSameRequest) {
  line_.environment.variables["INTERNEG_RETRY_SECONDS"] = "0";
  line_.server.farm().refuse["SubmitJob/render"] = {grpc::StatusCode::UNAVAILABLE, "restarting"};
  const Outcome outcome = Run({{"--request-id", "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11"}});
  EXPECT_EQ(outcome.code, ExitCode::kUnavailable);
  EXPECT_TRUE(line_.server.farm().cancelled.empty());
  EXPECT_NE(outcome.error.find("with --request-id 0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11"), std::string::npos)
      << outcome.error;
}

TEST_F(Recover, WhatAServerHasNoRoomForIsTakenUpByTheSameRequest) {
  line_.server.farm().refuse["SubmitJob/render"] = {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls"};
  const Outcome outcome = Run();
  EXPECT_TRUE(line_.server.farm().cancelled.empty());
  EXPECT_NE(outcome.error.find("the same command with --request-id "), std::string::npos) << outcome.error;
}

TEST_F(Recover, ARefusalCancelsNothingThatAnEarlierRequestMayHaveMade) {
  line_.server.farm().refuse["SubmitJob/render"] = {grpc::StatusCode::FAILED_PRECONDITION, "no such root"};
  const Outcome outcome = Run({{"--request-id", "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11"}});
  EXPECT_EQ(outcome.code, ExitCode::kConflict);
  EXPECT_TRUE(line_.server.farm().cancelled.empty());
  EXPECT_NE(outcome.error.find("2 of 3 jobs were submitted"), std::string::npos) << outcome.error;
}

TEST_F(Recover, ItsReportCanBePrintedAgain) {
  FakeFarm& farm = line_.server.farm();
  for (const char* id : {"probe-1", "train-1", "render-1"}) farm.jobs[id].set_job_id(id);
  farm.jobs["probe-1"].set_kind(v1::JOB_KIND_PROBE);
  farm.jobs["train-1"].set_spec(R"({"schema":1,"train":{"pairs":[1001,1009],"heldOut":[1005]}})");
  farm.jobs["train-1"].add_dependencies()->set_job_id("probe-1");
  farm.jobs["render-1"].set_state(v1::JOB_STATE_SUCCEEDED);
  farm.jobs["render-1"].set_spec(
      R"({"schema":1,"render":{"trainJobId":"train-1","output":{"path":"local:home/ann/out/f.%04d.png"}}})");
  v1::Measure measure;
  measure.set_name("chroma_psnr_db");
  measure.set_subject("model");
  measure.set_scope("validation");
  measure.set_value(41.5);
  farm.measures = {measure};
  v1::RenderedFrame frame;
  frame.set_frame(1001);
  frame.set_proven(true);
  farm.frames = {frame};
  const Outcome outcome = line_.Run({"recover", "report", "render-1"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  for (const char* part : {"held-out frames 1005", "41.50", "proven on 1 of 1 frames",
                           "/home/ann/out/f.%04d.png (1001)", "probe probe-1, train train-1, render render-1"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << " in:\n" << outcome.out;
  EXPECT_EQ(line_.Run({"recover", "report", "train-1"}).code, ExitCode::kUsage);
}

TEST_F(Recover, WaitingEndsWithFiguresProofAndPaths) {
  FakeFarm& farm = line_.server.farm();
  farm.events = {Ended("probe-1", v1::JOB_KIND_PROBE, 1), Ended("train-1", v1::JOB_KIND_TRAIN, 2),
                 Ended("render-1", v1::JOB_KIND_RENDER, 3)};
  for (const auto& [subject, value] : {std::pair{"model", 41.5}, std::pair{"baseline", 38.25}}) {
    v1::Measure measure;
    measure.set_name("chroma_psnr_db");
    measure.set_subject(subject);
    measure.set_scope("validation");
    measure.set_value(value);
    farm.measures.push_back(measure);
  }
  v1::RenderedFrame frame;
  frame.set_frame(1001);
  frame.set_proven(true);
  farm.frames = {frame};
  const Outcome outcome = Run({}, {"--wait"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  for (const char* part : {"41.50", "38.25", "proven on 1 of 1 frames", "/out/f.%04d.exr (1001)", "render render-1"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << " in:\n" << outcome.out;
  EXPECT_NE(outcome.error.find("train: succeeded"), std::string::npos) << outcome.error;
}

TEST_F(Recover, AProbeThatFailsEndsTheWaitWithItsReason) {
  auto failed = Ended("probe-1", v1::JOB_KIND_PROBE, 1);
  failed.mutable_job()->set_state(v1::JOB_STATE_FAILED);
  failed.mutable_job()->mutable_failure()->set_message("faded/f.1003.png: the image is truncated");
  failed.mutable_job()->mutable_failure()->set_remedy("copy it again");
  line_.server.farm().events = {failed};
  line_.server.farm().at_open_end = [] {};
  const Outcome outcome = Run({}, {"--wait"});
  EXPECT_EQ(outcome.code, ExitCode::kJobFailed);
  EXPECT_NE(outcome.error.find("the probe job probe-1 failed: faded/f.1003.png: the image is truncated; copy it again"),
            std::string::npos)
      << outcome.error;
}

}  // namespace
}  // namespace interneg::cli
