// `interneg`: the thin client.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/commands/command_table.h"
#include "client/cli/environment.h"
#include "client/cli/interruption.h"

namespace {

// Ctrl-C and SIGTERM are taken by one thread, so that nothing runs inside a signal handler. SIGUSR1 ends that thread.
class SignalThread {
 public:
  explicit SignalThread(interneg::cli::Interruption& interruption) {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this, &interruption] {
      int signal = 0;
      while (sigwait(&signals_, &signal) == 0 && signal != SIGUSR1) {
        // Nothing that could end in order, or a second request: end here.
        if (!interruption.Request()) _exit(static_cast<int>(interneg::cli::ExitCode::kInterrupted));
      }
    });
  }
  ~SignalThread() {
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  sigset_t signals_{};
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  // A reader that went away is an error to report where it matters, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  interneg::cli::Interruption interruption;
  const SignalThread signals(interruption);
  try {
    const interneg::cli::Environment environment = interneg::cli::ProcessEnvironment();
    return static_cast<int>(
        interneg::commands::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc), environment, interruption));
  } catch (const std::exception& error) {
    std::cerr << "interneg: " << error.what() << '\n';
    return static_cast<int>(interneg::cli::ExitCode::kFailure);
  }
}
