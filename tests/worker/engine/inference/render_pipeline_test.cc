#include "worker/engine/inference/render_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "tests/worker/engine/inference/drawn_render.h"

namespace interneg::inference {
namespace {

const std::atomic<bool> kGoOn = false;

struct Reported {
  std::vector<int> order;  // as reported; failed frames negative
  std::map<int, std::string> sha256;
};

Reported RenderAll(RenderPlan plan, int writers, int frames_in_flight) {
  plan.writers = writers;
  plan.frames_in_flight = frames_in_flight;
  Reported reported;
  RenderCallbacks callbacks;
  callbacks.written = [&](const ComposedFrame& frame, const frames::WrittenFrame& file) {
    reported.order.push_back(frame.frame);
    reported.sha256[frame.frame] = file.sha256;
  };
  callbacks.failed = [&](int frame, const frames::FrameError&) { reported.order.push_back(-frame); };
  EXPECT_EQ(Render(plan, callbacks, kGoOn).end, RenderEnd::kFinished);
  return reported;
}

TEST(RenderPipeline, PixelsAndOrderDoNotDependOnHowManyFramesAreInHand) {
  const DrawnRender drawn(8);
  const auto model = DrawnModel(model::NetworkKind::kGrid);
  std::filesystem::remove(drawn.FileOf(4));
  const auto writer = drawn.WriterFor("out");
  const auto one = RenderAll(drawn.PlanFor(model, writer, {1, 2, 3, 4, 5, 6, 7, 8}), 1, 1);
  const auto many = RenderAll(drawn.PlanFor(model, writer, {1, 2, 3, 4, 5, 6, 7, 8}), 4, 6);
  EXPECT_THAT(one.order, testing::ElementsAre(1, 2, 3, -4, 5, 6, 7, 8));
  EXPECT_EQ(one.order, many.order);
  EXPECT_EQ(one.sha256, many.sha256);
}

// As frames of a device are computed, on the CPU.
TEST(RenderPipeline, FramesThatOverlapAreTheSameInTheSameOrder) {
  const DrawnRender drawn(6);
  const auto model = DrawnModel(model::NetworkKind::kGrid);
  std::filesystem::remove(drawn.FileOf(1));
  std::filesystem::remove(drawn.FileOf(4));
  const auto writer = drawn.WriterFor("out");
  auto plan = drawn.PlanFor(model, writer, {1, 2, 3, 4, 5, 6});
  const auto apart = RenderAll(plan, 1, 3);
  plan.overlap = FrameOverlap::kAlways;
  for (const int in_flight : {1, 3}) {
    const auto overlapping = RenderAll(plan, 2, in_flight);
    EXPECT_THAT(overlapping.order, testing::ElementsAre(-1, 2, 3, -4, 5, 6)) << in_flight << " in flight";
    EXPECT_EQ(overlapping.sha256, apart.sha256) << in_flight << " in flight";
  }
}

// A frame is in memory from when it is read (prepare is called then) until it was reported.
TEST(RenderPipeline, NeverHoldsMoreFramesThanItMay) {
  const DrawnRender drawn(9);
  const auto model = DrawnModel(model::NetworkKind::kClosedForm);
  const auto writer = drawn.WriterFor("out");
  std::atomic<int> held = 0, most = 0;
  auto plan = drawn.PlanFor(model, writer, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  plan.writers = 3;
  plan.frames_in_flight = 4;
  plan.prepare = [&](int, const image::Image& original) {
    const int now = ++held;
    most = std::max(most.load(), now);
    return original;
  };
  RenderCallbacks callbacks;
  callbacks.written = [&](const ComposedFrame&, const frames::WrittenFrame&) { --held; };
  Render(plan, callbacks, kGoOn);
  EXPECT_LE(most, 4);
  EXPECT_EQ(held, 0);
}

TEST(RenderPipeline, ErrorOnAWritingThreadEndsTheRenderAndPassesThrough) {
  const DrawnRender drawn(6);
  const auto model = DrawnModel(model::NetworkKind::kClosedForm);
  const auto writer = drawn.WriterFor("out");
  auto plan = drawn.PlanFor(model, writer, {1, 2, 3, 4, 5, 6});
  plan.writers = 2;
  RenderCallbacks callbacks;
  callbacks.verify = [](const ComposedFrame& frame, const frames::WrittenFrame&) {
    if (frame.frame == 3) throw std::runtime_error("frame 3");
  };
  EXPECT_THROW(Render(plan, callbacks, kGoOn), std::runtime_error);
}

TEST(RenderPipeline, FaultFoundAfterWritingIsThatFramesAlone) {
  const DrawnRender drawn(3);
  const auto model = DrawnModel(model::NetworkKind::kClosedForm);
  const auto writer = drawn.WriterFor("out");
  const auto plan = drawn.PlanFor(model, writer, {1, 2, 3});
  std::vector<int> written, failed;
  RenderCallbacks callbacks;
  callbacks.verify = [](const ComposedFrame& frame, const frames::WrittenFrame&) {
    if (frame.frame == 2) throw frames::FrameError(frames::FrameFault::kMissing, "frame 2");
  };
  callbacks.written = [&](const ComposedFrame& frame, const frames::WrittenFrame&) { written.push_back(frame.frame); };
  callbacks.failed = [&](int frame, const frames::FrameError&) { failed.push_back(frame); };
  Render(plan, callbacks, kGoOn);
  EXPECT_THAT(written, testing::ElementsAre(1, 3));
  EXPECT_THAT(failed, testing::ElementsAre(2));
}

TEST(RenderPipeline, TellsHowLongEachStageWasAtWork) {
  const DrawnRender drawn(2);
  const auto model = DrawnModel(model::NetworkKind::kClosedForm);
  const auto writer = drawn.WriterFor("out");
  auto plan = drawn.PlanFor(model, writer, {1, 2});
  std::atomic<int> ticks = 0;
  plan.clock = [&] { return std::chrono::duration<double>(++ticks); };
  const auto seconds = Render(plan, {}, kGoOn).seconds;
  EXPECT_GT(seconds.read, 0);
  EXPECT_GT(seconds.compute, 0);
  EXPECT_GT(seconds.deliver, 0);
  EXPECT_GT(seconds.write, 0);
  EXPECT_EQ(seconds.prepare, 0);
  EXPECT_EQ(seconds.prove, 0);
  EXPECT_GE(seconds.whole, seconds.compute);
}

}  // namespace
}  // namespace interneg::inference
