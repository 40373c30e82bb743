// One frame source of a job, opened and checked: the pre-flight that every kind of job shares.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_

#include <optional>
#include <string>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

struct Medium {
  std::string name;  // "source", "reference" … for messages
  frames::FrameSequence sequence;
  frames::FrameRange range;
  frames::FrameFacts facts;  // of the first readable frame
  std::string space;         // resolved

  // The picture in its own space.
  frames::Frame Read(int frame) const { return sequence.Read(frame, space); }
};

// kTolerate: frames without a file are met one by one later (a render reports them and goes on); at least one must be
// readable.
enum class MissingFrames { kRefuse, kTolerate };

// Opens `source` (its place in the document is `field`, e.g. "train.source"): the path below its root, the range
// (empty: every frame present), the first frame's header, the colour space by name or from the file. Throws JobError,
// frames::FrameError or color::ColorError, each naming field, file or frame.
Medium OpenMedium(const JobContext& context, const std::optional<FrameSource>& source, const std::string& name,
                  const std::string& field, const color::ColorConfig& config,
                  MissingFrames missing = MissingFrames::kRefuse);

// Every frame of `range` has a file and a header that agrees with the first frame's size and channels. Sends progress.
// Throws frames::FrameError (listing missing frames as a range) or JobError.
void CheckHeaders(const JobContext& context, const Medium& medium, const frames::FrameRange& range);

// Source and reference must be registered: the same size, pixel aspect and number of colour channels. Throws JobError.
void CheckParity(const Medium& source, const Medium& reference);

// The frame lies in the medium's range. `field` for the message. Throws JobError.
void RequireFrame(const Medium& medium, int frame, const std::string& field);

// Into the training domain by the medium's own space and route.
color::TrainingTransform TrainingTransformOf(const Medium& medium, const ColorPlan& color);

// "49 frames 1001-1049, 640x360, png, uint16, sRGB - Texture".
std::string TextOf(const Medium& medium);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_
