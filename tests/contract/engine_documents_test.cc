// The engine never links protobuf, so every message exists twice: as a proto for server and daemon, as a plain struct
// for the engine. These tests fill every field of every message that crosses, by reflection, let the engine's code read
// what protobuf wrote and write it again, and ask for the same bytes; then protobuf reads what the engine wrote.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

#include "interneg/v1/engine.pb.h"
#include "interneg/v1/job_spec.pb.h"
#include "interneg/v1/media_report.pb.h"
#include "interneg/v1/stage_result.pb.h"
#include "tests/contract/random_message.h"
#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/engine_event.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::contract {
namespace {

using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::MessageToJsonString;
using Echo = std::function<std::string(const std::string&)>;

constexpr unsigned kSeeds = 200;

template <typename Message>
void ExpectSameReading(Filling filling, int choice, unsigned seed, const Echo& echo) {
  std::mt19937 random(seed);
  Message message;
  Fill(message, filling, choice, random);
  std::string json;
  ASSERT_TRUE(MessageToJsonString(message, &json).ok());
  SCOPED_TRACE("seed " + std::to_string(seed) + ", alternative " + std::to_string(choice) + ": " + json);
  std::string echoed;
  ASSERT_NO_THROW(echoed = echo(json));
  EXPECT_EQ(echoed, json);
  Message read;
  ASSERT_TRUE(JsonStringToMessage(echoed, &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, message));
}

template <typename Message>
void ExpectSameReadings(int alternatives, const Echo& echo) {
  for (int choice = 0; choice < alternatives; ++choice) {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
      ExpectSameReading<Message>(Filling::kAll, choice, seed, echo);
      ExpectSameReading<Message>(Filling::kSome, choice, seed, echo);
      if (testing::Test::HasFailure()) return;
    }
  }
  std::printf("seeds 1 to %u, %d alternatives\n", kSeeds, alternatives);
}

TEST(EngineDocuments, JobIsReadAndWrittenAsProtobufDoes) {
  // 7 kinds, of which one has a choice of 3 and some have one of 2.
  ExpectSameReadings<v1::JobSpec>(42, [](const std::string& json) { return jobs::ToJson(jobs::ParseJobSpec(json)); });
}

TEST(EngineDocuments, StageResultsAreReadAndWrittenAsProtobufDoes) {
  ExpectSameReadings<v1::FrameMap>(
      3, [](const std::string& json) { return jobs::ToJson(jobs::ParseFrameMap(json, "map")); });
  ExpectSameReadings<v1::PairChoice>(
      1, [](const std::string& json) { return jobs::ToJson(jobs::ParsePairChoice(json, "choice")); });
  ExpectSameReadings<v1::Alignment>(
      1, [](const std::string& json) { return jobs::ToJson(jobs::ParseAlignment(json, "alignment")); });
}

TEST(EngineDocuments, MediaReportsAreReadAndWrittenAsProtobufDoes) {
  ExpectSameReadings<v1::MediaReport>(1, [](const std::string& json) {
    return jobs::document::ToJson(jobs::document::ParseMediaReport(json, "report"));
  });
  ExpectSameReadings<v1::ElementMap>(1, [](const std::string& json) {
    return jobs::document::ToJson(jobs::document::ParseElementMap(json, "map"));
  });
}

TEST(EngineDocuments, AssignmentIsReadAndWrittenAsProtobufDoes) {
  ExpectSameReadings<v1::Assignment>(1,
                                     [](const std::string& json) { return jobs::ToJson(jobs::ParseAssignment(json)); });
}

TEST(EngineDocuments, EventsAreReadAndWrittenAsProtobufDoes) {
  ExpectSameReadings<v1::EngineEvent>(
      10, [](const std::string& json) { return jobs::ToJson(jobs::ParseEngineEvent(json)); });
}

TEST(EngineDocuments, CommandsAreReadAndWrittenAsProtobufDoes) {
  ExpectSameReadings<v1::EngineCommand>(
      2, [](const std::string& json) { return jobs::ToJson(jobs::ParseEngineCommand(json)); });
}

// Alternatives are counted by hand above; this fails when the contract gains one.
TEST(EngineDocuments, EveryAlternativeIsTried) {
  EXPECT_EQ(v1::JobSpec::descriptor()->oneof_decl(0)->field_count(), 7);
  EXPECT_EQ(v1::MapEdit::descriptor()->oneof_decl(0)->field_count(), 3);
  EXPECT_EQ(v1::StageInput::descriptor()->oneof_decl(0)->field_count(), 2);
  EXPECT_EQ(v1::RenderJob::descriptor()->oneof_decl(0)->field_count(), 2);
  EXPECT_EQ(v1::EngineEvent::descriptor()->oneof_decl(0)->field_count(), 10);
  EXPECT_EQ(v1::EngineCommand::descriptor()->oneof_decl(0)->field_count(), 2);
}

TEST(EngineDocuments, SeveralMapEntriesMeanTheSame) {
  v1::Assignment assignment;
  for (int i = 0; i < 20; ++i) (*assignment.mutable_provenance())["name" + std::to_string(i)] = std::to_string(i * i);
  std::string json;
  ASSERT_TRUE(MessageToJsonString(assignment, &json).ok());
  v1::Assignment read;
  ASSERT_TRUE(JsonStringToMessage(jobs::ToJson(jobs::ParseAssignment(json)), &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, assignment));
}

}  // namespace
}  // namespace interneg::contract
