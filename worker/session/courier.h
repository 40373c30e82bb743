// Fetches what one attempt needs and delivers what it made, on a thread of its own, so that neither a slow transfer nor
// an outage holds up heartbeats or other attempts.
#ifndef INTERNEG_WORKER_SESSION_COURIER_H_
#define INTERNEG_WORKER_SESSION_COURIER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "interneg/v1/worker_session.pb.h"
#include "worker/session/backoff.h"
#include "worker/session/connection.h"
#include "worker/spool/artifact_cache.h"
#include "worker/spool/entry.h"
#include "worker/supervision/boot_clock.h"

namespace interneg::session {

struct CourierSettings {
  // Events are sent when this time has passed since the last ones, or when so many wait.
  supervision::Duration batch_interval = std::chrono::seconds(1);
  std::size_t batch_events = 200;
  std::size_t batch_bytes = 1U << 20;
  std::size_t log_bytes = 64U << 10;
  supervision::Duration call_patience = std::chrono::seconds(30);
  BackoffLimits backoff;
};

// What an attempt has to have before it starts, as hashes; empty: nothing.
struct Wanted {
  std::string checkpoint_sha256;
  std::string resume_sha256;
  // Documents of earlier stages by their roles.
  std::map<std::string, std::string> input_sha256;
};
struct Fetched {
  std::string checkpoint_path;
  std::string resume_path;
  std::map<std::string, std::string> input_paths;
};

// Told on the courier's thread; must not block and must not destroy the courier.
class CourierListener {
 public:
  virtual ~CourierListener() = default;
  virtual void OnFetched(const spool::EntryKey& key, absl::StatusOr<Fetched> fetched) = 0;
  // Every event, artifact and log line has been acknowledged; now the result may be sent.
  virtual void OnDelivered(const spool::EntryKey& key) = 0;
  // The server no longer knows the attempt as live.
  virtual void OnStale(const spool::EntryKey& key) = 0;
  // For the daemon's log.
  virtual void OnTrouble(const spool::EntryKey& key, const std::string& what) = 0;
};

// What it is built from. All referenced objects must outlive the courier.
struct CourierParts {
  Connection& connection;
  spool::ArtifactCache& cache;
  const supervision::Clock& clock;
  Random random;
  CourierSettings settings;
  CourierListener& listener;
};

// Methods may be called from any thread and return at once.
class Courier {
 public:
  // Starts the thread, which fetches first if anything is wanted.
  Courier(const CourierParts& parts, std::shared_ptr<spool::Entry> entry, v1::AttemptRef attempt,
          std::optional<Wanted> wanted);
  // Abandon(), then waits for the thread.
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // The engine has written an event or log text.
  void MoreCame();
  // Nothing is sent from this moment on, until it is moved.
  void AllowUntil(supervision::BootTime when);
  // No more will come: keeps the result in the spool, delivers the rest and tells OnDelivered. `result` unset: the
  // spool has it already.
  void Finish(std::optional<std::string> result);
  // Ends all calls; nothing more is sent or told.
  void Abandon();
  // The clock was moved, or the server is back: looks again at once.
  void Wake();
  // True when the thread has nothing more to do, so that the destructor does not wait.
  bool finished() const;
  // Why the newest checkpoint could not be stored for good; empty: it was, or there is none.
  std::string lost_checkpoint() const;
  // A checkpoint that the engine has told of is not with the server yet. Reads the journal's rest.
  bool CheckpointWaits() const;

 private:
  enum class Turn { kDone, kLater, kStale, kAbandoned };

  void Run();
  void FetchAll(const Wanted& wanted);
  absl::StatusOr<std::string> FetchOne(const std::string& sha256, const std::string& name);
  bool WaitForWork();
  std::optional<supervision::BootTime> WorkAt(supervision::BootTime now) const;
  // Waits until then or until woken. False when abandoned.
  bool WaitUntil(supervision::BootTime when);
  void KeepResult();

  Turn Deliver();
  Turn DeliverEvents();
  Turn DeliverPortion(const std::vector<std::string>& lines);
  // Uploads the event's file, if it names one. What can never be stored turns the event into a notice.
  Turn Upload(v1::EngineEvent& event);
  void LoseCheckpoint(std::string why);
  Turn Report(std::vector<v1::EngineEvent>& events);
  Turn ReportOneByOne(std::vector<v1::EngineEvent>& events);
  grpc::Status Send(const std::vector<v1::EngineEvent>& events);
  Turn DeliverLog();
  Turn Later(const std::string& doing, const grpc::Status& status);
  bool NothingLeft() const;
  bool may_send() const;

  const CourierParts parts_;
  const std::shared_ptr<spool::Entry> entry_;
  const v1::AttemptRef attempt_;
  const std::optional<Wanted> wanted_;
  Cancellation cancellation_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t news_ = 0;
  std::uint64_t wakes_ = 0;
  std::optional<supervision::BootTime> allow_until_;
  bool finishing_ = false;
  std::optional<std::string> result_to_keep_;
  bool finished_ = false;
  std::string lost_checkpoint_;
  std::optional<supervision::BootTime> retry_at_;
  std::optional<supervision::BootTime> last_sent_;
  std::uint64_t seen_news_ = 0;
  std::uint64_t seen_wakes_ = 0;

  // Changed by the thread alone.
  std::atomic<std::uint64_t> events_offset_ = 0;
  std::atomic<std::uint32_t> reported_sequence_ = 0;
  // Touched by the thread alone.
  Backoff backoff_;
  std::uint64_t log_offset_ = 0;
  std::optional<std::uint64_t> log_went_back_to_;
  int refusals_ = 0;

  std::thread thread_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_COURIER_H_
