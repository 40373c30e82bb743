#include "server/rpc/location.h"

#include <gtest/gtest.h>

#include "server/rpc/listen_address.h"

namespace interneg::rpc {
namespace {

TEST(Location, NamesARootAndAPathBelowIt) {
  const auto location = ParseLocation("f", "films:sh010/f.%04d.exr");
  ASSERT_TRUE(location.ok());
  EXPECT_EQ(location->root, "films");
  EXPECT_EQ(location->path, "sh010/f.%04d.exr");
}

TEST(Location, APlainPathLiesBelowLocal) {
  EXPECT_EQ(ParseLocation("f", "/a/b.exr")->root, "local");
  EXPECT_EQ(ParseLocation("f", "/a/b.exr")->path, "a/b.exr");
  EXPECT_EQ(ParseLocation("f", "local:/a/b.exr")->path, "a/b.exr");
  EXPECT_EQ(ParseLocation("f", "a/b:c.exr")->path, "a/b:c.exr");
}

TEST(Location, NothingLeadsOutOfItsRoot) {
  for (const char* text : {"", "films:", "films:../x", "films:a/../../x", "films:a//x", "films:/x", "films:a/./x",
                           "films:a/", "fi lms:a", "films:a\nb", ":a", "films:.."}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseLocation("f", text).status())) << text;
  }
}

// Nobody decodes it, so it is a strange name and no way out.
TEST(Location, APercentIsAnOrdinaryCharacter) {
  EXPECT_EQ(ParseLocation("f", "films:%252e%252e/x")->path, "%252e%252e/x");
}

TEST(Location, ASequenceHasOnePlaceForTheFrame) {
  for (const char* text : {"r:f.%04d.exr", "r:f.####.exr", "r:f.@.exr", "r:f.$F4.exr", "r:a.b/f.%d.exr"}) {
    EXPECT_TRUE(ParseSequence("f", text).ok()) << text;
  }
  for (const char* text : {"r:f.exr", "r:f.%04d.%04d.exr", "r:%04d/f.exr"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseSequence("f", text).status())) << text;
  }
}

TEST(Location, AMovieIsReadAsOneFileAndNotWritten) {
  for (const char* text : {"r:clip.mov", "r:a/clip.MP4", "r:VTS_01_1.vob", "r:a.b/c.mxf", "r:x.webm", "r:tape.m2v"}) {
    EXPECT_TRUE(ParseSequence("f", text).ok()) << text;
    EXPECT_TRUE(absl::IsInvalidArgument(ParseFrameFiles("f", text).status())) << text;
  }
  for (const char* text :
       {"r:clip.%04d.mov", "r:clip.####.mp4", "r:mov", "r:.mov", "r:clip.mov.txt", "r:movies.mov/f"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseSequence("f", text).status())) << text;
  }
  EXPECT_TRUE(ParseFrameFiles("f", "r:f.%04d.exr").ok());
  EXPECT_TRUE(absl::IsInvalidArgument(ParseFrameFiles("f", "r:f.exr").status()));
}

TEST(Location, SpellingsOfOneNameAreOneName) {
  for (const char* name : {"f.%04d.exr", "f.#.exr", "f.@@@@.exr", "f.$F4.exr", "f.%4d.exr"}) {
    EXPECT_EQ(CanonicalSequenceName(name), "f.%04d.exr") << name;
  }
  for (const char* name : {"f.%d.exr", "f.@.exr", "f.$F.exr", "f.%01d.exr"}) {
    EXPECT_EQ(CanonicalSequenceName(name), "f.%01d.exr") << name;
  }
}

TEST(ListenAddress, KnowsWhatOnlyThisMachineReaches) {
  for (const char* text : {"127.0.0.1:0", "[::1]:7600", "localhost:7600", "unix:/run/x.sock", "127.1.2.3:1"}) {
    EXPECT_TRUE(ParseListenAddress("--listen", text)->local()) << text;
  }
  for (const char* text : {"0.0.0.0:7600", "[::]:7600", "farm:7600", "10.0.0.1:7600"}) {
    EXPECT_FALSE(ParseListenAddress("--listen", text)->local()) << text;
  }
  for (const char* text : {"", "7600", ":7600", "host:", "host:70000", "::1:7600", "[::1:7600", "unix:"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseListenAddress("--listen", text).status())) << text;
  }
}

}  // namespace
}  // namespace interneg::rpc
