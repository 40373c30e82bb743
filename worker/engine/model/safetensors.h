// The safetensors layout: 8-byte little-endian header length, JSON header, raw tensors. Tensors and text, never code.
// https://github.com/huggingface/safetensors#format
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SAFETENSORS_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SAFETENSORS_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::model {

enum class ElementType { kFloat64, kFloat32, kFloat16, kBfloat16, kInt64, kInt32, kUint8 };

// "F64", "F32", "F16", "BF16", "I64", "I32", "U8".
std::string_view NameOf(ElementType type);
std::size_t SizeOf_bytes(ElementType type);

// One tensor within a file's bytes. `bytes` points into what was parsed or will be written; the owner keeps it alive.
struct TensorView {
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

struct Safetensors {
  std::map<std::string, TensorView> tensors;
  std::map<std::string, std::string> metadata;
};

// The header may have at most this many bytes.
inline constexpr std::uint64_t kMaxHeader_bytes = 64ULL << 20;

// Views into `file`, which must outlive the result. Throws std::invalid_argument, saying what is wrong, for anything
// that is not a whole, well-formed file: short, header too long, not JSON, unknown element type, negative or
// overflowing shapes, ranges outside the file, overlaps, gaps, bytes that do not match the shape. Hostile bytes are
// safe; nothing is allocated beyond the header's own size.
Safetensors ParseSafetensors(std::span<const std::byte> file);

// The bytes of a file. Tensors are written in name order, each aligned to 8 bytes by padding the header alone.
// Throws std::invalid_argument when a view's bytes do not match its type and shape.
std::vector<std::byte> FormatSafetensors(const Safetensors& content);

// Reads a whole file. Throws std::runtime_error that names it.
std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path);

// Syncs a folder, so that what was renamed into it stays. Some file systems (FUSE, NFS) cannot and say EINVAL or
// ENOTSUP: that is no failure. (The rule of frames::SyncFolder; this module may not include that one.) Throws
// std::system_error.
void SyncFolder(const std::filesystem::path& folder);

// Written beside `path`, synced, renamed over it, and the folder synced: whole or not at all. Throws
// std::runtime_error that names the file and the system's reason.
void WriteFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SAFETENSORS_H_
