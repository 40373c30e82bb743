// Values on their way into SQL and out of it.
#ifndef INTERNEG_SERVER_STORAGE_VALUES_H_
#define INTERNEG_SERVER_STORAGE_VALUES_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <pqxx/pqxx>

#include "server/scheduling/clock.h"
#include "server/scheduling/media_frames.h"
#include "server/scheduling/page.h"

namespace interneg::storage {

// An array literal for `$n::text[]`, `$n::uuid[]` …
std::string List(const std::vector<std::string>& values);
std::string List(const std::vector<int>& values);
// The elements of a one-dimensional array's text form.
std::vector<std::string> Elements(const pqxx::field& field);
std::vector<int> Numbers(const pqxx::field& field);

inline std::string Text(const pqxx::field& field) { return field.is_null() ? std::string() : field.as<std::string>(); }
inline std::string Text(std::string_view name) { return std::string(name); }

// Times are read as microseconds since the epoch, which the SQL gives as
// (extract(epoch FROM c) * 1000000)::bigint.
scheduling::Instant Time(const pqxx::field& field);
std::optional<scheduling::Instant> OptionalTime(const pqxx::field& field);
long long Microseconds(scheduling::Instant time);

template <typename Value>
std::optional<Value> Optional(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<Value>();
}

// The enumerator that a column names. A name that the program does not know throws std::runtime_error: the CHECK
// constraints and the program have come apart.
template <typename Enum>
Enum Named(const pqxx::field& field) {
  Enum value{};
  const auto name = field.as<std::string>();
  if (!FromName(name, value)) throw std::runtime_error("unknown name in the database: " + name);
  return value;
}

// A medium's frames from a row that has the columns of `media`, and its pulldown as the column has it; empty: none.
scheduling::MediaFrames ToFrames(const pqxx::row& row);
std::string PulldownJson(const scheduling::MediaFrames& frames);

// Rows asked for, and one more to know whether there is a next page. INVALID_ARGUMENT for a size out of range.
absl::StatusOr<int> PageSize(const scheduling::Page& page);

// Whether a string has a NUL, which PostgreSQL's text cannot hold.
bool HasNul(const std::string& text);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_VALUES_H_
