// Where a render goes: checks before anything is computed, and the attempt's own folder beside the published frames.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_FOLDER_H_
#define INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_FOLDER_H_

#include <span>
#include <string>

#include "worker/engine/frames/frame_pattern.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// Beside the published frames; attempts write into folders below it.
inline constexpr char kAttemptsFolder[] = ".interneg";

struct OutputPlace {
  frames::Location folder;       // of the published frames
  frames::FramePattern pattern;  // the file name alone
};

// From RenderOutput::path. Throws JobError naming the field, or frames::FrameError for a path outside its root.
OutputPlace LocateOutput(const JobContext& context, const std::optional<RenderOutput>& output);

// The folder below `folder` by a relative path.
frames::Location Below(const frames::Location& folder, const std::string& relative);

// The folder can be written to, or made; throws JobError naming it. Makes nothing.
void RequireWritable(const frames::Roots& roots, const frames::Location& folder);

// None of the frames stands there already, unless the job replaces them. Throws JobError naming the first that does.
void RequireNothingPublished(const frames::Roots& roots, const OutputPlace& place, std::span<const int> frames,
                             bool replace);

// kNew: the folder is this call's alone; throws JobError when it is there already.
enum class AttemptFolderMode { kMayExist, kNew };

// Makes the folder. Tries again when a publication beside it removes the empty parent at the same moment.
void MakeAttemptFolder(const frames::Roots& roots, const frames::Location& folder,
                       AttemptFolderMode mode = AttemptFolderMode::kMayExist);

// Removes one file of a folder; what is not there is fine.
void RemoveFile(const frames::Roots& roots, const frames::Location& folder, const std::string& name);

// Removes a folder of plain files; what is not there is fine. Links are removed, never followed.
void RemoveFolder(const frames::Roots& roots, const frames::Location& folder);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_FOLDER_H_
