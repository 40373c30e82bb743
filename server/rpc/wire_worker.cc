#include "server/rpc/wire_worker.h"

#include <fmt/format.h>

#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_job.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr int kMostDevices = 1'024;
constexpr int kMostAttempts = 10'000;
constexpr std::size_t kLongestName = 255;

v1::WorkerState ToWire(scheduling::WorkerState state) {
  switch (state) {
    case scheduling::WorkerState::kOnline:
      return v1::WORKER_STATE_ONLINE;
    case scheduling::WorkerState::kOffline:
      return v1::WORKER_STATE_OFFLINE;
    case scheduling::WorkerState::kDraining:
      return v1::WORKER_STATE_DRAINING;
    case scheduling::WorkerState::kQuarantined:
      return v1::WORKER_STATE_QUARANTINED;
  }
  return v1::WORKER_STATE_UNSPECIFIED;
}

v1::DeviceKind ToWire(scheduling::DeviceKind kind) {
  return kind == scheduling::DeviceKind::kCuda ? v1::DEVICE_KIND_CUDA : v1::DEVICE_KIND_CPU;
}

v1::DeviceInfo ToWire(const scheduling::Device& device) {
  v1::DeviceInfo wire;
  wire.set_uuid(device.uuid);
  wire.set_kind(ToWire(device.kind));
  wire.set_model(device.model);
  wire.set_memory_bytes(device.memory_bytes);
  wire.set_cores(device.cores);
  wire.set_ordinal(device.ordinal);
  return wire;
}

absl::StatusOr<scheduling::Device> ReadDevice(const v1::DeviceInfo& wire, int index) {
  if (wire.uuid().empty() || wire.uuid().size() > kLongestName) {
    return absl::InvalidArgumentError(fmt::format("hello.devices[{}].uuid: 1–255 bytes are expected", index));
  }
  if (wire.kind() != v1::DEVICE_KIND_CPU && wire.kind() != v1::DEVICE_KIND_CUDA) {
    return absl::InvalidArgumentError(fmt::format("hello.devices[{}].kind: CPU or CUDA is expected", index));
  }
  return scheduling::Device{
      wire.uuid(),  wire.kind() == v1::DEVICE_KIND_CUDA ? scheduling::DeviceKind::kCuda : scheduling::DeviceKind::kCpu,
      wire.model(), wire.memory_bytes(),
      wire.cores(), wire.ordinal()};
}

absl::Status ReadAttempts(const google::protobuf::RepeatedPtrField<v1::AttemptRef>& wire,
                          std::vector<scheduling::AttemptRef>& out) {
  if (wire.size() > kMostAttempts) return absl::InvalidArgumentError("hello: names more than 10,000 attempts");
  for (const auto& attempt : wire) {
    auto ref = ReadAttemptRef(attempt);
    if (!ref.ok()) return ref.status();
    out.push_back(*std::move(ref));
  }
  return absl::OkStatus();
}

}  // namespace

v1::StopReason ToWire(scheduling::StopReason reason) {
  switch (reason) {
    case scheduling::StopReason::kCancelled:
      return v1::STOP_REASON_CANCELLED;
    case scheduling::StopReason::kPreempted:
      return v1::STOP_REASON_PREEMPTED;
    case scheduling::StopReason::kPaused:
      return v1::STOP_REASON_PAUSED;
  }
  return v1::STOP_REASON_UNSPECIFIED;
}

v1::Worker ToWire(const scheduling::Worker& worker) {
  v1::Worker wire;
  wire.set_worker_id(worker.worker_id);
  wire.set_name(worker.name);
  wire.set_host(worker.host);
  wire.set_state(ToWire(worker.state));
  wire.set_pool(worker.pool);
  for (const auto& tag : worker.tags) wire.add_tags(tag);
  wire.set_version(worker.version);
  for (const auto& device : worker.devices) *wire.add_devices() = ToWire(device);
  for (const auto& running : worker.running) {
    auto& attempt = *wire.add_running();
    attempt.set_task_id(running.key.task_id);
    attempt.set_attempt_no(running.key.attempt_no);
    attempt.set_job_id(running.job_id);
    attempt.set_kind(ToWire(running.kind));
  }
  if (worker.last_seen_at) Put(*worker.last_seen_at, wire.mutable_last_seen_time());
  return wire;
}

v1::Offer ToWire(const scheduling::Offer& offer) {
  v1::Offer wire;
  *wire.mutable_attempt() = ToWire(offer.attempt);
  wire.set_job_id(offer.job_id);
  wire.set_project_id(offer.project_id);
  wire.set_spec(offer.spec);
  wire.set_spec_sha256(offer.spec_sha256);
  wire.set_device_uuid(offer.device_uuid);
  wire.set_checkpoint_sha256(offer.checkpoint_sha256);
  wire.set_resume_sha256(offer.resume_sha256);
  for (const auto& [role, sha256] : offer.inputs) {
    auto& input = *wire.add_inputs();
    input.set_role(role);
    input.set_sha256(sha256);
  }
  auto& assignment = *wire.mutable_assignment();
  assignment.set_task_id(offer.attempt.key.task_id);
  assignment.set_attempt_no(offer.attempt.key.attempt_no);
  assignment.set_kind(ToWire(offer.kind));
  assignment.set_frames(offer.frames);
  assignment.set_output_folder(offer.output_folder);
  assignment.set_device_kind(ToWire(offer.device_kind));
  assignment.set_device(
      offer.device_kind == scheduling::DeviceKind::kCuda ? fmt::format("cuda:{}", offer.device_ordinal) : "cpu");
  for (const auto& file : offer.manifest) *assignment.add_manifest() = ToWire(file);
  for (const auto& [name, value] : offer.provenance) (*assignment.mutable_provenance())[name] = value;
  return wire;
}

absl::StatusOr<scheduling::WorkerHello> ReadHello(const v1::Hello& wire) {
  if (wire.name().empty() || wire.name().size() > kLongestName) {
    return absl::InvalidArgumentError("hello.name: 1–255 bytes are expected; set the worker's name");
  }
  if (wire.incarnation().empty()) return absl::InvalidArgumentError("hello.incarnation: is missing");
  if (wire.devices_size() > kMostDevices) return absl::InvalidArgumentError("hello.devices: more than 1,024 devices");
  scheduling::WorkerHello hello;
  hello.name = wire.name();
  hello.host = wire.host();
  hello.incarnation = wire.incarnation();
  hello.job_schema = wire.job_schema();
  hello.version = wire.version();
  hello.pool = wire.pool();
  hello.tags.assign(wire.tags().begin(), wire.tags().end());
  hello.roots.assign(wire.roots().begin(), wire.roots().end());
  for (int i = 0; i < wire.devices_size(); ++i) {
    auto device = ReadDevice(wire.devices(i), i);
    if (!device.ok()) return device.status();
    hello.devices.push_back(*std::move(device));
  }
  if (auto s = ReadAttempts(wire.running(), hello.running); !s.ok()) return s;
  if (auto s = ReadAttempts(wire.unacknowledged(), hello.unacknowledged); !s.ok()) return s;
  return hello;
}

}  // namespace interneg::rpc
