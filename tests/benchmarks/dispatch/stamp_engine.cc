// An engine that does no work: it notes when its `execve` had succeeded and ends as a probe that found nothing wrong.
// The daemon starts it as it starts interneg-engine (docs/decisions/0001-engine-contract.md).
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

long long MonotonicNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

bool WriteAll(int descriptor, const std::string& text) {
  return write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

int main(int count, char** arguments) {
  const long long started = MonotonicNanoseconds();
  if (count > 1 && std::strcmp(arguments[1], "capabilities") == 0) {
    std::puts(R"({"version":"stamp","jobSchema":1})");
    return 0;
  }
  int events = -1;
  for (int i = 1; i + 1 < count; ++i) {
    if (std::strcmp(arguments[i], "--events-fd") == 0) events = std::atoi(arguments[i + 1]);
  }
  const char* stamps = std::getenv("DISPATCH_STAMP_FILE");
  if (events < 0 || stamps == nullptr) return 2;
  const int file = open(stamps, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0 || !WriteAll(file, std::to_string(started) + "\n")) return 1;
  const bool told = WriteAll(events, R"({"sequence":1,"started":{"engineVersion":"stamp","jobSchema":1,"device":"cpu"}})"
                                     "\n"
                                     R"({"sequence":2,"result":{"outcome":"ENGINE_OUTCOME_SUCCEEDED"}})"
                                     "\n");
  return told ? 0 : 1;
}
