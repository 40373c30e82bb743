// JobBook on PostgreSQL. Writing is in jobs.cc, reading in job_reading.cc.
#ifndef INTERNEG_SERVER_STORAGE_JOBS_H_
#define INTERNEG_SERVER_STORAGE_JOBS_H_

#include <string>
#include <vector>

#include "server/scheduling/job_book.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Jobs final : public scheduling::JobBook {
 public:
  explicit Jobs(Context& context) : context_(context) {}

  absl::StatusOr<scheduling::Job> Submit(const scheduling::Actor& actor,
                                         const scheduling::JobRequest& request) override;
  absl::StatusOr<scheduling::Job> Get(const std::string& job_id) override;
  absl::StatusOr<scheduling::Paged<scheduling::Job>> List(const scheduling::JobFilter& filter,
                                                          const scheduling::VisibleProjects& visible,
                                                          const scheduling::Page& page) override;
  absl::StatusOr<scheduling::Job> Cancel(const scheduling::Actor& actor, const std::string& job_id,
                                         scheduling::Dependents dependents) override;
  absl::StatusOr<std::uint32_t> Adjust(const scheduling::Actor& actor, const std::string& job_id,
                                       const scheduling::Adjustment& adjustment) override;
  absl::StatusOr<std::vector<scheduling::Task>> Tasks(const std::string& job_id) override;
  absl::StatusOr<scheduling::Paged<scheduling::Measure>> Measures(const std::string& job_id,
                                                                  const scheduling::Page& page) override;
  absl::StatusOr<scheduling::Paged<scheduling::FrameReport>> Frames(const std::string& job_id,
                                                                    const scheduling::Page& page) override;
  absl::StatusOr<std::vector<scheduling::LogText>> ReadLogs(const std::string& job_id,
                                                            scheduling::LogCursor& read) override;

 private:
  absl::StatusOr<std::string> SubmitWithin(Transaction& transaction, const scheduling::Actor& actor,
                                           const scheduling::JobRequest& request) const;

  Context& context_;
};

// The job as it is seen within the transaction. NOT_FOUND.
absl::StatusOr<scheduling::Job> ReadJob(Transaction& transaction, const std::string& job_id);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_JOBS_H_
