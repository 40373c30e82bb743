// Every attempt that this worker knows, from its offer to the acknowledgement of its result.
#ifndef INTERNEG_WORKER_SESSION_ATTEMPTS_H_
#define INTERNEG_WORKER_SESSION_ATTEMPTS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "interneg/v1/worker_session.pb.h"
#include "spdlog/logger.h"
#include "worker/session/courier.h"
#include "worker/session/engine_ear.h"
#include "worker/session/inbox.h"
#include "worker/session/lease.h"
#include "worker/session/root_watch.h"
#include "worker/session/session_meter.h"
#include "worker/spool/spool.h"
#include "worker/supervision/device_inventory.h"
#include "worker/supervision/supervisor.h"

namespace interneg::session {

struct EngineSettings {
  std::string program;
  // Of the engine; the device's variables are added.
  std::vector<std::string> environment;
  // Root name → absolute folder.
  std::map<std::string, std::string> roots;
  // Absolute folders that no root leads into.
  std::vector<std::string> excluded_folders;
  // Between SIGTERM and SIGKILL for an engine that is stopped on this worker's own account.
  supervision::Duration stop_grace = std::chrono::seconds(30);
  supervision::SupervisorSettings supervisor;
};

// What the attempts are built from. All referenced objects must outlive them.
struct AttemptsParts {
  Connection& connection;
  spool::Spool& spool;
  spool::ArtifactCache& cache;
  const supervision::DeviceInventory& devices;
  const supervision::Clock& clock;
  Random random;
  CourierSettings courier;
  EngineSettings engine;
  RootWatch& roots;
  spdlog::logger& log;
  SessionMeter& meter;
  Inbox& inbox;
  // Brings a message to the server if a session stands; otherwise drops it. What must arrive is sent again later.
  std::function<void(v1::AttachRequest)> send;
};

// Used on the session's thread alone; engines and couriers report through the inbox.
class Attempts final : private CourierListener {
 public:
  explicit Attempts(AttemptsParts parts);
  // Kills engines, ends couriers. What is in the spool stays.
  ~Attempts() override;

  // Takes up what the spool holds from before. An attempt without a result lost its engine with the daemon that ran it:
  // its work is handed back, with every checkpoint that was written.
  void Recover();

  void AddTo(v1::Hello& hello) const;
  std::vector<v1::AttemptRef> All() const;
  // The server's judgement of what `hello`, sent at `sent_at`, named.
  void Reconcile(const v1::Hello& hello, const v1::Reconcile& judgement, supervision::BootTime sent_at);
  void Renewed(const v1::RenewAck& ack, supervision::BootTime sent_at);
  void SetTerms(const LeaseTerms& terms);

  // `announced`: the roots by which the server chose this worker.
  void Offer(const v1::Offer& offer, const std::set<std::string>& announced);
  void Reject(const v1::Offer& offer, const std::string& reason);
  void Stop(const v1::Stop& stop);
  void Adjust(const v1::Adjust& adjust);
  void Acknowledged(const v1::ResultAck& ack);

  // Renews engines and enforces limits; call it every heartbeat and whenever NextDeadline has come.
  void Tick();
  std::optional<supervision::BootTime> NextDeadline() const;
  // A session stands again: results are sent, waiting couriers try at once.
  void Resume();
  // None stands: nothing can be delivered, and no delivery is given up for it.
  void Pause();
  // The clock was moved.
  void Wake();
  // No more offers are taken; every attempt without a result is stopped and handed back.
  void StopAll(supervision::Duration grace);
  bool empty() const { return attempts_.empty(); }
  // No engine runs and every result is in the spool, so that nothing is lost when this daemon goes now.
  bool SafeToLeave() const;

 private:
  enum class Phase { kFetching, kWaitingForDevice, kRunning, kDelivering, kReported };
  struct Attempt {
    spool::EntryKey key;
    v1::Offer offer;
    std::shared_ptr<spool::Entry> entry;
    Phase phase = Phase::kFetching;
    Lease lease{Lease::Beyond::kMayCompute};
    supervision::BootTime offered_at;
    std::set<std::string> announced_roots;
    Fetched fetched;
    std::vector<std::string> adjustments;
    std::optional<v1::EngineResult> said;
    // What it ends with, whatever the engine says.
    std::optional<v1::Result> decided;
    v1::Result result;
    supervision::BootTime result_sent_at;
    bool stopping = false;
    // When its engine is killed, once it was asked to stop.
    std::optional<supervision::BootTime> kill_at;
    // Set when the server asked it to stop: what is left of the time for delivering.
    std::optional<supervision::Duration> stop_grace;
    // When what is still on its way is dropped, because the server asked to stop; while a session stands.
    std::optional<supervision::BootTime> give_up_at;
    // Killed and forgotten as soon as its engine is gone.
    bool stale = false;
    std::unique_ptr<Courier> courier;
    const v1::AttemptRef& ref() const { return offer.attempt(); }
  };

  // CourierListener, on couriers' threads.
  void OnFetched(const spool::EntryKey& key, absl::StatusOr<Fetched> fetched) override;
  void OnDelivered(const spool::EntryKey& key) override;
  void OnStale(const spool::EntryKey& key) override;
  void OnTrouble(const spool::EntryKey& key, const std::string& what) override;
  EngineNews News();
  void PostFor(const std::string& id, std::function<void(Attempt&)> work);

  Attempt* Find(const v1::AttemptRef& ref);
  static Lease LeaseFor(const v1::Assignment& assignment);
  std::string ReasonToReject(const v1::Offer& offer) const;
  void Accept(const v1::Offer& offer, const std::set<std::string>& announced);
  void TakeUp(const std::shared_ptr<spool::Entry>& entry);
  std::unique_ptr<Courier> MakeCourier(const Attempt& attempt, std::optional<Wanted> wanted);

  // Where the offer's engine runs; null when this worker has no such device. An offer without one is light work (a probe,
  // a publication), which runs beside everything else on whatever CPU there is.
  const supervision::Device* DeviceFor(const v1::Offer& offer) const;
  const Attempt* HolderOf(const std::string& device_uuid) const;
  void StartWaiting();
  void StartEngine(Attempt& attempt);
  absl::StatusOr<supervision::LaunchPlan> Plan(const Attempt& attempt) const;
  std::map<std::string, std::string> RootsThatAreThere() const;
  void RenewEngine(const Attempt& attempt);
  void FetchedFor(Attempt& attempt, absl::StatusOr<Fetched> fetched);
  void Started(Attempt& attempt, supervision::BootTime when);
  void SendProgress(const Attempt& attempt, v1::EngineProgress progress) const;
  void Ended(Attempt& attempt, const supervision::EngineEnd& end);
  v1::Result ResultFor(Attempt& attempt, const supervision::EngineEnd& end) const;
  std::string LostRoots(const Attempt& attempt) const;
  void EndWith(Attempt& attempt, v1::Result result);
  void Delivered(Attempt& attempt);
  void SendResult(Attempt& attempt);
  void BecomeStale(Attempt& attempt, const std::string& why);
  void CountGrace(Attempt& attempt) const;
  void GiveUpDelivery(Attempt& attempt);
  static void DoubtSuccess(Attempt& attempt);
  void HandBack(Attempt& attempt, supervision::Duration grace, const std::string& why);
  void Confirm(Attempt& attempt, supervision::BootTime sent_at);
  void Forget(const spool::EntryKey& key);
  void CountAttempts() const;

  const AttemptsParts parts_;
  const supervision::Device no_device_;
  LeaseTerms terms_;
  bool stopping_ = false;
  bool session_stands_ = false;
  std::map<std::string, std::unique_ptr<Attempt>> attempts_;
  // Of forgotten attempts, until their threads have ended.
  std::vector<std::unique_ptr<Courier>> retired_;
  EngineEar ear_;
  std::unique_ptr<supervision::Supervisor> supervisor_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ATTEMPTS_H_
