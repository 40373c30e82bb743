#include "worker/engine/jobs/picture_hash.h"

#include <openssl/evp.h>

namespace interneg::jobs {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// Ends the digest.
std::string HexOf(EVP_MD_CTX* context) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, bytes, &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += {kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]};
  return text;
}

}  // namespace

struct PictureHash::Digest {
  Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

PictureHash::PictureHash() : digest_(std::make_unique<Digest>()) {
  EVP_DigestInit_ex(digest_->context.get(), EVP_sha256(), nullptr);
}
PictureHash::~PictureHash() = default;

void PictureHash::Add(int frame, const image::Image& picture) {
  const std::string head = std::to_string(frame) + " " + std::to_string(picture.width_px()) + "x" +
                           std::to_string(picture.height_px()) + "x" + std::to_string(picture.channel_count()) + "\n";
  EVP_DigestUpdate(digest_->context.get(), head.data(), head.size());
  const auto values = picture.values();
  EVP_DigestUpdate(digest_->context.get(), values.data(), values.size_bytes());
}

std::string PictureHash::Hex() const {
  const Context copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_MD_CTX_copy_ex(copy.get(), digest_->context.get());
  return HexOf(copy.get());
}

std::string TextHash(std::string_view text) {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(context.get(), text.data(), text.size());
  return HexOf(context.get());
}

}  // namespace interneg::jobs
