// Renders a list of frames: read and decode, compute, encode and write, at the same time and several frames in hand.
//
// The module `inference` owns the pipeline, the tiling by memory and the composition of predicted with held planes. It
// knows nothing of training, jobs or measures: proofs are made by whoever calls, through the callbacks.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_PIPELINE_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_PIPELINE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/image.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/inference/grid_smoothing.h"
#include "worker/engine/inference/stage_seconds.h"
#include "worker/engine/model/model.h"

namespace interneg::inference {

// Smoothing of a grid network's maps over neighbouring frames (grid_smoothing.h). Luma stays held. Frames of the film
// around those that are rendered are read as well, so that pixels do not depend on how the film is divided into renders.
struct TemporalSmoothing {
  double strength = 0.5;   // (0, 1]: what the next frame counts beside the frame itself
  std::vector<int> film;   // all frames of the film in order; who is whose neighbour
  MotionEstimator motion;  // called on the computing thread
};

// Whether a frame is begun before the last one is finished, so that planes travel to and from a device while it
// computes (model/device_queue.h); frames that are smoothed never are. kOnDevice: where the model has a device of its
// own.
enum class FrameOverlap { kOnDevice, kAlways };

// What the pipeline works with; everything referred to outlives the call.
struct RenderPlan {
  const frames::FrameSequence& source;
  const color::TrainingTransform& from_source;  // the source's space and route
  const color::TrainingTransform& delivery;     // the output space and the source's route
  const model::Model& model;
  const frames::FrameWriter& writer;
  std::vector<int> frames;        // rendered in this order
  image::Size size;               // what every frame must have
  std::int64_t memory_bytes = 0;  // what one frame's computation may take
  int writers = 1;                // threads that deliver and write, a frame each
  int frames_in_flight = 3;       // read and not yet written, at most; at least 1
  // The frame, given in the training domain, as the network is to see it; unset: as it is. Called on the reading thread;
  // what it throws is the frame's fault as if it could not be read.
  std::function<image::Image(int frame, const image::Image& original)> prepare = {};
  // What is recovered; unset: the whole frame. Around it the original is delivered: as its file has it where delivery is in
  // the file's own space, else converted as the rest is. Lies in the frame.
  std::optional<image::Rectangle> area = {};
  // The map of invented detail, where it is on, is written as a channel of each frame: the writer's format must be EXR.
  DetailOptions detail = {};
  // Unset: none. Where it is set, other networks than grid and frames that are not a part of its film in the film's order
  // are refused by std::invalid_argument before anything is read.
  std::optional<TemporalSmoothing> smoothing = {};
  FrameOverlap overlap = FrameOverlap::kOnDevice;
  // Seconds of a clock that never goes back, for RenderOutcome; unset: nothing is measured.
  StageClock::Now clock = {};
};

// A frame composed, not yet written.
struct ComposedFrame {
  int frame = 0;
  color::TrainingImage original;  // as it was read for the computation
  std::optional<image::Image> untouched;  // in the file's own space; where something is delivered as it is there
  image::Image composed;          // R',G',B', training domain
  // Shares of the pixels that are recovered: what lies around the area is the original's.
  double gamut_scaled_share = 0;  // whose chroma was scaled toward grey, delivery's limits included
  double outside_share = 0;       // spatial: kept although they leave the gamut
  // Of the pixels that are converted for delivery, which may be more than are recovered: whose luma that could not keep
  // (an ODT that does not invert).
  double unheld_share = 0;
  std::optional<InventedDetail> invented;  // of the recovered area, where the plan asks for it
  frames::FrameMetadata metadata;
  std::vector<std::string> notes;  // what reading changed
};

// Empty ones are skipped. A FrameError from `attributes`, `verify` or `written` is a fault of that frame, but for
// kStorage; any other exception ends the render and passes through.
struct RenderCallbacks {
  // Header attributes for the frame that is about to be written. On the writing threads, for different frames at a time
  // and in any order.
  std::function<std::map<std::string, std::string>(const ComposedFrame&)> attributes;
  // What is to be looked at in the frame that was just written; as `attributes`, and after it on the same thread.
  std::function<void(const ComposedFrame&, const frames::WrittenFrame&)> verify;
  // The frame is done. In the order of the frames, never at the same time as another `written` or `failed`.
  std::function<void(const ComposedFrame&, const frames::WrittenFrame&)> written;
  // The frame cannot be rendered: it cannot be read (missing, truncated, another size, bad pixels), the file cannot
  // hold its values, or a callback refused it. The others go on. In turn with `written`.
  std::function<void(int frame, const frames::FrameError&)> failed;
  // From the computing thread.
  std::function<void(const std::string&)> notice;
};

enum class RenderEnd { kFinished, kStopped };

struct RenderOutcome {
  RenderEnd end = RenderEnd::kFinished;
  StageSeconds seconds;
};

// Renders until the end or until `stop` becomes true: frames in hand are then finished, no new one is begun (one that is
// to be smoothed and lacks neighbours that are not read any more is dropped). Each file
// is whole or not there. Pixels depend neither on how many frames are in hand nor on which is done first. Throws what
// reading, computing and writing throw beyond the frame's own faults: FrameError kStorage, or kDiskFull, kPermission and
// kWrite from the writer; model::OutOfMemory; std::invalid_argument, before a frame is
// read, for `detail` that the model or the writer's format cannot have. Blocks until all stages have ended.
RenderOutcome Render(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_PIPELINE_H_
