#include "worker/engine/jobs/events.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"

namespace interneg::jobs {
namespace {

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(LineEvents, AreNumberedWithoutGapsFromAnyThread) {
  const TemporaryFolder folder;
  const int file = ::open((folder / "events").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  {
    LineEventSink sink(file, BootClock(), [](const std::string&) { FAIL(); });
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&sink] {
        for (int i = 0; i < 250; ++i) sink.Inform("line\nwith an end " + std::to_string(i));
      });
    }
  }
  ::close(file);
  const auto lines = LinesOf(folder / "events");
  ASSERT_EQ(lines.size(), 1000U);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(ParseEngineEvent(lines[i]).sequence, i + 1);
}

TEST(LineEvents, TimeCountsFromTheStart) {
  const TemporaryFolder folder;
  const int file = ::open((folder / "events").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  double now = 50;
  LineEventSink sink(file, [&now] { return std::chrono::duration<double>(now); }, {});
  now = 52.5;
  sink.Warn("late");
  ::close(file);
  EXPECT_EQ(LinesOf(folder / "events").at(0),
            R"({"sequence":1,"elapsedSeconds":2.5,"notice":{"level":"NOTICE_LEVEL_WARNING","text":"late"}})");
}

TEST(LineEvents, GoneReaderIsReportedOnce) {
  ::signal(SIGPIPE, SIG_IGN);
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  ::close(pipe[0]);
  int lost = 0;
  LineEventSink sink(pipe[1], BootClock(), [&lost](const std::string&) { ++lost; });
  sink.Inform("one");
  sink.Inform("two");
  EXPECT_EQ(lost, 1);
  ::close(pipe[1]);
}

TEST(TextEvents, PlainLinesShowProgressSparsely) {
  const TemporaryFolder folder;
  const int file = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  double now = 0;
  TextEventSink sink(file, Display::kLines, [&now] { return std::chrono::duration<double>(now); });
  for (std::uint32_t i = 1; i <= 100; ++i) {
    now += 0.5;
    sink.Send(EngineProgress{"rendering", i, 100, 2, {}, 1});
  }
  ::close(file);
  const auto lines = LinesOf(folder / "log");
  EXPECT_LE(lines.size(), 7U);
  EXPECT_NE(lines.back().find("100/100"), std::string::npos);
}

TEST(StopSignal, LostLeaseOutranksTermination) {
  StopSignal stop;
  stop.Request(StopReason::kLeaseLost);
  stop.Request(StopReason::kTerminated);
  EXPECT_EQ(stop.reason(), StopReason::kLeaseLost);
}

}  // namespace
}  // namespace interneg::jobs
