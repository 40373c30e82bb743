// A migrated database of its own with every book over it, and the words that scheduling tests are written in.
#ifndef INTERNEG_TESTS_SERVER_STORAGE_FARM_H_
#define INTERNEG_TESTS_SERVER_STORAGE_FARM_H_

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "server/storage/database.h"

namespace interneg::storage {

class Farm : public ::testing::Test {
 protected:
  Farm();
  // Ids, tokens and back-offs repeat themselves for a seed.
  explicit Farm(std::uint64_t seed);

  scheduling::JobBook& jobs() { return database_->jobs(); }
  scheduling::SessionDesk& desk() { return database_->sessions(); }
  scheduling::PlanStore& planning() { return database_->planning(); }

  std::string NewId() { return scheduling::NewId(clock_.Now(), entropy_); }
  std::string NewHash() { return scheduling::NewSecret(entropy_); }

  // Requests that differ in nothing but their ids; the caller changes what it needs.
  scheduling::JobRequest Train();
  scheduling::JobRequest Probe();
  // Ten frames, one chunk, published to out:<folder>.
  scheduling::JobRequest Render(const std::string& folder);
  scheduling::Job Submitted(const scheduling::JobRequest& request);

  // A worker `name` with as many CPU devices, attached; a second call opens a newer session.
  scheduling::WorkerSession Attached(const std::string& name, int devices = 1);
  scheduling::WorkerHello Hello(const std::string& name, int devices = 1);

  // Holds the term and claims once; returns how many attempts were made.
  int Claim();
  std::uint64_t Term();
  std::vector<scheduling::Offer> Offers(const scheduling::WorkerSession& session);
  // Claims, then takes and accepts the session's only offer.
  scheduling::Offer Taken(const scheduling::WorkerSession& session);
  scheduling::Disposition Commit(const scheduling::WorkerSession& session, const scheduling::AttemptRef& attempt,
                                 const scheduling::AttemptResult& result);
  // Puts a back-off into the past.
  void SkipBackOff();
  // Uploads the bytes of a hash for an attempt's job, as the artifact store would.
  void Store(const scheduling::AttemptRef& attempt, const std::string& sha256, const std::string& kind);

  scheduling::JobState StateOf(const std::string& job_id);
  // One row of SQL, past every book.
  pqxx::row Ask(const std::string& sql);
  void Order();

  static scheduling::AttemptResult Success(const std::vector<std::string>& files = {});
  static scheduling::AttemptResult Failure(scheduling::FailureKind kind);

  scheduling::Actor actor_{"restorer"};
  scheduling::Actor node_{"node"};
  scheduling::SystemClock clock_;
  scheduling::SeededEntropy entropy_;
  scheduling::Bell bell_;
  scheduling::Observer observer_;
  std::string connection_;
  std::unique_ptr<Database> database_;
  std::string project_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_TESTS_SERVER_STORAGE_FARM_H_
