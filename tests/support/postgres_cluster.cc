#include "tests/support/postgres_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <pqxx/pqxx>

namespace interneg::testing {
namespace {

namespace fs = std::filesystem;

// The user that the server runs as: this one, or `postgres` when this one is root.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
};

Account ServerAccount() {
  const passwd* entry = ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
  if (entry == nullptr) throw std::runtime_error("PostgresCluster: there is no user `postgres`; install postgresql");
  return {entry->pw_uid, entry->pw_gid, entry->pw_name};
}

// Runs a program as the account in a child that dies with this process; returns its id.
pid_t Launch(const Account& account, const std::vector<std::string>& command, const fs::path& log) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("PostgresCluster: fork failed");
  if (child > 0) return child;
  const int output = ::open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0644);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  const bool root = ::geteuid() == 0;
  if (root && (::setgroups(0, nullptr) != 0 || ::setgid(account.gid) != 0 || ::setuid(account.uid) != 0)) ::_exit(126);
  // SIGQUIT is the server's immediate shutdown. After setuid, which would clear it; and the parent may be gone already.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(126);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

std::string ReadAll(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void RunToEnd(const Account& account, const std::vector<std::string>& command, const fs::path& log) {
  int status = 0;
  if (::waitpid(Launch(account, command, log), &status, 0) < 0 || status != 0) {
    throw std::runtime_error("PostgresCluster: " + command[0] + " failed: " + ReadAll(log));
  }
}

fs::path NewFolder(const Account& account, const std::string& name) {
  std::string path = "/var/tmp/interneg-" + name + "-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("PostgresCluster: cannot make " + path);
  if (::geteuid() == 0 && ::chown(path.c_str(), account.uid, account.gid) != 0) {
    throw std::runtime_error("PostgresCluster: cannot hand over " + path);
  }
  return path;
}

void HandOver(const Account& account, const fs::path& folder) {
  if (::geteuid() != 0) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (::lchown(entry.path().c_str(), account.uid, account.gid) != 0) {
      throw std::runtime_error("PostgresCluster: cannot hand over " + entry.path().string());
    }
  }
}

// The cluster that others are copied from, made by the first who comes; the rest wait for the lock.
fs::path Template(const Account& account) {
  const fs::path folder = fs::path(INTERNEG_POSTGRES_TEMPLATE);
  fs::create_directories(folder.parent_path());
  const int lock = ::open((folder.string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0) throw std::runtime_error("PostgresCluster: cannot lock the template");
  if (!fs::exists(folder / "PG_VERSION")) {
    const fs::path fresh = NewFolder(account, "initdb");
    RunToEnd(account,
             {PostgresCluster::Programs() / "initdb", "-D", fresh / "data", "-U", account.name, "-A", "trust", "-E",
              "UTF8", "--locale=C", "--no-sync"},
             fresh / "log");
    const fs::path partial = folder.string() + ".partial";
    fs::remove_all(partial);
    fs::copy(fresh / "data", partial, fs::copy_options::recursive);
    fs::remove_all(folder);
    fs::rename(partial, folder);
    fs::remove_all(fresh);
  }
  ::close(lock);
  return folder;
}

std::string ConnectionTo(const fs::path& folder, const std::string& database) {
  return "host=" + folder.string() + " user=" + ServerAccount().name + " dbname=" + database;
}

}  // namespace

fs::path PostgresCluster::Programs() {
  const char* chosen = std::getenv("INTERNEG_POSTGRES_PROGRAMS");
  return chosen != nullptr ? chosen : INTERNEG_POSTGRES_PROGRAMS_FOLDER;
}

PostgresCluster& PostgresCluster::Shared() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster(Durability durability) : durability_(durability) {
  const Account account = ServerAccount();
  const fs::path source = Template(account);
  folder_ = NewFolder(account, "postgres");
  fs::copy(source, folder_ / "data", fs::copy_options::recursive);
  fs::permissions(folder_ / "data", fs::perms::owner_all);
  HandOver(account, folder_);
  Start();
}

PostgresCluster::~PostgresCluster() {
  Stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresCluster::Start() {
  std::vector<std::string> command = {Programs() / "postgres", "-D", folder_ / "data", "-k", folder_,
                                      "-c", "listen_addresses=", "-c", "max_connections=60", "-c",
                                      "shared_buffers=64MB"};
  if (durability_ == Durability::kNone) {
    command.insert(command.end(), {"-c", "fsync=off", "-c", "full_page_writes=off"});
  }
  server_ = Launch(ServerAccount(), command, folder_ / "log");
  for (int tries = 0; tries < 600; ++tries) {
    try {
      pqxx::connection probe(ConnectionTo(folder_, "postgres"));
      return;
    } catch (const pqxx::broken_connection&) {
      // Not up yet; there is nothing to wait on but trying again.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (::waitpid(server_, nullptr, WNOHANG) != 0) break;
  }
  throw std::runtime_error("PostgresCluster: the server did not start: " + ReadAll(folder_ / "log"));
}

void PostgresCluster::Stop() {
  if (server_ <= 0) return;
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresCluster::Restart() {
  ::kill(server_, SIGINT);
  ::waitpid(server_, nullptr, 0);
  Start();
}

std::string PostgresCluster::NewDatabase(const std::string& like) {
  const std::string source = like.empty() ? "template1" : like.substr(like.find("dbname=") + 7);
  const std::string name = "test" + std::to_string(++databases_);
  pqxx::connection link(ConnectionTo(folder_, "postgres"));
  pqxx::nontransaction work(link);
  work.exec("CREATE DATABASE " + name + " TEMPLATE " + source + " STRATEGY file_copy");
  return ConnectionTo(folder_, name);
}

}  // namespace interneg::testing
