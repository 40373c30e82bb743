#include "worker/engine/frames/roots.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "worker/engine/frames/frame_writer.h"

namespace interneg::frames {
namespace {

namespace fs = std::filesystem;

class InARoot : public ::testing::Test {
 protected:
  InARoot() {
    fs::create_directories(root() / "a/b");
    std::ofstream(root() / "a/b/f.txt") << "inside";
    std::ofstream(outer_.path() / "secret.txt") << "outside";
  }
  fs::path root() const { return outer_.path() / "root"; }
  Roots roots() const { return Roots(std::vector<Root>{{"shots", root().string(), {}}}); }
  void ExpectOutside(const std::string& relative) const {
    ExpectFrameError([&] { roots().OpenFile({"shots", relative}); }, FrameFault::kOutside, {"shots", relative});
  }
  TemporaryFolder outer_;
};

TEST_F(InARoot, FilesBelowAreOpenedAndListed) {
  EXPECT_TRUE(roots().OpenFile({"shots", "a/b/f.txt"}).is_open());
  EXPECT_TRUE(roots().OpenFile({"shots", "a/../a/b/f.txt"}).is_open());
  EXPECT_EQ(roots().List({"shots", "a"}), std::vector<std::string>{"b"});
  fs::create_symlink("b/f.txt", root() / "a/inner.txt");
  EXPECT_TRUE(roots().OpenFile({"shots", "a/inner.txt"}).is_open());
}

TEST_F(InARoot, NoWayLeadsOut) {
  ExpectOutside("../secret.txt");
  ExpectOutside("a/../../secret.txt");
  fs::create_symlink("../../secret.txt", root() / "a/relative");
  ExpectOutside("a/relative");
  fs::create_symlink(outer_.path() / "secret.txt", root() / "a/absolute");
  ExpectOutside("a/absolute");
  fs::create_directory_symlink(outer_.path(), root() / "folder");
  ExpectOutside("folder/secret.txt");
  ExpectFrameError([&] { roots().OpenFile({"shots", (outer_.path() / "secret.txt").string()}); }, FrameFault::kOutside, {"shots"});
  ExpectFrameError([&] { roots().OpenFolder({"shots", "folder/new"}, FolderMode::kCreate); }, FrameFault::kOutside, {});
  EXPECT_FALSE(fs::exists(outer_.path() / "new"));
}

// The root is opened once: whatever its name leads to later, the same folder is meant. A link swapped in below it
// between two openings is judged anew each time.
TEST_F(InARoot, SwappedLinksDoNotLeadOut) {
  const Roots held = roots();
  fs::rename(root() / "a", root() / "kept");
  fs::create_directory_symlink(outer_.path(), root() / "a");
  ExpectFrameError([&] { held.OpenFile({"shots", "a/secret.txt"}); }, FrameFault::kOutside, {});
  fs::rename(root(), outer_.path() / "moved");
  fs::create_directory_symlink(outer_.path(), root());
  EXPECT_TRUE(held.OpenFile({"shots", "kept/b/f.txt"}).is_open());
  ExpectFrameError([&] { held.OpenFile({"shots", "secret.txt"}); }, FrameFault::kMissing, {});
}

TEST_F(InARoot, WhatIsNotAFileIsRefused) {
  ASSERT_EQ(mkfifo((root() / "pipe.exr").c_str(), 0600), 0);
  ExpectFrameError([&] { roots().OpenFile({"shots", "pipe.exr"}); }, FrameFault::kUnreadable, {"pipe.exr"});
  ExpectFrameError([&] { roots().OpenFile({"shots", "a"}); }, FrameFault::kUnreadable, {"not a regular file"});
  ExpectFrameError([&] { roots().OpenFile({"shots", "none"}); }, FrameFault::kMissing, {"shots:none"});
}

TEST_F(InARoot, FoldersAreMadeWhenAsked) {
  EXPECT_TRUE(roots().OpenFolder({"shots", "new/deep/er"}, FolderMode::kCreate).is_open());
  EXPECT_TRUE(fs::is_directory(root() / "new/deep/er"));
  ExpectFrameError([&] { roots().OpenFolder({"shots", "none"}, FolderMode::kMustExist); }, FrameFault::kMissing, {});
}

TEST_F(InARoot, ExcludedFoldersStayClosed) {
  const Roots guarded(std::vector<Root>{{"local", "/", {(root() / "a").string()}}});
  const auto at = [&](const fs::path& path) { return guarded.Locate(path.string(), "/"); };
  ExpectFrameError([&] { guarded.OpenFile(at(root() / "a/b/f.txt")); }, FrameFault::kOutside, {"kept out"});
  fs::create_directory_symlink(root() / "a", outer_.path() / "link");
  ExpectFrameError([&] { guarded.OpenFile(at(outer_.path() / "link/b/f.txt")); }, FrameFault::kOutside, {"kept out"});
  EXPECT_TRUE(guarded.OpenFile(at(outer_.path() / "secret.txt")).is_open());
}

TEST_F(InARoot, TheWholeFileSystemFollowsItsLinks) {
  const Roots all = Roots::WholeFileSystem();
  fs::create_symlink(outer_.path() / "secret.txt", root() / "absolute");
  const auto link = all.Locate("absolute", root().string());
  EXPECT_TRUE(all.OpenFile(link).is_open());
  EXPECT_TRUE(all.OpenFile(all.Locate("../secret.txt", root().string())).is_open());
  EXPECT_EQ(all.Shown(link), (root() / "absolute").string());
}

TEST_F(InARoot, WhatTheMachineLacksIsNoFaultOfTheFile) {
  const Roots all = Roots::WholeFileSystem();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  try {
    all.OpenFile(all.Locate((outer_.path() / "secret.txt").string(), "/"));
    ADD_FAILURE() << "opened without a free descriptor";
  } catch (const FrameError& error) {
    EXPECT_EQ(error.fault(), FrameFault::kStorage) << error.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  // The process's own memory is a regular file whose first page answers EIO.
  ExpectFrameError([&] { HashFile(all, all.Locate("/proc/self/mem", "/")); }, FrameFault::kStorage, {"/proc/self/mem"});
}

TEST_F(InARoot, LocationsAreRootsOrPlainPaths) {
  const Roots both(std::vector<Root>{{"shots", root().string(), {}}, {"local", outer_.path().string(), {}}});
  EXPECT_EQ(both.Locate("shots:a/f.%04d.exr", "/"), (Location{"shots", "a/f.%04d.exr"}));
  EXPECT_EQ(both.Locate((outer_.path() / "x.png").string(), "/"), (Location{"local", "x.png"}));
  EXPECT_EQ(both.Locate("./a:b.png", outer_.path().string()), (Location{"local", "./a:b.png"}));
  ExpectFrameError([&] { both.Locate("tape:x.png", "/"); }, FrameFault::kOutside, {"'tape'", "shots, local"});
  ExpectFrameError([&] { both.Locate("/etc/passwd", "/"); }, FrameFault::kOutside, {"/etc/passwd", "local"});
  ExpectFrameError([&] { Roots(std::vector<Root>{{"r", "/no/such/folder", {}}}); }, FrameFault::kMissing, {"'r'"});
  EXPECT_THROW(Roots(std::vector<Root>{{"a/b", "/", {}}}), FrameError);
  EXPECT_EQ((Location{"shots", "a/f.exr"}.Sibling("g.exr")), (Location{"shots", "a/g.exr"}));
}

}  // namespace
}  // namespace interneg::frames
