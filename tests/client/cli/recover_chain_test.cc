#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kAlignment = R"({"schema":1,"source":{"range":"1001-1009"},"reference":{"range":"1-60"},"pairs":[
  {"sourceFrame":1001,"referenceFrame":5,"verdict":"good","estimatedRmsPx":0.9},
  {"sourceFrame":1004,"referenceFrame":8,"verdict":"usable","estimatedRmsPx":0.21,"residual":0.12,"reason":"weave"},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"verdict":"good"},
  {"sourceFrame":1009,"referenceFrame":12,"verdict":"good","estimatedRmsPx":0.1}]})";

class RecoverChain : public StageTest {
 protected:
  RecoverChain() { AllEnd(); }
  std::vector<std::string> Line() {
    return {"recover",         "chroma",      "--project",     "lab",     "--shot",    "sh010",    "--source",
            "scan/f.%04d.png", "--reference", "tape/t.%d.png", "--range", "1001-1009", "--output", "out/"};
  }
  void AllEnd() {
    for (const auto kind : {v1::JOB_KIND_PROBE, v1::JOB_KIND_MATCH, v1::JOB_KIND_CURATE, v1::JOB_KIND_ALIGN,
                            v1::JOB_KIND_TRAIN, v1::JOB_KIND_RENDER})
      EndsAs(Word(kind) + "-1", kind);
    v1::Measure& measure = farm().measures.emplace_back();
    measure.set_name("chroma_psnr_db");
    measure.set_subject("model");
    measure.set_scope("validation");
    measure.set_value(41.5);
    farm().Store(
        "curate-1", "pair_choice",
        R"({"schema":1,"pairs":[{"sourceFrame":1004,"referenceFrame":8,"compromises":["accepted though blurred"]}]})");
    farm().Store("align-1", "alignment", kAlignment);
  }
  static std::string Word(v1::JobKind kind) {
    std::string word = v1::JobKind_Name(kind).substr(9);
    for (char& c : word) c = static_cast<char>(std::tolower(c));
    return word;
  }
  const std::vector<std::string> report_ = {
      "Validation, on the held-out frames 1005",
      "41.50",
      "Pairs:      trained on 1001,1004,1009, held out 1005; ",
      "Alignment:  worst pair 1004 → 8: 0.21 px RMS, residual 0.12, usable: weave",
      "interneg match get match-1",
      "interneg dataset suggestion curate-1",
      "interneg align get align-1",
      "probe probe-1, match match-1, curate curate-1, align align-1, train train-1, render render-1"};
};

TEST_F(RecoverChain, EveryJobNamesTheOnesWhoseResultsItReads) {
  const Outcome outcome = line_.Run(With(Line(), {"--scope", "scene", "--pair-count", "9", "--align-kind", "homography",
                                                  "--dense", "--steps", "100", "--reference-space", "Rec.709"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const auto& jobs = farm().submitted;
  ASSERT_EQ(jobs.size(), 6U);
  const v1::ProbeJob& probe = jobs[0].spec().probe();
  ASSERT_EQ(probe.media_size(), 1) << "two raw elements have no parity";
  EXPECT_EQ(probe.media(0).path(), Here() + "/scan/f.%04d.png");
  EXPECT_EQ(probe.output().path(), Here() + "/out/f.%04d.exr");
  EXPECT_EQ(probe.recovery(), v1::RECOVERY_CHROMA);

  const v1::MatchJob& match = jobs[1].spec().match();
  EXPECT_EQ(jobs[1].dependencies(0).job_id(), "probe-1");
  EXPECT_EQ(match.source().range(), "1001-1009");
  EXPECT_EQ(match.reference().range(), "") << "every frame that lies there when it is matched";
  EXPECT_EQ(match.reference().color_space(), "Rec.709");

  const v1::CurateJob& curate = jobs[2].spec().curate();
  EXPECT_EQ(curate.frame_map().job_id(), "match-1");
  EXPECT_EQ(curate.scope(), v1::CURATION_SCOPE_SCENE);
  EXPECT_EQ(curate.pairs(), 9U);

  const v1::AlignJob& align = jobs[3].spec().align();
  EXPECT_EQ(align.pair_choice().job_id(), "curate-1");
  EXPECT_EQ(align.frame_map().job_id(), "match-1");
  EXPECT_EQ(align.kind(), v1::TRANSFORM_KIND_HOMOGRAPHY);
  EXPECT_TRUE(align.dense());

  const v1::TrainJob& train = jobs[4].spec().train();
  EXPECT_EQ(train.recovery(), v1::RECOVERY_CHROMA);
  EXPECT_EQ(train.alignment().job_id(), "align-1");
  EXPECT_EQ(Json(std::vector<int>(train.pairs().begin(), train.pairs().end())), Json({1001, 1004, 1009}));
  EXPECT_EQ(train.held_out(0), 1005);
  EXPECT_EQ(train.partners(1).reference_frame(), 8);
  EXPECT_EQ(train.dataset_sha256(), std::string(64, 'd'));
  EXPECT_EQ(train.training().steps(), 100U);

  EXPECT_EQ(jobs[5].spec().render().train_job_id(), "train-1");
  EXPECT_EQ(jobs[5].dependencies(0).job_id(), "train-1");
  for (const auto& job : jobs) EXPECT_EQ(job.project_id(), "project-lab");
  EXPECT_EQ(farm().media.size(), 2U);
}

TEST_F(RecoverChain, WhatWasFoundIsADatasetVersionBeforeItIsTrainedOn) {
  ASSERT_EQ(line_.Run(With(Line(), {"--note", "first try"})).code, ExitCode::kOk);
  ASSERT_EQ(farm().datasets.size(), 1U);
  const v1::DatasetVersion& dataset = farm().datasets[0];
  EXPECT_EQ(dataset.name(), "sh010-chroma");
  EXPECT_EQ(dataset.state(), v1::DATASET_STATE_LOCKED);
  const v1::DatasetContent& content = dataset.content();
  EXPECT_EQ(content.alignment_sha256(), farm().artifacts.back().sha256());
  ASSERT_EQ(content.pairs_size(), 4);
  EXPECT_EQ(content.pairs(1).reference_frame(), 8);
  EXPECT_EQ(content.pairs(1).compromises(0), "accepted though blurred");
  EXPECT_TRUE(content.pairs(2).held_out());
  EXPECT_EQ(content.source_media_id(), "media-1");
}

TEST_F(RecoverChain, AnUnusableHeldOutPairIsReplaced) {
  farm().Store("align-1", "alignment",
               R"({"schema":1,"source":{"range":"1001-1009"},"reference":{"range":"1-60"},"pairs":[
    {"sourceFrame":1001,"referenceFrame":5,"verdict":"good"},{"sourceFrame":1004,"referenceFrame":8,"verdict":"good"},
    {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"verdict":"unusable","reason":"it differs"},
    {"sourceFrame":1009,"referenceFrame":12,"verdict":"usable"}]})");
  const Outcome outcome = line_.Run(Line());
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.error, {"Frame 1005 is left out: its alignment is unusable (it differs).",
                              "Frame 1004 is held out instead of trained on"});
  const v1::TrainJob& train = farm().submitted.at(4).spec().train();
  EXPECT_EQ(train.held_out(0), 1004);
  EXPECT_EQ(train.pairs_size(), 2);
}

TEST_F(RecoverChain, NothingIsTrainedAfterAnAlignmentThatFailed) {
  farm().events.clear();
  EndsAs("align-1", v1::JOB_KIND_ALIGN, v1::JOB_STATE_FAILED);
  const Outcome outcome = line_.Run(Line());
  EXPECT_EQ(outcome.code, ExitCode::kJobFailed);
  ExpectParts(outcome.error, {"the align job align-1 failed"});
  EXPECT_EQ(farm().submitted.size(), 4U);
  EXPECT_TRUE(farm().datasets.empty());
}

TEST_F(RecoverChain, ADryRunPrintsAllJobsAndNeedsNoServer) {
  line_.environment.variables["INTERNEG_SERVER"] = "127.0.0.1:1";
  const Outcome outcome = line_.Run(With(Line(), {"--dry-run"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const Json plan = Json::parse(outcome.out);
  EXPECT_EQ(plan["dataset"]["name"], "sh010-chroma");
  std::vector<std::string> parts;
  for (const auto& [part, job] : plan["jobs"].items()) parts.push_back(part);
  EXPECT_EQ(parts, (std::vector<std::string>{"probe", "match", "curate", "align", "train", "render"}));
  EXPECT_EQ(plan["jobs"]["align"]["spec"]["align"]["pairChoice"]["jobId"], "curate");
  EXPECT_EQ(plan["jobs"]["train"]["dependsOn"], "align");
}

TEST_F(RecoverChain, AMovieReferenceWithoutARangeIsTheWholeMovie) {
  auto arguments = Line();
  arguments[9] = "tapes:reel2.mxf";
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(1).spec().match().reference().path(), "tapes:reel2.mxf");
  for (const int job : {1, 2, 3}) {
    const v1::JobSpec& spec = farm().submitted.at(static_cast<std::size_t>(job)).spec();
    EXPECT_EQ(job == 1 ? spec.match().reference().range()
              : job == 2 ? spec.curate().reference().range()
                         : spec.align().reference().range(),
              "");
  }
  EXPECT_EQ(farm().submitted.at(4).spec().train().reference().range(), "");
  const v1::DatasetVersion& version = farm().datasets.front();
  for (const auto& [name, medium] : farm().media) {
    if (medium.media_id() != version.content().reference_media_id()) continue;
    EXPECT_EQ(medium.frames().range(), "1-60") << "what the alignment saw";
  }
}

// The server takes a request id for the same documents alone: they must not depend on what lies there meanwhile.
TEST_F(RecoverChain, IsTakenUpWhereItStoodThoughTheReferenceHasGrown) {
  const auto line = With(Line(), {"--request-id", "2b929aeb-95f7-4013-96e6-a506fdd54830"});
  farm().refuse["SubmitJob/train"] = {grpc::StatusCode::INTERNAL, "the client was killed here"};
  EXPECT_NE(line_.Run(line).code, ExitCode::kOk);
  farm().refuse.clear();
  line_.folder.Write("tape/t.13.png", "x");
  const auto before = farm().submitted;
  ASSERT_EQ(line_.Run(line).code, ExitCode::kOk);
  ASSERT_EQ(before.size(), 4U);
  ASSERT_EQ(farm().submitted.size(), 4U + 6U);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].SerializeAsString(), farm().submitted[4 + i].SerializeAsString()) << "job " << i;
  }
  for (const auto& [name, medium] : farm().media) {
    if (medium.frames().path() != Here() + "/tape/t.%d.png") continue;
    EXPECT_EQ(medium.frames().range(), "1-60");
  }
}

TEST_F(RecoverChain, AMoviesFramesAreWrittenOneAFile) {
  auto arguments = Line();
  arguments[7] = "tapes:reel1.mov";
  arguments[11] = "1-200";
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(5).spec().render().output().path(), Here() + "/out/reel1.%04d.exr");
}

TEST_F(RecoverChain, BadInputIsToldBeforeAnythingIsSent) {
  ExpectRefused(With(Line(), {"--held-out", "1005"}), "--held-out: goes with --pairs");
  ExpectRefused(With(Line(), {"--render-crop", "1,0,640,480"}), "--render-crop: 1,0,640,480 has odd numbers");
  ExpectRefused(With(Line(), {"--pair-count", "1"}), "--pair-count: training needs two or more");
  ExpectRefused(With(Line(), {"--scope", "reel"}), "--scope: \"reel\" is none of shot, scene, sequence");
  ExpectRefused(With(Line(), {"--align-kind", "warp"}), "--align-kind: \"warp\" is none of");
  ExpectRefused(With(Line(), {"--preview-frame", "7"}), "--preview-frame: frame 7 lies outside --range");
}

TEST_F(RecoverChain, ARefusedPartTakesBackWhatWasSubmitted) {
  farm().refuse["SubmitJob/align"] = {grpc::StatusCode::INVALID_ARGUMENT, "align.kind: is not known"};
  EXPECT_EQ(line_.Run(Line()).code, ExitCode::kUsage);
  EXPECT_EQ(farm().cancelled, (std::vector<std::string>{"curate-1", "match-1", "probe-1"}));
}

TEST_F(RecoverChain, WhatAServerDoesNotAnswerIsTakenUpByTheSameRequest) {
  line_.environment.variables["INTERNEG_RETRY_SECONDS"] = "0";
  farm().refuse["SubmitJob/train"] = {grpc::StatusCode::UNAVAILABLE, "restarting"};
  const Outcome outcome = line_.Run(Line());
  EXPECT_EQ(outcome.code, ExitCode::kUnavailable);
  EXPECT_TRUE(farm().cancelled.empty());
  ExpectParts(outcome.error, {"4 of 6 jobs were submitted"});
}

TEST_F(RecoverChain, WaitingEndsWithFiguresPairsAndTheWorstAlignment) {
  const Outcome outcome = line_.Run(With(Line(), {"--wait"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.out, report_);
  ExpectParts(outcome.out, {"dataset sh010-chroma version 1"});
  ExpectParts(outcome.error, {"match: succeeded", "curate: succeeded", "align: succeeded"});
}

TEST_F(RecoverChain, ItsReportCanBePrintedAgain) {
  ASSERT_EQ(line_.Run(Line()).code, ExitCode::kOk);
  const auto sent = farm().submitted;
  const char* const ids[] = {"probe-1", "match-1", "curate-1", "align-1", "train-1", "render-1"};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    v1::Job& job = farm().jobs.at(ids[i]);
    job.set_spec(ToJson(sent[i].spec(), Defaults::kLeftOut).dump());
    job.set_state(v1::JOB_STATE_SUCCEEDED);
    *job.mutable_dependencies() = sent[i].dependencies();
  }
  const Outcome outcome = line_.Run({"recover", "report", "render-1"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.out, report_);
  const Json json = Json::parse(line_.Run({"recover", "report", "render-1", "-o", "json"}).out);
  EXPECT_EQ(json["found"]["pairs"], Json({1001, 1004, 1009}));
  EXPECT_EQ(json["found"]["worstAlignment"]["sourceFrame"], 1004);
  EXPECT_EQ(json["jobs"].size(), 6U);
  EXPECT_EQ(json["dataset"]["sha256"], std::string(64, 'd'));
}

}  // namespace
}  // namespace interneg::cli
