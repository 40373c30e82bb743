#include "server/storage/database.h"

#include <utility>

#include "server/storage/artifact_catalog.h"
#include "server/storage/catalog.h"
#include "server/storage/context.h"
#include "server/storage/events.h"
#include "server/storage/jobs.h"
#include "server/storage/migrate.h"
#include "server/storage/planning.h"
#include "server/storage/relay.h"
#include "server/storage/sessions.h"
#include "server/storage/tokens.h"

namespace interneg::storage {
namespace {

constexpr Statement kSchemaThere = {"schema_there", "SELECT to_regclass('schema_migration') IS NOT NULL"};
constexpr Statement kVersion = {"schema_version", "SELECT coalesce(max(number), 0) FROM schema_migration"};
constexpr Statement kPing = {"ping", "SELECT 1"};

absl::Status CheckSchema(Transaction& transaction) {
  int version = 0;
  if (transaction.Run(kSchemaThere)[0][0].as<bool>()) version = transaction.Run(kVersion)[0][0].as<int>();
  const int needed = BuiltInMigrations().back().number;
  if (version == needed) return absl::OkStatus();
  return absl::FailedPreconditionError("the database stands at migration " + std::to_string(version) +
                                       ", this program needs " + std::to_string(needed) +
                                       (version > needed ? "; use a newer program" : "; run the migrations"));
}

}  // namespace

struct Database::Rooms {
  Rooms(const DatabaseSettings& settings, const Surroundings& around)
      : context{settings,
                around,
                {},
                Pool({settings.connection, settings.connections, settings.pool_wait}, around.bell, around.observer)},
        jobs(context),
        catalog(context),
        tokens(context),
        sessions(context),
        artifacts(context),
        events(context),
        planning(context) {}

  Context context;
  Jobs jobs;
  Catalog catalog;
  Tokens tokens;
  Sessions sessions;
  ArtifactCatalog artifacts;
  Events events;
  Planning planning;
  // Last, so that it ends first.
  std::unique_ptr<Relay> relay;
};

Database::Database(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const DatabaseSettings& settings,
                                                         const Surroundings& surroundings) {
  auto rooms = std::make_unique<Rooms>(settings, surroundings);
  const absl::Status schema = rooms->context.pool.Do("read the schema's version", CheckSchema);
  if (!schema.ok()) return schema;
  rooms->relay = std::make_unique<Relay>(settings.connection, surroundings.bell);
  return std::unique_ptr<Database>(new Database(std::move(rooms)));
}

scheduling::JobBook& Database::jobs() { return rooms_->jobs; }
scheduling::CatalogBook& Database::catalog() { return rooms_->catalog; }
scheduling::TokenBook& Database::tokens() { return rooms_->tokens; }
scheduling::SessionDesk& Database::sessions() { return rooms_->sessions; }
artifacts::Catalog& Database::artifact_catalog() { return rooms_->artifacts; }
scheduling::EventFeed& Database::events() { return rooms_->events; }
scheduling::PlanStore& Database::planning() { return rooms_->planning; }
scheduling::EventOrder& Database::event_order() { return rooms_->events; }

absl::Status Database::Ping() {
  return rooms_->context.pool.Do("ping", [](Transaction& transaction) {
    transaction.Run(kPing);
    return absl::OkStatus();
  });
}

}  // namespace interneg::storage
