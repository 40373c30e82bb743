// EventFeed and EventOrder on PostgreSQL.
#ifndef INTERNEG_SERVER_STORAGE_EVENTS_H_
#define INTERNEG_SERVER_STORAGE_EVENTS_H_

#include <map>
#include <string>
#include <vector>

#include "server/scheduling/event_feed.h"
#include "server/scheduling/plan_store.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Events final : public scheduling::EventFeed, public scheduling::EventOrder {
 public:
  explicit Events(Context& context) : context_(context) {}

  absl::StatusOr<std::vector<scheduling::FeedEvent>> Read(const std::vector<std::string>& job_ids, std::uint64_t after,
                                                          int limit) override;
  absl::StatusOr<std::map<std::string, scheduling::Progress>> LatestProgress(
      const std::vector<std::string>& job_ids) override;
  absl::StatusOr<std::uint64_t> Head() override;
  absl::StatusOr<int> OrderEvents(int limit) override;

 private:
  Context& context_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_EVENTS_H_
