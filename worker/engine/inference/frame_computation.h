// The middle of the pipeline: read frames become composed ones; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_COMPUTATION_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_COMPUTATION_H_

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_error.h"
#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/image.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/inference/grid_smoothing.h"
#include "worker/engine/inference/render_pipeline.h"

namespace interneg::inference {

// kContext: read for its neighbours' sake alone.
enum class FrameUse { kRender, kContext };

struct PlannedFrame {
  int frame = 0;
  FrameUse use = FrameUse::kRender;
  int position = 0;  // in the film, where frames are smoothed
};

// What is to be read, in this order: the plan's frames and, where they are smoothed, those around them. Throws
// std::invalid_argument for a smoothing that cannot be (RenderPlan::smoothing).
std::vector<PlannedFrame> FramesToRead(const RenderPlan& plan);

// Whether a frame is begun before the last one is finished.
bool FramesOverlap(const RenderPlan& plan);

// A frame on its way, or the reason why it cannot be rendered.
struct ReadFrame {
  PlannedFrame planned;
  color::TrainingImage original;
  std::optional<image::Image> untouched;
  std::optional<image::Image> seen;  // unset: the original
  frames::FrameMetadata metadata;
  std::vector<std::string> notes;
  std::optional<frames::FrameError> fault;

  const image::Image& shown() const { return seen ? *seen : original.rgb; }
};

struct ComputedFrame {
  std::size_t turn = 0;  // of the frames that are rendered, from 0
  ComposedFrame frame;
  std::optional<frames::FrameError> fault;
  std::optional<frames::WrittenFrame> file;  // once it is written
};

// Not synchronised; one object a render. The plan outlives it.
class FrameComputation {
 public:
  FrameComputation(const RenderPlan& plan, std::function<void(const std::string&)> notice);

  // Takes the frames of FramesToRead in turn; returns those that are computed now, in order: the frame itself, or,
  // where frames are smoothed, those whose later neighbours were awaited, and where they overlap, the one before.
  std::vector<ComputedFrame> Accept(ReadFrame item);
  // The frame that none came after to be begun before it was finished.
  std::vector<ComputedFrame> Rest();

 private:
  // A frame that is on the device, or has a fault.
  struct BegunFrame {
    ReadFrame item;
    std::optional<model::FrameOnDevice> on_device;
  };

  std::vector<ComputedFrame> AcceptAhead(ReadFrame item);
  template <typename Recovery>
  ComputedFrame Computed(ReadFrame item, const Recovery& recovery);
  RecoveredFrame Recovered(const ReadFrame& item);
  void Look(ReadFrame& item);
  bool HasItsNeighbours(const ReadFrame& item) const;

  const RenderPlan& plan_;
  FrameRecovery recovery_;
  std::optional<BegunFrame> begun_;
  std::size_t turns_ = 0;
  std::optional<GridSmoothing> smoothing_;
  std::deque<ReadFrame> waiting_;  // frames to render, for their neighbours
  int seen_to_ = -1;               // the position that was looked at last
};

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_COMPUTATION_H_
