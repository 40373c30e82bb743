#include "server/storage/migrate.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include <pqxx/pqxx>

namespace interneg::storage {
namespace {

// "interneg" as a number; any constant does that nobody else takes.
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(7597125286270137703)";
constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "number integer CONSTRAINT schema_migration_pkey PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, "
    "applied_at timestamptz NOT NULL DEFAULT now())";

std::string Label(const Migration& migration) { return std::to_string(migration.number) + " (" + migration.name + ")"; }

// Whether the migration stands already; FAILED_PRECONDITION when what stands is another text.
absl::StatusOr<bool> Stands(pqxx::work& work, const Migration& migration) {
  const auto rows = work.exec_params(
      "SELECT sha256 = encode(sha256(convert_to($2, 'UTF8')), 'hex') FROM schema_migration WHERE number = $1",
      migration.number, migration.sql);
  if (rows.empty()) return false;
  if (rows[0][0].as<bool>()) return true;
  return absl::FailedPreconditionError("migration " + Label(migration) +
                                       " was changed after it was applied to this database; restore its text and put "
                                       "the change into a new migration");
}

absl::StatusOr<bool> ApplyOne(pqxx::connection& connection, const Migration& migration) {
  pqxx::work work(connection);
  // Inside the transaction, so that nothing of the lock can linger.
  work.exec(kLock);
  work.exec(kTable);
  const auto stands = Stands(work, migration);
  if (!stands.ok() || *stands) return stands.ok() ? absl::StatusOr<bool>(false) : stands;
  work.exec(migration.sql);
  work.exec_params(
      "INSERT INTO schema_migration (number, name, sha256) "
      "VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))",
      migration.number, migration.name, migration.sql);
  work.commit();
  return true;
}

absl::Status RefuseNewer(pqxx::connection& connection, const std::vector<Migration>& migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  pqxx::work work(connection);
  if (work.exec("SELECT to_regclass('schema_migration')")[0][0].is_null()) return absl::OkStatus();
  const auto rows = work.exec_params("SELECT max(number) FROM schema_migration HAVING max(number) > $1", newest);
  if (rows.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError("the database stands at migration " + rows[0][0].as<std::string>() +
                                       ", this program knows " + std::to_string(newest) + "; use a newer program");
}

}  // namespace

absl::StatusOr<std::vector<Migration>> ReadMigrations(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<Migration> migrations;
  static const std::regex kPattern("([0-9]{4})_([a-z0-9_]+)\\.sql");
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::smatch match;
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, match, kPattern)) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    migrations.push_back({std::stoi(match[1]), match[2], text.str()});
  }
  if (error) return absl::NotFoundError(folder.string() + ": " + error.message());
  std::sort(migrations.begin(), migrations.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number == static_cast<int>(i) + 1) continue;
    return absl::FailedPreconditionError("migration " + Label(migrations[i]) + ": expected number " +
                                         std::to_string(i + 1) + "; numbers must follow each other without a gap");
  }
  return migrations;
}

absl::StatusOr<MigrationReport> Migrate(const std::string& connection, const std::vector<Migration>& migrations) {
  std::string doing = "connect";
  try {
    pqxx::connection link(connection);
    link.set_variable("client_min_messages", "'warning'");
    if (const absl::Status status = RefuseNewer(link, migrations); !status.ok()) return status;
    MigrationReport report;
    for (const Migration& migration : migrations) {
      doing = "migration " + Label(migration);
      const auto applied = ApplyOne(link, migration);
      if (!applied.ok()) return applied.status();
      report.applied += *applied ? 1 : 0;
      report.version = migration.number;
    }
    return report;
  } catch (const pqxx::broken_connection& error) {
    return absl::UnavailableError(doing + ": the database cannot be reached: " + error.what());
  } catch (const std::exception& error) {
    return absl::InternalError(doing + ": " + error.what());
  }
}

}  // namespace interneg::storage
