// Writes plain structs as canonical proto3 JSON: the very bytes of protobuf's MessageToJsonString with its default
// options (no white space, fields by number, defaults left out), maps sorted by name.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_JSON_WRITER_H_
#define INTERNEG_WORKER_ENGINE_JOBS_JSON_WRITER_H_

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs {

// The visitor of Describe (see json_reader.h).
class JsonWriter {
 public:
  template <typename T>
  void Field(const char* name, const T& value) {
    if (IsDefault(value)) return;
    Name(name);
    Write(value);
  }
  template <typename Variant, std::size_t N>
  void OneOf(const Variant& variant, const std::array<const char*, N>& names) {
    std::visit(
        [&](const auto& value) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
            Name(names[variant.index() - 1]);
            Write(value);
          }
        },
        variant);
  }
  // The object written so far. To be called once, last.
  std::string Finish() && { return "{" + std::move(text_) + "}"; }

 private:
  static bool IsDefault(const std::string& value) { return value.empty(); }
  static bool IsDefault(double value) { return std::bit_cast<std::uint64_t>(value) == 0; }
  static bool IsDefault(const std::map<std::string, std::string>& value) { return value.empty(); }
  template <typename T>
  static bool IsDefault(const std::optional<T>& value) {
    return !value.has_value();
  }
  template <typename T>
  static bool IsDefault(const std::vector<T>& value) {
    return value.empty();
  }
  template <typename T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  static bool IsDefault(T value) { return value == T{}; }

  void Name(const char* name);
  void Write(const std::string& value);
  void Write(bool value) { text_ += value ? "true" : "false"; }
  void Write(std::int32_t value) { text_ += std::to_string(value); }
  void Write(std::uint32_t value) { text_ += std::to_string(value); }
  void Write(std::uint64_t value) { text_ += '"' + std::to_string(value) + '"'; }
  void Write(double value);
  void Write(const std::map<std::string, std::string>& value);
  template <typename T>
  void Write(const std::optional<T>& value) {
    Write(*value);
  }
  template <typename T>
  void Write(const std::vector<T>& value) {
    text_ += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i != 0) text_ += ',';
      Write(value[i]);
    }
    text_ += ']';
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void Write(Enum value) {
    for (const auto& [entry, name] : NamesOf(EnumTag<Enum>())) {
      if (entry == value) text_ += '"' + std::string(name) + '"';
    }
  }
  template <typename Message>
  requires(std::is_class_v<Message>) void Write(const Message& value) {
    JsonWriter inner;
    Describe(inner, value);
    text_ += std::move(inner).Finish();
  }

  std::string text_;
};

template <typename Message>
std::string WriteDocument(const Message& message) {
  JsonWriter writer;
  Describe(writer, message);
  return std::move(writer).Finish();
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_JSON_WRITER_H_
