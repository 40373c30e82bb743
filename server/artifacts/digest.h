// SHA-256, as artifacts, job documents and stored secrets are named by.
#ifndef INTERNEG_SERVER_ARTIFACTS_DIGEST_H_
#define INTERNEG_SERVER_ARTIFACTS_DIGEST_H_

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace interneg::artifacts {

// A running digest. Movable, not copyable; not synchronised. Aborts when OpenSSL has no SHA-256.
class Digest {
 public:
  Digest();
  void Update(std::string_view bytes);
  // Lower-case hex of everything given so far; the digest can go on afterwards.
  std::string Hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Lower-case hex of the bytes' SHA-256.
std::string Sha256Hex(std::string_view bytes);

// Whether the text is 64 lower-case hexadecimal digits. Only such text ever becomes part of a path.
bool IsSha256Hex(std::string_view text);

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_DIGEST_H_
