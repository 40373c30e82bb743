// Time, randomness and identifiers, passed in so that tests need neither sleeps nor luck.
#ifndef INTERNEG_SERVER_SCHEDULING_CLOCK_H_
#define INTERNEG_SERVER_SCHEDULING_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace interneg::scheduling {

// A moment of civil time (UTC), as stored in the database.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Monotonic = std::chrono::steady_clock::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
  // Never steps; what leases are judged by.
  virtual Monotonic Elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant Now() const override;
  Monotonic Elapsed() const override;
};

// Thread-safe source of random bits.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::uint64_t Next() = 0;
};

// The kernel's (getrandom); fit for secrets.
class SystemEntropy final : public Entropy {
 public:
  std::uint64_t Next() override;
};

// Repeats itself for a seed; for tests.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Next() override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

// A UUIDv7 in lower-case canonical form: ordered by `now` to the millisecond.
std::string NewId(Instant now, Entropy& entropy);
// 256 random bits as 64 lower-case hex digits.
std::string NewSecret(Entropy& entropy);
// Whether `text` is a UUID in canonical form; only such text may reach the database as an id.
bool IsUuid(const std::string& text);
// Uniform in [0, 1).
double NextUnit(Entropy& entropy);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_CLOCK_H_
