#include "worker/engine/jobs/thumbnails.h"

#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/progress.h"

namespace interneg::jobs {

ReadThumbnails MakeThumbnails(const JobContext& context, const Medium& medium, color::TrainingRoute route) {
  const auto transfer = route == color::TrainingRoute::kRec709Odt ? matching::Transfer::kSceneLinear
                                                                  : matching::Transfer::kEncoded;
  const auto frames = medium.range.Sorted();
  Progress progress(context, "looking at the " + medium.name, frames.size());
  ReadThumbnails out;
  std::string why;
  for (const int frame : frames) {
    context.ThrowIfStopped();
    try {
      out.thumbnails.push_back(matching::MakeThumbnail(medium.Read(frame).rgb, frame, transfer));
    } catch (const frames::FrameError& error) {
      if (error.fault() == frames::FrameFault::kStorage) throw;
      if (out.unreadable.empty()) why = error.what();
      out.unreadable.push_back(frame);
    }
    progress.Advance();
  }
  if (out.thumbnails.empty()) throw BadInput("the " + medium.name + " has no readable frame: " + why, "check its path");
  if (!out.unreadable.empty()) {
    context.events.Warn("the " + medium.name + "'s frames " + frames::FrameRange::Of(out.unreadable).ToString() +
                        " cannot be read and are left out; the first: " + why);
  }
  return out;
}

}  // namespace interneg::jobs
