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
                    const std::vector<v1::Job>& submitted, const absl::Status& refusal) {
  if (submitted.empty()) return refusal;
  const bool passing = absl::IsUnavailable(refusal) || absl::IsResourceExhausted(refusal) ||
                       absl::IsCancelled(refusal) || absl::IsDeadlineExceeded(refusal);
  // A request id that was used before may have brought back jobs of an earlier run: those are not this one's to end.
  if (passing || plan.repeatable) {
    context.Note(fmt::format("{} of 3 jobs were submitted; the same command with --request-id {} submits the rest.",
                             submitted.size(), plan.request_id));
    return refusal;
  }
  // The last first: a job whose predecessor is cancelled fails.
  for (auto job = submitted.rbegin(); job != submitted.rend(); ++job) {
    v1::CancelJobRequest cancel;
    cancel.set_job_id(job->job_id());
    const auto cancelled = connection.Call(&v1::JobService::Stub::CancelJob, cancel);
    context.Note(cancelled.ok() ? fmt::format("Cancelled the {} job {}.", cli::Word(job->kind()), job->job_id())
                                : fmt::format("The {} job {} could not be cancelled: {}", cli::Word(job->kind()),
                                              job->job_id(), std::string(cancelled.status().message())));
  }
  return refusal;
}

absl::StatusOr<v1::DatasetVersion> MakeDataset(Context& context, cli::Connection& connection, RecoveryPlan& plan) {
  const auto source = Register(connection, plan.source);
  if (!source.ok()) return source.status();
  const auto reference = Register(connection, plan.reference);
  if (!reference.ok()) return reference.status();
  plan.dataset.set_source_media_id(source->media_id());
  plan.dataset.set_reference_media_id(reference->media_id());
  const auto made = connection.Call(&v1::DatasetService::Stub::CreateDatasetVersion, plan.dataset);
  if (!made.ok()) return made.status();
  const v1::DatasetVersion& dataset = made->dataset_version();
  const auto range_of = [](const auto& frames) { return cli::FrameRangeText({frames.begin(), frames.end()}); };
  context.Note(fmt::format("Dataset {} version {}: trained on {}, held out {}.", dataset.name(), dataset.version(),
                           range_of(dataset.pairs()), range_of(dataset.held_out())));
  return dataset;
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
  for (auto* request : {&plan.probe, &plan.train, &plan.render}) request->set_project_id(project->project_id());
  plan.dataset.set_project_id(project->project_id());

  SubmittedRecovery submitted;
  auto dataset = MakeDataset(context, connection, plan);
  if (!dataset.ok()) return dataset.status();
  submitted.dataset = std::move(*dataset);

  std::vector<v1::Job> so_far;
  auto probe = SubmitJob(connection, plan.probe);
  if (!probe.ok()) return probe.status();
  so_far.push_back(*probe);
  submitted.probe = std::move(*probe);

  v1::TrainJob& train_spec = *plan.train.mutable_spec()->mutable_train();
  *train_spec.mutable_pairs() = submitted.dataset.pairs();
  *train_spec.mutable_held_out() = submitted.dataset.held_out();
  train_spec.set_dataset_sha256(submitted.dataset.sha256());
  plan.train.add_dependencies()->set_job_id(submitted.probe.job_id());
  auto train = SubmitJob(connection, plan.train);
  if (!train.ok()) return GiveUp(context, connection, plan, so_far, train.status());
  so_far.push_back(*train);
  submitted.train = std::move(*train);

  plan.render.mutable_spec()->mutable_render()->set_train_job_id(submitted.train.job_id());
  plan.render.add_dependencies()->set_job_id(submitted.train.job_id());
  auto render = SubmitJob(connection, plan.render);
  if (!render.ok()) return GiveUp(context, connection, plan, so_far, render.status());
  submitted.render = std::move(*render);
  return submitted;
}

}  // namespace interneg::commands
