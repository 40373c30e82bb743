#include "client/cli/location.h"

#include <gtest/gtest.h>

namespace interneg::cli {
namespace {

std::string Located(const char* text) {
  return ParseLocation("--source", text, "/home/ann").value().ToString();
}

TEST(Location, PlainPathsLieBelowLocal) {
  EXPECT_EQ(Located("faded/f.%04d.png"), "local:home/ann/faded/f.%04d.png");
  EXPECT_EQ(Located("../bob/f.%04d.png"), "local:home/bob/f.%04d.png");
  EXPECT_EQ(Located("/scan/f.%04d.png"), "local:scan/f.%04d.png");
  EXPECT_EQ(Located("./a:b.%04d.png"), "local:home/ann/a:b.%04d.png");
}

TEST(Location, NamedRootsPassThrough) {
  EXPECT_EQ(Located("scans:reel1/f.####.exr"), "scans:reel1/f.####.exr");
  EXPECT_EQ(Located("scans:/reel1/f.####.exr"), "scans:reel1/f.####.exr");
}

TEST(Location, OnlyLocalIsSeenFromHere) {
  EXPECT_EQ(ParseLocation("--source", "f.exr", "/home/ann").value().LocalPath(), "/home/ann/f.exr");
  EXPECT_EQ(ParseLocation("--source", "scans:f.exr", "/home/ann").value().LocalPath(), std::nullopt);
}

TEST(Location, RefusesWhatLeadsOut) {
  for (const char* text : {"", "scans:", "scans:../x", "sc ans:x", "scans:a/../.."})
    EXPECT_FALSE(ParseLocation("--source", text, "/home/ann").ok()) << text;
}

}  // namespace
}  // namespace interneg::cli
