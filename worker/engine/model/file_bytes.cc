#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "worker/engine/model/safetensors.h"

namespace interneg::model {
namespace {

[[noreturn]] void Fail(const std::string& action, const std::filesystem::path& path, int error) {
  throw std::system_error(error, std::generic_category(), "cannot " + action + " '" + path.string() + "'");
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

void WriteAndSync(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.number() < 0) Fail("create", path, errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) Fail("write", path, written < 0 ? errno : EIO);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) Fail("sync", path, errno);
}

}  // namespace

void SyncFolder(const std::filesystem::path& folder) {
  const Descriptor handle(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.number() < 0) Fail("open", folder, errno);
  if (::fsync(handle.number()) != 0 && errno != EINVAL && errno != ENOTSUP) Fail("sync", folder, errno);
}

std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) Fail("read", path, EISDIR);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) Fail("open", path, errno);
  const std::streamoff size = file.tellg();
  if (size < 0) Fail("read", path, errno);
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) Fail("read", path, EIO);
  return bytes;
}

void WriteFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::filesystem::path temporary = path;
  temporary += ".part";
  try {
    WriteAndSync(temporary, bytes);
    if (::rename(temporary.c_str(), path.c_str()) != 0) Fail("rename into", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  SyncFolder(path.parent_path());
}

}  // namespace interneg::model
