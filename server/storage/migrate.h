// Brings a database to the schema of this program: migrations/0001_*.sql …, forward only.
#ifndef INTERNEG_SERVER_STORAGE_MIGRATE_H_
#define INTERNEG_SERVER_STORAGE_MIGRATE_H_

#include <filesystem>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace interneg::storage {

struct Migration {
  int number = 0;
  std::string name;
  std::string sql;
};

// The files NNNN_name.sql of a folder, in order. Errors: NOT_FOUND (folder), FAILED_PRECONDITION (a gap or a number
// twice, naming the file).
absl::StatusOr<std::vector<Migration>> ReadMigrations(const std::filesystem::path& folder);

// The migrations compiled into this program; what `Migrate` should be given.
const std::vector<Migration>& BuiltInMigrations();

struct MigrationReport {
  int applied = 0;
  // The number that the database stands at now.
  int version = 0;
};

// Applies what is missing, each in a transaction of its own, under an advisory lock, so that several replicas may call
// it at once. Errors: UNAVAILABLE (cannot connect), FAILED_PRECONDITION (an applied migration was changed since, or the
// database is newer than this program), INTERNAL (a migration failed; it was rolled back; names it).
absl::StatusOr<MigrationReport> Migrate(const std::string& connection, const std::vector<Migration>& migrations);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_MIGRATE_H_
