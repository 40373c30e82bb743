#include "worker/engine/jobs/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "worker/engine/jobs/near_names.h"

namespace interneg::jobs {
namespace {

using nlohmann::json;

// What protobuf's own reader allows. Text that quotes a value in a message goes down to its innermost one by recursion.
constexpr int kMostNested = 100;

// Refuses a name that stands twice in one object: JSON readers disagree about which of the two counts. Refuses what is
// nested too deeply.
class StructureCheck {
 public:
  explicit StructureCheck(const std::string& document) : document_(document) {}
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMostNested) {
      throw DocumentError(document_ + ": its values are nested more than " + std::to_string(kMostNested) + " deep");
    }
    if (event == json::parse_event_t::object_start) names_.emplace_back();
    if (event == json::parse_event_t::object_end) names_.pop_back();
    if (event == json::parse_event_t::key && !names_.back().insert(parsed.get<std::string>()).second) {
      throw DocumentError(document_ + ": the field '" + parsed.get<std::string>() + "' stands twice in one object");
    }
    return true;
  }

 private:
  const std::string& document_;
  std::vector<std::set<std::string>> names_;
};

}  // namespace

nlohmann::json ParseObject(std::string_view text, const std::string& document) {
  json object;
  try {
    StructureCheck check(document);
    object = json::parse(text.begin(), text.end(), std::ref(check));
  } catch (const json::exception& error) {
    throw DocumentError(document + " is not JSON: " + error.what());
  }
  if (!object.is_object()) throw DocumentError(document + " must be one JSON object in { }");
  return object;
}

JsonReader::JsonReader(const json& object, std::string document, std::string path)
    : object_(object), document_(std::move(document)), path_(std::move(path)) {}

const json* JsonReader::Find(const char* name) {
  known_.emplace_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void JsonReader::RefuseUnknown() const {
  for (const auto& [name, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      Refuse(PathOf(name), "unknown field; " + Suggestion(name, known_));
    }
  }
}

void JsonReader::Refuse(const std::string& path, const std::string& what) const {
  throw DocumentError(document_ + ", field " + path + ": " + what);
}

void JsonReader::RefuseTwo(const char* first, const char* second) const {
  Refuse(PathOf(second), std::string("only one of '") + first + "' and '" + second + "' may be given");
}

void JsonReader::RefuseEnum(const std::string& path, const json& value, const std::vector<std::string>& known) const {
  if (!value.is_string()) Refuse(path, "must be one of the names " + Listed(known));
  const auto& name = value.get_ref<const std::string&>();
  Refuse(path, "unknown value '" + name + "'; " + Suggestion(name, known));
}

void JsonReader::RequireKind(const json& value, const std::string& path, json::value_t kind, const char* name) const {
  if (value.type() != kind) Refuse(path, std::string("must be ") + name + ", got " + value.dump().substr(0, 60));
}

const std::string& JsonReader::Text(const json& value, const std::string& path) const {
  RequireKind(value, path, json::value_t::string, "text in quotes");
  return value.get_ref<const std::string&>();
}

std::int64_t JsonReader::Integer(const json& value, const std::string& path, std::int64_t least,
                                 std::int64_t most) const {
  const bool in_range = value.is_number_unsigned() ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                                                   : value.is_number_integer() && value.get<std::int64_t>() >= least &&
                                                         value.get<std::int64_t>() <= most;
  if (!in_range) {
    Refuse(path, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ", got " +
                     value.dump().substr(0, 60));
  }
  return value.get<std::int64_t>();
}

void JsonReader::Read(const json& value, const std::string& path, std::string& out) const {
  out = Text(value, path);
}

void JsonReader::Read(const json& value, const std::string& path, bool& out) const {
  RequireKind(value, path, json::value_t::boolean, "true or false");
  out = value.get<bool>();
}

void JsonReader::Read(const json& value, const std::string& path, std::int32_t& out) const {
  using Limits = std::numeric_limits<std::int32_t>;
  out = static_cast<std::int32_t>(Integer(value, path, Limits::min(), Limits::max()));
}

void JsonReader::Read(const json& value, const std::string& path, std::uint32_t& out) const {
  out = static_cast<std::uint32_t>(Integer(value, path, 0, std::numeric_limits<std::uint32_t>::max()));
}

void JsonReader::Read(const json& value, const std::string& path, std::uint64_t& out) const {
  const char* const kWanted = "must be a whole number from 0 to 18446744073709551615 in quotes";
  if (!value.is_string()) Refuse(path, kWanted);
  const auto& text = value.get_ref<const std::string&>();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) {
    Refuse(path, std::string(kWanted) + ", got " + value.dump().substr(0, 60));
  }
}

void JsonReader::Read(const json& value, const std::string& path, double& out) const {
  if (value.is_number()) {
    out = value.get<double>();
  } else if (value == "NaN") {
    out = std::numeric_limits<double>::quiet_NaN();
  } else if (value == "Infinity") {
    out = std::numeric_limits<double>::infinity();
  } else if (value == "-Infinity") {
    out = -std::numeric_limits<double>::infinity();
  } else {
    Refuse(path, "must be a number, got " + value.dump().substr(0, 60));
  }
}

void JsonReader::Read(const json& value, const std::string& path, std::map<std::string, std::string>& out) const {
  RequireKind(value, path, json::value_t::object, "an object in { }");
  for (const auto& [name, text] : value.items()) out[name] = Text(text, path + "." + name);
}

}  // namespace interneg::jobs
