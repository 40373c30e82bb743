// SHA-256, for artifacts that arrive and for ids derived from one another.
#ifndef INTERNEG_CLIENT_CLI_DIGEST_H_
#define INTERNEG_CLIENT_CLI_DIGEST_H_

#include <memory>
#include <string>
#include <string_view>

namespace interneg::cli {

// Takes bytes in pieces. Movable only.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Add(std::string_view bytes);
  // 64 lower-case hex digits. Ends the digest: nothing may be added or asked afterwards.
  std::string Hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of the whole text.
std::string Sha256Hex(std::string_view bytes);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_DIGEST_H_
