#include "worker/engine/jobs/publication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/scratch.h"

namespace interneg::jobs {
namespace {

namespace fs = std::filesystem;

class PublicationTest : public testing::Test {
 protected:
  PublicationTest() : roots_(frames::Roots::WholeFileSystem()) { fs::create_directories(attempt_); }

  void AddFrame(const std::string& name, const std::string& bytes) {
    WriteText(attempt_ + "/" + name, bytes);
    publication_.manifest.push_back({name, bytes.size(), HashOfLocalFile(attempt_ + "/" + name)});
  }
  PublicationReport Run(Existing existing = Existing::kRefuse) {
    publication_.attempt_folder = roots_.Locate(attempt_, "/");
    publication_.output_folder = roots_.Locate(out_, "/");
    publication_.existing = existing;
    return Publish(roots_, publication_, {});
  }
  FailureKind Refusal(Existing existing = Existing::kRefuse) {
    try {
      Run(existing);
    } catch (const JobError& error) {
      return error.kind();
    }
    return FailureKind::kUnspecified;
  }

  TemporaryFolder folder_;
  std::string out_ = folder_ / "out";
  std::string attempt_ = out_ + "/.interneg/task-7.2";
  frames::Roots roots_;
  Publication publication_;
};

TEST_F(PublicationTest, TwiceIsTheSameAsOnce) {
  AddFrame("f.0001.exr", "one");
  AddFrame("f.0002.exr", "two");
  EXPECT_EQ(Run().published, 2U);
  EXPECT_EQ(BytesOf(out_ + "/f.0002.exr"), "two");
  EXPECT_FALSE(fs::exists(out_ + "/.interneg")) << "nothing is left of the attempt";
  const auto again = Run();
  EXPECT_EQ(again.published, 0U);
  EXPECT_EQ(again.already_there, 2U);
}

TEST_F(PublicationTest, GoesOnWhereAnotherWorkerStopped) {
  AddFrame("f.0001.exr", "one");
  AddFrame("f.0002.exr", "two");
  fs::rename(attempt_ + "/f.0001.exr", out_ + "/f.0001.exr");
  const auto report = Run();
  EXPECT_EQ(report.published, 1U);
  EXPECT_EQ(report.already_there, 1U);
}

TEST_F(PublicationTest, NeverOverwritesAnotherJobsFrame) {
  AddFrame("f.0001.exr", "one");
  AddFrame("f.0002.exr", "two");
  WriteText(out_ + "/f.0002.exr", "another job's");
  EXPECT_EQ(Refusal(), FailureKind::kBadInput);
  EXPECT_EQ(BytesOf(out_ + "/f.0002.exr"), "another job's");
  EXPECT_FALSE(fs::exists(out_ + "/f.0001.exr")) << "nothing half-published";
}

TEST_F(PublicationTest, ReplacesWhenTheJobSaysSo) {
  AddFrame("f.0001.exr", "new");
  WriteText(out_ + "/f.0001.exr", "old");
  EXPECT_EQ(Run(Existing::kReplace).published, 1U);
  EXPECT_EQ(BytesOf(out_ + "/f.0001.exr"), "new");
  EXPECT_FALSE(fs::exists(out_ + "/.interneg")) << "the old version goes when the new one is whole";
}

TEST_F(PublicationTest, DamagedOrMissingFileIsRefused) {
  AddFrame("f.0001.exr", "one");
  WriteText(attempt_ + "/f.0001.exr", "changed");
  EXPECT_EQ(Refusal(), FailureKind::kStorage);
  fs::remove(attempt_ + "/f.0001.exr");
  EXPECT_EQ(Refusal(), FailureKind::kStorage);
}

TEST_F(PublicationTest, LinksAndPathsAreRefused) {
  WriteText(folder_ / "secret", "secret");
  AddFrame("f.0001.exr", "secret");
  fs::remove(attempt_ + "/f.0001.exr");
  fs::create_symlink(folder_ / "secret", attempt_ + "/f.0001.exr");
  EXPECT_EQ(Refusal(), FailureKind::kStorage) << "a link is not the file that was rendered";
  for (const char* name : {"../f.exr", "/etc/passwd", ".hidden", ""}) {
    publication_.manifest = {{name, 1, "00"}};
    EXPECT_EQ(Refusal(), FailureKind::kBadInput) << name;
  }
}

TEST_F(PublicationTest, OtherAttemptsOfTheTaskGoOtherTasksStay) {
  AddFrame("f.0001.exr", "one");
  for (const char* other : {"task-7.1", "task-7.13", "task-8.1", "task-7.x"}) {
    fs::create_directories(out_ + "/.interneg/" + other);
    WriteText(out_ + "/.interneg/" + other + "/f.0009.exr", "x");
  }
  Run();
  EXPECT_FALSE(fs::exists(out_ + "/.interneg/task-7.1"));
  EXPECT_FALSE(fs::exists(out_ + "/.interneg/task-7.13"));
  EXPECT_TRUE(fs::exists(out_ + "/.interneg/task-8.1/f.0009.exr"));
  EXPECT_TRUE(fs::exists(out_ + "/.interneg/task-7.x"));
}

}  // namespace
}  // namespace interneg::jobs
