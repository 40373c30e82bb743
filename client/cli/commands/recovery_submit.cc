#include "client/cli/commands/recovery_submit.h"

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/dataset_draft.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/media_of_frames.h"
#include "client/cli/commands/polarity.h"

namespace interneg::commands {
namespace {

// A refused part leaves no other parts behind to run for nothing. What the server did not answer, or had no room for,
// stays: the same request again takes it up. The first `ended` jobs have done their work.
absl::Status GiveUp(Context& context, cli::Connection& connection, const RecoveryPlan& plan,
                    const SubmittedRecovery& so_far, std::size_t ended, const absl::Status& refusal) {
  const auto& submitted = so_far.jobs;
  if (submitted.empty()) return refusal;
  const bool passing = absl::IsUnavailable(refusal) || absl::IsResourceExhausted(refusal) ||
                       absl::IsCancelled(refusal) || absl::IsDeadlineExceeded(refusal);
  // A request id that was used before may have brought back jobs of an earlier run: those are not this one's to end.
  if (passing || plan.repeatable) {
    context.Note(fmt::format("{} of {} jobs were submitted; the same command with --request-id {} submits the rest.",
                             submitted.size(), plan.jobs.size(), plan.request_id));
    return refusal;
  }
  // The last first: a job whose predecessor is cancelled fails.
  for (std::size_t i = submitted.size(); i-- > ended;) {
    const auto& [part, sent] = submitted[i];
    v1::CancelJobRequest cancel;
    cancel.set_job_id(sent.job_id());
    const auto cancelled = connection.Call(&v1::JobService::Stub::CancelJob, cancel);
    context.Note(cancelled.ok() ? fmt::format("Cancelled the {} job {}.", part, sent.job_id())
                                : fmt::format("The {} job {} could not be cancelled: {}", part, sent.job_id(),
                                              std::string(cancelled.status().message())));
  }
  return refusal;
}

// What the server chose of the dataset version is the training's.
absl::Status RecordPairs(Context& context, cli::Connection& connection, RecoveryPlan& plan,
                         SubmittedRecovery& submitted) {
  auto dataset = RecordVersion(context, connection, plan.dataset);
  if (!dataset.ok()) return dataset.status();
  v1::TrainJob& train = *plan.RequestOf("train").mutable_spec()->mutable_train();
  *train.mutable_pairs() = dataset->pairs();
  *train.mutable_held_out() = dataset->held_out();
  FillPartners(plan.dataset.content(), train);
  train.set_dataset_sha256(dataset->sha256());
  submitted.dataset = *std::move(dataset);
  return absl::OkStatus();
}

absl::Status RegisterMedia(cli::Connection& connection, RecoveryPlan& plan) {
  const auto source = MediumOf(connection, plan.source);
  if (!source.ok()) return source.status();
  const auto reference = MediumOf(connection, plan.reference);
  if (!reference.ok()) return reference.status();
  plan.dataset.mutable_content()->set_source_media_id(source->media_id());
  plan.dataset.mutable_content()->set_reference_media_id(reference->media_id());
  return absl::OkStatus();
}

// A dataset's media name their frames; of one whose range was left open a worker has seen them by now.
void NameRanges(const v1::Alignment& alignment, RecoveryPlan& plan) {
  const auto name = [](const v1::FrameSource& seen, v1::CreateMediaRequest& medium) {
    if (medium.frames().range().empty()) medium.mutable_frames()->set_range(seen.range());
  };
  name(alignment.source(), plan.source);
  name(alignment.reference(), plan.reference);
}

void TellRenderCrop(Context& context, const v1::Alignment& alignment, RecoveryPlan& plan) {
  const v1::RenderJob& render = plan.RequestOf("render").spec().render();
  if (!alignment.has_render_crop() || render.has_render_crop() || render.whole_frame()) return;
  if (Inverts(plan.RequestOf("train").spec().train().source_preparation())) return;  // all of it is recovered
  const v1::PictureArea& area = alignment.render_crop();
  context.Note(fmt::format(
      "Recovered is the picture inside the scan's borders, {}x{} at {},{}; around it the source's own stays "
      "(--render-crop none for all of it).",
      area.width_px(), area.height_px(), area.x_px(), area.y_px()));
}

// Puts the ids of the jobs before it in the places where the plan names their parts.
void NameJobsBefore(const SubmittedRecovery& submitted, PlannedJob& planned) {
  const auto id_of = [&](const std::string& part) {
    for (const auto& [name, job] : submitted.jobs)
      if (name == part) return job.job_id();
    return part;
  };
  const auto name = [&](v1::StageInput* input) { input->set_job_id(id_of(input->job_id())); };
  if (planned.after.empty()) return;
  planned.request.add_dependencies()->set_job_id(id_of(planned.after));
  v1::JobSpec& spec = *planned.request.mutable_spec();
  if (spec.has_curate()) name(spec.mutable_curate()->mutable_frame_map());
  if (spec.has_align()) {
    name(spec.mutable_align()->mutable_frame_map());
    name(spec.mutable_align()->mutable_pair_choice());
  }
  if (spec.has_train() && spec.train().has_alignment()) name(spec.mutable_train()->mutable_alignment());
  if (spec.has_render()) spec.mutable_render()->set_train_job_id(id_of(planned.after));
}

// Submits the plan's jobs that are still to be, to that part and with it.
absl::Status SubmitUpTo(const std::string& end, Context& context, cli::Connection& connection, RecoveryPlan& plan,
                        SubmittedRecovery& submitted) {
  const std::size_t before = submitted.jobs.size();
  while (submitted.jobs.empty() || submitted.jobs.back().first != end) {
    PlannedJob& planned = plan.jobs[submitted.jobs.size()];
    NameJobsBefore(submitted, planned);
    auto job = SubmitJob(connection, planned.request);
    if (!job.ok()) return GiveUp(context, connection, plan, submitted, before, job.status());
    submitted.jobs.emplace_back(planned.part, std::move(*job));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Project> FindOrCreateProject(Context& context, cli::Connection& connection,
                                                const std::string& name) {
  v1::GetProjectRequest get;
  get.set_project_id(name);
  const auto found = connection.Call(&v1::ProjectService::Stub::GetProject, get);
  if (found.ok()) return found->project();
  if (!absl::IsNotFound(found.status())) return found.status();
  v1::CreateProjectRequest create;
  create.set_request_id(context.environment().new_uuid());
  create.set_name(name);
  const auto made = connection.Call(&v1::ProjectService::Stub::CreateProject, create);
  if (absl::IsAlreadyExists(made.status())) {
    // Somebody was faster, or it is one that the caller may not see.
    const auto again = connection.Call(&v1::ProjectService::Stub::GetProject, get);
    if (!again.ok()) return again.status();
    return again->project();
  }
  if (!made.ok()) return made.status();
  context.Note(fmt::format("Made the project {}.", name));
  return made->project();
}

absl::StatusOr<SubmittedRecovery> SubmitRecovery(Context& context, cli::Connection& connection, RecoveryPlan& plan) {
  const auto project = FindOrCreateProject(context, connection, plan.project);
  if (!project.ok()) return project.status();
  const v1::TrainJob& train = plan.RequestOf("train").spec().train();
  if (const absl::Status status = CheckNegatives(connection, project->project_id(), train, StepsFrom::kOptions);
      !status.ok())
    return status;
  for (auto* request : {&plan.source, &plan.reference}) request->set_project_id(project->project_id());
  plan.dataset.set_project_id(project->project_id());
  for (PlannedJob& planned : plan.jobs) planned.request.set_project_id(project->project_id());

  SubmittedRecovery submitted;
  if (!plan.FindsPairs()) {
    if (const absl::Status status = RegisterMedia(connection, plan); !status.ok()) return status;
    if (const absl::Status status = RecordPairs(context, connection, plan, submitted); !status.ok()) return status;
  }
  const std::string end = plan.FindsPairs() ? "align" : "render";
  if (const absl::Status status = SubmitUpTo(end, context, connection, plan, submitted); !status.ok()) return status;
  return submitted;
}

absl::Status SubmitTraining(Context& context, cli::Connection& connection, RecoveryPlan& plan,
                            SubmittedRecovery& submitted) {
  const auto found = FindAlignment(connection, "recover", submitted.jobs.back().second.job_id());
  if (!found.ok()) return found.status();
  NameRanges(found->alignment, plan);
  TellRenderCrop(context, found->alignment, plan);
  v1::DatasetContent& content = *plan.dataset.mutable_content();
  if (const absl::Status filled = FillAlignedPairs(context, connection, *found, content); !filled.ok()) return filled;
  if (const absl::Status held = HoldOneOut(context, "ask for more with --pair-count", content); !held.ok()) return held;
  if (const absl::Status status = RegisterMedia(connection, plan); !status.ok()) return status;
  if (const absl::Status status = RecordPairs(context, connection, plan, submitted); !status.ok()) return status;
  return SubmitUpTo("render", context, connection, plan, submitted);
}

}  // namespace interneg::commands
