#include "server/storage/migrate.h"

#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "tests/support/postgres_cluster.h"

namespace interneg::storage {
namespace {

std::string NewDatabase() { return testing::PostgresCluster::Shared().NewDatabase(); }

std::string ReadAll(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Migration, TheProgramHoldsTheFilesOfTheFolder) {
  const auto files = ReadMigrations(INTERNEG_MIGRATIONS_FOLDER);
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), BuiltInMigrations().size());
  for (std::size_t i = 0; i < files->size(); ++i) {
    EXPECT_EQ((*files)[i].number, BuiltInMigrations()[i].number);
    EXPECT_EQ((*files)[i].name, BuiltInMigrations()[i].name);
    EXPECT_EQ((*files)[i].sql, BuiltInMigrations()[i].sql);
  }
}

TEST(Migration, AppliesOnceEvenWhenSeveralReplicasStartAtOnce) {
  const std::string database = NewDatabase();
  std::atomic<int> applied{0};
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      const auto report = Migrate(database, BuiltInMigrations());
      EXPECT_TRUE(report.ok()) << report.status();
      if (report.ok()) applied += report->applied;
    });
  }
  for (auto& replica : replicas) replica.join();
  EXPECT_EQ(applied, static_cast<int>(BuiltInMigrations().size()));
}

TEST(Migration, RefusesAChangedOneANewerDatabaseAndAGap) {
  const std::string database = NewDatabase();
  std::vector<Migration> migrations = {{1, "a", "CREATE TABLE a ()"}, {2, "b", "CREATE TABLE b ()"}};
  EXPECT_EQ(Migrate(database, migrations)->applied, 2);
  EXPECT_EQ(Migrate(database, migrations)->applied, 0);
  migrations[0].sql += "; -- changed";
  const auto changed = Migrate(database, migrations).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(changed));
  EXPECT_NE(changed.message().find("1 (a)"), std::string::npos) << changed;
  EXPECT_TRUE(absl::IsFailedPrecondition(Migrate(database, {{1, "a", "CREATE TABLE a ()"}}).status()));
  EXPECT_TRUE(absl::IsUnavailable(Migrate("host=/nowhere", migrations).status()));
  const auto folder = std::filesystem::temp_directory_path() / ("migrations" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "0002_b.sql") << "SELECT 1";
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadMigrations(folder).status()));
  std::filesystem::remove_all(folder);
}

TEST(Migration, OneThatFailsLeavesNothing) {
  const std::string database = NewDatabase();
  const auto failed = Migrate(database, {{1, "a", "CREATE TABLE a (); SELECT 1/0"}}).status();
  EXPECT_TRUE(absl::IsInternal(failed)) << failed;
  pqxx::connection link(database);
  pqxx::nontransaction work(link);
  EXPECT_TRUE(work.exec("SELECT to_regclass('a')")[0][0].is_null());
}

// migrations/schema.sql is what pg_dump says of a migrated database. INTERNEG_WRITE_SCHEMA=1 writes it anew.
TEST(Migration, SchemaFileIsWhatTheMigrationsMake) {
  const std::string database = NewDatabase();
  ASSERT_TRUE(Migrate(database, BuiltInMigrations()).ok());
  const std::string command = (testing::PostgresCluster::Programs() / "pg_dump").string() +
                              " --schema-only --no-owner --no-privileges '" + database + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string dump;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    // Comments name pg_dump's and the server's minor versions; \restrict carries a random key.
    if (line[0] != '-' && line[0] != '\\' && line[0] != '\n') dump += line.data();
  }
  EXPECT_EQ(::pclose(pipe), 0);
  const std::filesystem::path file = std::filesystem::path(INTERNEG_MIGRATIONS_FOLDER) / "schema.sql";
  if (std::getenv("INTERNEG_WRITE_SCHEMA") != nullptr) std::ofstream(file) << dump;
  EXPECT_TRUE(ReadAll(file) == dump) << file << " differs; run this test with INTERNEG_WRITE_SCHEMA=1 to write the file anew";
}

}  // namespace
}  // namespace interneg::storage
