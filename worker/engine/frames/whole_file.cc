#include "worker/engine/frames/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

namespace interneg::frames {
namespace {

[[noreturn]] void ThrowWrite(int error, const std::string& shown) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      throw FrameError(FrameFault::kDiskFull, shown + ": no space is left on the disk (or the quota is used up); "
                                                      "free some or choose another output folder");
    case EACCES:
    case EPERM:
    case EROFS:
      throw FrameError(FrameFault::kPermission, shown + ": the folder is not writable for this user (" +
                                                    std::strerror(error) + "); choose another output folder");
    default: throw FrameError(FrameFault::kWrite, shown + ": cannot be written: " + std::strerror(error));
  }
}

// 0, or the errno of what went wrong.
int WriteAndSync(int file, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return fsync(file) == 0 ? 0 : errno;
}

}  // namespace

std::string Sha256(std::span<const char> bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

std::string ReadAll(const Descriptor& file, const std::string& shown) {
  std::string bytes;
  struct stat state {};
  if (fstat(file.number(), &state) == 0 && state.st_size > 0) bytes.reserve(static_cast<std::size_t>(state.st_size));
  std::string block(std::size_t{1} << 20, '\0');
  for (off_t at = 0;;) {
    const ssize_t got = pread(file.number(), block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FrameError(FaultOfReading(errno), shown + ": cannot be read: " + std::strerror(errno));
    if (got == 0) return bytes;
    bytes.append(block, 0, static_cast<std::size_t>(got));
    at += got;
  }
}

void WriteWhole(const Descriptor& folder, const std::string& name, std::span<const char> bytes,
                const std::string& shown) {
  const std::string temporary = "." + name + ".part";
  Descriptor file(openat(folder.number(), temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) ThrowWrite(errno, shown);
  int failure = WriteAndSync(file.number(), bytes);
  if (failure == 0 && renameat(folder.number(), temporary.c_str(), folder.number(), name.c_str()) != 0) failure = errno;
  if (failure != 0) {
    unlinkat(folder.number(), temporary.c_str(), 0);
    ThrowWrite(failure, shown);
  }
  if (const int unsynced = SyncFolder(folder.number()); unsynced != 0) ThrowWrite(unsynced, shown);
}

}  // namespace interneg::frames
