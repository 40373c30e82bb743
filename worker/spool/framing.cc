#include "worker/spool/framing.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "worker/spool/sha256.h"

namespace interneg::spool {
namespace {

constexpr std::string_view kMagic = "interneg spool 1\n";
constexpr std::size_t kHexBytes = 64;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kCheckBytes = 8;

std::string Check(std::string_view payload) {
  Sha256 hash;
  hash.Add(payload);
  const auto digest = hash.Finish();
  return {reinterpret_cast<const char*>(digest.data()), kCheckBytes};
}

}  // namespace

std::string FramedDocument(std::string_view payload) {
  std::string out(kMagic);
  out += Sha256Hex(payload);
  out += '\n';
  out += payload;
  return out;
}

absl::StatusOr<std::string> DocumentPayload(std::string_view framed) {
  if (!framed.starts_with(kMagic)) return absl::DataLossError("it does not begin as a spool document");
  framed.remove_prefix(kMagic.size());
  if (framed.size() < kHexBytes + 1 || framed[kHexBytes] != '\n') return absl::DataLossError("it is cut short");
  const std::string_view payload = framed.substr(kHexBytes + 1);
  if (Sha256Hex(payload) != framed.substr(0, kHexBytes)) return absl::DataLossError("its checksum does not match");
  return std::string(payload);
}

std::string FramedRecord(std::string_view payload) {
  std::string out;
  out.reserve(kLengthBytes + kCheckBytes + payload.size());
  const auto length = static_cast<std::uint32_t>(payload.size());
  for (std::size_t i = 0; i < kLengthBytes; ++i) out.push_back(static_cast<char>((length >> (8 * i)) & 0xFF));
  out += Check(payload);
  out += payload;
  return out;
}

RecordState FirstRecord(std::string_view bytes, Record& out) {
  if (bytes.size() < kLengthBytes + kCheckBytes) return RecordState::kCutShort;
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  }
  if (length > kLongestRecordBytes) return RecordState::kCorrupt;
  const std::size_t framed = kLengthBytes + kCheckBytes + length;
  if (bytes.size() < framed) return RecordState::kCutShort;
  const std::string_view payload = bytes.substr(kLengthBytes + kCheckBytes, length);
  if (Check(payload) != bytes.substr(kLengthBytes, kCheckBytes)) return RecordState::kCorrupt;
  out = {payload, framed};
  return RecordState::kWhole;
}

}  // namespace interneg::spool
