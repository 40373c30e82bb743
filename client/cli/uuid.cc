#include "client/cli/uuid.h"

#include <cctype>
#include <random>

#include "client/cli/digest.h"

namespace interneg::cli {
namespace {

std::string UuidFromHex(std::string hex, char version) {
  static constexpr std::string_view kVariant = "89ab";
  hex[12] = version;
  hex[16] = kVariant[static_cast<unsigned char>(hex[16]) % kVariant.size()];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20, 12);
}

}  // namespace

std::string RandomUuid() {
  std::random_device device;
  std::uniform_int_distribution<int> digit(0, 15);
  std::string hex(32, '0');
  for (char& c : hex) c = "0123456789abcdef"[digit(device)];
  return UuidFromHex(std::move(hex), '4');
}

std::string DerivedUuid(std::string_view request_id, std::string_view part) {
  return UuidFromHex(Sha256Hex(std::string(request_id) + '\n' + std::string(part)).substr(0, 32), '8');
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace interneg::cli
