#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kAlignment = R"({"schema":1,"kind":"TRANSFORM_KIND_SIMILARITY","pairs":[
  {"sourceFrame":1001,"referenceFrame":5,"status":"solved","verdict":"good"},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"status":"uncertain","verdict":"usable"},
  {"sourceFrame":1009,"referenceFrame":12,"status":"failed","verdict":"unusable","reason":"the pictures differ"}]})";

class TrainOnAlignment : public StageTest {
 protected:
  TrainOnAlignment() {
    farm().AddJob("curate-0", v1::JOB_KIND_CURATE, Spec("curate"));
    farm().AddJob("align-0", v1::JOB_KIND_ALIGN, Spec("align", {{"pairChoice", {{"jobId", "curate-0"}}}}));
  }
  // What align-0 found: kAlignment on its job's elements, with more pairs to train on; without the one that is held
  // out.
  enum class HeldOut { kAsItIs, kNone };
  void Found(const std::map<int, std::string>& more, HeldOut held_out = HeldOut::kAsItIs) {
    Json alignment = Json::parse(kAlignment);
    const Json media = Json::parse(Spec("align")).at("align");
    for (const char* side : {"source", "reference"}) alignment[side] = media.at(side);
    for (const auto& [frame, verdict] : more)
      alignment["pairs"].push_back({{"sourceFrame", frame}, {"referenceFrame", frame - 996}, {"verdict", verdict}});
    if (held_out == HeldOut::kNone) alignment["pairs"].erase(1);
    farm().Store("align-0", "alignment", alignment.dump());
    farm().Store("curate-0", "pair_choice", R"({"schema":1})");
  }
};

// Every model descends from recorded pairs: what the alignment could use is a dataset version before it is trained on.
TEST_F(TrainOnAlignment, ATrainingRecordsTheCorrectedPairsAndTakesThem) {
  const std::vector<std::string> line = {"train",   "submit",  "--align", "align-0",          "--recovery",
                                         "spatial", "--steps", "50",      "--prepare-source", "deband"};
  const Outcome early = line_.Run(line);
  EXPECT_EQ(early.code, ExitCode::kNotFound);
  ExpectParts(early.error, {"align-0"});
  Found({{1003, "good"}});
  ASSERT_EQ(line_.Run(With(line, {"--dry-run"})).code, ExitCode::kOk);
  EXPECT_TRUE(farm().datasets.empty());
  const Outcome outcome = line_.Run(line);
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.error,
              {"Frame 1009 is left out", "Dataset sh010-spatial version 1: trained on 1001,1003, held out 1005"});
  ASSERT_EQ(farm().datasets.size(), 1U);
  EXPECT_EQ(farm().datasets[0].state(), v1::DATASET_STATE_LOCKED);
  ASSERT_EQ(farm().submitted.size(), 1U);
  const v1::TrainJob& train = farm().submitted[0].spec().train();
  EXPECT_FALSE(train.dataset_sha256().empty());
  EXPECT_EQ(train.dataset_sha256(), farm().datasets[0].sha256());
  EXPECT_EQ(train.alignment().sha256().size(), 64U);
  EXPECT_EQ(train.recovery(), v1::RECOVERY_SPATIAL);
  EXPECT_EQ(train.reference().range(), "5-12");
  EXPECT_EQ(train.color().domain(), v1::TRAINING_DOMAIN_LOG);
  EXPECT_EQ(train.training().steps(), 50U);
  EXPECT_EQ(train.partners(0).reference_frame(), 5);
  EXPECT_TRUE(train.source_preparation(0).has_deband());
  EXPECT_EQ(farm().submitted[0].project_id(), "project-lab");
  ExpectRefused({"train", "submit"}, "--dataset, --align: give one of the two");
  ExpectRefused({"train", "submit", "--align", "align-0"}, "--recovery: is missing");
  ExpectRefused({"train", "submit", "--align", "align-0", "--recovery", "chroma", "--domain", "log"},
                "--domain: with --align");
  ExpectRefused({"train", "submit", "--align", "align-0", "--recovery", "chroma", "--ocio-sha256", "ab"},
                "--ocio-sha256: with --align");
  ExpectRefused({"train", "submit", "--align", "align-0", "--recovery", "chroma", "--project", "lab"},
                "--project: with --align");
  ExpectRefused({"train", "submit", "--dataset", "d", "--recovery", "chroma"}, "--recovery: a dataset version has its");
}

TEST_F(TrainOnAlignment, ANegativeWantsAStepThatInvertsIt) {
  Found({{1003, "good"}});
  v1::Media& medium = farm().media["roll"];
  medium.set_media_id("media-roll");
  medium.set_name("roll");
  medium.mutable_frames()->set_path(Here() + "/tape/t.%d.png");
  medium.mutable_element()->set_polarity("negative");
  const std::vector<std::string> line = {"train", "submit", "--align", "align-0", "--recovery", "chroma"};
  for (const auto& arguments : {line, With(line, {"--dry-run"})}) {
    const Outcome outcome = line_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kConflict) << outcome.error;
    ExpectParts(outcome.error, {"reference: the medium roll (", "/tape/t.%d.png) is recorded as a negative",
                                "interneg-engine prepare estimate --step invert", "--prepare-reference @invert.json"});
  }
  EXPECT_TRUE(farm().datasets.empty());
  EXPECT_TRUE(farm().submitted.empty());
  const std::vector<std::string> inverted = With(line, {"--prepare-reference", "invert"});
  ASSERT_EQ(line_.Run(With(inverted, {"--dry-run"})).code, ExitCode::kOk);
  ASSERT_EQ(line_.Run(inverted).code, ExitCode::kOk);
  // What was locked before anybody said that the roll is a negative.
  medium.mutable_element()->set_polarity("positive");
  ASSERT_EQ(line_.Run(With(line, {"--request-id", "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11"})).code, ExitCode::kOk);
  medium.mutable_element()->set_polarity("negative");
  const std::size_t sent = farm().submitted.size();
  const Outcome outcome = line_.Run({"train", "submit", "--project", "lab", "--dataset", "sh010-chroma"});
  EXPECT_EQ(outcome.code, ExitCode::kConflict) << outcome.error;
  ExpectParts(outcome.error, {"reference: the medium roll", "`interneg dataset create --from-version`"});
  EXPECT_EQ(farm().submitted.size(), sent);
}

// A model is chosen by frames that it has not seen, and an alignment need not have any.
TEST_F(TrainOnAlignment, ATrainingHoldsAPairOutWhereTheAlignmentDoesNot) {
  Found({{1003, "good"}, {1006, "usable"}, {1007, "unusable"}}, HeldOut::kNone);
  const Outcome outcome = line_.Run({"train", "submit", "--align", "align-0", "--recovery", "chroma"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.error, {"Frame 1003 is held out instead of trained on", "trained on 1001,1006, held out 1003"});
  const v1::TrainJob& train = farm().submitted.at(0).spec().train();
  EXPECT_EQ(Json(std::vector<int>(train.pairs().begin(), train.pairs().end())), Json({1001, 1006}));
  ASSERT_EQ(train.held_out_size(), 1);
  EXPECT_EQ(train.held_out(0), 1003);
}

TEST_F(TrainOnAlignment, ATrainingOnTooFewPairsIsToldBeforeAnythingIsMade) {
  Found({{1003, "good"}}, HeldOut::kNone);
  const Outcome outcome = line_.Run({"train", "submit", "--align", "align-0", "--recovery", "chroma"});
  EXPECT_EQ(outcome.code, ExitCode::kConflict) << outcome.error;
  ExpectParts(outcome.error, {"2 pairs can be used, 0 of them held out", "two to train on and one to judge by",
                              "align run --held-out"});
  EXPECT_TRUE(farm().media.empty());
  EXPECT_TRUE(farm().datasets.empty());
  EXPECT_TRUE(farm().submitted.empty());
}

// The alignment was solved with the files' own colour space: a colleague's medium of the same files is another.
TEST_F(TrainOnAlignment, ATrainingTakesTheVeryMediaThatWereAligned) {
  Found({{1003, "good"}});
  const Json elements = Json::parse(Spec("align")).at("align");
  v1::Media& colleagues = farm().media["a-colleagues"];
  colleagues.set_media_id("media-acescg");
  colleagues.mutable_frames()->set_path(elements["source"]["path"]);
  colleagues.mutable_frames()->set_range(elements["source"]["range"]);
  colleagues.mutable_frames()->set_color_space("ACEScg");
  v1::Media& reference = farm().media["tape"];
  reference = colleagues;
  reference.set_media_id("media-tape");
  reference.mutable_frames()->set_path(elements["reference"]["path"]);
  reference.mutable_frames()->set_range(elements["reference"]["range"]);
  reference.mutable_frames()->clear_color_space();
  const Outcome outcome = line_.Run({"train", "submit", "--align", "align-0", "--recovery", "chroma"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(farm().datasets.at(0).source_media_id(), "media-3") << "made anew";
  EXPECT_EQ(farm().datasets.at(0).reference_media_id(), "media-tape");
}

TEST_F(TrainOnAlignment, ADryRunOfATrainingShowsWhatWouldBeSent) {
  Found({{1003, "good"}});
  Json open = Json::parse(Spec("align"));
  for (const char* side : {"source", "reference"}) open["align"][side].erase("range");
  farm().jobs["align-0"].set_spec(open.dump());
  const std::vector<std::string> line = {"train", "submit", "--align", "align-0", "--recovery", "chroma"};
  const Outcome outcome = line_.Run(With(line, {"--dry-run"}));
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_EQ(farm().download_offsets.size(), 1U) << "an alignment with dense flow is large";
  EXPECT_TRUE(farm().media.empty());
  ExpectParts(outcome.error, {"recorded as a version of sh010-chroma first", "datasetSha256"});
  const Json shown = Json::parse(outcome.out).at("spec").at("train");
  EXPECT_EQ(shown.at("source").at("range"), "1001-1009") << "as the alignment saw it";
  ASSERT_EQ(line_.Run(line).code, ExitCode::kOk);
  const Json sent = ToJson(farm().submitted.at(0).spec().train(), Defaults::kLeftOut);
  for (const char* field : {"pairs", "heldOut", "alignment", "recovery", "color", "partners"})
    EXPECT_EQ(shown.at(field), sent.at(field)) << field;
}

}  // namespace
}  // namespace interneg::cli
