#include "worker/engine/jobs/publication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

// Makes system calls of the calling thread fail, as file systems do that lack what they are for (FUSE, CIFS, exFAT).
bool RefuseCalls(const std::vector<std::pair<unsigned, unsigned>>& numbers_and_errors) {
  std::vector<sock_filter> program = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const auto& [number, error] : numbers_and_errors) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_F(PublicationTest, NeedsNeitherHardLinksNorASyncOfFolders) {
  AddFrame("f.0001.exr", "one");
  AddFrame("f.0002.exr", "two");
  bool refused = false, theirs_stands = false;
  std::string failure;
  std::thread([&] {
    refused = RefuseCalls({{SYS_linkat, EPERM}, {SYS_fsync, EINVAL}});
    if (!refused) return;
    try {
      Run();
      fs::create_directories(attempt_);
      publication_.manifest.clear();
      AddFrame("f.0001.exr", "another");
      theirs_stands = Refusal() == FailureKind::kBadInput && BytesOf(out_ + "/f.0001.exr") == "one";
      Run(Existing::kReplace);
    } catch (const std::exception& error) {
      failure = error.what();
    }
  }).join();
  if (!refused) GTEST_SKIP() << "system calls cannot be filtered here";
  EXPECT_EQ(failure, "");
  EXPECT_TRUE(theirs_stands) << "nothing is replaced unasked";
  EXPECT_EQ(BytesOf(out_ + "/f.0001.exr"), "another");
  EXPECT_EQ(BytesOf(out_ + "/f.0002.exr"), "two");
  EXPECT_FALSE(fs::exists(out_ + "/.interneg"));
}

}  // namespace
}  // namespace interneg::jobs
