#include "worker/engine/training/ancestry.h"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace interneg::training {

bool IsSha256(const std::string& text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), digit);
}

std::string ToJson(const Ancestry& ancestry) {
  return nlohmann::json(ancestry).dump();
}

Ancestry AncestryOf(const std::map<std::string, std::string>& metadata) {
  constexpr std::size_t kMost = 1000;
  const auto text = metadata.find(kAncestry);
  if (text == metadata.end()) return {};
  const auto value = nlohmann::json::parse(text->second, nullptr, /*allow_exceptions=*/false);
  const auto is_hash = [](const nlohmann::json& v) { return v.is_string() && IsSha256(v.get_ref<const std::string&>()); };
  if (!value.is_array() || value.size() > kMost || !std::all_of(value.begin(), value.end(), is_hash)) {
    throw std::invalid_argument(std::string("its '") + kAncestry + "' is not a list of SHA-256 hashes");
  }
  return value.get<Ancestry>();
}

}  // namespace interneg::training
