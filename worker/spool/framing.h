// Bytes with a checksum: whole documents, and records one behind the other in a journal.
#ifndef INTERNEG_WORKER_SPOOL_FRAMING_H_
#define INTERNEG_WORKER_SPOOL_FRAMING_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace interneg::spool {

// "interneg spool 1\n", SHA-256 of the rest in hex, "\n", the rest.
std::string FramedDocument(std::string_view payload);
// DATA_LOSS when the bytes are not exactly what FramedDocument wrote; says what is wrong.
absl::StatusOr<std::string> DocumentPayload(std::string_view framed);

// Length (4 bytes, little-endian), the first 8 bytes of the payload's SHA-256, payload.
std::string FramedRecord(std::string_view payload);

struct Record {
  std::string_view payload;
  // With its frame.
  std::size_t framed_bytes = 0;
};
enum class RecordState { kWhole, kCutShort, kCorrupt };
// The record at the start of `bytes`; `out` is set for kWhole only. kCutShort: `bytes` ends within it.
RecordState FirstRecord(std::string_view bytes, Record& out);

// No record is longer; a length beyond it is corruption.
inline constexpr std::size_t kLongestRecordBytes = 64U << 20;

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_FRAMING_H_
