#include "server/rpc/job_watch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "interneg/v1/job.pb.h"
#include "server/rpc/job_handlers.h"
#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_job.h"

namespace interneg::rpc {
namespace {

constexpr int kMostWatched = 1'000;
constexpr int kEventsPerStep = 256;
// Between two progress messages of one watch.
constexpr std::chrono::milliseconds kProgressPause{200};
// A job's last words may still wait for their positions, or be on their way, when it is seen to have ended.
constexpr std::chrono::milliseconds kLastWords{1'500};

// Measures how long something has been so.
class Lasting {
 public:
  // Whether it has been so for `time` by now.
  bool For(bool so, scheduling::Monotonic now, std::chrono::milliseconds time) {
    if (!so) {
      since_.reset();
      return false;
    }
    if (!since_) since_ = now;
    return now - *since_ >= time;
  }

 private:
  std::optional<scheduling::Monotonic> since_;
};

// A stream of somebody whose token ends is ended, if not at once.
class Credential {
 public:
  Credential(Gate& gate, Principal principal, const scheduling::Clock& clock)
      : gate_(gate), principal_(std::move(principal)), clock_(clock), checked_at_(clock.Elapsed()) {}

  absl::Status RequireStanding() {
    const auto now = clock_.Elapsed();
    if (now - checked_at_ < std::chrono::seconds(10)) return absl::OkStatus();
    checked_at_ = now;
    const absl::Status standing = gate_.RequireStanding(principal_);
    // A database that cannot be asked now is asked again.
    return absl::IsUnauthenticated(standing) ? standing : absl::OkStatus();
  }

 private:
  Gate& gate_;
  const Principal principal_;
  const scheduling::Clock& clock_;
  scheduling::Monotonic checked_at_;
};

class JobWatch : public Source {
 public:
  JobWatch(scheduling::JobBook& jobs, scheduling::EventFeed& feed, const scheduling::Clock& clock,
           Credential credential, std::vector<scheduling::Job> watched, std::uint64_t cursor)
      : jobs_(jobs),
        feed_(feed),
        clock_(clock),
        credential_(std::move(credential)),
        cursor_(cursor),
        first_(std::move(watched)) {
    for (const auto& job : first_) {
      ids_.push_back(job.job_id);
      if (!scheduling::IsFinal(job.state)) running_.insert(job.job_id);
    }
  }

  absl::StatusOr<Step> Pull() override {
    Step step;
    if (auto s = credential_.RequireStanding(); !s.ok()) return s;
    for (const auto& job : std::exchange(first_, {})) Add(step, job, cursor_);
    auto events = feed_.Read(ids_, cursor_, kEventsPerStep);
    if (!events.ok()) return events.status();
    if (auto s = AddEvents(*events, step); !s.ok()) return s;
    if (auto s = AddProgress(step); !s.ok()) return s;
    const bool drained = events->empty();
    step.state = drained ? State::kIdle : State::kMore;
    if (!drained) return step;
    if (auto s = LookForEnded(); !s.ok()) return s;
    const bool all_seen = last_seen_.size() == ids_.size();
    if (!all_seen && !ended_.For(running_.empty(), clock_.Elapsed(), kLastWords)) return step;
    step.state = State::kEnd;
    if (auto s = AddUnseenEnds(step); !s.ok()) return s;
    return step;
  }

 private:
  static void Add(Step& step, const scheduling::Job& job, std::uint64_t cursor) {
    auto message = std::make_unique<v1::WatchJobsResponse>();
    message->set_cursor(cursor);
    message->set_job_id(job.job_id);
    *message->mutable_job() = ToWire(job);
    step.messages.push_back(std::move(message));
  }

  // Whoever counts on the last message of a job finds its end there, also when its event is late.
  absl::Status AddUnseenEnds(Step& step) {
    for (const std::string& id : ids_) {
      if (last_seen_.contains(id)) continue;
      auto job = jobs_.Get(id);
      if (!job.ok()) return job.status();
      Add(step, *job, cursor_);
    }
    return absl::OkStatus();
  }

  absl::Status AddEvents(const std::vector<scheduling::FeedEvent>& events, Step& step) {
    std::map<std::string, v1::Job> now;
    for (const auto& event : events) {
      auto message = std::make_unique<v1::WatchJobsResponse>(ToWire(event));
      if (const auto* change = std::get_if<scheduling::JobChange>(&event.body)) {
        if (!now.contains(event.job_id)) {
          auto job = jobs_.Get(event.job_id);
          if (!job.ok()) return job.status();
          now[event.job_id] = ToWire(*job);
        }
        *message->mutable_job() = now[event.job_id];
        if (scheduling::IsFinal(change->state)) {
          last_seen_.insert(event.job_id);
          running_.erase(event.job_id);
        }
      }
      step.messages.push_back(std::move(message));
      cursor_ = event.position;
    }
    return absl::OkStatus();
  }

  absl::Status AddProgress(Step& step) {
    const auto now = clock_.Elapsed();
    if (running_.empty() || now - progress_at_ < kProgressPause) return absl::OkStatus();
    progress_at_ = now;
    auto latest = feed_.LatestProgress({running_.begin(), running_.end()});
    if (!latest.ok()) return latest.status();
    for (const auto& [job_id, progress] : *latest) {
      const auto known = progress_.find(job_id);
      if (known != progress_.end() && known->second == progress) continue;
      progress_[job_id] = progress;
      auto message = std::make_unique<v1::WatchJobsResponse>();
      message->set_job_id(job_id);
      *message->mutable_progress() = ToWire(progress);
      step.messages.push_back(std::move(message));
    }
    return absl::OkStatus();
  }

  // The end of a job that ended before the cursor, or between two reads, is seen here; once a second is enough.
  absl::Status LookForEnded() {
    const auto now = clock_.Elapsed();
    if (running_.empty() || now - looked_at_ < std::chrono::seconds(1)) return absl::OkStatus();
    looked_at_ = now;
    for (auto id = running_.begin(); id != running_.end();) {
      auto job = jobs_.Get(*id);
      if (!job.ok()) return job.status();
      id = scheduling::IsFinal(job->state) ? running_.erase(id) : std::next(id);
    }
    return absl::OkStatus();
  }

  scheduling::JobBook& jobs_;
  scheduling::EventFeed& feed_;
  const scheduling::Clock& clock_;
  Credential credential_;
  std::uint64_t cursor_;
  std::vector<scheduling::Job> first_;
  std::vector<std::string> ids_;
  // Not known to have ended, and those whose end this watch has sent.
  std::set<std::string> running_;
  std::set<std::string> last_seen_;
  std::map<std::string, scheduling::Progress> progress_;
  scheduling::Monotonic progress_at_{};
  scheduling::Monotonic looked_at_{};
  Lasting ended_;
};

class LogReader : public Source {
 public:
  enum class Follow { kNo, kYes };
  LogReader(scheduling::JobBook& jobs, const scheduling::Clock& clock, Credential credential, std::string job_id,
            Follow follow)
      : jobs_(jobs), clock_(clock), credential_(std::move(credential)), job_id_(std::move(job_id)), follow_(follow) {}

  absl::StatusOr<Step> Pull() override {
    Step step;
    if (auto s = credential_.RequireStanding(); !s.ok()) return s;
    auto texts = jobs_.ReadLogs(job_id_, cursor_);
    if (!texts.ok()) return texts.status();
    for (auto& text : *texts) {
      auto message = std::make_unique<v1::ReadLogsResponse>();
      message->set_task_id(text.key.task_id);
      message->set_attempt_no(text.key.attempt_no);
      message->set_text(std::move(text.text));
      step.messages.push_back(std::move(message));
    }
    step.state = State::kMore;
    if (!texts->empty()) return step;
    step.state = State::kEnd;
    if (follow_ == Follow::kNo) return step;
    auto job = jobs_.Get(job_id_);
    if (!job.ok()) return job.status();
    const bool over = ended_.For(scheduling::IsFinal(job->state), clock_.Elapsed(), kLastWords);
    step.state = over ? State::kEnd : State::kIdle;
    return step;
  }

 private:
  scheduling::JobBook& jobs_;
  const scheduling::Clock& clock_;
  Credential credential_;
  const std::string job_id_;
  const Follow follow_;
  scheduling::LogCursor cursor_;
  Lasting ended_;
};

}  // namespace

void AddWatchMethods(scheduling::JobBook& jobs, scheduling::EventFeed& feed, const scheduling::Clock& clock, Gate& gate,
                     MethodTable& table) {
  table.AddSource<v1::WatchJobsRequest>(
      "JobService/WatchJobs", Audience::kPeople,
      [&](const Principal& principal, const v1::WatchJobsRequest& request) -> absl::StatusOr<std::unique_ptr<Source>> {
        if (request.job_ids().empty() || request.job_ids_size() > kMostWatched) {
          return absl::InvalidArgumentError(fmt::format("job_ids: 1–{} jobs are expected", kMostWatched));
        }
        auto head = feed.Head();
        if (!head.ok()) return head.status();
        if (request.cursor() > *head) {
          return absl::InvalidArgumentError(
              fmt::format("cursor: {} lies beyond the newest event ({})", request.cursor(), *head));
        }
        std::vector<scheduling::Job> watched;
        for (const std::string& id : std::set<std::string>(request.job_ids().begin(), request.job_ids().end())) {
          auto job = FindJob(jobs, gate, principal, id);
          if (!job.ok()) return job.status();
          watched.push_back(*std::move(job));
        }
        return std::make_unique<JobWatch>(jobs, feed, clock, Credential(gate, principal, clock), std::move(watched),
                                          request.cursor());
      });
  table.AddSource<v1::ReadLogsRequest>(
      "JobService/ReadLogs", Audience::kPeople,
      [&](const Principal& principal, const v1::ReadLogsRequest& request) -> absl::StatusOr<std::unique_ptr<Source>> {
        auto job = FindJob(jobs, gate, principal, request.job_id());
        if (!job.ok()) return job.status();
        return std::make_unique<LogReader>(jobs, clock, Credential(gate, principal, clock), job->job_id,
                                           request.follow() ? LogReader::Follow::kYes : LogReader::Follow::kNo);
      });
}

}  // namespace interneg::rpc
