// Everything that `scheduling` and `artifacts` keep, on PostgreSQL. This module alone knows SQL and libpqxx: no pqxx
// type appears in this header and no pqxx exception leaves the module. A row that is missing is NOT_FOUND; a database
// that cannot be reached is UNAVAILABLE; the two are never confused.
#ifndef INTERNEG_SERVER_STORAGE_DATABASE_H_
#define INTERNEG_SERVER_STORAGE_DATABASE_H_

#include <chrono>
#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "server/artifacts/catalog.h"
#include "server/scheduling/bell.h"
#include "server/scheduling/catalog_book.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/event_feed.h"
#include "server/scheduling/job_book.h"
#include "server/scheduling/observer.h"
#include "server/scheduling/plan_store.h"
#include "server/scheduling/session_desk.h"
#include "server/scheduling/token_book.h"

namespace interneg::storage {

struct DatabaseSettings {
  // A libpq connection string or URI, e.g. "host=/run/interneg/postgresql dbname=interneg".
  std::string connection;
  int connections = 8;
  // How long a caller waits for a free connection before UNAVAILABLE.
  std::chrono::milliseconds pool_wait{5'000};
  // Of an attempt, as told to workers.
  std::chrono::milliseconds lease{15'000};
  // Beside its devices, how many light tasks (probe, publish) a worker runs at once.
  int light_tasks = 2;
};

// What the storage needs from outside; all must outlive the Database.
struct Surroundings {
  const scheduling::Clock& clock;
  scheduling::Entropy& entropy;
  scheduling::Bell& bell;
  scheduling::Observer& observer;
};

// One pool of connections with every book over it. Thread-safe. While it lives it relays the bell to other replicas
// (NOTIFY, debounced) and rings it for their news (LISTEN).
class Database {
 public:
  // Connects once to prove the settings. Errors: UNAVAILABLE (cannot connect), FAILED_PRECONDITION (the schema is not
  // the one this program needs; run Migrate).
  static absl::StatusOr<std::unique_ptr<Database>> Open(const DatabaseSettings& settings,
                                                        const Surroundings& surroundings);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  scheduling::JobBook& jobs();
  scheduling::CatalogBook& catalog();
  scheduling::TokenBook& tokens();
  scheduling::SessionDesk& sessions();
  // What the `artifacts` module needs to know of its files.
  artifacts::Catalog& artifact_catalog();
  scheduling::EventFeed& events();
  scheduling::PlanStore& planning();
  scheduling::EventOrder& event_order();

  // Whether the database answers now; for /healthz.
  absl::Status Ping();

 private:
  struct Rooms;
  explicit Database(std::unique_ptr<Rooms> rooms);
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_DATABASE_H_
