#include "worker/supervision/line_splitter.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::supervision {
namespace {

struct Lines {
  std::vector<std::string> lines;
  std::vector<std::size_t> dropped;
  LineSplitter splitter{8, [this](std::string line) { lines.push_back(std::move(line)); },
                        [this](std::size_t bytes) { dropped.push_back(bytes); }};
};

TEST(LineSplitter, DropsALineBeyondTheLimitAndGoesOn) {
  Lines out;
  out.splitter.Feed("12345678\n123456789\nabc\n\nrest");
  EXPECT_EQ(out.lines, (std::vector<std::string>{"12345678", "abc", ""}));
  EXPECT_EQ(out.dropped, (std::vector<std::size_t>{9}));
  EXPECT_EQ(out.splitter.pending_bytes(), 4U);
}

TEST(LineSplitter, PiecesMakeTheSameLinesAsTheWhole) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 100; ++i) text.push_back("ab\n"[random() % 7 == 0 ? 2 : random() % 2]);
    Lines whole;
    whole.splitter.Feed(text);
    Lines pieces;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 9;
      pieces.splitter.Feed(std::string_view(text).substr(at, size));
      at += size;
    }
    EXPECT_EQ(whole.lines, pieces.lines);
    EXPECT_EQ(whole.dropped, pieces.dropped);
    EXPECT_EQ(whole.splitter.pending_bytes(), pieces.splitter.pending_bytes());
  }
}

}  // namespace
}  // namespace interneg::supervision
