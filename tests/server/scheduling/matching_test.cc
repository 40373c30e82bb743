#include "server/scheduling/matching.h"

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

WorkerRoom Worker(const std::string& id, int devices = 1) {
  WorkerRoom worker{id, 1, "", {"studio"}, {"local", "plates"}, {}, 2};
  for (int i = 0; i < devices; ++i) {
    worker.devices.push_back({id + ":" + std::to_string(i), DeviceKind::kCpu, 1000, 1000, 1});
  }
  return worker;
}

Candidate Task(const std::string& id, const std::string& preferred = "") { return {id, "job", 1, preferred}; }

TEST(Matching, GivesEachDeviceOnce) {
  std::vector<WorkerRoom> workers{Worker("a", 2), Worker("b", 1)};
  const auto placed = Place({Task("1"), Task("2"), Task("3"), Task("4")}, {{1, {}}}, {}, 2, workers);
  ASSERT_EQ(placed.size(), 3U);
  EXPECT_NE(placed[0].device_uuid, placed[1].device_uuid);
  EXPECT_EQ(placed[2].device_uuid, "b:0");
}

TEST(Matching, HonoursSchemaPoolTagsRootsAndDevice) {
  const WorkerRoom worker = Worker("a");
  Requirement wish;
  EXPECT_TRUE(Suits(wish, worker));
  wish.job_schema = 2;
  EXPECT_FALSE(Suits(wish, worker));
  wish = {};
  wish.pool = "gpu";
  EXPECT_FALSE(Suits(wish, worker));
  wish = {};
  wish.roots = {"local", "vault"};
  EXPECT_FALSE(Suits(wish, worker));
  wish = {};
  wish.tags = {"studio", "fast"};
  EXPECT_FALSE(Suits(wish, worker));
  wish = {};
  wish.device_kind = DeviceKind::kCuda;
  EXPECT_FALSE(Suits(wish, worker));
  wish.weight = Weight::kLight;
  EXPECT_TRUE(Suits(wish, worker));
  wish = {};
  wish.device_memory_bytes = 1001;
  EXPECT_FALSE(Suits(wish, worker));
}

TEST(Matching, LightTasksTakeBoundedPlacesAndNoDevice) {
  std::vector<WorkerRoom> workers{Worker("a", 0)};
  Requirement light;
  light.weight = Weight::kLight;
  const auto placed = Place({Task("1"), Task("2"), Task("3")}, {{1, light}}, {}, 2, workers);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[0].device_uuid, "");
}

TEST(Matching, PrefersTheWorkerThatRenderedButDoesNotWaitForIt) {
  std::vector<WorkerRoom> workers{Worker("a"), Worker("b")};
  const auto placed = Place({Task("1", "b"), Task("2", "b")}, {{1, {}}}, {}, 2, workers);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(workers[placed[0].worker].worker_id, "b");
  EXPECT_EQ(workers[placed[1].worker].worker_id, "a");
}

TEST(Matching, ExcludesAWorkerThatFailedTheJobWhileAnotherCouldDoIt) {
  const TrackRecords records{{{"job", "a"}, {2, 0}}};
  std::vector<WorkerRoom> workers{Worker("a"), Worker("b", 1)};
  workers[1].devices[0].free_slots = 0;
  EXPECT_TRUE(Place({Task("1")}, {{1, {}}}, records, 2, workers).empty()) << "b is busy, but b could do it";
  std::vector<WorkerRoom> alone{Worker("a")};
  EXPECT_EQ(Place({Task("1")}, {{1, {}}}, records, 2, alone).size(), 1U) << "nobody else: the job must end somehow";
}

TEST(Matching, AHeadThatFindsNoRoomDoesNotBlockThoseBehind) {
  Requirement cuda;
  cuda.device_kind = DeviceKind::kCuda;
  std::vector<WorkerRoom> workers{Worker("a")};
  Candidate behind = Task("2");
  behind.requirement_id = 2;
  const auto placed = Place({Task("1"), behind}, {{1, cuda}, {2, {}}}, {}, 2, workers);
  ASSERT_EQ(placed.size(), 1U);
  EXPECT_EQ(placed[0].candidate, 1U);
}

}  // namespace
}  // namespace interneg::scheduling
