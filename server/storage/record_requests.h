// What the catalog's files share: requests that may be repeated, and lists cut into pages.
#ifndef INTERNEG_SERVER_STORAGE_RECORD_REQUESTS_H_
#define INTERNEG_SERVER_STORAGE_RECORD_REQUESTS_H_

#include <string>

#include <absl/status/status.h>
#include <pqxx/pqxx>

#include "server/scheduling/clock.h"
#include "server/scheduling/page.h"

namespace interneg::storage {

inline absl::Status CheckRequestId(const std::string& request_id) {
  if (scheduling::IsUuid(request_id)) return absl::OkStatus();
  return absl::InvalidArgumentError("request_id: must be a UUID");
}

inline absl::Status UsedElsewhere(const std::string& request_id) {
  return absl::AlreadyExistsError("request_id " + request_id + " was used for another project; use a new one");
}

// Takes one row more than asked for as the sign of a next page; `position` names a row's place in the order.
template <typename Row, typename Read, typename Position>
scheduling::Paged<Row> Cut(const pqxx::result& rows, int size, const Read& read, const Position& position) {
  scheduling::Paged<Row> page;
  for (const auto& row : rows) {
    if (static_cast<int>(page.rows.size()) == size) {
      page.next = position(page.rows.back());
      break;
    }
    page.rows.push_back(read(row));
  }
  return page;
}

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_RECORD_REQUESTS_H_
