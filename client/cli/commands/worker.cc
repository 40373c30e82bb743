#include <memory>

#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/records.h"

namespace interneg::commands {
namespace {

absl::StatusOr<ExitCode> List(Context& context) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  while (true) {
    const auto workers = ListPages(
        **connection, &v1::WorkerService::Stub::ListWorkers, v1::ListWorkersRequest(), context.options().limit,
        [](v1::ListWorkersResponse & page) -> auto& { return *page.mutable_workers(); });
    if (!workers.ok()) return workers.status();
    if (context.options().watch && context.style().medium == cli::Medium::kTerminal) context.out() << "\x1b[H\x1b[2J";
    cli::PrintListing(ListWorkers(context, *workers), context.style(), context.out());
    context.out() << std::flush;
    if (!context.options().watch) return ExitCode::kOk;
    if (context.interruption().SleepFor(std::chrono::seconds(2))) return ExitCode::kInterrupted;
  }
}

// The three calls that take a worker's name or id and answer with the worker.
template <class Request, class Response>
Action OneWorker(std::shared_ptr<std::string> id,
                 grpc::Status (v1::WorkerService::Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  return [id, method](Context& context) -> absl::StatusOr<ExitCode> {
    Request request;
    request.set_worker_id(*id);
    if (context.options().dry_run) return context.ShowRequest(request);
    const auto connection = context.Connect();
    if (!connection.ok()) return connection.status();
    const auto answer = (*connection)->Call(method, request);
    if (!answer.ok()) return answer.status();
    cli::PrintRecord(ListWorkers(context, {answer->worker()}), context.style(), context.out());
    return ExitCode::kOk;
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
