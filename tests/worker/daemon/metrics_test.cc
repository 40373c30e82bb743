#include "worker/daemon/worker_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::daemon {
namespace {

using ::testing::HasSubstr;

TEST(WorkerMetrics, ExportsWhatTheSessionCounts) {
  WorkerMetrics metrics("1.2");
  metrics.Connected(true);
  metrics.EngineStarted(std::chrono::milliseconds(2));
  metrics.EngineEnded("succeeded", 1000);
  metrics.Attempts(2, 1);
  const std::string text = metrics.Exposition();
  EXPECT_THAT(text, HasSubstr("interneg_worker_connected 1"));
  EXPECT_THAT(text, HasSubstr("interneg_worker_offer_to_start_seconds_bucket{le=\"0.0025\"} 1"));
  EXPECT_THAT(text, HasSubstr("interneg_worker_engines_ended_total{outcome=\"succeeded\"} 1"));
  EXPECT_THAT(text, HasSubstr("interneg_worker_engines 2"));
}

TEST(WorkerMetrics, AnAddressThatCannotBeListenedOnIsNamed) {
  WorkerMetrics metrics("1.2");
  EXPECT_THAT(metrics.Listen("nowhere:notaport").ToString(), HasSubstr("--metrics-listen nowhere:notaport"));
}

}  // namespace
}  // namespace interneg::daemon
