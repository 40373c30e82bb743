#include "client/cli/commands/recovery_outcome.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/location.h"
#include "client/cli/yaml.h"

namespace interneg::commands {
namespace {

template <class Message>
absl::Status Append(absl::StatusOr<std::vector<Message>> more, std::vector<Message>& all) {
  if (!more.ok()) return more.status();
  all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  return absl::OkStatus();
}

absl::Status FetchMeasuresAndArtifacts(cli::Connection& connection, const std::string& job_id,
                                       RecoveryOutcome& outcome) {
  v1::ListMeasuresRequest measures;
  measures.set_job_id(job_id);
  const absl::Status status = Append(
      ListAll(connection, &v1::JobService::Stub::ListMeasures, measures, &v1::ListMeasuresResponse::mutable_measures),
      outcome.measures);
  if (!status.ok()) return status;
  v1::ListArtifactsRequest artifacts;
  artifacts.set_job_id(job_id);
  return Append(ListAll(connection, &v1::ArtifactService::Stub::ListArtifacts, artifacts,
                        &v1::ListArtifactsResponse::mutable_artifacts),
                outcome.artifacts);
}

// The jobs whose results the training read, as each names the one before it, and the probe before them all.
absl::Status FindStages(cli::Connection& connection, const v1::JobSpec& train, RecoveryOutcome& outcome) {
  std::string id = train.train().alignment().job_id();
  if (id.empty()) return absl::OkStatus();
  auto align = FetchStage(connection, "train.alignment", id, v1::JOB_KIND_ALIGN);
  if (!align.ok()) return align.status();
  const v1::AlignJob& aligned = align->spec.align();
  for (const auto& [part, input] :
       {std::pair{"curate", &aligned.pair_choice()}, std::pair{"match", &aligned.frame_map()}}) {
    if (input->job_id().empty()) continue;
    auto job = FetchJob(connection, input->job_id());
    if (!job.ok()) return job.status();
    outcome.jobs[part] = std::move(*job);
  }
  outcome.jobs["align"] = std::move(align->job);
  return absl::OkStatus();
}

// The probe that the first of the jobs waited for.
absl::Status FindProbe(cli::Connection& connection, RecoveryOutcome& outcome) {
  for (const char* part : kParts) {
    const auto first = outcome.jobs.find(part);
    if (first == outcome.jobs.end()) continue;
    for (const v1::Dependency& dependency : first->second.dependencies()) {
      auto before = FetchJob(connection, dependency.job_id());
      if (!before.ok()) return before.status();
      if (before->kind() != v1::JOB_KIND_PROBE) continue;
      outcome.jobs["probe"] = std::move(*before);
      break;
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

// What the align job found; nothing while it has found nothing yet.
absl::Status FillAlignment(cli::Connection& connection, RecoveryOutcome& outcome) {
  const auto align = outcome.jobs.find("align");
  if (align == outcome.jobs.end()) return absl::OkStatus();
  auto alignment = FetchAlignment(connection, align->second);
  if (absl::IsNotFound(alignment.status())) return absl::OkStatus();
  if (!alignment.ok()) return alignment.status();
  outcome.alignment = *std::move(alignment);
  return absl::OkStatus();
}

}  // namespace

std::string OutputForPeople(const Context& context, const std::string& path) {
  const auto location = cli::ParseLocation("output", path, context.environment().working_folder);
  return location.ok() ? location->ForPeople() : path;
}

absl::StatusOr<RecoveryOutcome> FindRecovery(const Context& context, cli::Connection& connection,
                                             const std::string& render_job_id) {
  auto render = FetchJob(connection, render_job_id);
  if (!render.ok()) return render.status();
  const v1::JobSpec render_spec = SpecOf(*render);
  if (render_spec.render().train_job_id().empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "job: {} renders no training of the farm's; give a job that `interneg job list --kind render` lists",
        render_job_id));
  }
  auto train = FetchJob(connection, render_spec.render().train_job_id());
  if (!train.ok()) return train.status();
  RecoveryOutcome outcome;
  outcome.output = OutputForPeople(context, render_spec.render().output().path());
  const v1::JobSpec train_spec = SpecOf(*train);
  *outcome.dataset.mutable_pairs() = train_spec.train().pairs();
  *outcome.dataset.mutable_held_out() = train_spec.train().held_out();
  outcome.dataset.set_sha256(train_spec.train().dataset_sha256());
  outcome.jobs["train"] = std::move(*train);
  if (const absl::Status status = FindStages(connection, train_spec, outcome); !status.ok()) return status;
  if (const absl::Status status = FindProbe(connection, outcome); !status.ok()) return status;
  outcome.jobs["render"] = std::move(*render);
  return outcome;
}

absl::Status FetchOutcome(cli::Connection& connection, RecoveryOutcome& outcome) {
  for (const char* part : {"train", "render"}) {
    if (const absl::Status status = FetchMeasuresAndArtifacts(connection, outcome.jobs.at(part).job_id(), outcome);
        !status.ok())
      return status;
  }
  if (const absl::Status status = FillAlignment(connection, outcome); !status.ok()) return status;
  v1::ListFramesRequest frames;
  frames.set_job_id(outcome.jobs.at("render").job_id());
  auto rendered =
      ListAll(connection, &v1::JobService::Stub::ListFrames, frames, &v1::ListFramesResponse::mutable_frames);
  if (!rendered.ok()) return rendered.status();
  outcome.frames = std::move(*rendered);
  std::sort(outcome.frames.begin(), outcome.frames.end(),
            [](const auto& a, const auto& b) { return a.frame() < b.frame(); });
  // The best checkpoint is also an artifact, and that one knows its step.
  for (const v1::Artifact& artifact : outcome.artifacts) {
    if (artifact.has_step() && artifact.sha256() == outcome.jobs.at("train").best_checkpoint_sha256())
      outcome.best_step = artifact.step();
  }
  return absl::OkStatus();
}

void PrintOutcome(const Context& context, const RecoveryOutcome& outcome) {
  switch (context.style().format) {
    case cli::Format::kTable:
    case cli::Format::kWide:
      context.out() << ReportText(outcome);
      return;
    case cli::Format::kName:
      context.out() << outcome.jobs.at("render").job_id() << '\n';
      return;
    case cli::Format::kJsonl:
      context.out() << ReportJson(outcome).dump() << '\n';
      return;
    case cli::Format::kYaml:
      context.out() << cli::ToYaml(ReportJson(outcome));
      return;
    case cli::Format::kJson:
      context.out() << ReportJson(outcome).dump(2) << '\n';
  }
}

}  // namespace interneg::commands
