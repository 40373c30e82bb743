#include "client/cli/local_frames.h"

#include <gtest/gtest.h>

#include "tests/client/cli/temporary_folder.h"

namespace interneg::cli {
namespace {

Location At(const TemporaryFolder& folder, const std::string& name) {
  return ParseLocation("--source", name, folder.path()).value();
}

TEST(LocalFrames, MissingOnesAreNamedWithWhatIsThere) {
  const TemporaryFolder folder;
  for (const char* name : {"f.1001.png", "f.1002.png", "f.1005.png"}) folder.Write(name, "x");
  const auto status = CheckFramesPresent("--source", At(folder, "f.%04d.png"), {1001, 1002, 1003, 1004, 1005});
  EXPECT_EQ(status.message(), "--source: frames 1003,1004 are missing (" + (folder.path() / "f.1003.png").string() +
                                  "); frames 1001,1002,1005 are there: give them back, or ask for those");
}

TEST(LocalFrames, AFolderThatIsNotThereIsSaid) {
  const TemporaryFolder folder;
  const auto status = CheckFramesPresent("--reference", At(folder, "gone/f.%04d.png"), {1});
  EXPECT_NE(status.message().find("--reference: there is no folder"), std::string::npos);
}

TEST(LocalFrames, PresentOnesAreFoundInOrder) {
  const TemporaryFolder folder;
  for (const char* name : {"f.1005.png", "f.1001.png", "f.998.png", "g.1002.png", "f.1003.png.part", "f.x.png"})
    folder.Write(name, "x");
  EXPECT_EQ(FramesPresent(At(folder, "f.%04d.png")), (std::vector<int>{1001, 1005}));
  EXPECT_EQ(FramesPresent(At(folder, "f.%d.png")), (std::vector<int>{998, 1001, 1005}));
  EXPECT_TRUE(FramesPresent(At(folder, "gone/f.%d.png")).empty());
  EXPECT_TRUE(FramesPresent(At(folder, "scans:f.%d.png")).empty());
}

TEST(LocalFrames, AMovieIsOneFileForEveryFrame) {
  const TemporaryFolder folder;
  EXPECT_NE(CheckFramesPresent("--source", At(folder, "tape.mov"), {1, 2}).message().find("there is no file"),
            std::string::npos);
  folder.Write("tape.mov", "x");
  EXPECT_TRUE(CheckFramesPresent("--source", At(folder, "tape.mov"), {1, 2, 3000}).ok());
}

TEST(LocalFrames, OtherRootsAreTheWorkersMatter) {
  const TemporaryFolder folder;
  EXPECT_TRUE(CheckFramesPresent("--source", At(folder, "scans:f.%04d.png"), {1}).ok());
  EXPECT_TRUE(CheckFolderWritable("--output", At(folder, "scans:f.%04d.png")).ok());
}

TEST(LocalFrames, AnOutputFolderMayBeMadeLater) {
  const TemporaryFolder folder;
  EXPECT_TRUE(CheckFolderWritable("--output", At(folder, "out/new/f.%04d.exr")).ok());
}

TEST(LocalFrames, AFileInTheFoldersPlaceIsRefused) {
  const TemporaryFolder folder;
  folder.Write("out", "a file");
  const auto status = CheckFolderWritable("--output", At(folder, "out/f.%04d.exr"));
  EXPECT_NE(status.message().find("is a file, not a folder"), std::string::npos);
}

}  // namespace
}  // namespace interneg::cli
