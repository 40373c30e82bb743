#include "server/rpc/job_document.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interneg/v1/job_spec.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/job_schema.h"

namespace interneg::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

v1::JobSpec Train() {
  v1::JobSpec spec;
  spec.set_schema(1);
  auto& train = *spec.mutable_train();
  train.set_recovery(v1::RECOVERY_CHROMA);
  train.mutable_source()->set_path("films:faded/f.%04d.png");
  train.mutable_source()->set_range("1001-1049");
  train.mutable_reference()->set_path("tapes:colour/f.%04d.png");
  train.mutable_reference()->set_range("1001-1049");
  train.add_pairs(1001);
  train.add_pairs(1049);
  return spec;
}

v1::JobSpec Render() {
  v1::JobSpec spec;
  spec.set_schema(1);
  auto& render = *spec.mutable_render();
  render.mutable_source()->set_path("/faded/f.%04d.png");
  render.mutable_source()->set_range("1-3");
  render.set_checkpoint_sha256(std::string(64, 'a'));
  render.mutable_output()->set_path("out:sh010/v1/f.%04d.exr");
  return spec;
}

std::string Refusal(const v1::JobSpec& spec) {
  const auto document = ReadJobDocument(spec);
  EXPECT_TRUE(absl::IsInvalidArgument(document.status())) << document.status();
  return std::string(document.status().message());
}

TEST(JobDocument, IsCanonicalJsonWithItsHash) {
  const auto document = ReadJobDocument(Train());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->json,
            R"({"schema":1,"train":{"recovery":"RECOVERY_CHROMA","source":{"path":"films:faded/f.%04d.png",)"
            R"("range":"1001-1049"},"reference":{"path":"tapes:colour/f.%04d.png","range":"1001-1049"},)"
            R"("pairs":[1001,1049]}})");
  EXPECT_EQ(document->sha256, artifacts::Sha256Hex(document->json));
  EXPECT_EQ(document->facts.kind, scheduling::JobKind::kTrain);
  EXPECT_THAT(document->facts.roots, ElementsAre("films", "tapes"));
}

// Idempotent submission compares bytes, so a map must always be written in one order.
TEST(JobDocument, MapsAreWrittenInTheOrderOfTheirKeys) {
  v1::JobSpec forwards = Render(), backwards = Render();
  for (int i = 0; i < 40; ++i) {
    (*forwards.mutable_render()->mutable_output()->mutable_attributes())["k" + std::to_string(i)] = "v";
    (*backwards.mutable_render()->mutable_output()->mutable_attributes())["k" + std::to_string(39 - i)] = "v";
  }
  const auto one = ReadJobDocument(forwards), two = ReadJobDocument(backwards);
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->json, two->json);
  EXPECT_LT(one->json.find("\"k10\""), one->json.find("\"k11\""));
}

// Hours of matching and aligning lie between the submission and the engine's own refusal.
TEST(JobDocument, APreparationThatItsSideRefusesIsToldAtOnce) {
  auto spec = Train();
  spec.mutable_train()->add_reference_preparation()->mutable_median()->set_size_px(10);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  spec.mutable_train()->set_recovery(v1::RECOVERY_SPATIAL);
  EXPECT_THAT(Refusal(spec),
              StartsWith("train.referencePreparation: preparation step 1 (median): refused on a spatial reference"));
  spec = Train();
  spec.mutable_train()->add_source_preparation();
  EXPECT_THAT(Refusal(spec), StartsWith("train.sourcePreparation[0]: names no step"));
  spec = Train();
  spec.mutable_train()->mutable_crop()->set_x_px(-2);
  EXPECT_THAT(Refusal(spec), StartsWith("train.crop: "));
}

TEST(JobDocument, ATrainingMayBeginWithAModel) {
  auto spec = Train();
  spec.mutable_train()->set_initial_checkpoint_sha256(std::string(64, 'c'));
  const auto document = ReadJobDocument(spec);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->facts.checkpoint_sha256, std::string(64, 'c'));
  spec.mutable_train()->set_initial_checkpoint_sha256("c");
  EXPECT_THAT(Refusal(spec), StartsWith("train.initialCheckpointSha256: must be 64"));
  spec.mutable_train()->set_initial_train_job_id("17");
  EXPECT_THAT(Refusal(spec), StartsWith("train.initialTrainJobId: \"17\" is no job's id"));
}

TEST(JobDocument, StrengthsAndSmoothingHaveTheirRange) {
  auto spec = Render();
  spec.mutable_render()->mutable_detail()->set_grain(0);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  spec.mutable_render()->mutable_detail()->set_fine(4.5);
  EXPECT_THAT(Refusal(spec), StartsWith("render.detail.fine: 4.5 is given"));
  spec.mutable_render()->mutable_detail()->set_fine(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(Refusal(spec), StartsWith("render.detail.fine: "));
  spec.mutable_render()->clear_detail();
  spec.mutable_render()->set_temporal_smoothing(1.5);
  EXPECT_THAT(Refusal(spec), StartsWith("render.temporalSmoothing: 1.5 is given"));
  spec = Train();
  spec.mutable_train()->mutable_training()->set_grain_weight(-1);
  EXPECT_THAT(Refusal(spec), StartsWith("train.training.grainWeight: -1 is given"));
}

TEST(JobDocument, HowPatchesAreVariedHasItsRange) {
  auto spec = Train();
  auto& augmentation = *spec.mutable_train()->mutable_training()->mutable_augmentation();
  augmentation.set_scale(0.5);
  augmentation.set_exposure(0.1);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  augmentation.set_scale(0.6);
  EXPECT_THAT(Refusal(spec), StartsWith("train.training.augmentation.scale: 0.6 is given; 0 to 0.5"));
  augmentation.set_scale(0);
  for (const double wrong : {-0.1, std::numeric_limits<double>::quiet_NaN()}) {
    augmentation.set_exposure(wrong);
    EXPECT_THAT(Refusal(spec), StartsWith("train.training.augmentation.exposure: ")) << wrong;
  }
}

TEST(JobDocument, WhatTheLossForgivesHasItsRange) {
  auto spec = Train();
  auto& tolerance = *spec.mutable_train()->mutable_tolerance();
  tolerance.set_chroma_bandwidth(0.5);
  tolerance.set_shift_px(1);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  tolerance.set_shift_px(2);
  EXPECT_THAT(Refusal(spec), StartsWith("train.tolerance.shiftPx: 2 is given; 0 or 1"));
  tolerance.clear_shift_px();
  for (const double wrong : {-0.5, 0.001, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    tolerance.set_chroma_bandwidth(wrong);
    EXPECT_THAT(Refusal(spec), StartsWith("train.tolerance.chromaBandwidth: ")) << wrong;
  }
}

TEST(JobDocument, PairsOfAnAlignmentMayHavePartnersOfAnyNumber) {
  auto spec = Train();
  spec.mutable_train()->mutable_reference()->set_range("1-50");
  EXPECT_THAT(Refusal(spec), HasSubstr("lies outside reference.range"));
  spec.mutable_train()->mutable_alignment()->set_sha256(std::string(64, 'a'));
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  spec.mutable_train()->add_held_out(1001);
  EXPECT_THAT(Refusal(spec), HasSubstr("frame 1001 is named before"));
  spec.mutable_train()->clear_held_out();
  spec.mutable_train()->clear_pairs();
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << "the alignment's own";
}

TEST(JobDocument, PartnersAreOfNamedFramesAndOfTheReference) {
  auto spec = Train();
  auto& train = *spec.mutable_train();
  train.mutable_reference()->set_range("1-50");
  for (const int frame : {1001, 1049}) {
    auto& pair = *train.add_partners();
    pair.set_source_frame(frame);
    pair.set_reference_frame(frame - 1000);
  }
  train.add_held_out(1020);
  auto& withheld = *train.add_partners();
  withheld.set_source_frame(1020);
  withheld.set_reference_frame(20);
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << ReadJobDocument(spec).status();
  train.mutable_partners(1)->set_reference_frame(51);
  EXPECT_THAT(Refusal(spec), HasSubstr("train.partners[1].referenceFrame: frame 51 lies outside reference.range 1-50"));
  train.mutable_partners(1)->set_source_frame(1001);
  train.mutable_partners(1)->set_reference_frame(2);
  EXPECT_THAT(Refusal(spec), HasSubstr("frame 1001 is named before"));
  train.mutable_partners(1)->set_source_frame(1030);
  EXPECT_THAT(Refusal(spec), HasSubstr("train.partners[1].sourceFrame: frame 1030 is neither trained on nor held out"));
}

// Frames midway between pairs are withheld by default, and nobody but the caller knows what they are in the reference.
TEST(JobDocument, PartnersOfOtherNumbersNeedHeldOutFrames) {
  auto spec = Train();
  auto& train = *spec.mutable_train();
  auto& pair = *train.add_partners();
  pair.set_source_frame(1049);
  pair.set_reference_frame(1048);
  EXPECT_EQ(Refusal(spec),
            "train.heldOut: is empty, and train.partners numbers the reference in its own way (frame 1049 lies on "
            "1048); name the frames to judge by, with their partners");
  pair.set_reference_frame(1049);
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << "numbered alike";
  pair.set_reference_frame(1048);
  train.add_held_out(1020);
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << ReadJobDocument(spec).status();
  train.clear_held_out();
  train.mutable_alignment()->set_sha256(std::string(64, 'a'));
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << "the alignment withholds";
}

TEST(JobDocument, CropsThatCannotBeAreToldAtOnce) {
  const auto set = [](v1::PictureArea& area, int x, int y, int width, int height) {
    area.set_x_px(x);
    area.set_y_px(y);
    area.set_width_px(width);
    area.set_height_px(height);
  };
  v1::JobSpec spec;
  spec.set_schema(2);
  v1::AlignJob& align = *spec.mutable_align();
  *align.mutable_source() = Train().train().source();
  *align.mutable_reference() = Train().train().reference();
  align.add_pairs(1001);
  set(*align.mutable_crop(), 3, 0, 100, 100);
  EXPECT_EQ(Refusal(spec), "align.crop: 3,0 is no even place, which colour needs; give 4,0");
  set(*align.mutable_crop(), 4, 0, 100, 100);
  auto& key = *align.add_crop_keys();
  set(*key.mutable_area(), 0, 0, 100, 100);
  EXPECT_THAT(Refusal(spec), StartsWith("align.cropKeys: give one crop"));
  align.clear_crop();
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  *align.add_crop_keys() = key;
  EXPECT_THAT(Refusal(spec), StartsWith("align.cropKeys[1]: frame 0 has two crops"));
  align.clear_crop_keys();
  set(*align.mutable_render_crop(), 0, 0, 0, 100);
  EXPECT_THAT(Refusal(spec), StartsWith("align.renderCrop: 0,0 0x100 lies outside the picture"));
  for (const auto& [x, width] : {std::pair{2147483647, 100}, {2147483000, 1000}, {0, 2147483646}, {0, -2147483647}}) {
    set(*align.mutable_render_crop(), x, 0, width, 100);
    EXPECT_THAT(Refusal(spec), StartsWith("align.renderCrop: " + std::to_string(x) + ",0 " + std::to_string(width) +
                                          "x100 lies outside the picture"));
  }
  spec = Render();
  set(*spec.mutable_render()->mutable_render_crop(), 0, 0, 101, 100);
  EXPECT_EQ(Refusal(spec), "render.renderCrop: 101x100 is no even size; give 100x100");
  set(*spec.mutable_render()->mutable_render_crop(), 0, 0, 100, 100);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  spec.mutable_render()->set_whole_frame(true);
  EXPECT_THAT(Refusal(spec), StartsWith("render.wholeFrame: "));
}

TEST(JobDocument, ARendersFactsAreTakenApart) {
  const auto document = ReadJobDocument(Render());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(document->facts.frames, ElementsAre(1, 2, 3));
  EXPECT_THAT(document->facts.roots, ElementsAre("local", "out"));
  EXPECT_EQ(document->facts.output_root, "out");
  EXPECT_EQ(document->facts.output_folder, "sh010/v1");
  EXPECT_EQ(document->facts.output_name, "f.%04d.exr");
  EXPECT_EQ(document->facts.replacement, scheduling::Replacement::kRefuse);
}

TEST(JobDocument, ErrorsBeginWithTheFieldsPath) {
  v1::JobSpec spec = Train();
  spec.mutable_train()->add_pairs(1099);
  EXPECT_EQ(Refusal(spec), "train.pairs[2]: frame 1099 lies outside source.range 1001-1049");

  spec = Train();
  spec.mutable_train()->mutable_reference()->set_range("1001-1048");
  EXPECT_EQ(Refusal(spec), "train.pairs[1]: frame 1049 lies outside reference.range 1001-1048");

  spec = Train();
  spec.mutable_train()->mutable_pairs()->RemoveLast();
  EXPECT_THAT(Refusal(spec), StartsWith("train.pairs: at least two pairs"));

  spec = Train();
  spec.mutable_train()->add_held_out(1001);
  EXPECT_THAT(Refusal(spec), StartsWith("train.heldOut[0]: frame 1001 is named before"));

  spec = Train();
  spec.mutable_train()->mutable_source()->set_range("1001-");
  EXPECT_THAT(Refusal(spec), StartsWith("train.source.range: \"1001-\""));

  spec = Train();
  spec.mutable_train()->mutable_source()->set_path("films:../f.%04d.png");
  EXPECT_THAT(Refusal(spec), StartsWith("train.source.path: "));

  spec = Train();
  spec.mutable_train()->clear_recovery();
  EXPECT_THAT(Refusal(spec), StartsWith("train.recovery: "));

  spec = Render();
  spec.mutable_render()->clear_model();
  EXPECT_THAT(Refusal(spec), HasSubstr("checkpointSha256 or trainJobId"));

  spec = Render();
  spec.mutable_render()->mutable_output()->set_path("out:f.exr");
  EXPECT_THAT(Refusal(spec), StartsWith("render.output.path: "));

  spec = Train();
  spec.set_schema(kJobSchema + 1);
  EXPECT_THAT(Refusal(spec), StartsWith("schema: " + std::to_string(kJobSchema + 1) + " is given"));

  EXPECT_THAT(Refusal(v1::JobSpec()), StartsWith("schema: "));
}

TEST(JobDocument, WhatThisServerDoesNotKnowIsRefused) {
  v1::JobSpec spec = Train();
  spec.mutable_train()->set_network(static_cast<v1::NetworkKind>(99));
  EXPECT_THAT(Refusal(spec), StartsWith("train.network: 99 is no value"));

  spec = Train();
  auto* source = spec.mutable_train()->mutable_source();
  source->GetReflection()->MutableUnknownFields(source)->AddVarint(77, 1);
  EXPECT_THAT(Refusal(spec), StartsWith("train.source: holds field number 77"));

  spec = Train();
  spec.mutable_train()->mutable_training()->set_learning_rate(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Refusal(spec), "train.training.learningRate: must be a finite number");
}

TEST(JobDocument, AReadingOfMoviesIsForMovies) {
  auto spec = Train();
  spec.mutable_train()->mutable_reference()->mutable_movie()->set_matrix(v1::YCBCR_MATRIX_BT601);
  EXPECT_THAT(Refusal(spec), StartsWith("train.reference.movie: "));
  spec.mutable_train()->mutable_reference()->set_path("tapes:colour.MOV");
  const auto document = ReadJobDocument(spec);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(document->json, HasSubstr(R"("movie":{"matrix":"YCBCR_MATRIX_BT601"})"));
}

TEST(JobDocument, WithoutARangeAMediumIsAllThatThereIsWhereAStageFindsOut) {
  auto spec = Train();
  spec.mutable_train()->mutable_reference()->clear_range();
  EXPECT_THAT(Refusal(spec), StartsWith("train.reference.range: is missing")) << "its frames have the source's numbers";
  spec.mutable_train()->mutable_alignment()->set_sha256(std::string(64, 'a'));
  spec.mutable_train()->mutable_source()->clear_range();
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << "the alignment names them";
  spec = Render();
  spec.mutable_render()->mutable_source()->clear_range();
  EXPECT_THAT(Refusal(spec), StartsWith("render.source.range: is missing"));
  spec.mutable_match()->mutable_source()->set_path("films:faded/f.%04d.png");
  spec.mutable_match()->mutable_reference()->set_path("tapes:reel.mov");
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  spec.mutable_match()->mutable_reference()->set_range("1-");
  EXPECT_THAT(Refusal(spec), StartsWith("match.reference.range: "));
  spec.mutable_probe()->add_media()->set_path("tapes:reel.mov");
  spec.mutable_probe()->add_decoded_frames(7);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
}

TEST(JobDocument, APulldownHasACadenceAndAPlaceInIt) {
  auto spec = Train();
  auto& pulldown = *spec.mutable_train()->mutable_reference()->mutable_pulldown();
  EXPECT_THAT(Refusal(spec), StartsWith("train.reference.pulldown.cadence: "));
  pulldown.set_cadence(v1::PULLDOWN_CADENCE_TWO_TWO);
  pulldown.set_phase(2);
  EXPECT_THAT(Refusal(spec), StartsWith("train.reference.pulldown.phase: 2 is given; 0 to 1"));
  pulldown.set_phase(1);
  EXPECT_TRUE(ReadJobDocument(spec).ok());
  pulldown.set_first_frame(-24);
  EXPECT_TRUE(ReadJobDocument(spec).ok()) << "a countdown before frame 0";
  pulldown.set_first_frame(100'000'000);
  EXPECT_THAT(Refusal(spec), StartsWith("train.reference.pulldown.firstFrame: "));
}

TEST(JobDocument, ComparedElementsNameReportsAndNoMedia) {
  v1::JobSpec spec;
  spec.set_schema(2);
  for (const char* name : {"scan", "tape"}) {
    auto& element = *spec.mutable_probe()->mutable_comparison()->add_elements();
    element.set_name(name);
    element.mutable_report()->set_sha256(std::string(64, name[0] == 's' ? 'a' : 'b'));
  }
  const auto document = ReadJobDocument(spec);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(document->facts.roots, testing::IsEmpty());
  ASSERT_EQ(document->facts.inputs.size(), 2U);
  EXPECT_EQ(document->facts.inputs[1].role, "report_1");
  EXPECT_EQ(document->facts.inputs[1].kind, "media_report");
  auto& elements = *spec.mutable_probe()->mutable_comparison()->mutable_elements();
  elements[1].add_conform_offsets()->set_frames("1-10");
  elements[1].add_conform_offsets()->set_frames("10-20");
  EXPECT_THAT(Refusal(spec), HasSubstr("frame 10 is moved before"));
  elements[1].clear_conform_offsets();
  elements[1].set_name("scan");
  EXPECT_THAT(Refusal(spec), StartsWith("probe.comparison.elements[1].name: "));
  elements.RemoveLast();
  EXPECT_THAT(Refusal(spec), HasSubstr("two or more are expected, 1 given"));
}

}  // namespace
}  // namespace interneg::rpc
