#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

// A pair that is moved, one that is half the size and turned, and one that failed.
const char* const kAlignment = R"({"schema":1,"kind":"TRANSFORM_KIND_SIMILARITY","dense":true,"pairs":[
  {"sourceFrame":1001,"referenceFrame":5,"transform":[1,0,2.5,0,1,-1,0,0,1],"path":"automatic","status":"solved",
   "estimatedRmsPx":0.05,"residual":0.1,"verdict":"good","confidence":0.9},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"transform":[0,-0.5,0,0.5,0,0,0,0,1],"path":"manual",
   "status":"uncertain","estimatedRmsPx":0.4,"residual":0.2,"verdict":"usable","reason":"few structures"},
  {"sourceFrame":1009,"referenceFrame":12,"path":"automatic","status":"failed","verdict":"unusable",
   "reason":"the pictures differ"}],
 "liveArea":{"widthPx":101,"heightPx":51},"crop":{"xPx":4,"yPx":2,"widthPx":90,"heightPx":40},
 "overlays":[{"xPx":10,"yPx":40,"widthPx":30,"heightPx":6}],"keys":[{"sourceFrame":1005,"dxPx":1}],
 "manualFrames":"1004-1006","chromaBandwidth":0.5,"notes":["overscan"]})";

class Align : public StageTest {
 protected:
  Align() {
    farm().AddJob("match-0", v1::JOB_KIND_MATCH, Spec("match"));
    farm().AddJob("curate-0", v1::JOB_KIND_CURATE, Spec("curate", {{"frameMap", {{"jobId", "match-0"}}}}));
    farm().AddJob("align-0", v1::JOB_KIND_ALIGN,
                  Spec("align", {{"pairChoice", {{"jobId", "curate-0"}}},
                                 {"frameMap", {{"jobId", "match-0"}}},
                                 {"kind", "TRANSFORM_KIND_AFFINE"},
                                 {"centralShare", 0.5},
                                 {"crop", {{"widthPx", 90}, {"heightPx", 40}}},
                                 {"keys", {{{"sourceFrame", 1005}, {"dxPx", 1}}}},
                                 {"manualFrames", "1004-1006"}}));
  }
  std::vector<std::string> RunLine() { return {"align", "run", "--pairs-from", "curate-0"}; }
  std::vector<std::string> KeyLine() { return {"align", "key", "align-0"}; }
  std::vector<std::string> SwitchLine() { return {"align", "switch", "align-0"}; }
  const v1::AlignJob& Sent() { return farm().submitted.at(0).spec().align(); }
};

TEST_F(Align, TakesASuggestionsElementsPairsAndMap) {
  ASSERT_EQ(line_
                .Run(With(RunLine(),
                          {"--kind", "similarity", "--central-share", "0.6", "--dense", "--crop", "64,32,1920,1036"}))
                .code,
            ExitCode::kOk);
  v1::SubmitJobRequest wanted;
  wanted.set_request_id("00000000-0000-4000-8000-000000000001");
  wanted.set_project_id("project-lab");
  wanted.set_shot("sh010");
  wanted.mutable_spec()->set_schema(1);
  v1::AlignJob& align = *wanted.mutable_spec()->mutable_align();
  align.mutable_source()->set_path(Here() + "/scan/f.%04d.png");
  align.mutable_source()->set_range("1001-1009");
  align.mutable_reference()->set_path(Here() + "/tape/t.%d.png");
  align.mutable_reference()->set_range("5-12");
  align.mutable_color()->set_domain(v1::TRAINING_DOMAIN_LOG);
  align.mutable_pair_choice()->set_job_id("curate-0");
  align.mutable_frame_map()->set_job_id("match-0");
  align.set_kind(v1::TRANSFORM_KIND_SIMILARITY);
  align.set_central_share(0.6);
  align.set_dense(true);
  align.mutable_crop()->set_x_px(64);
  align.mutable_crop()->set_y_px(32);
  align.mutable_crop()->set_width_px(1920);
  align.mutable_crop()->set_height_px(1036);
  EXPECT_EQ(ToJson(farm().submitted.at(0)), ToJson(wanted));
}

TEST_F(Align, NamedPairsGoThroughAMatch) {
  ASSERT_EQ(line_.Run({"align", "run", "--match", "match-0", "--pairs", "1009,1001", "--held-out", "1005"}).code,
            ExitCode::kOk);
  EXPECT_EQ(Json(std::vector<int>(Sent().pairs().begin(), Sent().pairs().end())), Json({1001, 1009}));
  EXPECT_EQ(Sent().held_out(0), 1005);
  EXPECT_EQ(Sent().frame_map().job_id(), "match-0");
  EXPECT_FALSE(Sent().has_pair_choice());
}

TEST_F(Align, BadInputIsToldBeforeAnythingIsSent) {
  ExpectRefused({"align", "run"}, "--pairs: is missing");
  ExpectRefused(With(RunLine(), {"--match", "match-0"}), "--pairs-from, --match: give one of the two");
  ExpectRefused(With(RunLine(), {"--pairs", "1001"}), "--pairs, --held-out: --pairs-from names the pairs");
  ExpectRefused(With(RunLine(), {"--source", "scan/f.%04d.png"}), "--source: with --pairs-from");
  ExpectRefused({"align", "run", "--match", "match-0", "--pairs", "1001", "--source", "x"}, "--source: with --match");
  ExpectRefused({"align", "run", "--match", "match-0", "--pairs", "1001-1010"}, "--pairs: frame 1010 lies outside");
  ExpectRefused({"align", "run", "--match", "match-0", "--pairs", "1001", "--held-out", "1001"},
                "--held-out: frame 1001 is also among --pairs");
  ExpectRefused({"align", "run", "--match", "curate-0", "--pairs", "1001"}, "--match: curate-0 is no match job");
  ExpectRefused(With(RunLine(), {"--ocio-sha256", "ab"}), "--ocio-sha256: with --pairs-from");
  ExpectRefused(With(RunLine(), {"--kind", "warp"}), "--kind: \"warp\" is none of translation, similarity");
  for (const char* share : {"0.05", "1.5", "nan"})
    ExpectRefused(With(RunLine(), {"--central-share", share}), "--central-share: ");
  for (const char* crop : {"1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,4 ", "1;2;3;4", ""})
    if (*crop != '\0') ExpectRefused(With(RunLine(), {"--crop", crop}), "is not four whole numbers");
  ExpectRefused(With(RunLine(), {"--crop", "0,0,101,50"}),
                "--crop: 0,0,101,50 has odd numbers, and colour needs even ones; write 0,0,100,50");
  ExpectRefused(With(RunLine(), {"--crop", "5,2,100,50"}), "write 6,2,98,50");
  ExpectRefused(With(RunLine(), {"--crop", "0,0,100,50", "--crop", "2,0,100,50"}), "--crop: 0,0,100,50 names no frame");
  ExpectRefused(With(RunLine(), {"--crop", "1001:0,0,100,50", "--crop", "1001:2,0,100,50"}),
                "--crop: frame 1001 has two crops");
  ExpectRefused(With(RunLine(), {"--crop", "first:0,0,100,50"}), "begins with no frame");
  ExpectRefused(With(RunLine(), {"--crop", "1011:0,0,100,50"}), "--crop: frame 1011 lies outside");
  ExpectRefused(With(RunLine(), {"--render-crop", "1,0,100,50"}), "--render-crop: 1,0,100,50 has odd numbers");
  ExpectRefused({"align", "crop", "align-0"}, "--crop, --render-crop: give at least one");
  ExpectRefused(With(RunLine(), {"--crop", "0,-2,100,50"}), "--crop: 0,-2,100,50 lies outside the picture");
}

TEST_F(Align, CropsMayMoveAndBeCorrected) {
  ASSERT_EQ(line_
                .Run(With(RunLine(),
                          {"--crop", "1001:0,0,100,50", "--crop", "1009:20,0,100,50", "--render-crop", "8,0,400,300"}))
                .code,
            ExitCode::kOk);
  ASSERT_EQ(Sent().crop_keys_size(), 2);
  EXPECT_EQ(Sent().crop_keys(1).source_frame(), 1009);
  EXPECT_EQ(Sent().crop_keys(1).area().x_px(), 20);
  EXPECT_EQ(Sent().render_crop().width_px(), 400);
  EXPECT_FALSE(Sent().has_crop());
  ASSERT_EQ(line_.Run({"align", "crop", "align-0", "--crop", "1005:4,4,80,40"}).code, ExitCode::kOk);
  const v1::AlignJob& again = farm().submitted.at(1).spec().align();
  EXPECT_EQ(again.previous().job_id(), "align-0");
  EXPECT_EQ(again.keys_size(), 1) << "all else stays";
  EXPECT_FALSE(again.has_crop());
  EXPECT_EQ(again.crop_keys(0).area().height_px(), 40);
  ASSERT_EQ(line_.Run({"align", "crop", "align-0", "--render-crop", "0,2,80,40"}).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(2).spec().align().crop().width_px(), 90);
}

TEST_F(Align, GetPrintsALineAPair) {
  farm().Store("align-0", "alignment", kAlignment);
  EXPECT_EQ(
      line_.Run({"align", "get", "align-0"}).out,
      "3 pairs by similarity and dense flow: 1 good, 1 usable, 1 unusable\n"
      "1001\t5\ttrain\t+2.50\t-1.00\t1.0000\t+0.000\tautomatic\tsolved\t0.050\t0.100\tgood\t\n"
      "1005\t9\theld out\t-62.50\t+0.00\t0.5000\t+90.000\tmanual\tuncertain\t0.400\t0.200\tusable\tfew structures\n"
      "1009\t12\ttrain\t\t\t\t\tautomatic\tfailed\t0.000\t0.000\tunusable\tthe pictures differ\n"
      "Crop: 90x40 at 4,2\nLive area: 101x51 at 0,0\nOverlay: 30x6 at 10,40\nKeys: 1005\nManual: 1004-1006\n"
      "Chroma bandwidth: 0.50 of the reference's luma\nNote: overscan\n");
  EXPECT_EQ(Json::parse(line_.Run({"align", "get", "align-0", "-o", "json"}).out), Json::parse(kAlignment));
}

TEST_F(Align, AKeyKeepsAllElseOfTheAlignment) {
  ASSERT_EQ(line_.Run(With(KeyLine(), {"--frame", "1008", "--corners", "0,0,99.5,-1,100,50,0.25,49"})).code,
            ExitCode::kOk);
  v1::AlignJob wanted = Sent();
  EXPECT_EQ(wanted.previous().job_id(), "align-0");
  EXPECT_EQ(wanted.pair_choice().job_id(), "curate-0");
  EXPECT_EQ(wanted.frame_map().job_id(), "match-0");
  EXPECT_EQ(wanted.central_share(), 0.5);
  EXPECT_EQ(wanted.crop().width_px(), 90);
  EXPECT_EQ(wanted.manual_frames(), "1004-1006");
  ASSERT_EQ(wanted.keys_size(), 2);
  EXPECT_EQ(wanted.keys(0).source_frame(), 1005);
  EXPECT_EQ(ToJson(wanted.keys(1), Defaults::kLeftOut),
            Json::parse(R"({"sourceFrame":1008,"cornersPx":[0,0,99.5,-1,100,50,0.25,49]})"));
  EXPECT_EQ(farm().submitted[0].shot(), "sh010");
}

TEST_F(Align, ASecondKeyOfAFrameTakesTheFirstOnesPlace) {
  ASSERT_EQ(line_.Run(With(KeyLine(), {"--frame", "1005", "--dx", "-0.5", "--scale", "1.01", "--rotate", "0.2"})).code,
            ExitCode::kOk);
  ASSERT_EQ(Sent().keys_size(), 1);
  EXPECT_EQ(ToJson(Sent().keys(0), Defaults::kLeftOut),
            Json::parse(R"({"sourceFrame":1005,"dxPx":-0.5,"scale":1.01,"rotationDeg":0.2})"));
}

TEST_F(Align, BadKeysAreToldBeforeAnythingIsSent) {
  ExpectRefused(With(KeyLine(), {"--frame", "1005"}), "--corners, --dx, --dy, --scale, --rotate: give either");
  ExpectRefused(With(KeyLine(), {"--frame", "1005", "--dx", "1", "--corners", "0,0,9,0,9,9,0,9"}), "give either");
  ExpectRefused(With(KeyLine(), {"--frame", "1005", "--scale", "0"}), "--scale: 0 is given");
  ExpectRefused(With(KeyLine(), {"--frame", "1010", "--dx", "1"}), "--frame: frame 1010 lies outside");
  for (const char* corners : {"0,0,9,0,9,9,0", "0,0,9,0,9,9,0,9,1", "0,0,9,0,9,9,0,inf", "a,0,9,0,9,9,0,9"})
    ExpectRefused(With(KeyLine(), {"--frame", "1005", "--corners", corners}), "is not eight numbers");
}

TEST_F(Align, ASwitchSendsAllFramesThatAreManualAfterwards) {
  farm().Store("align-0", "alignment", kAlignment);
  ASSERT_EQ(line_.Run(With(SwitchLine(), {"--manual", "1008-1009"})).code, ExitCode::kOk);
  EXPECT_EQ(Sent().manual_frames(), "1004-1006,1008,1009");
  EXPECT_EQ(Sent().previous().job_id(), "align-0");
  EXPECT_EQ(Sent().keys_size(), 1);
  ASSERT_EQ(line_.Run(With(SwitchLine(), {"--automatic", "1004-1005"})).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(1).spec().align().manual_frames(), "1006");
}

TEST_F(Align, ASwitchOfAllFramesToAutomaticKeepsTheEarlierSolves) {
  farm().Store("align-0", "alignment", kAlignment);
  ASSERT_EQ(line_.Run(With(SwitchLine(), {"--automatic", "1001-1009"})).code, ExitCode::kOk);
  EXPECT_EQ(Sent().manual_frames(), "");
  EXPECT_EQ(Sent().automatic_frames(), "1004-1006") << "the earlier switches would be kept";
  EXPECT_EQ(Sent().previous().job_id(), "align-0");
  EXPECT_EQ(Sent().keys_size(), 1);
}

TEST_F(Align, BadSwitchesAreToldBeforeAnythingIsSent) {
  ExpectRefused(SwitchLine(), "--manual, --automatic: give one of the two");
  ExpectRefused(With(SwitchLine(), {"--manual", "1001", "--automatic", "1002"}), "give one of the two");
  EXPECT_EQ(line_.Run(With(SwitchLine(), {"--manual", "1001"})).code, ExitCode::kNotFound) << "it has made none yet";
  farm().Store("align-0", "alignment", R"({"schema":1})");
  ExpectRefused(With(SwitchLine(), {"--manual", "1001"}), "--manual: align-0 has no key");
  farm().Store("align-0", "alignment", kAlignment);
  ExpectRefused(With(SwitchLine(), {"--manual", "1010"}), "--manual: frame 1010 lies outside");
}

}  // namespace
}  // namespace interneg::cli
