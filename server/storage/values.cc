#include "server/storage/values.h"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace interneg::storage {

std::string List(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::string List(const std::vector<int>& values) {
  std::string text = "{";
  for (const int value : values) {
    if (text.size() > 1) text += ',';
    text += std::to_string(value);
  }
  return text + "}";
}

std::vector<std::string> Elements(const pqxx::field& field) {
  std::vector<std::string> elements;
  if (field.is_null()) return elements;
  auto parser = field.as_array();
  for (;;) {
    const auto [kind, value] = parser.get_next();
    if (kind == pqxx::array_parser::done) return elements;
    if (kind == pqxx::array_parser::string_value) elements.push_back(value);
  }
}

std::vector<int> Numbers(const pqxx::field& field) {
  std::vector<int> numbers;
  for (const std::string& element : Elements(field)) numbers.push_back(std::stoi(element));
  return numbers;
}

scheduling::Instant Time(const pqxx::field& field) {
  return scheduling::Instant(std::chrono::microseconds(field.as<long long>()));
}

std::optional<scheduling::Instant> OptionalTime(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return Time(field);
}

long long Microseconds(scheduling::Instant time) { return time.time_since_epoch().count(); }

absl::StatusOr<int> PageSize(const scheduling::Page& page) {
  if (page.size < 0 || page.size > 1'000) return absl::InvalidArgumentError("page_size: must be 0…1,000");
  return page.size == 0 ? 100 : page.size;
}

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

scheduling::MediaFrames ToFrames(const pqxx::row& row) {
  scheduling::MediaFrames frames{Text(row["path"]), Text(row["frame_range"]), Text(row["color_space"]),
                                 {Text(row["movie_matrix"]), Text(row["movie_range"])}};
  if (row["pulldown"].is_null()) return frames;
  const auto stored = nlohmann::json::parse(Text(row["pulldown"]));
  frames.pulldown = scheduling::Pulldown{stored.at("cadence").get<std::string>(), stored.at("phase").get<int>(),
                                         stored.at("order").get<std::string>()};
  // Before frames could be counted from 0, `firstFrame` was always there, and 0 stood for what is unset now.
  if (const auto counted = stored.find("countedFrom"); counted != stored.end()) {
    frames.pulldown->first_frame = counted->get<int>();
  } else if (const int earlier = stored.value("firstFrame", 0); earlier != 0) {
    frames.pulldown->first_frame = earlier;
  }
  return frames;
}

std::string PulldownJson(const scheduling::MediaFrames& frames) {
  if (!frames.pulldown) return {};
  const auto& pulldown = *frames.pulldown;
  nlohmann::json stored = {{"cadence", pulldown.cadence}, {"phase", pulldown.phase}, {"order", pulldown.order}};
  if (pulldown.first_frame) stored["countedFrom"] = *pulldown.first_frame;
  return stored.dump();
}

}  // namespace interneg::storage
