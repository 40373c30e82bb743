#include "client/cli/duration.h"

#include <gtest/gtest.h>

namespace interneg::cli {
namespace {

TEST(Duration, ReadsWhatPeopleWrite) {
  EXPECT_DOUBLE_EQ(ParseDuration("--time-limit", "60s").value(), 60);
  EXPECT_DOUBLE_EQ(ParseDuration("--time-limit", "60").value(), 60);
  EXPECT_DOUBLE_EQ(ParseDuration("--time-limit", "1h30m").value(), 5400);
  EXPECT_DOUBLE_EQ(ParseDuration("--time-limit", "500ms").value(), 0.5);
  EXPECT_DOUBLE_EQ(ParseDuration("--time-limit", "1.5m").value(), 90);
}

TEST(Duration, RefusesTheRestNamingTheOption) {
  for (const char* text : {"", "s", "-5s", "5x", "0s", "5s 6s", "nan"}) {
    const auto parsed = ParseDuration("--time-limit", text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().message().rfind("--time-limit: ", 0), 0U) << text;
  }
}

TEST(Duration, IsShownAsAClock) {
  EXPECT_EQ(ClockText(45.4), "0:45");
  EXPECT_EQ(ClockText(723), "12:03");
  EXPECT_EQ(ClockText(3723), "1:02:03");
  EXPECT_EQ(ClockText(-1), "?");
}

}  // namespace
}  // namespace interneg::cli
