// Calls whose answers are records: read page by page and printed as listings.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_CALLS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_CALLS_H_

#include <algorithm>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <google/protobuf/repeated_field.h>

#include "client/cli/commands/context.h"

namespace interneg::commands {

template <class Stub, class Request, class Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// The field of a response that holds a page's records, as &v1::ListJobsResponse::mutable_jobs.
template <class Response, class Record>
using RecordsField = google::protobuf::RepeatedPtrField<Record>* (Response::*)();

template <class Record>
struct Page {
  std::vector<Record> records;
  Rest rest = Rest::kNone;
};

// The first `limit` records of a list (all for 0), page by page.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<Page<Record>> ListUpTo(cli::Connection& connection, Method<Stub, Request, Response> method,
                                      Request request, RecordsField<Response, Record> field, int limit) {
  Page<Record> all;
  constexpr int kPage = 1000;
  while (true) {
    const int left = limit <= 0 ? kPage : limit - static_cast<int>(all.records.size());
    request.set_page_size(std::min(left, kPage));
    auto page = connection.Call(method, request);
    if (!page.ok()) return page.status();
    for (auto& record : *((*page).*field)()) {
      if (limit > 0 && static_cast<int>(all.records.size()) >= limit) {
        all.rest = Rest::kMore;
        return all;
      }
      all.records.push_back(std::move(record));
    }
    if (page->next_page_token().empty()) return all;
    if (limit > 0 && static_cast<int>(all.records.size()) >= limit) {
      all.rest = Rest::kMore;
      return all;
    }
    request.set_page_token(page->next_page_token());
  }
}

// Every record.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<std::vector<Record>> ListAll(cli::Connection& connection, Method<Stub, Request, Response> method,
                                            Request request, RecordsField<Response, Record> field) {
  auto page = ListUpTo(connection, method, std::move(request), field, 0);
  if (!page.ok()) return page.status();
  return std::move(page->records);
}

// As many records as --limit asks for; says so when nobody asked and not all are shown.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<std::vector<Record>> ListShown(Context& context, Method<Stub, Request, Response> method, Request request,
                                              RecordsField<Response, Record> field) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  auto page = ListUpTo(**connection, method, std::move(request), field, context.limit());
  if (!page.ok()) return page.status();
  context.NoteRest(page->rest);
  return std::move(page->records);
}

template <class Record>
using Lister = cli::Listing (*)(const Context&, const std::vector<Record>&);

// Lists to stdout.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<ExitCode> PrintList(Context& context, Method<Stub, Request, Response> method, Request request,
                                   RecordsField<Response, Record> field, Lister<Record> lister) {
  const auto records = ListShown(context, method, std::move(request), field);
  if (!records.ok()) return records.status();
  cli::PrintListing(lister(context, *records), context.style(), context.out());
  return ExitCode::kOk;
}

// The same anew every two seconds with --watch, until interrupted. A terminal shows it in one place; elsewhere each
// round follows the one before.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<ExitCode> PrintOrWatchList(Context& context, Method<Stub, Request, Response> method, Request request,
                                          RecordsField<Response, Record> field, Lister<Record> lister) {
  while (true) {
    const auto records = ListShown(context, method, request, field);
    if (!records.ok()) return records.status();
    if (context.options().watch && context.style().medium == cli::Medium::kTerminal) context.out() << "\x1b[H\x1b[2J";
    cli::PrintListing(lister(context, *records), context.style(), context.out());
    if (!context.options().watch) return ExitCode::kOk;
    if (const absl::Status status = context.Flush(); !status.ok()) return status;
    if (context.interruption().SleepFor(std::chrono::seconds(2))) return ExitCode::kInterrupted;
  }
}

// One call whose answer is one record, printed; with --dry-run the request instead.
template <class Stub, class Request, class Response, class Record>
absl::StatusOr<ExitCode> PrintAnswer(Context& context, Method<Stub, Request, Response> method, const Request& request,
                                     const Record& (Response::*field)() const, Lister<Record> lister) {
  if (context.options().dry_run) return context.ShowRequest(request);
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto answer = (*connection)->Call(method, request);
  if (!answer.ok()) return answer.status();
  cli::PrintRecord(lister(context, {((*answer).*field)()}), context.style(), context.out());
  return ExitCode::kOk;
}

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_CALLS_H_
