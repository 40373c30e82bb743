// A document as a file on this machine.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_

#include <string>

namespace interneg::jobs {

// Its bytes. Throws DocumentError (json_reader.h) when the file cannot be read or has more than 16 MiB.
std::string ReadDocumentFile(const std::string& path);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_DOCUMENT_FILE_H_
