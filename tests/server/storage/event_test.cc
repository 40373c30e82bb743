#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::FeedEvent;
using scheduling::LossPoint;

TEST_F(Farm, EveryKindOfEventComesBackAsItWasReported) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  const std::vector<scheduling::AttemptEvent> events = {
      {1, 0.1, scheduling::EngineStart{"0.1", 1, "cpu", "LibTorch"}},
      {2, 0.1, scheduling::Progress{"training", 5, 10, 2.0, 0.5, 2.5}},
      {3, 0.1, LossPoint{7, 0.25, 0.001}},
      {4, 0.1, scheduling::Measure{"chroma_psnr_db", 31.5, "model", "validation", 7, 1003}},
      {5, 0.1, scheduling::ArtifactReport{std::string(64, 'd'), 9, "preview", "image/png", "p.png", 7}},
      {6, 0.1, scheduling::Notice{scheduling::NoticeLevel::kWarning, std::string("odd \0 text \xff", 12)}}};
  ASSERT_EQ(desk().ReportEvents(node_, offer.attempt, events)->stored_sequence, 6U);
  Order();
  const auto feed = database_->events().Read({job.job_id}, 0, 100);
  ASSERT_TRUE(feed.ok()) << feed.status();
  std::vector<std::string> kinds;
  for (const FeedEvent& event : *feed) {
    EXPECT_EQ(event.project_id, project_);
    if (const auto* loss = std::get_if<LossPoint>(&event.body)) {
      EXPECT_EQ(loss->step, 7U);
      EXPECT_EQ(loss->learning_rate, 0.001);
    }
    if (const auto* measure = std::get_if<scheduling::Measure>(&event.body)) {
      EXPECT_EQ(measure->frame, 1003);
      EXPECT_EQ(measure->value, 31.5);
    }
    kinds.push_back(std::to_string(event.body.index()));
  }
  // pending, offered, running, running, engine notice, loss, measure, artifact, notice
  EXPECT_EQ(feed->size(), 9U);
  EXPECT_EQ(database_->events().LatestProgress({job.job_id})->at(job.job_id).done, 5U);
  EXPECT_EQ(jobs().Get(job.job_id)->progress->phase, "training");
  EXPECT_EQ(jobs().Measures(job.job_id, {})->rows.size(), 1U);
  EXPECT_EQ(Ask("SELECT count(*) FROM metric_point")[0].as<int>(), 1);
  EXPECT_EQ(*database_->events().Head(), feed->back().position);
}

// A frame whose plane is not finite is the very one that its watchers must be able to look at.
TEST_F(Farm, ErrorsThatAreNotFiniteComeBackAsTheyAre) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  scheduling::FrameReport bad;
  bad.frame = 1001;
  bad.file = {"f.1001.exr", 10, std::string(64, 'a')};
  bad.composed_error = std::numeric_limits<double>::infinity();
  bad.written_error = std::nan("");
  ASSERT_EQ(desk().ReportEvents(node_, offer.attempt, {{1, 0.1, bad}})->stored_sequence, 1U);
  Order();
  const auto feed = database_->events().Read({job.job_id}, 0, 100);
  ASSERT_TRUE(feed.ok()) << feed.status();
  int found = 0;
  for (const FeedEvent& event : *feed) {
    const auto* frame = std::get_if<scheduling::FrameReport>(&event.body);
    if (frame != nullptr) found += std::isinf(frame->composed_error) && std::isnan(frame->written_error);
  }
  EXPECT_EQ(found, 1);
}

// Writers commit in any order while one orders and one reads on from its cursor. A position that is given when a row
// is written, and not after it has committed, makes the reader skip the slower writer's event; this must not happen.
TEST_F(Farm, AReaderThatGoesOnFromItsCursorMissesNoEvent) {
  constexpr int kWriters = 4;
  constexpr int kEvents = 60;
  const auto session = Attached("w", kWriters);
  std::vector<std::string> ids;
  for (int i = 0; i < kWriters; ++i) ids.push_back(Submitted(Train()).job_id);
  Claim();
  const auto offers = Offers(session);
  ASSERT_EQ(offers.size(), static_cast<std::size_t>(kWriters));
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> writers;
  for (const auto& offer : offers) {
    writers.emplace_back([&, attempt = offer.attempt] {
      for (std::uint32_t i = 1; i <= kEvents; ++i) {
        EXPECT_TRUE(desk().ReportEvents(node_, attempt, {{i, 0.0, LossPoint{i, 1.0, 1.0}}}).ok());
      }
      --writing;
    });
  }
  std::vector<std::thread> orderers;
  for (int i = 0; i < 2; ++i) {
    orderers.emplace_back([&] {
      while (writing > 0) EXPECT_TRUE(database_->event_order().OrderEvents(10).ok());
    });
  }
  std::uint64_t cursor = 0;
  int seen = 0;
  const auto read = [&] {
    const auto feed = database_->events().Read(ids, cursor, 50);
    ASSERT_TRUE(feed.ok()) << feed.status();
    for (const FeedEvent& event : *feed) {
      EXPECT_GT(event.position, cursor);
      cursor = event.position;
      seen += std::holds_alternative<LossPoint>(event.body) ? 1 : 0;
    }
  };
  while (writing > 0) read();
  for (auto& thread : writers) thread.join();
  for (auto& thread : orderers) thread.join();
  Order();
  for (int i = 0; i < 10; ++i) read();
  EXPECT_EQ(seen, kWriters * kEvents);
}

TEST_F(Farm, EventsAndAuditAreAppendOnly) {
  Submitted(Train());
  Order();
  EXPECT_THROW(Ask("WITH d AS (DELETE FROM event RETURNING 1) SELECT count(*) FROM d"), pqxx::sql_error);
  EXPECT_THROW(Ask("WITH u AS (UPDATE audit SET detail = '' RETURNING 1) SELECT count(*) FROM u"), pqxx::sql_error);
}

TEST_F(Farm, NewsReachesAnotherReplica) {
  scheduling::Bell far_bell;
  DatabaseSettings settings;
  settings.connection = connection_;
  const auto far = Database::Open(settings, {clock_, entropy_, far_bell, observer_});
  ASSERT_TRUE(far.ok()) << far.status();
  // The listener rings every topic once it listens.
  far_bell.Wait(scheduling::Bell::kProgress, 0, std::chrono::seconds(30));
  const auto seen = far_bell.Rings(scheduling::Bell::kPlan);
  Submitted(Train());
  EXPECT_NE(far_bell.Wait(scheduling::Bell::kPlan, seen, std::chrono::seconds(30)), seen);
}

}  // namespace
}  // namespace interneg::storage
