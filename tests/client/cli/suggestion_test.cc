#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kChoice = R"({"schema":1,"scope":"CURATION_SCOPE_SHOT","pairs":[
  {"sourceFrame":1001,"referenceFrame":5,"placement":"begin","covers":["red","sky"],"bestFor":["foliage"]},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"placement":"middle","covers":["red"]},
  {"sourceFrame":1009,"referenceFrame":12,"placement":"end","bestFor":["sky"],"compromises":["accepted though blurred"]}],
 "rejected":[{"sourceFrame":1002,"reasons":["blur"]},{"sourceFrame":1003,"reasons":["dissolve","blur"]}],
 "coverage":[{"group":"hue","name":"red","presence":"covered"},{"group":"hue","name":"blue","presence":"missing"},
  {"group":"hue","name":"skin","presence":"covered"},{"group":"light","name":"dark","presence":"not covered"}],
 "notes":["few frames"]})";

class Suggestion : public StageTest {
 protected:
  Suggestion() { farm().AddJob("match-0", v1::JOB_KIND_MATCH, Spec("match")); }
  std::vector<std::string> Line() { return {"dataset", "suggest", "--match", "match-0"}; }
};

TEST_F(Suggestion, TakesElementsMapAndPlaceFromTheMatch) {
  ASSERT_EQ(
      line_.Run(With(Line(), {"--scope", "scene", "--pairs", "12", "--keep", "1001,1005", "--exclude", "1002-1004"}))
          .code,
      ExitCode::kOk);
  v1::SubmitJobRequest wanted;
  wanted.set_request_id("00000000-0000-4000-8000-000000000001");
  wanted.set_project_id("project-lab");
  wanted.set_shot("sh010");
  wanted.mutable_spec()->set_schema(1);
  v1::CurateJob& curate = *wanted.mutable_spec()->mutable_curate();
  curate.mutable_source()->set_path(Here() + "/scan/f.%04d.png");
  curate.mutable_source()->set_range("1001-1009");
  curate.mutable_reference()->set_path(Here() + "/tape/t.%d.png");
  curate.mutable_reference()->set_range("5-12");
  curate.mutable_color()->set_domain(v1::TRAINING_DOMAIN_LOG);
  curate.mutable_frame_map()->set_job_id("match-0");
  curate.set_scope(v1::CURATION_SCOPE_SCENE);
  curate.set_pairs(12);
  curate.add_keep(1001);
  curate.add_keep(1005);
  curate.set_exclude("1002-1004");
  EXPECT_EQ(ToJson(farm().submitted.at(0)), ToJson(wanted));
}

TEST_F(Suggestion, WithoutAMatchPartnersHaveTheirSourcesNumbers) {
  for (int frame = 1001; frame <= 1009; ++frame) line_.folder.Write("graded/g." + std::to_string(frame) + ".png", "x");
  ASSERT_EQ(line_
                .Run({"dataset", "suggest", "--project", "lab", "--shot", "sh1", "--source", "scan/f.%04d.png",
                      "--reference", "graded/g.#.png", "--range", "1001-1008"})
                .code,
            ExitCode::kOk);
  const v1::CurateJob& curate = farm().submitted.at(0).spec().curate();
  EXPECT_EQ(curate.reference().range(), "1001-1008");
  EXPECT_FALSE(curate.has_frame_map());
  EXPECT_EQ(farm().submitted[0].shot(), "sh1");
}

TEST_F(Suggestion, BadInputIsToldBeforeAnythingIsSent) {
  ExpectRefused(With(Line(), {"--source", "scan/f.%04d.png"}), "--source: with --match that job's elements");
  ExpectRefused(With(Line(), {"--matrix", "bt601"}), "--matrix: with --match that job's elements");
  ExpectRefused(With(Line(), {"--scope", "reel"}), "--scope: \"reel\" is none of shot, scene, sequence");
  ExpectRefused(With(Line(), {"--pairs", "1"}), "--pairs: training needs two or more");
  ExpectRefused(With(Line(), {"--keep", "999"}), "--keep: frame 999 lies outside the source's range 1001-1009");
  ExpectRefused(With(Line(), {"--keep", "1001-1003", "--pairs", "2"}), "--keep: 3 frames are more than --pairs 2");
  ExpectRefused(With(Line(), {"--exclude", "1001", "--keep", "1001"}), "--exclude: frame 1001 is also among --keep");
  ExpectRefused(With(Line(), {"--exclude", "first"}), "--exclude: \"first\"");
  ExpectRefused({"dataset", "suggest", "--project", "lab"}, "--source: is missing");
}

Json FramesOf(const google::protobuf::RepeatedField<std::int32_t>& frames) {
  return Json(std::vector<int>(frames.begin(), frames.end()));
}

TEST_F(Suggestion, EscalationKeepsAnEarlierOnesPairsInTheirRoles) {
  farm().AddJob("curate-0", v1::JOB_KIND_CURATE, Spec("curate"));
  farm().Store("curate-0", "pair_choice", kChoice);
  ASSERT_EQ(line_.Run(With(Line(), {"--keep", "curate-0"})).code, ExitCode::kOk);
  const v1::CurateJob& curate = farm().submitted.at(0).spec().curate();
  EXPECT_EQ(FramesOf(curate.keep()), Json({1001, 1009}));
  EXPECT_EQ(FramesOf(curate.keep_held_out()), Json({1005}));
  EXPECT_EQ(curate.pairs(), 0U) << "the next of 4, 7, 11";
  ASSERT_EQ(line_.Run(With(Line(), {"--keep", "1001,1009", "--keep-held-out", "1005"})).code, ExitCode::kOk);
  EXPECT_EQ(ToJson(farm().submitted.at(1).spec()), ToJson(farm().submitted.at(0).spec()));
  ExpectRefused(With(Line(), {"--keep", "1001", "--keep-held-out", "1001"}),
                "--keep-held-out: frame 1001 is also among");
  ExpectRefused(With(Line(), {"--keep-held-out", "1001"}), "--keep-held-out: goes with --keep");
  ExpectRefused(With(Line(), {"--keep", "curate-0", "--keep-held-out", "1001"}), "a suggestion names its own");
  ExpectRefused(With(Line(), {"--keep", "match-0"}), "--keep: match-0 is no");
}

TEST_F(Suggestion, ASecondRoundKeepsWhatTheAlignmentCouldUse) {
  farm().AddJob("align-0", v1::JOB_KIND_ALIGN, Spec("align", {{"frameMap", {{"jobId", "match-0"}}}}));
  farm().Store("align-0", "alignment", R"({"schema":1,"pairs":[
    {"sourceFrame":1001,"referenceFrame":5,"verdict":"good"},{"sourceFrame":1004,"referenceFrame":8,"verdict":"unusable"},
    {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"verdict":"usable"}]})");
  ASSERT_EQ(line_.Run({"dataset", "suggest", "--align", "align-0"}).code, ExitCode::kOk);
  const v1::CurateJob& curate = farm().submitted.at(0).spec().curate();
  EXPECT_EQ(curate.alignment().job_id(), "align-0");
  EXPECT_EQ(curate.frame_map().job_id(), "match-0");
  EXPECT_EQ(curate.reference().range(), "5-12");
  EXPECT_EQ(FramesOf(curate.keep()), Json({1001}));
  EXPECT_EQ(FramesOf(curate.keep_held_out()), Json({1005}));
  ExpectRefused(With(Line(), {"--align", "align-0"}), "--match, --align: give one of the two");
}

TEST_F(Suggestion, PrintsPairsCoverageAndRejections) {
  farm().AddJob("curate-0", v1::JOB_KIND_CURATE, Spec("curate"));
  farm().Store("curate-0", "pair_choice", kChoice);
  const std::string text =
      "3 pairs for a shot: 2 to train on, 1 held out\n"
      "1001\t5\ttrain\tbegin\tmost foliage; shows red, sky\t\n"
      "1005\t9\theld out\tmiddle\tred\t\n"
      "1009\t12\ttrain\tend\tmost sky\taccepted though blurred\n"
      "Coverage, hue: covered red, skin; missing blue\n"
      "Coverage, light: not covered dark\n"
      "Rejected: 2 for blur (1002,1003)\n"
      "Rejected: 1 for dissolve (1003)\n"
      "Note: few frames\n";
  EXPECT_EQ(line_.Run({"dataset", "suggestion", "curate-0"}).out, text);
  EXPECT_EQ(Json::parse(line_.Run({"dataset", "suggestion", "curate-0", "-o", "json"}).out), Json::parse(kChoice));
  EndsAs("curate-1", v1::JOB_KIND_CURATE);
  farm().Store("curate-1", "pair_choice", kChoice);
  EXPECT_EQ(line_.Run(With(Line(), {"--wait"})).out, text);
}

class Baseline : public StageTest {
 protected:
  Baseline() { farm().AddJob("align-0", v1::JOB_KIND_ALIGN, Spec("align", {{"pairs", {1001, 1009}}})); }
};

TEST_F(Baseline, FitsOnAnAlignmentsPairs) {
  ASSERT_EQ(line_.Run({"baseline", "run", "--align", "align-0", "--recovery", "chroma", "--lut-size", "33"}).code,
            ExitCode::kOk);
  const v1::SubmitJobRequest& request = farm().submitted.at(0);
  const v1::BaselineJob& baseline = request.spec().baseline();
  EXPECT_EQ(request.project_id(), "project-lab");
  EXPECT_EQ(baseline.recovery(), v1::RECOVERY_CHROMA);
  EXPECT_EQ(baseline.alignment().job_id(), "align-0");
  EXPECT_EQ(baseline.lut_size(), 33U);
  EXPECT_EQ(baseline.reference().range(), "5-12");
  EXPECT_EQ(baseline.color().domain(), v1::TRAINING_DOMAIN_LOG);
  EXPECT_TRUE(baseline.pairs().empty()) << "the alignment names them";
}

TEST_F(Baseline, FitsOnNamedPairsOfARegisteredReference) {
  for (int frame = 1001; frame <= 1009; ++frame) line_.folder.Write("graded/g." + std::to_string(frame) + ".png", "x");
  ASSERT_EQ(line_
                .Run({"baseline", "run", "--project", "lab", "--source", "scan/f.%04d.png", "--reference",
                      "graded/g.%04d.png", "--range", "1001-1009", "--pairs", "1009,1001", "--held-out", "1005",
                      "--recovery", "chroma"})
                .code,
            ExitCode::kOk);
  const v1::BaselineJob& baseline = farm().submitted.at(0).spec().baseline();
  EXPECT_EQ(Json(std::vector<int>(baseline.pairs().begin(), baseline.pairs().end())), Json({1001, 1009}));
  EXPECT_EQ(baseline.held_out(0), 1005);
}

TEST_F(Baseline, BadInputIsToldBeforeAnythingIsSent) {
  const std::vector<std::string> line = {"baseline", "run", "--align", "align-0", "--recovery", "chroma"};
  ExpectRefused(With(line, {"--lut-size", "16"}), "--lut-size: 16 lies outside 17 to 65");
  ExpectRefused(With(line, {"--lut-size", "66"}), "--lut-size: 66 lies outside 17 to 65");
  ExpectRefused(With(line, {"--pairs", "1001,1009"}), "--pairs, --held-out: --align names the pairs");
  ExpectRefused(With(line, {"--range", "1001-1009"}), "--range: with --align that job's elements");
  ExpectRefused({"baseline", "run", "--align", "align-0", "--recovery", "spatial"},
                "stand in for a chroma recovery only");
  ExpectRefused({"baseline", "run", "--project", "lab", "--recovery", "chroma"}, "--pairs: is missing");
}

TEST_F(Baseline, WaitingEndsWithTheFiguresAndTheWayToTheLut) {
  EndsAs("baseline-1", v1::JOB_KIND_BASELINE);
  v1::Measure& measure = farm().measures.emplace_back();
  measure.set_name("chroma_psnr_db");
  measure.set_subject("lut");
  measure.set_scope("validation");
  measure.set_value(33.5);
  farm().Store("baseline-1", "lut", "LUT_3D_SIZE 33\n");
  farm().artifacts.back().set_name("baseline.cube");
  const Outcome outcome = line_.Run({"baseline", "run", "--align", "align-0", "--recovery", "chroma", "--wait"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(outcome.out,
            "Baseline baseline-1\nchroma_psnr_db\tlut\tvalidation\t\t\t33.5\n"
            "LUT: interneg artifact download " +
                farm().artifacts[0].sha256() + " --to baseline.cube\n");
}

}  // namespace
}  // namespace interneg::cli
