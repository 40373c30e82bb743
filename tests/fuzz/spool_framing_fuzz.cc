#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "worker/spool/framing.h"

// A journal of arbitrary bytes is read to its first unreadable record and never beyond its end; what was framed is read
// back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interneg::spool;  // NOLINT: one header
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string_view rest = bytes;
  Record record;
  while (FirstRecord(rest, record) == RecordState::kWhole) {
    if (record.framed_bytes == 0 || record.framed_bytes > rest.size()) std::abort();
    rest.remove_prefix(record.framed_bytes);
  }
  const std::string framed = FramedRecord(bytes);
  if (FirstRecord(framed, record) != RecordState::kWhole || record.payload != bytes) std::abort();
  (void)DocumentPayload(bytes);
  const auto document = DocumentPayload(FramedDocument(bytes));
  if (!document.ok() || *document != bytes) std::abort();
  return 0;
}
