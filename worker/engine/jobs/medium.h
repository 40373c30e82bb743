// One frame source of a job, opened and checked: the pre-flight that every kind of job shares.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

struct Medium {
  std::string name;  // "source", "reference" … for messages
  FrameSource frames;  // as the job names them; a range that it leaves open is written out, for what is recorded
  frames::FrameSequence sequence;
  frames::FrameRange range;
  frames::FrameFacts facts;  // of the first readable frame
  std::string space;         // resolved; empty where color_fault says why it is not
  // What was taken for granted and ought to be known: frames missing from a range that nobody named, a colour space
  // that neither the job nor the files name. For whoever begins work on the medium to pass on, once.
  std::vector<std::string> warnings = {};
  std::string color_fault = {};  // empty unless UnknownSpace::kReport was asked for and there is something to report

  // The picture in its own space.
  frames::Frame Read(int frame) const { return sequence.Read(frame, space); }
};

// Passes the medium's warnings on.
void SendWarnings(const JobContext& context, const Medium& medium);

// What reading changed in frames (alpha dropped, overscan cropped, padded with black), said once however many frames it
// is true of. Not synchronised.
class NotesOnce {
 public:
  NotesOnce(EventSink& events, std::string medium) : events_(events), medium_(std::move(medium)) {}
  void Add(const std::vector<std::string>& notes);

 private:
  EventSink& events_;
  const std::string medium_;
  std::set<std::string> said_;
};

// kTolerate: frames without a file are met one by one later (a render reports them and goes on); at least one must be
// readable.
enum class MissingFrames { kRefuse, kTolerate };

// What becomes of a medium whose colour space the configuration does not have. kReport: it is opened all the same, for
// what else can be told of it.
enum class UnknownSpace { kRefuse, kReport };

// Opens `source` (its place in the document is `field`, e.g. "train.source"): the path below its root, the range
// (empty: every frame present), the first frame's header, the colour space by name or from the file. Throws JobError,
// frames::FrameError or color::ColorError, each naming field, file or frame.
Medium OpenMedium(const JobContext& context, const std::optional<FrameSource>& source, const std::string& name,
                  const std::string& field, const color::ColorConfig& config,
                  MissingFrames missing = MissingFrames::kRefuse, UnknownSpace unknown = UnknownSpace::kRefuse);

// Neither the document nor the files say what the pixels mean.
bool IsSpaceAssumed(const FrameSource& source, const frames::FrameFacts& facts);

// Every frame of `range` has a file and a header that agrees with the first frame's size and channels. Sends progress.
// Throws frames::FrameError (listing missing frames as a range) or JobError.
void CheckHeaders(const JobContext& context, const Medium& medium, const frames::FrameRange& range);

// Source and reference must be registered: the same size, pixel aspect and number of colour channels. Throws JobError.
void CheckParity(const Medium& source, const Medium& reference);

// The frame lies in the medium's range. `field` for the message. Throws JobError.
void RequireFrame(const Medium& medium, int frame, const std::string& field);

// Into the training domain by the medium's own space and route. Throws JobError that names the space and the
// configuration where there is no way.
color::TrainingTransform TrainingTransformOf(const Medium& medium, const ColorPlan& color);

// "49 frames 1001-1049, 640x360, png, uint16, sRGB - Texture".
std::string TextOf(const Medium& medium);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEDIUM_H_
