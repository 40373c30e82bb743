#include "client/cli/commands/recovery_submit.h"

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/follow.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

bool SameFrames(const v1::FrameSource& a, const v1::FrameSource& b) {
  return a.path() == b.path() && a.range() == b.range();
}

// The medium of that name when it stands for the same frames: its colour space may have been resolved since.
absl::StatusOr<v1::Media> FindMedia(cli::Connection& connection, const v1::CreateMediaRequest& wanted,
                                    const absl::Status& clash) {
  v1::ListMediaRequest request;
  request.set_project_id(wanted.project_id());
  const auto media =
      ListAll(connection, &v1::MediaService::Stub::ListMedia, request, &v1::ListMediaResponse::mutable_media);
  if (!media.ok()) return media.status();
  for (const v1::Media& medium : *media)
    if (medium.name() == wanted.name() && SameFrames(medium.frames(), wanted.frames())) return medium;
  return clash;
}

absl::StatusOr<v1::Media> Register(cli::Connection& connection, const v1::CreateMediaRequest& request) {
  const auto made = connection.Call(&v1::MediaService::Stub::CreateMedia, request);
  if (absl::IsAlreadyExists(made.status())) return FindMedia(connection, request, made.status());
  if (!made.ok()) return made.status();
  if (!SameFrames(made->media().frames(), request.frames())) {
    return absl::FailedPreconditionError(
        fmt::format("--request-id: it was used before, with the frames {} {}; leave the option out, or give the same "
                    "options as then",
                    made->media().frames().path(), made->media().frames().range()));
  }
  return made->media();
}

// A refused part leaves no other parts behind to run for nothing. What the server did not answer, or had no room for,
// stays: the same request again takes it up.
absl::Status GiveUp(Context& context, cli::Connection& connection, const RecoveryPlan& plan,
                    const SubmittedRecovery& so_far, const absl::Status& refusal) {
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
  for (auto job = submitted.rbegin(); job != submitted.rend(); ++job) {
    const auto& [part, sent] = *job;
    v1::CancelJobRequest cancel;
    cancel.set_job_id(sent.job_id());
    const auto cancelled = connection.Call(&v1::JobService::Stub::CancelJob, cancel);
    context.Note(cancelled.ok() ? fmt::format("Cancelled the {} job {}.", part, sent.job_id())
                                : fmt::format("The {} job {} could not be cancelled: {}", part, sent.job_id(),
                                              std::string(cancelled.status().message())));
  }
  return refusal;
}

absl::StatusOr<v1::DatasetVersion> MakeDataset(Context& context, cli::Connection& connection,
                                               const v1::CreateDatasetVersionRequest& request) {
  const auto made = connection.Call(&v1::DatasetService::Stub::CreateDatasetVersion, request);
  if (!made.ok()) return made.status();
  const v1::DatasetVersion& dataset = made->dataset_version();
  const auto range_of = [](const auto& frames) { return cli::FrameRangeText({frames.begin(), frames.end()}); };
  context.Note(fmt::format("Dataset {} version {}: trained on {}, held out {}.", dataset.name(), dataset.version(),
                           range_of(dataset.pairs()), range_of(dataset.held_out())));
  return dataset;
}

// The media, and the dataset version where the plan has one: what the server chose for it is the training's.
absl::StatusOr<std::optional<v1::DatasetVersion>> MakeRecords(Context& context, cli::Connection& connection,
                                                              RecoveryPlan& plan) {
  const auto source = Register(connection, plan.source);
  if (!source.ok()) return source.status();
  const auto reference = Register(connection, plan.reference);
  if (!reference.ok()) return reference.status();
  if (!plan.dataset) return std::optional<v1::DatasetVersion>();
  plan.dataset->mutable_content()->set_source_media_id(source->media_id());
  plan.dataset->mutable_content()->set_reference_media_id(reference->media_id());
  auto dataset = MakeDataset(context, connection, *plan.dataset);
  if (!dataset.ok()) return dataset.status();
  v1::TrainJob& train = *plan.RequestOf("train").mutable_spec()->mutable_train();
  *train.mutable_pairs() = dataset->pairs();
  *train.mutable_held_out() = dataset->held_out();
  train.set_dataset_sha256(dataset->sha256());
  return std::optional<v1::DatasetVersion>(std::move(*dataset));
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

absl::StatusOr<SubmittedRecovery> SubmitRecovery(Context& context, cli::Connection& connection, RecoveryPlan plan) {
  const auto project = FindOrCreateProject(context, connection, plan.project);
  if (!project.ok()) return project.status();
  for (auto* request : {&plan.source, &plan.reference}) request->set_project_id(project->project_id());
  if (plan.dataset) plan.dataset->set_project_id(project->project_id());
  for (PlannedJob& planned : plan.jobs) planned.request.set_project_id(project->project_id());

  SubmittedRecovery submitted;
  auto dataset = MakeRecords(context, connection, plan);
  if (!dataset.ok()) return dataset.status();
  submitted.dataset = std::move(*dataset);
  for (PlannedJob& planned : plan.jobs) {
    NameJobsBefore(submitted, planned);
    auto job = SubmitJob(connection, planned.request);
    if (!job.ok()) return GiveUp(context, connection, plan, submitted, job.status());
    submitted.jobs.emplace_back(planned.part, std::move(*job));
  }
  return submitted;
}

}  // namespace interneg::commands
