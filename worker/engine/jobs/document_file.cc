#include "worker/engine/jobs/document_file.h"

#include <fstream>
#include <iterator>

#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs {

std::string ReadDocumentFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DocumentError("'" + path + "' cannot be read; give the path of a JSON document");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw DocumentError("'" + path + "' cannot be read");
  if (text.size() > kLargestDocument_bytes) {
    throw DocumentError("'" + path + "' is larger than " + std::to_string(kLargestDocument_bytes >> 20) + " MiB");
  }
  return text;
}

}  // namespace interneg::jobs
