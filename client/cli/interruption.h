// Ctrl-C: asked for once from the signal's thread, it ends whatever the main thread waits for.
#ifndef INTERNEG_CLIENT_CLI_INTERRUPTION_H_
#define INTERNEG_CLIENT_CLI_INTERRUPTION_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>

namespace interneg::cli {

// Thread-safe. The listeners run on the thread that calls Request and must only end a wait.
class Interruption {
 public:
  // Runs `listener` on a request, at once when one has been made; forgets it on destruction.
  class Listener {
   public:
    Listener(Interruption& interruption, std::function<void()> listener);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    Interruption& interruption_;
    std::list<std::function<void()>>::iterator position_;
  };

  // False when nobody listened, or one was made before: the caller should then end the process itself.
  bool Request();
  bool requested() const;

  // Sleeps; true when the sleep was ended by a request.
  bool SleepFor(std::chrono::duration<double> time);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  int sleepers_ = 0;
  std::list<std::function<void()>> listeners_;
};

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_INTERRUPTION_H_
