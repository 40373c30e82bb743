// The proofs of a render, frame by frame, and what they come to.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RENDER_REPORT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RENDER_REPORT_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/validation/held_plane_proof.h"

namespace interneg::jobs {

// What the proofs are made with; everything referred to outlives the report.
struct ProofSetting {
  const frames::FrameSequence& source;
  const color::TrainingTransform& from_source;
  const color::TrainingTransform& delivery;
  const frames::FrameWriter& writer;
  frames::Location folder;  // the writer's
  validation::HeldPlanes held;
  image::YCbCrMatrix matrix;
  std::map<std::string, std::string> attributes;  // the same for every frame
};

// Makes both proofs of each frame and sends its event. A frame whose held plane is not proven is no result: its file is
// removed, and its event names what is wrong and what would be right. In a file of a lossy compression, which was asked
// for by name, only the composition is judged; the written error is reported, and a warning counts the frames that it
// takes beyond half a code value of 8 bits. Where the recovery holds nothing, no
// proof is made and none is claimed. Proofs of several frames are made at a time, on the pipeline's writing threads;
// figures and events go in the order of the frames. Read by the caller after the pipeline has ended.
class RenderReport {
 public:
  RenderReport(const JobContext& context, ProofSetting setting, std::size_t frames);

  inference::RenderCallbacks Callbacks();

  // Sends composed_error_max, written_error_max, written_share_of_bound_max, gamut_scaled_share_max,
  // gamut_outside_share_max (spatial: pixels kept although they leave the gamut), luma_unheld_share_max (of the frames
  // refused), unproven_frames; invented_detail_share_max where the map was asked for (and both figures of each frame, with
  // the frame); where nothing is held, that this is so. Then where the time went, as read_seconds,
  // prepare_seconds, compute_seconds, deliver_seconds, write_seconds, prove_seconds and render_seconds (StageSeconds).
  void SendSummary(const inference::StageSeconds& seconds) const;

  // Partial when a frame failed or is not proven, failed when all are such.
  EngineResult Result() const;

 private:
  // Of a frame on its way.
  struct Proof {
    color::TrainingImage second_read;
    validation::ComposedProof composed;
    validation::WrittenProof written;
  };

  std::map<std::string, std::string> ProveComposed(const inference::ComposedFrame& frame);
  void ProveWritten(const inference::ComposedFrame& frame, const frames::WrittenFrame& file);
  void OnWritten(const inference::ComposedFrame& frame, const frames::WrittenFrame& file);
  Proof TakeProof(int frame);
  bool lossy() const;
  void SendProofs() const;
  void SendLossySummary() const;
  void SendSeconds(const inference::StageSeconds& seconds) const;
  void Send(const char* name, double value) const;
  bool holds() const { return setting_.held != validation::HeldPlanes::kNothing; }
  void Keep(RenderedFrame event);
  void Keep(int frame, const inference::InventedDetail& invented);
  struct Fault {
    std::string text;
    std::string remedy;
  };
  Fault WhyUnproven(const inference::ComposedFrame& frame, const frames::WrittenFrame& file, const Proof& proof) const;
  void Refuse(int frame, Fault fault);
  void SendProgress();

  const JobContext& context_;
  const ProofSetting setting_;
  const std::size_t frames_;
  const std::chrono::duration<double> start_;
  std::mutex mutex_;            // guards proofs_
  std::map<int, Proof> proofs_;  // of frames that are not done, by number
  std::size_t done_ = 0;
  std::size_t unproven_ = 0;
  std::size_t beyond_lossy_tolerance_ = 0;
  NotesOnce notes_;
  std::optional<double> worst_invented_;  // where the map was asked for
  double worst_outside_ = 0;
  double worst_unheld_ = 0;
  RenderedFrame worst_;  // the greatest of each figure
  std::vector<OutputFile> manifest_;
  std::vector<Fault> faults_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RENDER_REPORT_H_
