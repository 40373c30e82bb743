#include "client/cli/yaml.h"

#include <regex>

namespace interneg::cli {
namespace {

std::string Scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string& text = value.get_ref<const std::string&>();
  static const std::regex plain(R"([A-Za-z_/][A-Za-z0-9_./@%+-]*)");
  static const std::regex reserved(R"((true|false|null|yes|no|on|off|y|n|~))", std::regex::icase);
  return std::regex_match(text, plain) && !std::regex_match(text, reserved) ? text : value.dump();
}

bool IsBlock(const Json& value) {
  return value.is_structured() && !value.empty();
}

void Write(const Json& value, std::size_t indent, std::string& out);

// The rest of the line after "key:" or "-".
void WriteAfterKey(const Json& value, std::size_t indent, std::string& out) {
  if (IsBlock(value)) {
    out += '\n';
    Write(value, indent, out);
  } else {
    out += ' ' + Scalar(value) + '\n';
  }
}

void WriteItem(const Json& item, std::size_t indent, std::string& out) {
  if (!IsBlock(item)) {
    out += std::string(indent, ' ') + "- " + Scalar(item) + '\n';
    return;
  }
  // A block begins on the dash's own line: its first line's indentation gives way to "- ".
  const std::size_t begin = out.size();
  Write(item, indent + 2, out);
  out[begin + indent] = '-';
}

void Write(const Json& value, std::size_t indent, std::string& out) {
  if (!IsBlock(value)) {
    out += std::string(indent, ' ') + Scalar(value) + '\n';
  } else if (value.is_array()) {
    for (const Json& item : value) WriteItem(item, indent, out);
  } else {
    for (const auto& [key, item] : value.items()) {
      out += std::string(indent, ' ') + Scalar(Json(key)) + ':';
      WriteAfterKey(item, indent + 2, out);
    }
  }
}

}  // namespace

std::string ToYaml(const Json& value) {
  std::string out;
  Write(value, 0, out);
  return out;
}

}  // namespace interneg::cli
