#include "server/scheduling/clock.h"

#include <sys/random.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace interneg::scheduling {
namespace {

void AppendHex(std::uint64_t value, int digits, std::string& text) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text.push_back(kDigits[(value >> shift) & 15U]);
}

}  // namespace

Instant SystemClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Monotonic SystemClock::Elapsed() const { return std::chrono::steady_clock::now(); }

std::uint64_t SystemEntropy::Next() {
  std::uint64_t value = 0;
  // Requests of up to 256 bytes are never cut short once the kernel's pool is seeded.
  if (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
    std::fputs("interneg: getrandom failed\n", stderr);
    std::abort();
  }
  return value;
}

std::uint64_t SeededEntropy::Next() {
  const std::lock_guard lock(mutex_);
  return engine_();
}

std::string NewId(Instant now, Entropy& entropy) {
  const auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  const std::uint64_t a = entropy.Next();
  const std::uint64_t b = entropy.Next();
  std::string text;
  text.reserve(36);
  AppendHex(milliseconds >> 16, 8, text);
  text.push_back('-');
  AppendHex(milliseconds & 0xFFFFU, 4, text);
  text.push_back('-');
  AppendHex(0x7000U | (a & 0x0FFFU), 4, text);
  text.push_back('-');
  AppendHex(0x8000U | ((a >> 12) & 0x3FFFU), 4, text);
  text.push_back('-');
  AppendHex(b & 0xFFFFFFFFFFFFULL, 12, text);
  return text;
}

std::string NewSecret(Entropy& entropy) {
  std::string text;
  for (int i = 0; i < 4; ++i) AppendHex(entropy.Next(), 16, text);
  return text;
}

bool IsUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
  }
  return true;
}

double NextUnit(Entropy& entropy) { return static_cast<double>(entropy.Next() >> 11) * 0x1.0p-53; }

}  // namespace interneg::scheduling
