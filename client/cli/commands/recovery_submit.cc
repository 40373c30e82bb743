#include "client/cli/commands/recovery_submit.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/dataset_draft.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/media_of_frames.h"
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
  const auto source = Register(connection, plan.source);
  if (!source.ok()) return source.status();
  const auto reference = Register(connection, plan.reference);
  if (!reference.ok()) return reference.status();
  plan.dataset.mutable_content()->set_source_media_id(source->media_id());
  plan.dataset.mutable_content()->set_reference_media_id(reference->media_id());
  return absl::OkStatus();
}

// A dataset's media name their frames; of one whose range was left open a worker has seen them by now.
void NameRanges(const v1::Alignment& alignment, RecoveryPlan& plan) {
  const auto name = [](const char* role, const v1::FrameSource& seen, v1::CreateMediaRequest& medium) {
    if (!medium.frames().range().empty()) return;
    medium.mutable_frames()->set_range(seen.range());
    medium.set_name(MediaName(medium.shot(), role, medium.frames()));
  };
  name("source", alignment.source(), plan.source);
  name("reference", alignment.reference(), plan.reference);
}

void TellRenderCrop(Context& context, const v1::Alignment& alignment, RecoveryPlan& plan) {
  const v1::RenderJob& render = plan.RequestOf("render").spec().render();
  if (!alignment.has_render_crop() || render.has_render_crop() || render.whole_frame()) return;
  const v1::PictureArea& area = alignment.render_crop();
  context.Note(fmt::format("Recovered is the picture inside the scan's borders, {}x{} at {},{}; around it the source's own stays "
                           "(--render-crop none for all of it).",
                           area.width_px(), area.height_px(), area.x_px(), area.y_px()));
}

// A model is chosen by frames that it has not seen.
absl::Status HoldOneOut(Context& context, v1::DatasetContent& content) {
  const auto held_out = [](const v1::DatasetPair& pair) { return pair.held_out(); };
  if (std::any_of(content.pairs().begin(), content.pairs().end(), held_out)) return absl::OkStatus();
  if (content.pairs_size() < 3)
    return absl::FailedPreconditionError(
        fmt::format("{} pairs can be used, and two to train on and one to judge by are needed; ask for more with --pair-count, "
                    "or look at what the alignment says of the others",
                    content.pairs_size()));
  v1::DatasetPair& middle = *content.mutable_pairs(content.pairs_size() / 2);
  middle.set_held_out(true);
  context.Note(fmt::format("Frame {} is held out instead of trained on: no pair that was to be can be used.",
                           middle.source_frame()));
  return absl::OkStatus();
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
  const std::string& align_job = submitted.jobs.back().second.job_id();
  const auto named = FetchAlignmentOf(connection, "recover", align_job);
  if (!named.ok()) return named.status();
  NameRanges(named->alignment, plan);
  TellRenderCrop(context, named->alignment, plan);
  if (const absl::Status status = RegisterMedia(connection, plan); !status.ok()) return status;
  v1::DatasetContent& content = *plan.dataset.mutable_content();
  if (const absl::Status found = FillAlignedPairs(context, connection, align_job, content); !found.ok()) return found;
  if (const absl::Status status = HoldOneOut(context, content); !status.ok()) return status;
  if (const absl::Status status = RecordPairs(context, connection, plan, submitted); !status.ok()) return status;
  return SubmitUpTo("render", context, connection, plan, submitted);
}

}  // namespace interneg::commands
