#include "worker/engine/model/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace interneg::model {
namespace {

using nlohmann::json;

constexpr std::array kTypes = {ElementType::kFloat64,  ElementType::kFloat32, ElementType::kFloat16,
                               ElementType::kBfloat16, ElementType::kInt64,   ElementType::kInt32,
                               ElementType::kUint8};
constexpr std::size_t kLength_bytes = 8;
constexpr std::size_t kMaxDimensions = 16;

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("not a safetensors file: " + what);
}

ElementType ParseElementType(const std::string& name, const std::string& tensor) {
  for (const ElementType type : kTypes) {
    if (name == NameOf(type)) return type;
  }
  Refuse("tensor '" + tensor + "' has the unknown element type '" + name.substr(0, 32) + "'");
}

// The product of the dimensions and the element size; refuses what does not fit 63 bits.
std::uint64_t ByteCount(ElementType type, const std::vector<std::int64_t>& shape, const std::string& tensor) {
  constexpr auto kLimit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t bytes = SizeOf_bytes(type);
  for (const std::int64_t extent : shape) {
    if (extent < 0) Refuse("tensor '" + tensor + "' has a negative dimension");
    if (extent != 0 && bytes > kLimit / static_cast<std::uint64_t>(extent)) {
      Refuse("the shape of tensor '" + tensor + "' overflows");
    }
    bytes *= static_cast<std::uint64_t>(extent);
  }
  return bytes;
}

std::uint64_t HeaderLength(std::span<const std::byte> file) {
  if (file.size() < kLength_bytes) Refuse("it has only " + std::to_string(file.size()) + " bytes");
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLength_bytes; ++i) length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i);
  if (length > kMaxHeader_bytes) Refuse("its header length " + std::to_string(length) + " is above the limit");
  if (length > file.size() - kLength_bytes) Refuse("it ends within its header");
  return length;
}

// Depth is limited by hand: a deeply nested header would otherwise exhaust the parser's stack of values.
json ParseHeader(std::span<const std::byte> bytes) {
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const auto shallow = [](int depth, json::parse_event_t, json&) {
    if (depth > 4) Refuse("its header is nested too deeply");
    return true;
  };
  json header = json::parse(text, text + bytes.size(), shallow, /*allow_exceptions=*/false);
  if (!header.is_object()) Refuse("its header is not a JSON object");
  return header;
}

std::map<std::string, std::string> ParseMetadata(const json& value) {
  if (!value.is_object()) Refuse("__metadata__ is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) Refuse("__metadata__ entry '" + key + "' is not text");
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

struct Placed {
  TensorView view;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::uint64_t Natural(const json& value, const std::string& what) {
  if (!value.is_number_unsigned()) Refuse(what + " is not a natural number");
  return value.get<std::uint64_t>();
}

Placed ParseTensor(const std::string& name, const json& value, std::span<const std::byte> data) {
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets")) {
    Refuse("tensor '" + name + "' needs exactly dtype, shape and data_offsets");
  }
  const json &type = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
  if (!type.is_string() || !shape.is_array() || !offsets.is_array() || offsets.size() != 2) {
    Refuse("tensor '" + name + "' has a field of the wrong kind");
  }
  if (shape.size() > kMaxDimensions) Refuse("tensor '" + name + "' has too many dimensions");
  Placed placed;
  placed.view.type = ParseElementType(type.get<std::string>(), name);
  for (const json& extent : shape) {
    const std::uint64_t n = Natural(extent, "a dimension of tensor '" + name + "'");
    if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      Refuse("the shape of tensor '" + name + "' overflows");
    }
    placed.view.shape.push_back(static_cast<std::int64_t>(n));
  }
  placed.begin = Natural(offsets[0], "an offset of tensor '" + name + "'");
  placed.end = Natural(offsets[1], "an offset of tensor '" + name + "'");
  if (placed.begin > placed.end || placed.end > data.size()) {
    Refuse("the data of tensor '" + name + "' lies outside the file");
  }
  if (placed.end - placed.begin != ByteCount(placed.view.type, placed.view.shape, name)) {
    Refuse("the data of tensor '" + name + "' does not match its shape");
  }
  placed.view.bytes = data.subspan(placed.begin, placed.end - placed.begin);
  return placed;
}

void RequireContiguous(std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges, std::uint64_t data_bytes) {
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t expected = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin < expected) Refuse("two tensors overlap");
    if (begin > expected) Refuse("there is a gap between two tensors");
    expected = end;
  }
  if (expected != data_bytes) Refuse("there are bytes that belong to no tensor");
}

std::string HeaderText(const Safetensors& content) {
  json header = json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, view] : content.tensors) {
    if (name == "__metadata__" || ByteCount(view.type, view.shape, name) != view.bytes.size()) {
      throw std::invalid_argument("FormatSafetensors: the bytes of tensor '" + name + "' do not match its shape");
    }
    header[name] = {
        {"dtype", NameOf(view.type)}, {"shape", view.shape}, {"data_offsets", {offset, offset + view.bytes.size()}}};
    offset += view.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace

std::string_view NameOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat64:
      return "F64";
    case ElementType::kFloat32:
      return "F32";
    case ElementType::kFloat16:
      return "F16";
    case ElementType::kBfloat16:
      return "BF16";
    case ElementType::kInt64:
      return "I64";
    case ElementType::kInt32:
      return "I32";
    case ElementType::kUint8:
      return "U8";
  }
  throw std::invalid_argument("NameOf: not an element type");
}

std::size_t SizeOf_bytes(ElementType type) {
  switch (type) {
    case ElementType::kFloat64:
    case ElementType::kInt64:
      return 8;
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
      return 2;
    case ElementType::kUint8:
      return 1;
  }
  throw std::invalid_argument("SizeOf_bytes: not an element type");
}

Safetensors ParseSafetensors(std::span<const std::byte> file) {
  const std::uint64_t length = HeaderLength(file);
  const json header = ParseHeader(file.subspan(kLength_bytes, length));
  const auto data = file.subspan(kLength_bytes + length);
  Safetensors content;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      content.metadata = ParseMetadata(value);
      continue;
    }
    Placed placed = ParseTensor(name, value, data);
    ranges.emplace_back(placed.begin, placed.end);
    content.tensors.emplace(name, std::move(placed.view));
  }
  RequireContiguous(std::move(ranges), data.size());
  return content;
}

std::vector<std::byte> FormatSafetensors(const Safetensors& content) {
  const std::string header = HeaderText(content);
  std::size_t total = kLength_bytes + header.size();
  for (const auto& [name, view] : content.tensors) total += view.bytes.size();
  std::vector<std::byte> file(total);
  for (std::size_t i = 0; i < kLength_bytes; ++i) {
    file[i] = static_cast<std::byte>((static_cast<std::uint64_t>(header.size()) >> (8 * i)) & 0xFF);
  }
  std::memcpy(file.data() + kLength_bytes, header.data(), header.size());
  std::size_t at = kLength_bytes + header.size();
  for (const auto& [name, view] : content.tensors) {
    if (!view.bytes.empty()) std::memcpy(file.data() + at, view.bytes.data(), view.bytes.size());
    at += view.bytes.size();
  }
  return file;
}

}  // namespace interneg::model
