#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kMap = R"({"schema":1,"orientation":"mirrored","unknownField":7,"frames":[
  {"source":1001,"state":"MATCH_STATE_UNMATCHED"},
  {"source":1002,"reference":5,"state":"MATCH_STATE_MATCHED","score":0.98,"margin":0.25},
  {"source":1003,"reference":6,"state":"MATCH_STATE_MATCHED","score":0.97,"margin":0.2},
  {"source":1004,"reference":7,"state":"MATCH_STATE_HELD","score":0.96,"heldFirst":7,"heldLast":9},
  {"source":1005,"reference":10,"state":"MATCH_STATE_UNCERTAIN","score":0.5}],
 "spans":[{"sourceFirst":1002,"sourceLast":1004,"referenceFirst":5,"referenceLast":7,"cadence":"one-to-one",
   "referenceRate":1,"sourceRate":1,"offset":-997,"agreement":1,"score":0.97},
  {"sourceFirst":1005,"sourceLast":1009,"referenceFirst":8,"referenceLast":11,"cadence":"pulled","referenceRate":24,
   "sourceRate":25,"agreement":0.9,"score":0.8}],
 "gaps":[{"first":1001,"last":1001},{"ofReference":true,"first":12,"last":14}],
 "uncertain":[{"first":1005,"last":1006,"reason":"a dissolve"}],"notes":["the tape is faded"],
 "edits":[{"unset":"1001"}]})";

class Match : public StageTest {
 protected:
  std::vector<std::string> RunLine() {
    return {"match",           "run",         "--project",     "lab",     "--shot",   "sh010", "--source",
            "scan/f.%04d.png", "--reference", "tape/t.%d.png", "--range", "1001-1009"};
  }
  std::vector<std::string> EditLine() { return {"match", "edit", "match-0"}; }
};

TEST_F(Match, ARunSendsBothElementsAndEveryReferenceFrameThatLiesThere) {
  const Outcome outcome = line_.Run(With(
      RunLine(), {"--source-space", "ACEScct", "--domain", "log", "--priority", "5", "--pool", "big", "--parsable"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.out, "match-1\n");
  EXPECT_NE(outcome.error.find("`interneg match get match-1`"), std::string::npos) << outcome.error;
  ASSERT_EQ(farm().submitted.size(), 1U);
  v1::SubmitJobRequest wanted;
  wanted.set_request_id("00000000-0000-4000-8000-000000000001");
  wanted.set_project_id("project-lab");
  wanted.set_shot("sh010");
  wanted.set_priority(5);
  wanted.set_pool("big");
  wanted.mutable_spec()->set_schema(1);
  v1::MatchJob& match = *wanted.mutable_spec()->mutable_match();
  match.mutable_source()->set_path(Here() + "/scan/f.%04d.png");
  match.mutable_source()->set_range("1001-1009");
  match.mutable_source()->set_color_space("ACEScct");
  match.mutable_reference()->set_path(Here() + "/tape/t.%d.png");
  match.mutable_reference()->set_range("5-12");
  match.mutable_color()->set_domain(v1::TRAINING_DOMAIN_LOG);
  EXPECT_EQ(ToJson(farm().submitted[0]), ToJson(wanted));
}

TEST_F(Match, ARegisteredMediumStandsForItsFrames) {
  const char* const id = "11111111-1111-4111-8111-111111111111";
  v1::Media& media = farm().media["tape"];
  media.set_media_id(id);
  media.mutable_frames()->set_path("tapes:reel2.mxf");
  media.mutable_frames()->set_range("1-4000");
  media.mutable_frames()->set_color_space("Rec.709");
  auto arguments = RunLine();
  arguments[9] = id;
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  const v1::FrameSource& reference = farm().submitted.at(0).spec().match().reference();
  EXPECT_EQ(reference.path(), "tapes:reel2.mxf");
  EXPECT_EQ(reference.range(), "1-4000");
  EXPECT_EQ(reference.color_space(), "Rec.709");
}

TEST_F(Match, AMovieWithoutARangeIsTheWholeMovie) {
  line_.folder.Write("tape.mov", "x");
  auto arguments = RunLine();
  arguments[9] = "tape.mov";
  ASSERT_EQ(line_.Run(With(arguments, {"--reference-range", "1-1500"})).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(0).spec().match().reference().path(), Here() + "/tape.mov");
  EXPECT_EQ(farm().submitted.at(0).spec().match().reference().range(), "1-1500");
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(1).spec().match().reference().range(), "");
  arguments[9] = "reel.mov";
  ExpectRefused(arguments, "--reference: there is no file");
  arguments[9] = "tape.mov";
  ExpectRefused(With(arguments, {"--reference-range", "0-1500"}), "count from 1");
}

TEST_F(Match, AMovieCanBeRegisteredWithItsFrames) {
  line_.folder.Write("tape.mov", "x");
  ASSERT_EQ(line_.Run({"media", "add", "tape.mov", "--project", "lab", "--range", "1-1500", "--name", "tape"}).code,
            ExitCode::kOk);
  EXPECT_EQ(farm().media.at("tape").frames().path(), Here() + "/tape.mov");
  ASSERT_EQ(line_.Run({"media", "add", "tape.mov", "--project", "lab", "--name", "whole"}).code, ExitCode::kOk);
  EXPECT_EQ(farm().media.at("whole").frames().range(), "");
  ExpectRefused({"media", "add", "tape.mov", "--project", "lab", "--range", "0-9"}, "--range: 0-9 holds frame 0");
}

TEST_F(Match, BadElementsAreToldBeforeAnythingIsSent) {
  const auto changed = [&](std::size_t at, const std::string& text) {
    auto arguments = RunLine();
    arguments[at] = text;
    return arguments;
  };
  ExpectRefused({"match", "run", "--project", "lab"}, "--source: is missing");
  ExpectRefused(changed(11, "1001..1009"), "--range: \"1001..1009\"");
  ExpectRefused(changed(11, "1001-1020"), "--source: frames 1010-1020 are missing");
  ExpectRefused(changed(9, "scan/f.%04d.png"), "--reference: it is the source itself");
  ExpectRefused(changed(9, "tape/one.png"), "--reference-range: is needed: tape/one.png is one file");
  ExpectRefused(changed(9, "empty/t.%d.png"), "--reference-range: is needed: no frame of");
  ExpectRefused(With(RunLine(), {"--domain", "linear"}), "--domain: \"linear\" is none of display, log");
}

TEST_F(Match, WithoutARangeTheSourceIsAllThatLiesThereOrAllThatTheWorkerSees) {
  auto arguments = RunLine();
  arguments.resize(10);
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(0).spec().match().source().range(), "1001-1009");
  arguments[7] = "scans:f.%04d.dpx";
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(1).spec().match().source().range(), "");
  EXPECT_EQ(farm().submitted.at(1).spec().match().reference().range(), "5-12");
}

TEST_F(Match, TelecinedFilmIsReadByItsCadence) {
  line_.folder.Write("tape.mov", "x");
  auto arguments = RunLine();
  arguments[9] = "tape.mov";
  const auto with = [&](const std::string& pulldown) { return With(arguments, {"--reference-pulldown", pulldown}); };
  ASSERT_EQ(line_.Run(with("3:2,phase=2,order=bottom,from=7")).code, ExitCode::kOk);
  const v1::Pulldown& sent = farm().submitted.at(0).spec().match().reference().pulldown();
  EXPECT_EQ(sent.cadence(), v1::PULLDOWN_CADENCE_THREE_TWO);
  EXPECT_EQ(sent.phase(), 2U);
  EXPECT_EQ(sent.order(), v1::FIELD_ORDER_BOTTOM_FIRST);
  EXPECT_EQ(sent.first_frame(), 7);
  ASSERT_EQ(line_.Run(with("3:2,from=0")).code, ExitCode::kOk);
  EXPECT_TRUE(farm().submitted.at(1).spec().match().reference().pulldown().has_first_frame());
  EXPECT_EQ(farm().submitted.at(1).spec().match().reference().pulldown().first_frame(), 0);
  ASSERT_EQ(line_.Run(with("3:2,from=1")).code, ExitCode::kOk);
  EXPECT_FALSE(farm().submitted.at(2).spec().match().reference().pulldown().has_first_frame())
      << "so without being said";
  ExpectRefused(with("4:3"), "--reference-pulldown: \"4:3\" begins with no cadence");
  ExpectRefused(with("2:2,phase=2"), "--reference-pulldown: \"phase=2\" is none of phase=0 to phase=1");
  ExpectRefused(with("3:2,order=left"), "--reference-pulldown: \"order=left\" is none of");
  // A medium brings its own, and its files are not counted here: they hold video frames.
  const char* const id = "11111111-1111-4111-8111-111111111111";
  ASSERT_EQ(
      line_.Run({"media", "add", "tape/t.%d.png", "--project", "lab", "--name", "tape", "--pulldown", "3:2,phase=1"})
          .code,
      ExitCode::kOk);
  v1::Media& media = farm().media.at("tape");
  EXPECT_EQ(media.frames().range(), "");
  media.set_media_id(id);
  arguments[9] = id;
  ASSERT_EQ(line_.Run(arguments).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(3).spec().match().reference().pulldown().phase(), 1U);
}

TEST_F(Match, WaitingEndsWithTheMap) {
  EndsAs("match-1", v1::JOB_KIND_MATCH);
  farm().Store("match-1", "frame_map", R"({"notes":["an older one"]})");
  farm().Store("match-1", "frame_map", kMap);
  const Outcome outcome = line_.Run(With(RunLine(), {"--wait"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.out,
            "5 source frames: 2 matched, 1 held, 1 uncertain, 1 unmatched\n"
            "1002-1004\t5-7\tone-to-one\t-997\t1.000\t0.970\n"
            "1005-1009\t8-11\tpulled 24:25\t\t0.900\t0.800\n"
            "Gap: source 1001 has no partner\n"
            "Gap: reference 12-14 is not in the source\n"
            "Uncertain: 1005-1006: a dissolve\n"
            "Orientation: the reference is mirrored\n"
            "Edits by hand: 1\n"
            "Note: the tape is faded\n");
  EXPECT_NE(outcome.error.find("Job match-1."), std::string::npos) << outcome.error;
}

TEST_F(Match, AFailedOneShowsItsRecord) {
  EndsAs("match-1", v1::JOB_KIND_MATCH, v1::JOB_STATE_FAILED);
  const Outcome outcome = line_.Run(With(RunLine(), {"--wait"}));
  EXPECT_EQ(outcome.code, ExitCode::kJobFailed);
  EXPECT_NE(outcome.out.find("failed"), std::string::npos) << outcome.out;
}

TEST_F(Match, GetPrintsFramesOrTheDocumentItself) {
  farm().AddJob("match-0", v1::JOB_KIND_MATCH, Spec("match"));
  farm().AddJob("train-0", v1::JOB_KIND_TRAIN, Spec("train"));
  const Outcome none = line_.Run({"match", "get", "match-0"});
  EXPECT_EQ(none.code, ExitCode::kNotFound);
  EXPECT_NE(none.error.find("match-0 is succeeded and has made no frame_map"), std::string::npos) << none.error;
  farm().Store("match-0", "frame_map", kMap);
  EXPECT_EQ(line_.Run({"match", "get", "match-0", "--frames"}).out,
            "1001\t\tunmatched\t0.000\t0.000\n1002\t5\tmatched\t0.980\t0.250\n1003\t6\tmatched\t0.970\t0.200\n"
            "1004\t7\theld\t0.960\t0.000\n1005\t10\tuncertain\t0.500\t0.000\n");
  EXPECT_EQ(Json::parse(line_.Run({"match", "get", "match-0", "-o", "json"}).out), Json::parse(kMap));
  ExpectRefused({"match", "get", "train-0"},
                "job: train-0 is no match job; give one that `interneg job list --kind match`");
}

TEST_F(Match, ADocumentOfAnotherHashIsNotShown) {
  farm().AddJob("match-0", v1::JOB_KIND_MATCH, Spec("match"));
  farm().Store("match-0", "frame_map", kMap);
  farm().stored.begin()->second += " ";
  const Outcome outcome = line_.Run({"match", "get", "match-0"});
  EXPECT_EQ(outcome.code, ExitCode::kFailure);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(Match, EditsHoldInTheOrderOfTheCommandLine) {
  farm().AddJob("match-0", v1::JOB_KIND_MATCH,
                Spec("match", {{"allowReversal", true}, {"edits", {{{"unset", "1001"}}}}}));
  ASSERT_EQ(line_
                .Run(With(EditLine(), {"--shift", "1003-1005:+1", "--set", "1002=8,1003=9", "--unset", "1001-1002",
                                       "--shift", "1008:-2", "--set", "1001=5"}))
                .code,
            ExitCode::kOk);
  const v1::SubmitJobRequest& request = farm().submitted.at(0);
  EXPECT_EQ(request.project_id(), "project-lab");
  EXPECT_EQ(request.shot(), "sh010");
  const v1::MatchJob& match = request.spec().match();
  EXPECT_EQ(match.previous().job_id(), "match-0");
  EXPECT_EQ(match.source().range(), "1001-1009");
  EXPECT_EQ(match.reference().range(), "5-12");
  EXPECT_EQ(match.color().domain(), v1::TRAINING_DOMAIN_LOG);
  EXPECT_TRUE(match.allow_reversal());
  Json edits = Json::array();
  for (const v1::MapEdit& edit : match.edits()) edits.push_back(ToJson(edit, Defaults::kLeftOut));
  EXPECT_EQ(edits, Json::parse(R"([{"shift":{"sourceFrames":"1003-1005","by":1}},
    {"set":{"sourceFrame":1002,"referenceFrame":8}},{"set":{"sourceFrame":1003,"referenceFrame":9}},
    {"unset":"1001-1002"},{"shift":{"sourceFrames":"1008","by":-2}},
    {"set":{"sourceFrame":1001,"referenceFrame":5}}])"));
}

TEST_F(Match, BadEditsAreToldBeforeAnythingIsSent) {
  farm().AddJob("match-0", v1::JOB_KIND_MATCH, Spec("match"));
  ExpectRefused(EditLine(), "--set, --unset, --shift: give at least one");
  ExpectRefused(With(EditLine(), {"--set", "1002"}), "--set: \"1002\" is no SOURCE=REFERENCE");
  ExpectRefused(With(EditLine(), {"--set", "1002=5,"}), "--set: \"\" is no SOURCE=REFERENCE");
  ExpectRefused(With(EditLine(), {"--set", "1010=5"}), "--set: frame 1010 lies outside the source's range 1001-1009");
  ExpectRefused(With(EditLine(), {"--set", "1002=4"}), "--set: frame 4 lies outside the reference's range 5-12");
  ExpectRefused(With(EditLine(), {"--unset", "x"}), "--unset: \"x\"");
  for (const char* text : {"1003", "1003:1", "1003:+", "1003:+0", "1003:+-1", "1003:--1", ":+1", "1003:+1.5"})
    ExpectRefused(With(EditLine(), {"--shift", text}), "--shift: \"");
}

TEST_F(Match, ListShowsMatchesAlone) {
  EXPECT_EQ(line_.Run({"match", "list", "--project", "lab", "--shot", "sh010", "--state", "running"}).code,
            ExitCode::kOk);
  const v1::ListJobsRequest& asked = farm().listed.at(0);
  EXPECT_EQ(asked.project_id(), "project-lab");
  EXPECT_EQ(asked.shot(), "sh010");
  ASSERT_EQ(asked.kinds_size(), 1);
  EXPECT_EQ(asked.kinds(0), v1::JOB_KIND_MATCH);
  EXPECT_EQ(asked.states(0), v1::JOB_STATE_RUNNING);
}

}  // namespace
}  // namespace interneg::cli
