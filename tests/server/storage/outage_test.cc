#include "server/storage/migrate.h"
#include "tests/server/storage/farm.h"
#include "tests/support/postgres_cluster.h"

namespace interneg::storage {
namespace {

TEST_F(Farm, ADatabaseThatCannotBeReachedIsUnavailableAndNotNotFound) {
  DatabaseSettings settings;
  settings.connection = "host=/nowhere dbname=none";
  const auto opened = Database::Open(settings, {clock_, entropy_, bell_, observer_});
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
}

TEST_F(Farm, AnUnmigratedDatabaseIsRefused) {
  DatabaseSettings settings;
  settings.connection = testing::PostgresCluster::Shared().NewDatabase();
  const auto opened = Database::Open(settings, {clock_, entropy_, bell_, observer_});
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status())) << opened.status();
}

TEST_F(Farm, EndedBackEndsAreReplacedWithoutAnError) {
  const auto job = Submitted(Train());
  Ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  EXPECT_EQ(StateOf(job.job_id), scheduling::JobState::kPending);
  EXPECT_TRUE(database_->Ping().ok());
}

TEST_F(Farm, ARestartOfTheDatabaseLosesNothing) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  testing::PostgresCluster::Shared().Restart();
  EXPECT_EQ(Commit(session, offer.attempt, Success()), scheduling::Disposition::kCommitted);
  EXPECT_EQ(StateOf(job.job_id), scheduling::JobState::kSucceeded);
}

}  // namespace
}  // namespace interneg::storage
