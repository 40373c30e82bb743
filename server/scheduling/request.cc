#include "server/scheduling/request.h"

#include <algorithm>
#include <cmath>

#include "server/scheduling/chunks.h"

namespace interneg::scheduling {
namespace {

// Each render job becomes two tasks a chunk; a chunk's manifest must fit a message, and a document every offer.
constexpr std::size_t kMostChunks = 10'000;
constexpr std::uint32_t kMostChunkFrames = 10'000;
constexpr std::size_t kLongestSpec = std::size_t{256} << 10;

// Of the kinds that are one task.
TaskKind OnlyTaskOf(JobKind kind) {
  TaskKind task = TaskKind::kProbe;
  FromName(Name(kind), task);
  return task;
}

absl::Status CheckModel(const std::string& field, const JobFacts& facts) {
  if (facts.train_job_id.empty() || IsUuid(facts.train_job_id)) return absl::OkStatus();
  return absl::InvalidArgumentError(field + ": not a job id: " + facts.train_job_id);
}

absl::Status CheckRender(const JobFacts& facts) {
  if (facts.chunk_frames > kMostChunkFrames) {
    return absl::InvalidArgumentError("render.chunk_frames: at most " + std::to_string(kMostChunkFrames) + ", is " +
                                      std::to_string(facts.chunk_frames));
  }
  if (facts.frames.empty()) return absl::InvalidArgumentError("render.source.range: a render needs at least one frame");
  const auto disorder = std::adjacent_find(facts.frames.begin(), facts.frames.end(), std::greater_equal<>());
  if (disorder != facts.frames.end()) {
    return absl::InvalidArgumentError("render.source.range: frames must ascend, each once; " +
                                      std::to_string(*disorder) + " is out of order");
  }
  if (const std::size_t chunks = SplitFrames(facts.frames, facts.chunk_frames).size(); chunks > kMostChunks) {
    return absl::InvalidArgumentError("render.source.range: " + std::to_string(facts.frames.size()) + " frames are " +
                                      std::to_string(chunks) + " chunks; one job may have " +
                                      std::to_string(kMostChunks) + ": render the range in parts, or in larger chunks");
  }
  if (facts.output_root.empty() || facts.output_name.empty()) {
    return absl::InvalidArgumentError("render.output.path: give `root:folder/name.%04d.exr`");
  }
  if (facts.train_job_id.empty() == facts.checkpoint_sha256.empty()) {
    return absl::InvalidArgumentError("render.model: give either checkpoint_sha256 or train_job_id");
  }
  return CheckModel("render.train_job_id", facts);
}

absl::Status CheckTrain(const JobFacts& facts) {
  if (!facts.train_job_id.empty() && !facts.checkpoint_sha256.empty()) {
    return absl::InvalidArgumentError("train.initial_weights: give a checkpoint or a training job, not both");
  }
  return CheckModel("train.initial_train_job_id", facts);
}

}  // namespace

absl::Status CheckRequest(const JobRequest& request) {
  if (!IsUuid(request.request_id)) return absl::InvalidArgumentError("request_id: must be a UUID");
  if (request.spec.empty() || request.spec.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("spec: must be a JSON document");
  }
  if (request.spec.size() > kLongestSpec) {
    return absl::InvalidArgumentError("spec: a document of at most 256 KiB is expected, not " +
                                      std::to_string(request.spec.size()) + " bytes");
  }
  if (request.spec_sha256.size() != 64) return absl::InvalidArgumentError("spec_sha256: must be 64 hex digits");
  if (request.priority < -100 || request.priority > 100) {
    return absl::InvalidArgumentError("priority: must be −100…100, is " + std::to_string(request.priority));
  }
  if (request.facts.kind == JobKind::kRender) return CheckRender(request.facts);
  if (request.facts.kind == JobKind::kTrain) {
    if (auto s = CheckTrain(request.facts); !s.ok()) return s;
  }
  if (!request.facts.frames.empty()) return absl::InvalidArgumentError("frames: only a render is cut by frames");
  return absl::OkStatus();
}

absl::Status CheckAdjustment(const Adjustment& adjustment) {
  if (!std::isfinite(adjustment.learning_rate) || adjustment.learning_rate < 0.0) {
    return absl::InvalidArgumentError("learning_rate: must be a positive number");
  }
  if (adjustment.steps == 0 && adjustment.learning_rate == 0.0 && adjustment.checkpoint_interval_steps == 0 &&
      adjustment.contact_sheet_interval_steps == 0) {
    return absl::InvalidArgumentError("adjust: names nothing to change");
  }
  return absl::OkStatus();
}

std::string_view MakerOf(std::string_view document_kind) {
  if (document_kind == "frame_map") return Name(JobKind::kMatch);
  if (document_kind == "pair_choice") return Name(JobKind::kCurate);
  if (document_kind == "alignment") return Name(JobKind::kAlign);
  if (document_kind == "media_report") return Name(JobKind::kProbe);
  return {};
}

std::vector<std::string> AllDependencies(const JobRequest& request) {
  std::vector<std::string> all = request.depends_on;
  if (!request.facts.train_job_id.empty()) all.push_back(request.facts.train_job_id);
  for (const JobInput& input : request.facts.inputs) {
    if (!input.job_id.empty()) all.push_back(input.job_id);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<PlannedTask> PlanTasks(const JobFacts& facts) {
  if (facts.kind != JobKind::kRender) return {{OnlyTaskOf(facts.kind), {}, -1}};
  std::vector<PlannedTask> tasks;
  for (std::vector<int>& frames : SplitFrames(facts.frames, facts.chunk_frames)) {
    const int render = static_cast<int>(tasks.size());
    tasks.push_back({TaskKind::kRender, frames, -1});
    tasks.push_back({TaskKind::kPublish, std::move(frames), render});
  }
  return tasks;
}

Requirement RequirementOf(TaskKind kind, const JobRequest& request) {
  const JobFacts& facts = request.facts;
  Requirement requirement;
  requirement.job_schema = facts.job_schema;
  requirement.pool = request.pool;
  requirement.tags = facts.tags;
  requirement.roots = facts.roots;
  requirement.weight = IsLight(kind) ? Weight::kLight : Weight::kDevice;
  if (kind == TaskKind::kPublish) requirement.roots = {facts.output_root};
  if (requirement.weight == Weight::kDevice) {
    requirement.device_kind = facts.device_kind;
    requirement.device_memory_bytes = facts.device_memory_bytes;
  }
  for (auto* names : {&requirement.tags, &requirement.roots}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  return requirement;
}

std::string AttemptFolder(const std::string& output_root, const std::string& output_folder, const AttemptKey& key) {
  const std::string folder = output_folder.empty() ? "" : output_folder + "/";
  return output_root + ":" + folder + ".interneg/" + key.task_id + "." + std::to_string(key.attempt_no);
}

}  // namespace interneg::scheduling
