// A PostgreSQL server of the test's own: a copy of a cluster that is made once a build folder, without TCP and (unless
// asked for) without fsync, in a folder that goes with it. As root the server alone drops to the user `postgres`, since initdb and
// postgres refuse root, and its data lies under /var/tmp, where that user may enter.
#ifndef INTERNEG_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
#define INTERNEG_TESTS_SUPPORT_POSTGRES_CLUSTER_H_

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace interneg::testing {

// kNone: a crash of the machine may lose everything, which no test minds. kSynced: commits reach the disk, for benchmarks.
enum class Durability { kNone, kSynced };

// Starts in the constructor and stops in the destructor; the server dies with this process even when that is killed.
class PostgresCluster {
 public:
  // Throws std::runtime_error naming what failed (initdb's or postgres's own words are in the message).
  explicit PostgresCluster(Durability durability = Durability::kNone);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // libpq's connection string of a database made for this call: empty, or a copy of the database that this connection
  // string leads to, which nobody may be connected to meanwhile.
  std::string NewDatabase(const std::string& like = "");

  // Ends every back end and starts the server again on the same data; connections break.
  void Restart();

  // The folder of the server's programs (pg_dump …).
  static std::filesystem::path Programs();

  // The process-wide cluster of a test program: started at first use, stopped at the program's end.
  static PostgresCluster& Shared();

 private:
  void Start();
  void Stop();

  const Durability durability_;
  std::filesystem::path folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace interneg::testing

#endif  // INTERNEG_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
