// Reads plain structs from proto3 JSON, strictly: lowerCamelCase names only, unknown fields refused with their path,
// enums by name, 64-bit integers as decimal strings, numbers in their type, no nulls, no name twice, 100 deep at most.
//
// A struct says what its fields are by a function template `Describe(visitor, value)` in this namespace, which calls
// visitor.Field(name, member) for each field in the order of the field numbers, and visitor.OneOf(variant, names) for
// a oneof. An enum lists its names by `NamesOf(EnumTag<Enum>)`. JsonReader and JsonWriter are the two visitors, so
// that reading and writing cannot drift apart.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_JSON_READER_H_
#define INTERNEG_WORKER_ENGINE_JOBS_JSON_READER_H_

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace interneg::jobs {

// A document that cannot be used. The text names the document, the field's path, what is wrong and what is right.
class DocumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// T, const or not: lets one Describe serve reader and writer.
template <typename T, typename U>
concept Either = std::same_as<std::remove_const_t<T>, U>;

template <typename Enum>
struct EnumTag {};
template <typename Enum>
using EnumNames = std::span<const std::pair<Enum, const char*>>;

// The document's text as a JSON object. `document` is what messages call it, e.g. "job document 'a.json'".
nlohmann::json ParseObject(std::string_view text, const std::string& document);

class JsonReader {
 public:
  // `object` outlives the reader. `path` is empty for the outermost object.
  JsonReader(const nlohmann::json& object, std::string document, std::string path);

  template <typename T>
  void Field(const char* name, T& value) {
    if (const auto* json = Find(name)) Read(*json, PathOf(name), value);
  }

  // At most one of the names may be present; it becomes the alternative of its index + 1 (0 is std::monostate).
  template <typename Variant, std::size_t N>
  void OneOf(Variant& variant, const std::array<const char*, N>& names) {
    const char* chosen = nullptr;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (
          [&] {
            const auto* json = Find(names[I]);
            if (json == nullptr) return;
            if (chosen != nullptr) RefuseTwo(chosen, names[I]);
            chosen = names[I];
            Read(*json, PathOf(names[I]), variant.template emplace<I + 1>());
          }(),
          ...);
    }
    (std::make_index_sequence<N>());
  }

  // Refuses names that no Field asked for. To be called once, last.
  void RefuseUnknown() const;

 private:
  const nlohmann::json* Find(const char* name);
  std::string PathOf(const std::string& name) const { return path_.empty() ? name : path_ + "." + name; }
  [[noreturn]] void Refuse(const std::string& path, const std::string& what) const;
  [[noreturn]] void RefuseTwo(const char* first, const char* second) const;
  [[noreturn]] void RefuseEnum(const std::string& path, const nlohmann::json& json,
                               const std::vector<std::string>& known) const;
  const std::string& Text(const nlohmann::json& json, const std::string& path) const;
  void RequireKind(const nlohmann::json& json, const std::string& path, nlohmann::json::value_t kind,
                   const char* name) const;
  std::int64_t Integer(const nlohmann::json& json, const std::string& path, std::int64_t least,
                       std::int64_t most) const;

  void Read(const nlohmann::json& json, const std::string& path, std::string& value) const;
  void Read(const nlohmann::json& json, const std::string& path, bool& value) const;
  void Read(const nlohmann::json& json, const std::string& path, std::int32_t& value) const;
  void Read(const nlohmann::json& json, const std::string& path, std::uint32_t& value) const;
  void Read(const nlohmann::json& json, const std::string& path, std::uint64_t& value) const;
  void Read(const nlohmann::json& json, const std::string& path, double& value) const;
  void Read(const nlohmann::json& json, const std::string& path, std::map<std::string, std::string>& value) const;

  template <typename T>
  void Read(const nlohmann::json& json, const std::string& path, std::optional<T>& value) const {
    Read(json, path, value.emplace());
  }
  template <typename T>
  void Read(const nlohmann::json& json, const std::string& path, std::vector<T>& value) const {
    RequireKind(json, path, nlohmann::json::value_t::array, "a list in [ ]");
    for (std::size_t i = 0; i < json.size(); ++i) {
      Read(json[i], path + "[" + std::to_string(i) + "]", value.emplace_back());
    }
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void Read(const nlohmann::json& json, const std::string& path, Enum& value) const {
    std::vector<std::string> known;
    for (const auto& [entry, name] : NamesOf(EnumTag<Enum>())) {
      if (json.is_string() && json.get_ref<const std::string&>() == name) {
        value = entry;
        return;
      }
      known.emplace_back(name);
    }
    RefuseEnum(path, json, known);
  }
  template <typename Message>
  requires(std::is_class_v<Message>) void Read(const nlohmann::json& json, const std::string& path,
                                               Message& value) const {
    RequireKind(json, path, nlohmann::json::value_t::object, "an object in { }");
    JsonReader inner(json, document_, path);
    Describe(inner, value);
    inner.RefuseUnknown();
  }

  const nlohmann::json& object_;
  std::string document_;
  std::string path_;
  std::vector<std::string> known_;
};

// The message that `text` holds. Throws DocumentError.
template <typename Message>
Message ReadDocument(std::string_view text, const std::string& document) {
  const auto object = ParseObject(text, document);
  Message message;
  JsonReader reader(object, document, "");
  Describe(reader, message);
  reader.RefuseUnknown();
  return message;
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_JSON_READER_H_
