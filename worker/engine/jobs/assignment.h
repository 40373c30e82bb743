// An assignment as plain structs: where and with what to run one attempt. Mirrors Assignment and OutputFile of
// proto/interneg/v1/engine.proto, where the meaning of each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ASSIGNMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ASSIGNMENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs {

enum class TaskKind { kUnspecified, kProbe, kTrain, kRender, kPublish, kMatch, kCurate, kAlign, kBaseline };
enum class DeviceKind { kUnspecified, kCpu, kCuda };

struct OutputFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string sha256;
  friend bool operator==(const OutputFile&, const OutputFile&) = default;
};

struct AssignedRoot {
  std::string name;
  std::string folder;
  std::vector<std::string> excluded_folders = {};
  friend bool operator==(const AssignedRoot&, const AssignedRoot&) = default;
};

struct InputDocument {
  std::string role;
  std::string path;
  friend bool operator==(const InputDocument&, const InputDocument&) = default;
};

struct Assignment {
  std::string task_id;
  std::uint32_t attempt_no = 0;
  TaskKind kind = TaskKind::kUnspecified;
  std::string frames;
  std::vector<AssignedRoot> roots;
  std::string output_folder;
  std::string scratch_folder;
  std::string checkpoint_path;
  std::string resume_path;
  DeviceKind device_kind = DeviceKind::kUnspecified;
  std::string device;
  std::uint32_t threads = 0;
  double lease_seconds = 0;
  std::vector<OutputFile> manifest;
  std::map<std::string, std::string> provenance;
  std::vector<InputDocument> inputs;
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

// Throws DocumentError (json_reader.h). Only the form is checked.
Assignment ParseAssignment(std::string_view json, const std::string& document = "assignment");

// Canonical proto3 JSON.
std::string ToJson(const Assignment& assignment);

// Shared with the events, which name files too.
void Describe(auto& fields, Either<OutputFile> auto& file) {
  fields.Field("name", file.name);
  fields.Field("sizeBytes", file.size_bytes);
  fields.Field("sha256", file.sha256);
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ASSIGNMENT_H_
