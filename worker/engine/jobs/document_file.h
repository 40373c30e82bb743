// A document as a file on this machine.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_

#include <cstddef>
#include <string>

namespace interneg::jobs {

// A frame map of a feature has about 130,000 frames of 150 bytes.
inline constexpr std::size_t kLargestDocument_bytes = 128U << 20;

// Its bytes. Throws DocumentError (json_reader.h) when the file cannot be read or is larger than that.
std::string ReadDocumentFile(const std::string& path);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_
