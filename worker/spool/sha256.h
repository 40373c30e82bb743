// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
#ifndef INTERNEG_WORKER_SPOOL_SHA256_H_
#define INTERNEG_WORKER_SPOOL_SHA256_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace interneg::spool {

// Not synchronised.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(std::string_view bytes);
  // Once, after the last Add.
  std::array<std::uint8_t, 32> Finish();
  // Lower-case hex of Finish().
  std::string FinishHex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Hex(std::string_view bytes);

// 64 lower-case hexadecimal digits.
bool IsSha256Hex(std::string_view text);

// Errors: NOT_FOUND, INTERNAL; both name the file.
absl::StatusOr<std::string> Sha256HexOfFile(const std::string& path);

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_SHA256_H_
