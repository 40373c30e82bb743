// A disk that fills up while checkpoints or frames are written: the failure is storage, with its remedy, and what is
// whole stays whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "tests/worker/engine/jobs/small_disk.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"

namespace interneg::jobs {

SmallDisk::SmallDisk(std::string folder, std::size_t size_bytes) : folder_(std::move(folder)) {
  const std::string options = "size=" + std::to_string(size_bytes);
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    why_ = std::string("a tmpfs cannot be mounted here: ") + std::strerror(errno);
  }
}

SmallDisk::~SmallDisk() {
  if (mounted()) ::umount2(folder_.c_str(), MNT_DETACH);
}

namespace {

namespace fs = std::filesystem;

class FullDisk : public testing::Test {
 protected:
  explicit FullDisk(std::size_t size_bytes = 40'000)
      : disk_((fs::create_directories(shot_.folder / "small"), shot_.folder / "small"), size_bytes) {}
  void SetUp() override {
    if (!disk_.mounted()) GTEST_SKIP() << disk_.why();
  }
  DrawnShot shot_;
  SmallDisk disk_;
};

TEST_F(FullDisk, UnderACheckpointIsStorage) {
  auto train = shot_.Train();
  train.network = NetworkKind::kGrid;
  train.size = NetworkSize::kSmall;
  train.training = TrainingSettings{};
  train.training->steps = 2;
  train.training->patch_px = 32;
  train.training->precision = Precision::kFp32;
  const auto failure = FailureOfCall([&] {
    RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "small/scratch", {}});
  });
  EXPECT_EQ(failure.kind, FailureKind::kStorage) << failure.message;
  EXPECT_THAT(failure.message, testing::HasSubstr("small/scratch"));
  EXPECT_THAT(failure.remedy, testing::HasSubstr("free space"));
  for (const auto& entry : fs::directory_iterator(shot_.folder / "small/scratch")) {
    EXPECT_NE(entry.path().extension(), ".part") << "nothing half-written stays";
  }
}

TEST_F(FullDisk, UnderFramesIsStorageAndKeepsTheWholeOnes) {
  const auto train = shot_.Train();
  RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  auto render = shot_.Render();
  render.output->path = shot_.folder / "small/out/r.%04d.png";
  const auto failure = FailureOfCall(
      [&] { RenderInPlace(shot_.Context(), render, "", shot_.folder / "scratch/model.safetensors", "test"); });
  EXPECT_EQ(failure.kind, FailureKind::kStorage) << failure.message;
  EXPECT_THAT(failure.remedy, testing::HasSubstr("free space"));
  EXPECT_THAT(shot_.Warnings(), testing::Contains(testing::HasSubstr("small/out/.interneg/standalone-test.1")));
  EXPECT_TRUE(fs::exists(shot_.folder / "small/out/.interneg/standalone-test.1/r.0001.png"));
  EXPECT_FALSE(fs::exists(shot_.folder / "small/out/r.0001.png"));
}

TEST(FailureOf, AllocatorsComplaintsAreOutOfMemory) {
  for (const char* text : {"CUDA out of memory. Tried to allocate 2.00 GiB", "CUDA error: out of memory",
                           "DefaultCPUAllocator: can't allocate memory: you tried to allocate 12345 bytes"}) {
    EXPECT_EQ(FailureOf(std::runtime_error(text)).kind, FailureKind::kOutOfMemory) << text;
  }
  EXPECT_EQ(FailureOf(std::runtime_error("anything else")).kind, FailureKind::kInternal);
}

}  // namespace
}  // namespace interneg::jobs
