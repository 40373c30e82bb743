#include <memory>

#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/records.h"

namespace interneg::commands {
namespace {

absl::StatusOr<ExitCode> List(Context& context) {
  return PrintOrWatchList(context, &v1::WorkerService::Stub::ListWorkers, v1::ListWorkersRequest(),
                          &v1::ListWorkersResponse::mutable_workers, ListWorkers);
}

// The three calls that take a worker's name or id and answer with the worker.
template <class Request, class Response>
Action OneWorker(std::shared_ptr<std::string> id, Method<v1::WorkerService::Stub, Request, Response> method) {
  return [id, method](Context& context) -> absl::StatusOr<ExitCode> {
    Request request;
    request.set_worker_id(*id);
    return PrintAnswer(context, method, request, &Response::worker, ListWorkers);
  };
}

void AddOne(CommandTable& table, CLI::App& noun, const char* name, const char* description,
            const std::shared_ptr<std::string>& id, Action action, Heeds heeds) {
  table.Verb(noun, name, description, std::move(action), heeds).add_option("worker", *id, "Name or id")->required();
}

}  // namespace

void AddWorkerCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("worker", "The farm's workers");
  table.Verb(noun, "list", "List the workers", List, {.watch = true});
  const auto id = std::make_shared<std::string>();
  AddOne(table, noun, "get", "Show a worker", id, OneWorker(id, &v1::WorkerService::Stub::GetWorker), {});
  AddOne(table, noun, "drain", "Give a worker nothing new; what runs may end", id,
         OneWorker(id, &v1::WorkerService::Stub::DrainWorker), {.dry_run = true});
  AddOne(table, noun, "undrain", "Give a drained worker work again", id,
         OneWorker(id, &v1::WorkerService::Stub::UndrainWorker), {.dry_run = true});
}

}  // namespace interneg::commands
