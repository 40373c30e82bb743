// An engine that does what its job document tells it, one instruction a line, so that tests can play any engine, good
// or bad. It follows the contract's command line: run --job FILE --assignment FILE --events-fd N --lease-fd N.
//
//   event JSON           one line on the events descriptor
//   raw N                N bytes 'x' on the events descriptor, without a newline
//   newline              ends such a line
//   log TEXT             one line on stderr
//   file NAME SIZE       a file of SIZE bytes in the assignment's scratch folder, all of them the first letter of NAME
//   await-file PATH      goes on when PATH exists
//   await-commands N     reads N lines from the lease descriptor, logging each as "command: LINE"
//   await-end-of-lease   reads the lease descriptor to its end
//   keep-lease           computes as long as renewals allow, from the assignment's lease on; then exits with 75, also at
//                        end of file, as the contract asks of an engine
//   await-term           goes on when SIGTERM has come
//   ignore-term          SIGTERM is ignored from now on
//   child PATH           starts a child that ignores SIGTERM and never ends; its pid is written to PATH
//   descriptors          logs the open descriptors
//   environment NAME     logs the value
//   process              logs pid, process group and session
//   abort | exit N | hang
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

namespace {

volatile sig_atomic_t terminated = 0;

struct Engine {
  std::string scratch_folder;
  double lease_seconds = 1;
  int events = -1;
  int lease = -1;
};

void WriteAll(int fd, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(fd, text.data() + at, text.size() - at);
    if (written <= 0) _exit(90);
    at += static_cast<std::size_t>(written);
  }
}

void Log(const std::string& text) { WriteAll(2, text + "\n"); }

void PauseShortly() { usleep(2000); }

bool ReadCommand(int fd, std::string& line) {
  line.clear();
  for (char c = 0; read(fd, &c, 1) == 1;) {
    if (c == '\n') return true;
    line.push_back(c);
  }
  return false;
}

void StartChild(const std::string& path) {
  const pid_t pid = fork();
  if (pid == 0) {
    signal(SIGTERM, SIG_IGN);
    while (true) pause();
  }
  std::ofstream(path + ".part") << pid;
  rename((path + ".part").c_str(), path.c_str());
}

void LogDescriptors() {
  std::string out = "descriptors:";
  DIR* folder = opendir("/proc/self/fd");
  const int own = dirfd(folder);
  std::map<int, bool> numbers;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != own) numbers[std::atoi(entry->d_name)] = true;
  }
  closedir(folder);
  for (const auto& [number, open] : numbers) out += " " + std::to_string(number);
  Log(out);
}

void WriteScratchFile(const Engine& engine, const std::string& rest) {
  std::istringstream in(rest);
  std::string name;
  std::size_t size = 0;
  in >> name >> size;
  std::ofstream(engine.scratch_folder + "/" + name, std::ios::binary) << std::string(size, name.at(0));
}

double BootSeconds() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void KeepLease(const Engine& engine) {
  constexpr int kExitLeaseRanOut = 75;
  double until = BootSeconds() + engine.lease_seconds;
  while (true) {
    pollfd wait{engine.lease, POLLIN, 0};
    const double left = until - BootSeconds();
    if (left <= 0 || poll(&wait, 1, static_cast<int>(left * 1000) + 1) < 0) _exit(kExitLeaseRanOut);
    if (wait.revents == 0) continue;
    std::string line;
    if (!ReadCommand(engine.lease, line)) _exit(kExitLeaseRanOut);
    const std::string key = "\"seconds\":";
    const std::size_t at = line.find(key);
    if (at != std::string::npos) until = BootSeconds() + std::stod(line.substr(at + key.size()));
  }
}

void Await(const Engine& engine, const std::string& verb, const std::string& rest) {
  std::string line;
  if (verb == "await-file") {
    while (access(rest.c_str(), F_OK) != 0) PauseShortly();
  } else if (verb == "await-commands") {
    for (int left = std::stoi(rest); left > 0 && ReadCommand(engine.lease, line); --left) Log("command: " + line);
  } else if (verb == "await-end-of-lease") {
    while (ReadCommand(engine.lease, line)) {
    }
  } else if (verb == "await-term") {
    while (terminated == 0) PauseShortly();
  }
}

void Obey(const Engine& engine, const std::string& verb, const std::string& rest) {
  if (verb == "event") WriteAll(engine.events, rest + "\n");
  if (verb == "raw") WriteAll(engine.events, std::string(std::stoul(rest), 'x'));
  if (verb == "newline") WriteAll(engine.events, "\n");
  if (verb == "log") Log(rest);
  if (verb == "file") WriteScratchFile(engine, rest);
  if (verb.starts_with("await-")) Await(engine, verb, rest);
  if (verb == "ignore-term") signal(SIGTERM, SIG_IGN);
  if (verb == "child") StartChild(rest);
  if (verb == "descriptors") LogDescriptors();
  if (verb == "environment") Log(rest + "=" + (std::getenv(rest.c_str()) ? std::getenv(rest.c_str()) : "(unset)"));
  if (verb == "process") {
    Log("process: " + std::to_string(getpid()) + " " + std::to_string(getpgrp()) + " " + std::to_string(getsid(0)));
  }
  if (verb == "abort") std::abort();
  if (verb == "exit") _exit(std::stoi(rest));
  if (verb == "keep-lease") KeepLease(engine);
  while (verb == "hang") pause();
}

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The text behind `"key":` of a flat JSON object that protobuf printed, up to `end`.
std::string Member(const std::string& json, const std::string& key, char end) {
  const std::size_t begin = json.find(key);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + key.size();
  return json.substr(from, json.find(end, from) - from);
}

void ReadAssignment(const std::string& json, Engine& engine) {
  engine.scratch_folder = Member(json, "\"scratchFolder\":\"", '"');
  const std::string lease = Member(json, "\"leaseSeconds\":", '}');
  if (!lease.empty()) engine.lease_seconds = std::stod(lease);
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 2; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  signal(SIGTERM, [](int) { terminated = 1; });
  Engine engine;
  if (options.contains("--assignment")) ReadAssignment(FileText(options["--assignment"]), engine);
  if (options.contains("--events-fd")) engine.events = std::stoi(options["--events-fd"]);
  if (options.contains("--lease-fd")) engine.lease = std::stoi(options["--lease-fd"]);
  std::istringstream script(FileText(options["--job"]));
  for (std::string line; std::getline(script, line);) {
    const std::size_t space = line.find(' ');
    Obey(engine, line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
  }
  return 0;
}
