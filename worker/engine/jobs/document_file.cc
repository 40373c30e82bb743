#include "worker/engine/jobs/document_file.h"

#include <cstddef>
#include <fstream>
#include <iterator>

#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs {
namespace {

constexpr std::size_t kLargestDocument_bytes = 16U << 20;

}  // namespace

std::string ReadDocumentFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DocumentError("'" + path + "' cannot be read; give the path of a JSON document");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw DocumentError("'" + path + "' cannot be read");
  if (text.size() > kLargestDocument_bytes) throw DocumentError("'" + path + "' is larger than 16 MiB");
  return text;
}

}  // namespace interneg::jobs
