#include "server/metrics/metrics.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

// Dashboards and alert rules are written against these names; a renamed one breaks them silently.
TEST(Metrics, CarryTheirAgreedNames) {
  Metrics metrics("1.2.3", &std::chrono::steady_clock::now);
  metrics.BecameLeader();
  metrics.TaskCompleted("train", "succeeded");
  metrics.TaskRan("train", Seconds(12));
  metrics.CheckpointCommitted();
  metrics.AttemptEnded("preempted");
  metrics.ReportFenced("stale_attempt");
  metrics.RequestAnswered("JobService/SubmitJob", "OK");
  FarmSnapshot farm;
  farm.tasks.push_back({"train", "ready", "gpu", 3});
  farm.waiting.push_back({"no_device", 2});
  farm.workers.push_back({"online", "gpu", 5});
  farm.gpus.push_back({"0", "GPU-1", "A5000", "node1", 100, 50});
  metrics.SetFarm(farm);
  const std::string text = metrics.Exposition();
  for (const char* name :
       {"interneg_tasks{", "interneg_waiting_tasks{", "interneg_tasks_completed_total{",
        "interneg_attempts_ended_total{", "interneg_queue_wait_seconds_bucket",
        "interneg_assign_to_start_seconds_bucket", "interneg_task_duration_seconds_bucket{kind=\"train\"",
        "interneg_planner_tick_seconds_bucket", "interneg_leader 1", "interneg_fenced_reports_total{",
        "interneg_workers{", "interneg_gpu_memory_reserved_bytes{", "interneg_gpu_memory_used_bytes{",
        "interneg_train_steps_total", "interneg_frames_rendered_total", "interneg_checkpoint_age_seconds",
        "interneg_grpc_requests_total{", "interneg_db_pool_wait_seconds_bucket",
        "interneg_build_info{version=\"1.2.3\"} 1"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
  for (const char* label : {"Hostname=\"node1\"", "UUID=\"GPU-1\"", "modelName=\"A5000\"", "gpu=\"0\""}) {
    EXPECT_THAT(text, HasSubstr(label));
  }
}

TEST(Metrics, OnlyTheLeaderShowsTheFarm) {
  Metrics metrics("1", &std::chrono::steady_clock::now);
  FarmSnapshot farm;
  farm.workers.push_back({"online", "gpu", 5});
  metrics.SetFarm(farm);
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("interneg_workers{")));
  metrics.BecameLeader();
  metrics.SetFarm(farm);
  EXPECT_THAT(metrics.Exposition(), HasSubstr("interneg_workers{"));
  metrics.LostLeadership();
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("interneg_workers{")));
  EXPECT_THAT(metrics.Exposition(), HasSubstr("interneg_leader 0"));
}

TEST(Metrics, WhatATickNoLongerNamesDisappears) {
  Metrics metrics("1", &std::chrono::steady_clock::now);
  metrics.BecameLeader();
  FarmSnapshot first;
  first.tasks.push_back({"train", "ready", "gpu", 3});
  first.tasks.push_back({"render", "ready", "gpu", 4});
  metrics.SetFarm(first);
  FarmSnapshot second;
  second.tasks.push_back({"render", "ready", "gpu", 1});
  metrics.SetFarm(second);
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("kind=\"train\"")));
  EXPECT_THAT(metrics.Exposition(), HasSubstr("kind=\"render\""));
}

}  // namespace
}  // namespace interneg::metrics
