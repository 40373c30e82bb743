#include "server/scheduling/request.h"

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

constexpr char kId[] = "0190a000-0000-7000-8000-000000000001";

JobRequest Render(int frames) {
  JobRequest request;
  request.request_id = kId;
  request.spec = "{}";
  request.spec_sha256 = std::string(64, 'a');
  request.facts.kind = JobKind::kRender;
  for (int i = 0; i < frames; ++i) request.facts.frames.push_back(1001 + i);
  request.facts.roots = {"plates", "out", "plates"};
  request.facts.output_root = "out";
  request.facts.output_folder = "shots/sh010";
  request.facts.output_name = "f.%04d.exr";
  request.facts.train_job_id = kId;
  request.facts.device_kind = DeviceKind::kCuda;
  return request;
}

TEST(Request, EveryRenderTaskHasItsPublishTaskBehindIt) {
  const auto tasks = PlanTasks(Render(49).facts);
  ASSERT_EQ(tasks.size(), 12U);
  for (std::size_t i = 0; i < tasks.size(); i += 2) {
    EXPECT_EQ(tasks[i].kind, TaskKind::kRender);
    EXPECT_EQ(tasks[i + 1].kind, TaskKind::kPublish);
    EXPECT_EQ(tasks[i + 1].waits_for, static_cast<int>(i));
    EXPECT_EQ(tasks[i].frames, tasks[i + 1].frames);
  }
}

TEST(Request, PublishingAsksForTheOutputRootAloneAndNoDevice) {
  const JobRequest request = Render(10);
  const auto render = RequirementOf(TaskKind::kRender, request);
  EXPECT_EQ(render.roots, (std::vector<std::string>{"out", "plates"}));
  EXPECT_EQ(render.device_kind, DeviceKind::kCuda);
  const auto publish = RequirementOf(TaskKind::kPublish, request);
  EXPECT_EQ(publish.weight, Weight::kLight);
  EXPECT_EQ(publish.roots, std::vector<std::string>{"out"});
  EXPECT_FALSE(publish.device_kind.has_value());
}

TEST(Request, AJobIsBoundedInTasksChunksAndBytes) {
  EXPECT_TRUE(CheckRequest(Render(5000)).ok());
  auto many = Render(20'001);
  many.facts.chunk_frames = 1;
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(many)));
  auto large = Render(10);
  large.facts.chunk_frames = 100'000;
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(large)));
  auto wordy = Render(10);
  wordy.spec = std::string(300'000, ' ');
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(wordy)));
}

TEST(Request, TheTrainingJobIsADependencyOnce) {
  JobRequest request = Render(10);
  request.depends_on = {kId};
  EXPECT_EQ(AllDependencies(request), std::vector<std::string>{kId});
}

TEST(Request, ATrainingBeginsWithOneModelAtMost) {
  JobRequest request = Render(3);
  request.facts.kind = JobKind::kTrain;
  request.facts.frames.clear();
  EXPECT_TRUE(CheckRequest(request).ok());
  EXPECT_EQ(AllDependencies(request), std::vector<std::string>{kId});
  request.facts.checkpoint_sha256 = std::string(64, 'b');
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(request)));
  request.facts.train_job_id.clear();
  EXPECT_TRUE(CheckRequest(request).ok());
}

TEST(Request, RefusesWhatContradictsItself) {
  EXPECT_TRUE(CheckRequest(Render(3)).ok());
  JobRequest request = Render(0);
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(request)));
  request = Render(3);
  request.facts.checkpoint_sha256 = std::string(64, 'b');
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(request)));
  request = Render(3);
  request.facts.frames = {3, 2};
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(request)));
  request = Render(3);
  request.priority = 101;
  EXPECT_TRUE(absl::IsInvalidArgument(CheckRequest(request)));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckAdjustment({})));
}

TEST(AttemptFolder, LiesHiddenBesideThePublishedFrames) {
  EXPECT_EQ(AttemptFolder("out", "shots/sh010", {"t", 2}), "out:shots/sh010/.interneg/t.2");
  EXPECT_EQ(AttemptFolder("out", "", {"t", 2}), "out:.interneg/t.2");
}

}  // namespace
}  // namespace interneg::scheduling
