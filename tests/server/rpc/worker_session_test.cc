// A daemon's side of the scheduler, played by hand: attach, offer, accept, report, result, and being fenced.
#include <gmock/gmock.h>

#include <optional>

#include "interneg/v1/job.grpc.pb.h"
#include "interneg/v1/worker.grpc.pb.h"
#include "interneg/v1/worker_session.grpc.pb.h"
#include "tests/server/rpc/live_server.h"

namespace interneg {
namespace {

using interneg::testing::Call;
using Stream = grpc::ClientReaderWriter<v1::AttachRequest, v1::AttachResponse>;

// One stream of a daemon with one CPU device.
class FakeWorker {
 public:
  FakeWorker(const std::shared_ptr<grpc::Channel>& channel, const std::string& token)
      : stub_(v1::WorkerSessionService::NewStub(channel)), call_(token), stream_(stub_->Attach(&call_)) {}
  ~FakeWorker() {
    call_.TryCancel();
    if (!finished_) stream_->Finish();
  }

  void SayHello(const std::string& incarnation, unsigned job_schema = 1) {
    v1::AttachRequest request;
    auto& hello = *request.mutable_hello();
    hello.set_name("node-" + incarnation);
    hello.set_host("node1");
    hello.set_incarnation(incarnation);
    hello.set_job_schema(job_schema);
    hello.add_roots("films");
    auto& device = *hello.add_devices();
    device.set_uuid("cpu:" + incarnation + ":0");
    device.set_kind(v1::DEVICE_KIND_CPU);
    device.set_cores(2);
    device.set_memory_bytes(std::uint64_t{8} << 30);
    stream_->Write(request);
  }

  void Write(const v1::AttachRequest& request) { stream_->Write(request); }

  // The next message of that sort; others are passed over.
  std::optional<v1::AttachResponse> Await(v1::AttachResponse::MessageCase wanted) {
    v1::AttachResponse response;
    while (stream_->Read(&response)) {
      if (response.message_case() == wanted) return response;
    }
    return std::nullopt;
  }

  grpc::Status End() {
    v1::AttachResponse response;
    while (stream_->Read(&response)) {
    }
    finished_ = true;
    return stream_->Finish();
  }

 private:
  std::unique_ptr<v1::WorkerSessionService::Stub> stub_;
  Call call_;
  std::unique_ptr<Stream> stream_;
  bool finished_ = false;
};

class WorkerSession : public interneg::testing::LiveServer {
 protected:
  static v1::ProbeJob Probe() {
    v1::ProbeJob probe;
    auto& medium = *probe.add_media();
    medium.set_path("films:f.%04d.png");
    medium.set_range("1-3");
    return probe;
  }

  std::string SubmitProbe(const std::string& project_id, const v1::ProbeJob& probe = Probe()) {
    v1::SubmitJobRequest request;
    request.set_request_id(NewId());
    request.set_project_id(project_id);
    request.mutable_spec()->set_schema(1);
    *request.mutable_spec()->mutable_probe() = probe;
    Call call(admin_token());
    v1::SubmitJobResponse response;
    const auto status = v1::JobService::NewStub(channel())->SubmitJob(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.job().job_id();
  }

  v1::Job GetJob(const std::string& job_id) {
    v1::GetJobRequest request;
    request.set_job_id(job_id);
    Call call(admin_token());
    v1::GetJobResponse response;
    const auto status = v1::JobService::NewStub(channel())->GetJob(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.job();
  }

  // Everything from the cursor to the end of the job.
  std::vector<v1::WatchJobsResponse> Watch(const std::string& job_id, std::uint64_t cursor) {
    v1::WatchJobsRequest request;
    request.add_job_ids(job_id);
    request.set_cursor(cursor);
    Call call(admin_token());
    auto reader = v1::JobService::NewStub(channel())->WatchJobs(&call, request);
    std::vector<v1::WatchJobsResponse> events;
    v1::WatchJobsResponse event;
    while (reader->Read(&event)) events.push_back(event);
    const auto status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return events;
  }

  static v1::AttachRequest AcceptOf(const v1::AttemptRef& attempt) {
    v1::AttachRequest request;
    *request.mutable_accept()->mutable_attempt() = attempt;
    return request;
  }

  static v1::AttachRequest ResultOf(const v1::AttemptRef& attempt) {
    v1::AttachRequest request;
    *request.mutable_result()->mutable_attempt() = attempt;
    request.mutable_result()->mutable_result()->set_outcome(v1::ENGINE_OUTCOME_SUCCEEDED);
    return request;
  }

  grpc::Status Report(const v1::AttemptRef& attempt, std::uint32_t sequence, v1::ReportEventsResponse& response) {
    v1::ReportEventsRequest request;
    *request.mutable_attempt() = attempt;
    auto& event = *request.add_events();
    event.set_sequence(sequence);
    event.mutable_notice()->set_level(v1::NOTICE_LEVEL_INFO);
    event.mutable_notice()->set_text("all frames are there");
    Call call(worker_token());
    return v1::WorkerSessionService::NewStub(channel())->ReportEvents(&call, request, &response);
  }
};

TEST_F(WorkerSession, AJobGoesFromOfferToResult) {
  FakeWorker worker(channel(), worker_token());
  worker.SayHello("one");
  const auto welcome = worker.Await(v1::AttachResponse::kWelcome);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->welcome().lease_seconds(), 15.0);
  ASSERT_TRUE(worker.Await(v1::AttachResponse::kReconcile));

  const std::string job_id = SubmitProbe(MakeProject("lab"));
  const auto offer = worker.Await(v1::AttachResponse::kOffer);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->offer().job_id(), job_id);
  EXPECT_EQ(offer->offer().spec(), GetJob(job_id).spec());
  EXPECT_EQ(offer->offer().assignment().kind(), v1::TASK_KIND_PROBE);
  const v1::AttemptRef attempt = offer->offer().attempt();

  worker.Write(AcceptOf(attempt));
  v1::AttachRequest heartbeat;
  heartbeat.mutable_heartbeat()->set_heartbeat_no(7);
  *heartbeat.mutable_heartbeat()->add_attempts() = attempt;
  worker.Write(heartbeat);
  const auto ack = worker.Await(v1::AttachResponse::kRenewAck);
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->renew_ack().heartbeat_no(), 7U);
  EXPECT_EQ(ack->renew_ack().renewed_size(), 1);

  v1::ReportEventsResponse stored;
  ASSERT_TRUE(Report(attempt, 1, stored).ok());
  EXPECT_EQ(stored.stored_sequence(), 1U);
  ASSERT_TRUE(Report(attempt, 1, stored).ok());

  worker.Write(ResultOf(attempt));
  const auto done = worker.Await(v1::AttachResponse::kResultAck);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->result_ack().disposition(), v1::RESULT_DISPOSITION_COMMITTED);
  EXPECT_EQ(GetJob(job_id).state(), v1::JOB_STATE_SUCCEEDED);

  // A watch from the beginning sees it all; one from a cursor goes on behind it and misses nothing.
  const auto all = Watch(job_id, 0);
  std::vector<std::uint64_t> cursors;
  int notices = 0;
  for (const auto& event : all) {
    if (event.cursor() != 0) cursors.push_back(event.cursor());
    if (event.has_notice()) ++notices;
  }
  EXPECT_EQ(notices, 1);
  ASSERT_GE(cursors.size(), 3U);
  EXPECT_TRUE(std::is_sorted(cursors.begin(), cursors.end()));
  std::vector<std::uint64_t> rest;
  for (const auto& event : Watch(job_id, cursors[1])) {
    if (event.cursor() > cursors[1]) rest.push_back(event.cursor());
  }
  EXPECT_EQ(rest, std::vector<std::uint64_t>(cursors.begin() + 2, cursors.end()));
}

// An engine refuses fields that came after it as bad input, and bad input is not tried again: such a job waits.
TEST_F(WorkerSession, AJobWaitsForAWorkerThatKnowsItsFields) {
  FakeWorker older(channel(), worker_token());
  older.SayHello("one", 2);
  ASSERT_TRUE(older.Await(v1::AttachResponse::kWelcome));
  const std::string project = MakeProject("lab");
  v1::ProbeJob newer_fields = Probe();
  newer_fields.mutable_inspection();
  const std::string waiting = SubmitProbe(project, newer_fields), plain = SubmitProbe(project);
  const auto first = older.Await(v1::AttachResponse::kOffer);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->offer().job_id(), plain) << "though it was submitted later";
  EXPECT_EQ(GetJob(waiting).state(), v1::JOB_STATE_PENDING);

  FakeWorker newer(channel(), worker_token());
  newer.SayHello("two", 3);
  const auto second = newer.Await(v1::AttachResponse::kOffer);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->offer().job_id(), waiting);
}

TEST_F(WorkerSession, AWrongTokenOfAnAttemptIsStale) {
  FakeWorker worker(channel(), worker_token());
  worker.SayHello("one");
  SubmitProbe(MakeProject("lab"));
  const auto offer = worker.Await(v1::AttachResponse::kOffer);
  ASSERT_TRUE(offer);
  worker.Write(AcceptOf(offer->offer().attempt()));
  v1::AttemptRef forged = offer->offer().attempt();
  forged.set_token(std::string(64, '0'));
  worker.Write(ResultOf(forged));
  const auto refused = worker.Await(v1::AttachResponse::kResultAck);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->result_ack().disposition(), v1::RESULT_DISPOSITION_STALE);
  v1::ReportEventsResponse stored;
  const auto status = Report(forged, 1, stored);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("STALE"));
}

TEST_F(WorkerSession, ANewerSessionFencesTheOlder) {
  FakeWorker older(channel(), worker_token());
  older.SayHello("one");
  ASSERT_TRUE(older.Await(v1::AttachResponse::kWelcome));
  FakeWorker newer(channel(), worker_token());
  newer.SayHello("one");
  ASSERT_TRUE(newer.Await(v1::AttachResponse::kWelcome));
  EXPECT_EQ(older.End().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(WorkerSession, TheFirstMessageIsHello) {
  FakeWorker worker(channel(), worker_token());
  v1::AttachRequest request;
  request.mutable_heartbeat();
  worker.Write(request);
  EXPECT_EQ(worker.End().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  FakeWorker person(channel(), admin_token());
  EXPECT_EQ(person.End().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(WorkerSession, AStoppingServerSaysSo) {
  FakeWorker worker(channel(), worker_token());
  worker.SayHello("one");
  ASSERT_TRUE(worker.Await(v1::AttachResponse::kWelcome));
  Restart();
  EXPECT_EQ(worker.End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(WorkerSession, ACancelledAttemptIsStopped) {
  FakeWorker worker(channel(), worker_token());
  worker.SayHello("one");
  const std::string job_id = SubmitProbe(MakeProject("lab"));
  const auto offer = worker.Await(v1::AttachResponse::kOffer);
  ASSERT_TRUE(offer);
  worker.Write(AcceptOf(offer->offer().attempt()));
  v1::AttachRequest heartbeat;
  heartbeat.mutable_heartbeat();
  worker.Write(heartbeat);
  ASSERT_TRUE(worker.Await(v1::AttachResponse::kRenewAck));
  Call call(admin_token());
  v1::CancelJobRequest request;
  request.set_job_id(job_id);
  v1::CancelJobResponse response;
  ASSERT_TRUE(v1::JobService::NewStub(channel())->CancelJob(&call, request, &response).ok());
  const auto stop = worker.Await(v1::AttachResponse::kStop);
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->stop().reason(), v1::STOP_REASON_CANCELLED);
}

}  // namespace
}  // namespace interneg
