#include "worker/session/documents.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/session/outcome.h"

namespace interneg::session {
namespace {

using ::testing::HasSubstr;

TEST(ParseEvent, TakesTheContractsLinesAndRefusesTheRest) {
  const auto event = ParseEvent(R"({"sequence":3,"elapsedSeconds":1.5,"loss":{"step":7,"loss":0.25}})");
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->loss().step(), 7U);
  for (const char* line : {"", "{", "[]", "{}", R"({"sequence":1})", R"({"loss":{}})", R"({"sequence":1,"unheard":{}})"}) {
    EXPECT_FALSE(ParseEvent(line).ok()) << line;
  }
}

TEST(AssignmentDocument, TellsTheEngineItsGpuAsTheOnlyOne) {
  v1::Assignment assignment;
  assignment.set_task_id("t");
  const supervision::Device gpu{"GPU-1", supervision::DeviceKind::kCuda, "", 0, 5, {2, 3}};
  const LocalFacts facts{{{"a", "/a"}}, {"/a/private"}, "/s", "/c", "", {{"frame_map", "/m"}}, std::chrono::seconds(3)};
  const std::string text = AssignmentDocument(assignment, facts, gpu);
  EXPECT_THAT(text, HasSubstr("\"roots\":[{\"name\":\"a\",\"folder\":\"/a\",\"excludedFolders\":[\"/a/private\"]}]"));
  EXPECT_THAT(text, HasSubstr("\"device\":\"cuda:0\""));
  EXPECT_THAT(text, HasSubstr("\"threads\":2"));
  EXPECT_THAT(text, HasSubstr("\"checkpointPath\":\"/c\""));
  EXPECT_THAT(text, HasSubstr("\"inputs\":[{\"role\":\"frame_map\",\"path\":\"/m\"}]"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(AsUtf8, KeepsTextAndReplacesWhatIsNoneByteForByte) {
  EXPECT_EQ(AsUtf8("Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x8E\x9E"), "Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x8E\x9E");
  EXPECT_EQ(AsUtf8("a\xFF\x62\xC3"), "a?b?");
  // Overlong '/', a surrogate, beyond U+10FFFF.
  EXPECT_EQ(AsUtf8("\xC0\xAF"), "??");
  EXPECT_EQ(AsUtf8("\xED\xA0\x80"), "???");
  EXPECT_EQ(AsUtf8("\xF4\x90\x80\x80"), "????");
  EXPECT_EQ(AsUtf8(std::string("a\0b", 3)), "a?b");
}

TEST(UnfinishedUtf8Bytes, CountsTheBeginningOfACharacter) {
  EXPECT_EQ(UnfinishedUtf8Bytes("abc"), 0U);
  EXPECT_EQ(UnfinishedUtf8Bytes("a\xC3"), 1U);
  EXPECT_EQ(UnfinishedUtf8Bytes("a\xF0\x9F\x8E"), 3U);
  EXPECT_EQ(UnfinishedUtf8Bytes("a\xC3\xBC"), 0U);
  EXPECT_EQ(UnfinishedUtf8Bytes("\x80\x80\x80\x80"), 0U);
}

TEST(ResultOf, TheEnginesWordStandsAndSilenceIsExplained) {
  const v1::AttemptRef attempt;
  v1::EngineResult said;
  said.set_outcome(v1::ENGINE_OUTCOME_PARTIAL);
  supervision::EngineEnd end;
  end.exit_code = 10;
  EXPECT_EQ(OutcomeName(ResultOf(attempt, said, end, "")), "partial");
  end.exit_code = 75;
  EXPECT_EQ(OutcomeName(ResultOf(attempt, std::nullopt, end, "")), "preempted");
  end.exit_code = 134;
  EXPECT_EQ(OutcomeName(ResultOf(attempt, std::nullopt, end, "")), "crashed");
  EXPECT_EQ(ResultOf(attempt, std::nullopt, end, "").process_end(), "exit status 134");
  end.exit_code = 2;
  const v1::Result refused = ResultOf(attempt, std::nullopt, end, "noise\njob: unknown field 'x'\n\n");
  EXPECT_EQ(refused.result().failure().kind(), v1::FAILURE_KIND_BAD_INPUT);
  EXPECT_THAT(refused.result().failure().message(), HasSubstr(": job: unknown field 'x'"));
  end.exit_code = 0;
  end.start_error = "cannot execute /x: No such file or directory";
  EXPECT_EQ(OutcomeName(ResultOf(attempt, std::nullopt, end, "")), "failed");
}

}  // namespace
}  // namespace interneg::session
