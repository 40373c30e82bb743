#include "worker/session/courier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/session/artifact_transfer.h"

namespace interneg::session {
namespace {

using supervision::BootTime;

// A full disk may be emptied soon; a result that cannot be kept at all is sent nevertheless.
constexpr int kTriesToKeep = 5;

}  // namespace

Courier::Courier(const CourierParts& parts, std::shared_ptr<spool::Entry> entry, v1::AttemptRef attempt,
                 std::optional<Wanted> wanted)
    : parts_(parts),
      entry_(std::move(entry)),
      attempt_(std::move(attempt)),
      wanted_(std::move(wanted)),
      backoff_(parts.settings.backoff, parts.random) {
  thread_ = std::thread([this] { Run(); });
}

Courier::~Courier() {
  Abandon();
  thread_.join();
}

void Courier::MoreCame() {
  const std::lock_guard lock(mutex_);
  // Waking the thread for each event would cost more than sending it.
  if (++news_ - seen_news_ == 1 || (news_ - seen_news_) % parts_.settings.batch_events == 0) changed_.notify_all();
}

void Courier::AllowUntil(BootTime when) {
  const std::lock_guard lock(mutex_);
  allow_until_ = when;
  changed_.notify_all();
}

void Courier::Finish(std::optional<std::string> result) {
  const std::lock_guard lock(mutex_);
  finishing_ = true;
  result_to_keep_ = std::move(result);
  ++wakes_;
  changed_.notify_all();
}

void Courier::Abandon() {
  cancellation_.Cancel();
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void Courier::Wake() {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

bool Courier::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_;
}

void Courier::Run() {
  if (wanted_) FetchAll(*wanted_);
  while (WaitForWork()) {
    KeepResult();
    const Turn turn = Deliver();
    if (turn == Turn::kStale) parts_.listener.OnStale(entry_->key());
    if (turn == Turn::kStale || turn == Turn::kAbandoned) break;
    if (turn == Turn::kDone && NothingLeft()) {
      parts_.listener.OnDelivered(entry_->key());
      break;
    }
  }
  const std::lock_guard lock(mutex_);
  finished_ = true;
}

void Courier::FetchAll(const Wanted& wanted) {
  Fetched out;
  absl::Status status;
  const auto fetch = [&](const std::string& sha256, const std::string& name, std::string& path) {
    if (sha256.empty() || !status.ok()) return;
    auto fetched = FetchOne(sha256, name);
    status = fetched.status();
    if (fetched.ok()) path = *std::move(fetched);
  };
  fetch(wanted.checkpoint_sha256, "checkpoint", out.checkpoint_path);
  fetch(wanted.resume_sha256, "resume", out.resume_path);
  for (const auto& [role, sha256] : wanted.input_sha256) fetch(sha256, "input." + role, out.input_paths[role]);
  if (cancellation_.cancelled()) return;
  parts_.listener.OnFetched(entry_->key(), status.ok() ? absl::StatusOr<Fetched>(std::move(out)) : status);
}

absl::StatusOr<std::string> Courier::FetchOne(const std::string& sha256, const std::string& name) {
  const std::string target = absl::StrCat(entry_->folder(), "/", name);
  while (true) {
    auto linked = parts_.cache.LinkTo(sha256, target);
    if (!linked.ok()) return linked.status();
    if (*linked) {
      backoff_.Reset();
      return target;
    }
    const grpc::Status status = DownloadIntoCache(parts_.connection, cancellation_, parts_.cache, sha256);
    if (status.ok()) continue;
    // The only disk that fetching fills is this worker's.
    if (RemedyFor(status) != Remedy::kTryAgain || status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          absl::StrCat("fetching ", name, " ", sha256, ": ", status.error_message()));
    }
    parts_.listener.OnTrouble(entry_->key(), absl::StrCat("fetching ", name, ": ", Describe(status)));
    if (!WaitUntil(parts_.clock.Now() + backoff_.Next())) return absl::CancelledError("given up");
  }
}

bool Courier::may_send() const {
  const std::lock_guard lock(mutex_);
  return allow_until_ && parts_.clock.Now() < *allow_until_;
}

// When there is something to do, or nullopt while only news can change that. Needs mutex_.
std::optional<BootTime> Courier::WorkAt(BootTime now) const {
  if (finishing_ && result_to_keep_) return now;
  if (!allow_until_ || now >= *allow_until_) return std::nullopt;
  if (retry_at_) return retry_at_;
  if (finishing_) return now;
  if (news_ == seen_news_) return std::nullopt;
  if (!last_sent_ || news_ - seen_news_ >= parts_.settings.batch_events) return now;
  return *last_sent_ + parts_.settings.batch_interval;
}

bool Courier::WaitForWork() {
  std::unique_lock lock(mutex_);
  while (!cancellation_.cancelled()) {
    if (std::exchange(seen_wakes_, wakes_) != wakes_) retry_at_.reset();
    const BootTime now = parts_.clock.Now();
    const auto at = WorkAt(now);
    if (at && *at <= now) {
      seen_news_ = news_;
      return true;
    }
    if (at) {
      changed_.wait_for(lock, *at - now);
    } else {
      changed_.wait(lock);
    }
  }
  return false;
}

bool Courier::WaitUntil(BootTime when) {
  std::unique_lock lock(mutex_);
  const std::uint64_t seen_wakes = wakes_;
  while (!cancellation_.cancelled() && wakes_ == seen_wakes) {
    const BootTime now = parts_.clock.Now();
    if (now >= when) break;
    changed_.wait_for(lock, when - now);
  }
  return !cancellation_.cancelled();
}

void Courier::KeepResult() {
  std::optional<std::string> result;
  {
    const std::lock_guard lock(mutex_);
    result.swap(result_to_keep_);
  }
  if (!result) return;
  for (int left = kTriesToKeep; left > 0; --left) {
    const absl::Status status = entry_->SetResult(*result);
    if (status.ok()) return;
    parts_.listener.OnTrouble(entry_->key(), absl::StrCat("its result cannot be kept: ", status.message()));
    if (!WaitUntil(parts_.clock.Now() + backoff_.Next())) return;
  }
}

bool Courier::NothingLeft() const {
  {
    const std::lock_guard lock(mutex_);
    // Finish may have come while the rest was on its way: the result is kept before anything is called delivered.
    if (!finishing_ || result_to_keep_) return false;
  }
  return events_offset_ >= entry_->events_bytes() && log_offset_ >= entry_->log_bytes();
}

}  // namespace interneg::session
