#include "server/artifacts/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

namespace interneg::artifacts {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// OpenSSL fails here only when it was built or configured without SHA-256, with which nothing could work.
void Require(int result) {
  if (result != 1) std::abort();
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  Require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Digest::Update(std::string_view bytes) {
  Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Digest::Hex() const {
  const Context copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Require(EVP_MD_CTX_copy_ex(copy.get(), context_.get()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(copy.get(), sum.data(), &size));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(size * 2);
  for (unsigned int i = 0; i < size; ++i) {
    hex.push_back(kDigits[sum[i] >> 4]);
    hex.push_back(kDigits[sum[i] & 15]);
  }
  return hex;
}

std::string Sha256Hex(std::string_view bytes) {
  Digest digest;
  digest.Update(bytes);
  return digest.Hex();
}

bool IsSha256Hex(std::string_view text) {
  if (text.size() != 64) return false;
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

}  // namespace interneg::artifacts
