#include "worker/engine/jobs/publish_job.h"

#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/publication.h"

namespace interneg::jobs {

EngineResult RunPublish(const JobContext& context, const RenderJob& job, const Assignment& assignment) {
  if (assignment.output_folder.empty()) throw BadInput("assignment.outputFolder is not given", "");
  // Nothing to publish would remove the attempt's folder and its frames with it.
  if (assignment.manifest.empty()) throw BadInput("assignment.manifest names no file", "");
  const auto place = LocateOutput(context, job.output);
  Publication publication;
  publication.attempt_folder = context.roots.Locate(assignment.output_folder, context.current_folder);
  publication.output_folder = place.folder;
  publication.manifest = assignment.manifest;
  publication.existing = job.output->replace ? Existing::kReplace : Existing::kRefuse;
  context.ThrowIfStopped();
  EngineProgress progress;
  progress.phase = "publishing";
  progress.total = static_cast<std::uint32_t>(assignment.manifest.size());
  const auto report = Publish(context.roots, publication, [&](std::size_t done) {
    progress.done = static_cast<std::uint32_t>(done);
    context.events.Send(progress);
  });
  context.events.Inform("published " + std::to_string(report.published) + " files in " + place.folder.ToString() +
                        (report.already_there != 0
                             ? ", " + std::to_string(report.already_there) + " stood there already"
                             : std::string()));
  return {EngineOutcome::kSucceeded, std::nullopt, assignment.manifest};
}

}  // namespace interneg::jobs
