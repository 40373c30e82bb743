#include <sstream>

#include <gtest/gtest.h>

#include "client/cli/progress_display.h"
#include "client/cli/progress_text.h"

namespace interneg::cli {
namespace {

v1::EngineProgress Training(std::uint32_t done, std::uint32_t total) {
  v1::EngineProgress progress;
  progress.set_phase("training");
  progress.set_done(done);
  progress.set_total(total);
  progress.set_rate(13.42);
  progress.set_loss(0.01234);
  progress.set_remaining_seconds(45);
  return progress;
}

v1::WatchJobsResponse ProgressEvent(const v1::EngineProgress& progress) {
  v1::WatchJobsResponse event;
  event.set_job_id("j");
  *event.mutable_progress() = progress;
  return event;
}

TEST(Progress, SaysStepsRateLossTimeAndCheckpoint) {
  EXPECT_EQ(ProgressText(Training(412, 1024), 400),
            "training 412/1,024 steps · 13.4 steps/s · loss 0.01234 · 0:45 left · checkpoint 400");
}

TEST(Progress, LeavesOutWhatIsUnknown) {
  v1::EngineProgress progress;
  progress.set_phase("reading pairs");
  EXPECT_EQ(ProgressText(progress, std::nullopt), "reading pairs");
  progress.set_phase("rendering");
  progress.set_done(3);
  progress.set_total(49);
  progress.set_rate(2.5);
  EXPECT_EQ(ProgressText(progress, std::nullopt), "rendering 3/49 frames · 2.50 frames/s");
}

TEST(Progress, TheBarFillsWithTheShare) {
  EXPECT_EQ(ProgressBar(Training(1, 4), 10), "[##------]");
  EXPECT_EQ(ProgressBar(Training(9, 4), 10), "[########]");
  EXPECT_EQ(ProgressBar(Training(1, 0), 10), "");
}

class Display : public ::testing::Test {
 protected:
  std::chrono::steady_clock::time_point now_{};
  std::stringstream out_;
  ProgressDisplay::Clock clock_ = [this] { return now_; };
};

TEST_F(Display, ATerminalDrawsOverOneLine) {
  {
    ProgressDisplay display(DisplayMode::kBar, 60, out_, clock_);
    display.Name("j", "train");
    display.Show(ProgressEvent(Training(1, 4)));
    display.Show(ProgressEvent(Training(2, 4)));
    EXPECT_EQ(out_.str().find('\n'), std::string::npos);
  }
  EXPECT_EQ(out_.str(),
            "\r\x1b[Ktrain: training 1/4 steps · 13.4 steps/s · loss 0.01234 · …"
            "\r\x1b[Ktrain: training 2/4 steps · 13.4 steps/s · loss 0.01234 · …\n");
}

TEST_F(Display, APipeGetsALineNowAndThen) {
  ProgressDisplay display(DisplayMode::kLines, 60, out_, clock_);
  display.Name("j", "train");
  for (std::uint32_t second = 0; second < 10; ++second) {
    display.Show(ProgressEvent(Training(second, 100)));
    now_ += std::chrono::seconds(1);
  }
  EXPECT_EQ(out_.str(),
            "train: training 0/100 steps · 13.4 steps/s · loss 0.01234 · 0:45 left\n"
            "train: training 5/100 steps · 13.4 steps/s · loss 0.01234 · 0:45 left\n");
}

TEST_F(Display, AnEndIsSaidOnceWithItsReason) {
  ProgressDisplay display(DisplayMode::kLines, 60, out_, clock_);
  v1::WatchJobsResponse event;
  event.set_job_id("j");
  v1::Job& job = *event.mutable_job();
  job.set_kind(v1::JOB_KIND_PROBE);
  job.set_state(v1::JOB_STATE_FAILED);
  job.mutable_start_time()->set_seconds(10);
  job.mutable_end_time()->set_seconds(12);
  job.mutable_failure()->set_message("f.1003.png: truncated");
  job.mutable_failure()->set_remedy("copy it again");
  display.Show(event);
  display.Show(event);
  EXPECT_EQ(out_.str(), "probe: failed after 2.0 s: f.1003.png: truncated; copy it again\n");
}

TEST_F(Display, AMisfortuneThatRepeatsIsToldNowAndThen) {
  ProgressDisplay display(DisplayMode::kLines, 60, out_, clock_);
  display.Name("j", "train");
  v1::WatchJobsResponse event;
  event.set_job_id("j");
  event.mutable_attempt()->set_worker("node1");
  event.mutable_attempt()->set_state(v1::ATTEMPT_STATE_LOST);
  for (std::uint32_t attempt = 1; attempt <= 4; ++attempt) {
    event.mutable_attempt()->set_attempt_no(attempt);
    display.Show(event);
    now_ += std::chrono::seconds(11);
  }
  EXPECT_EQ(out_.str(), "train: attempt 1 on node1 lost\ntrain: attempt 4 on node1 lost\n");
}

TEST_F(Display, QuietSaysNothing) {
  ProgressDisplay display(DisplayMode::kOff, 60, out_, clock_);
  display.Show(ProgressEvent(Training(1, 4)));
  display.Say("x");
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace interneg::cli
