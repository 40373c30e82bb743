#include "server/rpc/worker_handlers.h"

#include "interneg/v1/worker.pb.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_worker.h"

namespace interneg::rpc {
namespace {

class WorkerHandlers {
 public:
  WorkerHandlers(scheduling::SessionDesk& desk, scheduling::JobBook& jobs) : desk_(desk), jobs_(jobs) {}

  absl::StatusOr<v1::ListWorkersResponse> List(const Principal& principal,
                                               const v1::ListWorkersRequest& request) const {
    auto page = ReadPage("ListWorkers", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto workers = desk_.ListWorkers(*page);
    if (!workers.ok()) return workers.status();
    v1::ListWorkersResponse response;
    for (auto& worker : workers->rows) {
      HideOthers(principal, worker);
      *response.add_workers() = ToWire(worker);
    }
    response.set_next_page_token(PageToken("ListWorkers", workers->next));
    return response;
  }

  absl::StatusOr<v1::GetWorkerResponse> Get(const Principal& principal, const v1::GetWorkerRequest& request) const {
    auto worker = desk_.GetWorker(request.worker_id());
    if (!worker.ok()) return worker.status();
    HideOthers(principal, *worker);
    v1::GetWorkerResponse response;
    *response.mutable_worker() = ToWire(*worker);
    return response;
  }

  absl::StatusOr<v1::DrainWorkerResponse> Drain(const Principal& principal,
                                                const v1::DrainWorkerRequest& request) const {
    auto worker = desk_.Drain(principal.actor(), request.worker_id());
    if (!worker.ok()) return worker.status();
    v1::DrainWorkerResponse response;
    *response.mutable_worker() = ToWire(*worker);
    return response;
  }

  absl::StatusOr<v1::UndrainWorkerResponse> Undrain(const Principal& principal,
                                                    const v1::UndrainWorkerRequest& request) const {
    auto worker = desk_.Undrain(principal.actor(), request.worker_id());
    if (!worker.ok()) return worker.status();
    v1::UndrainWorkerResponse response;
    *response.mutable_worker() = ToWire(*worker);
    return response;
  }

 private:
  // That a worker is busy concerns everyone; with which job of another project does not.
  void HideOthers(const Principal& principal, scheduling::Worker& worker) const {
    if (!Visible(principal)) return;
    for (auto& running : worker.running) {
      const auto job = jobs_.Get(running.job_id);
      if (job.ok() && MaySee(principal, job->project_id)) continue;
      running = {{"", 0}, "", running.kind};
    }
  }

  scheduling::SessionDesk& desk_;
  scheduling::JobBook& jobs_;
};

}  // namespace

void AddWorkerMethods(scheduling::SessionDesk& desk, scheduling::JobBook& jobs, MethodTable& table) {
  const WorkerHandlers handlers(desk, jobs);
  table.AddUnary<v1::ListWorkersRequest, v1::ListWorkersResponse>(
      "WorkerService/ListWorkers", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
  table.AddUnary<v1::GetWorkerRequest, v1::GetWorkerResponse>(
      "WorkerService/GetWorker", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::DrainWorkerRequest, v1::DrainWorkerResponse>(
      "WorkerService/DrainWorker", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.Drain(who, what); });
  table.AddUnary<v1::UndrainWorkerRequest, v1::UndrainWorkerResponse>(
      "WorkerService/UndrainWorker", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.Undrain(who, what); });
}

}  // namespace interneg::rpc
