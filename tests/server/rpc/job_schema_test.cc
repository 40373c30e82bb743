// A job goes to workers that know the schema which its document states, so that number must never be too small: their
// engines would refuse the job as bad input, which nobody tries again.
#include "server/rpc/job_schema.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "interneg/v1/job_spec.pb.h"
#include "server/rpc/job_document.h"

namespace interneg::rpc {
namespace {

namespace pb = google::protobuf;

v1::JobSpec Train() {
  v1::JobSpec spec;
  spec.set_schema(1);
  v1::TrainJob& train = *spec.mutable_train();
  train.set_recovery(v1::RECOVERY_CHROMA);
  for (v1::FrameSource* side : {train.mutable_source(), train.mutable_reference()}) side->set_range("1-9");
  train.mutable_source()->set_path("films:faded/f.%04d.png");
  train.mutable_reference()->set_path("films:colour/f.%04d.png");
  for (const int frame : {1, 9}) train.add_pairs(frame);
  return spec;
}

unsigned Stated(const v1::JobSpec& spec) {
  const auto document = ReadJobDocument(spec);
  EXPECT_TRUE(document.ok()) << document.status();
  if (!document.ok()) return 0;
  EXPECT_NE(document->json.find("\"schema\":" + std::to_string(document->facts.job_schema)), std::string::npos)
      << "the engine reads the same number: " << document->json;
  return document->facts.job_schema;
}

TEST(JobSchema, ADocumentStatesTheLeastThatHasItsFields) {
  EXPECT_EQ(Stated(Train()), 1U);
  auto spec = Train();
  spec.mutable_train()->mutable_alignment()->set_sha256(std::string(64, 'a'));
  EXPECT_EQ(Stated(spec), 2U);
  spec.mutable_train()->mutable_crop()->set_width_px(64);
  spec.mutable_train()->mutable_crop()->set_height_px(48);
  EXPECT_EQ(Stated(spec), 3U);
}

TEST(JobSchema, SoDoesItsWordForAThingThatCameLater) {
  auto spec = Train();
  spec.mutable_train()->set_network(v1::NETWORK_KIND_UNET);
  EXPECT_EQ(Stated(spec), 1U);
  spec.mutable_train()->set_network(v1::NETWORK_KIND_NAFNET);
  EXPECT_EQ(Stated(spec), 4U);
  for (const DatedField& value : DatedValues()) {
    const std::string name = "interneg.v1." + std::string(value.name);
    EXPECT_NE(pb::DescriptorPool::generated_pool()->FindEnumValueByName(name), nullptr) << name;
  }
}

TEST(JobSchema, RulesForAnEarlyEndAreKnownToNewerEnginesOnly) {
  auto spec = Train();
  spec.mutable_train()->mutable_training()->set_steps(100);
  EXPECT_EQ(Stated(spec), 1U);
  spec.mutable_train()->mutable_training()->set_plateau_gain_db(0.05);
  EXPECT_EQ(Stated(spec), 5U);
  spec.mutable_train()->mutable_training()->clear_plateau_gain_db();
  spec.mutable_train()->mutable_training()->set_ignore_divergence(true);
  EXPECT_EQ(Stated(spec), 5U);
}

TEST(JobSchema, WhatATrainingBeginsWithIsKnownToNewerEnginesOnly) {
  auto spec = Train();
  spec.mutable_train()->set_initial_checkpoint_sha256(std::string(64, 'c'));
  EXPECT_EQ(Stated(spec), 6U);
  spec = Train();
  spec.mutable_train()->mutable_training()->set_patch_sampling(v1::PATCH_SAMPLING_BY_DIFFICULTY);
  EXPECT_EQ(Stated(spec), 6U);
  spec = Train();
  spec.mutable_train()->mutable_training()->set_grain_weight(0);
  EXPECT_EQ(Stated(spec), 6U) << "none is not the recipe's";
}

// What was not said before is said by a presence: off is another thing than the recipe's.
TEST(JobSchema, HowPatchesAreVariedAndLumaMatchedIsKnownToNewerEnginesOnly) {
  auto spec = Train();
  spec.mutable_train()->mutable_training()->mutable_augmentation()->set_horizontal_flip(false);
  EXPECT_EQ(Stated(spec), 7U);
  spec = Train();
  spec.mutable_train()->mutable_training()->set_luma_match(false);
  EXPECT_EQ(Stated(spec), 7U);
  spec = Train();
  spec.mutable_train()->mutable_training()->set_multi_resolution(false);
  EXPECT_EQ(Stated(spec), 6U) << "read by engines that knew no such recipe, too";
}

TEST(JobSchema, FieldsCountWhereverTheyLie) {
  auto spec = Train();
  spec.mutable_train()->mutable_reference()->mutable_pulldown()->set_cadence(v1::PULLDOWN_CADENCE_THREE_TWO);
  EXPECT_EQ(Stated(spec), 3U);
  spec = Train();
  for (const int frame : {1, 9}) {
    v1::SetPartner& partner = *spec.mutable_train()->add_partners();
    partner.set_source_frame(frame);
    partner.set_reference_frame(frame);
  }
  EXPECT_EQ(Stated(spec), 3U);
}

TEST(JobSchema, AnOpenRangeIsNamedByNewerEnginesOnly) {
  v1::JobSpec spec;
  spec.set_schema(2);
  v1::MatchJob& match = *spec.mutable_match();
  *match.mutable_source() = Train().train().source();
  *match.mutable_reference() = Train().train().reference();
  EXPECT_EQ(Stated(spec), 2U);
  match.mutable_reference()->clear_range();
  EXPECT_EQ(Stated(spec), 3U);
}

TEST(JobSchema, AHigherNumberStands) {
  auto spec = Train();
  spec.set_schema(kJobSchema);
  EXPECT_EQ(Stated(spec), kJobSchema);
}

// The whole document, or what is left of it where nothing leads that later versions brought.
enum class Reach { kEverything, kUndated };

// Full names below the package of the fields that a document can hold; dated ones are among them only with everything.
void Collect(const pb::Descriptor& message, Reach reach, std::set<std::string>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const std::string name = field.full_name().substr(std::string("interneg.v1.").size());
    const auto& all = DatedFields();
    const bool is_dated = std::any_of(all.begin(), all.end(), [&](const DatedField& d) { return name == d.name; });
    if (is_dated && reach == Reach::kUndated) continue;
    if (fields.insert(name).second && field.message_type() != nullptr) Collect(*field.message_type(), reach, fields);
  }
}

TEST(JobSchema, EveryFieldHasItsVersion) {
  unsigned newest = 1;
  for (const DatedField& field : DatedFields()) {
    const std::string name = "interneg.v1." + std::string(field.name);
    EXPECT_NE(pb::DescriptorPool::generated_pool()->FindFieldByName(name), nullptr) << name;
    newest = std::max(newest, field.schema);
  }
  EXPECT_EQ(newest, kJobSchema);
  std::set<std::string> undated;
  Collect(*v1::JobSpec::descriptor(), Reach::kUndated, undated);
  EXPECT_EQ(undated.size(), 52U)
      << "a field was added to what a schema 1 document can hold: date it in server/rpc/job_schema.cc";
}

// A field below one that is dated would pass as being as old as that one.
TEST(JobSchema, NoFieldIsAddedWithoutAThoughtOfItsVersion) {
  std::set<std::string> fields;
  Collect(*v1::JobSpec::descriptor(), Reach::kEverything, fields);
  EXPECT_EQ(fields.size(), 224U) << "a field was added: unless an engine that is out there knows it, date it in "
                                    "server/rpc/job_schema.cc and raise kJobSchema; then write the new "
                                    "number here";
}

}  // namespace
}  // namespace interneg::rpc
