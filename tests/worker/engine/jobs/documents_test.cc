#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/engine_event.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/jobs/near_names.h"

namespace interneg::jobs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Refusal(const std::string& json) {
  try {
    ParseJobSpec(json, "job document 'a.json'");
  } catch (const DocumentError& error) {
    return error.what();
  }
  return "";
}

TEST(JobDocument, UnknownFieldIsNamedWithItsPathAndNearNames) {
  EXPECT_THAT(Refusal(R"({"schema":1,"train":{"source":{"pth":"a.%04d.png"}}})"),
              AllOf(HasSubstr("'a.json'"), HasSubstr("train.source.pth"), HasSubstr("unknown field"),
                    HasSubstr("did you mean 'path'")));
  EXPECT_THAT(Refusal(R"({"schema":1,"probe":{"media":[{"path":"a"},{"path":"b","colour":"x"}]}})"),
              HasSubstr("probe.media[1].colour"));
}

TEST(JobDocument, SnakeCaseNamesAreRefused) {
  EXPECT_THAT(Refusal(R"({"train":{"held_out":[1]}})"), HasSubstr("did you mean 'heldOut'"));
}

TEST(JobDocument, UnknownEnumNameListsNearOnes) {
  EXPECT_THAT(Refusal(R"({"train":{"recovery":"RECOVERY_CROMA"}})"),
              AllOf(HasSubstr("train.recovery"), HasSubstr("RECOVERY_CHROMA")));
  EXPECT_THAT(Refusal(R"({"train":{"recovery":1}})"), HasSubstr("must be one of the names"));
}

TEST(JobDocument, ValuesOfTheWrongKindAreRefused) {
  EXPECT_THAT(Refusal(R"({"schema":"1"})"), HasSubstr("whole number"));
  EXPECT_THAT(Refusal(R"({"schema":-1})"), HasSubstr("whole number"));
  EXPECT_THAT(Refusal(R"({"schema":4294967296})"), HasSubstr("whole number"));
  EXPECT_THAT(Refusal(R"({"schema":1.5})"), HasSubstr("whole number"));
  EXPECT_THAT(Refusal(R"({"train":{"pairs":[1,99999999999]}})"), HasSubstr("train.pairs[1]"));
  EXPECT_THAT(Refusal(R"({"train":{"source":null}})"), HasSubstr("an object"));
  EXPECT_THAT(Refusal(R"({"train":{"training":{"fixed":"yes"}}})"), HasSubstr("true or false"));
}

TEST(JobDocument, TwoKindsOrOneNameTwiceAreRefused) {
  EXPECT_THAT(Refusal(R"({"train":{},"render":{}})"), HasSubstr("only one of 'train' and 'render'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"schema":2})"), HasSubstr("twice"));
  EXPECT_THAT(Refusal(R"({"render":{"checkpointSha256":"a","trainJobId":"b"}})"), HasSubstr("only one of"));
}

TEST(JobDocument, WhatIsNotJsonIsRefused) {
  EXPECT_THAT(Refusal("{"), HasSubstr("is not JSON"));
  EXPECT_THAT(Refusal("[]"), HasSubstr("one JSON object"));
  EXPECT_THAT(Refusal("{\"schema\":1,\"train\":{\"datasetSha256\":\"\xFF\"}}"), HasSubstr("is not JSON"));
}

TEST(JobDocument, WhatIsNestedDeeperThanAnyDocumentIsRefused) {
  EXPECT_THAT(Refusal(std::string(100'000, '[')), HasSubstr("nested"));
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_THAT(Refusal("{\"schema\":" + deep + "}"), HasSubstr("nested"));
}

TEST(JobDocument, LargeNumbersTravelAsText) {
  EXPECT_THROW(ParseAssignment(R"({"manifest":[{"sizeBytes":5}]})"), DocumentError);
  EXPECT_THROW(ParseAssignment(R"({"manifest":[{"sizeBytes":"18446744073709551616"}]})"), DocumentError);
  const auto assignment = ParseAssignment(R"({"manifest":[{"sizeBytes":"18446744073709551615"}]})");
  EXPECT_EQ(assignment.manifest[0].size_bytes, 18446744073709551615ULL);
}

TEST(JobDocument, EmptyMessagesKeepTheirPresence) {
  const std::string json = R"({"schema":1,"train":{"color":{},"training":{"previewFrame":0}}})";
  EXPECT_EQ(ToJson(ParseJobSpec(json)), json);
}

TEST(NearNames, FarNamesAreNotSuggested) {
  const std::vector<std::string> known = {"source", "reference", "pairs"};
  EXPECT_THAT(NearNames("sorce", known), testing::ElementsAre("source"));
  EXPECT_THAT(NearNames("zzzzzzzz", known), testing::IsEmpty());
  EXPECT_THAT(Suggestion("zzzzzzzz", known), HasSubstr("known are source, reference, pairs"));
}

}  // namespace
}  // namespace interneg::jobs
