// Renders a list of frames: read and decode, compute, encode and write, three stages at a time.
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
#include "worker/engine/model/model.h"

namespace interneg::inference {

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
  std::size_t queue_frames = 2;   // between two stages
  // The frame, given in the training domain, as the network is to see it; unset: as it is. Called on the reading thread;
  // what it throws is the frame's fault as if it could not be read.
  std::function<image::Image(int frame, const image::Image& original)> prepare = {};
  // What is recovered; unset: the whole frame. Around it the original is delivered: as its file has it where delivery is in
  // the file's own space, else converted as the rest is. Lies in the frame.
  std::optional<image::Rectangle> area = {};
  // The map of invented detail, where it is on, is written as a channel of each frame: the writer's format must be EXR.
  DetailOptions detail = {};
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

// Called in the order of the frames, all on the writing thread, never two at a time; empty ones are skipped. A
// FrameError from `attributes` or `written` is a fault of that frame, but for kStorage; any other exception ends the
// render and passes through.
struct RenderCallbacks {
  // Header attributes for the frame that is about to be written.
  std::function<std::map<std::string, std::string>(const ComposedFrame&)> attributes;
  std::function<void(const ComposedFrame&, const frames::WrittenFrame&)> written;
  // The frame cannot be rendered: it cannot be read (missing, truncated, another size, bad pixels), the file cannot
  // hold its values, or a callback refused it. The others go on.
  std::function<void(int frame, const frames::FrameError&)> failed;
  // From the computing thread.
  std::function<void(const std::string&)> notice;
};

enum class RenderEnd { kFinished, kStopped };

// Renders until the end or until `stop` becomes true: frames in hand are then finished, no new one is begun. Each file
// is whole or not there. Throws what reading, computing and writing throw beyond the frame's own faults: FrameError
// kStorage, or kDiskFull, kPermission and kWrite from the writer; model::OutOfMemory; std::invalid_argument, before a frame
// is read, for `detail` that the model or the writer's format cannot have. Blocks until all stages have ended.
RenderEnd Render(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_PIPELINE_H_
