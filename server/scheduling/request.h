// What a submission must satisfy before anything is written, and the tasks it is cut into.
#ifndef INTERNEG_SERVER_SCHEDULING_REQUEST_H_
#define INTERNEG_SERVER_SCHEDULING_REQUEST_H_

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "server/scheduling/job.h"
#include "server/scheduling/matching.h"

namespace interneg::scheduling {

// INVALID_ARGUMENT names the field that does not fit.
absl::Status CheckRequest(const JobRequest& request);
absl::Status CheckAdjustment(const Adjustment& adjustment);

// The name of the kind of job that makes this kind of document; empty: none does.
std::string_view MakerOf(std::string_view document_kind);

// Every job that must succeed first: the request's dependencies, the training job and the makers of its inputs; sorted,
// each once.
std::vector<std::string> AllDependencies(const JobRequest& request);

struct PlannedTask {
  TaskKind kind = TaskKind::kProbe;
  // Of render and publish tasks; empty: the whole job.
  std::vector<int> frames;
  // Index of the task that must succeed first, or −1.
  int waits_for = -1;
};

// Every job is one task but a render, which is one render task a chunk and, behind each, the task that publishes it.
std::vector<PlannedTask> PlanTasks(const JobFacts& facts);

// What a task of this kind asks of a worker. Publishing needs the output's root alone.
Requirement RequirementOf(TaskKind kind, const JobRequest& request);

// `root:folder/.interneg/<task id>.<attempt no>`: where a render attempt writes, beside the published frames.
std::string AttemptFolder(const std::string& output_root, const std::string& output_folder, const AttemptKey& key);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_REQUEST_H_
