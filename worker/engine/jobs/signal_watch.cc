#include "worker/engine/jobs/signal_watch.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace interneg::jobs {

SignalWatch::SignalWatch(StopSignal& stop, std::function<void()> kill) : stop_(stop), kill_(std::move(kill)) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  signals_ = ::signalfd(-1, &awaited, SFD_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || wake_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  thread_ = std::thread([this] { Run(); });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  while (::write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::close(signals_);
  ::close(wake_);
}

void SignalWatch::Run() {
  for (;;) {
    pollfd ready[] = {{wake_, POLLIN, 0}, {signals_, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) continue;
    if (ready[0].revents != 0) return;
    signalfd_siginfo signal{};
    if (::read(signals_, &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) continue;
    if (stop_.requested() && signal.ssi_signo == SIGINT) kill_();
    stop_.Request(StopReason::kTerminated);
  }
}

}  // namespace interneg::jobs
