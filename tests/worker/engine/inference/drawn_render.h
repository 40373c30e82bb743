// A model with made-up weights and a few drawn frames on disk: what tests of rendering need.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_INFERENCE_DRAWN_RENDER_H_
#define INTERNEG_TESTS_WORKER_ENGINE_INFERENCE_DRAWN_RENDER_H_

#include <filesystem>
#include <string>
#include <vector>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/image.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/model/model.h"

namespace interneg::inference {

// Weights drawn from a fixed seed, every layer of them at work.
model::Model DrawnModel(model::NetworkKind kind, model::FreePlanes free = model::FreePlanes::kChroma);

// A grid network that is at ease with the drawn frames and overflows on white.
model::Model ModelThatOverflowsOnWhite();

// R'G'B' of a pattern that moves by `moved_px` to the right, with grain of that frame's own.
image::Image DrawnFrame(image::Size size, int frame, double moved_px, float grain);

// Frames 1 … `count` as EXR in a folder of the test's own, which is removed at the end.
class DrawnRender {
 public:
  static constexpr image::Size kSize{96, 64};

  explicit DrawnRender(int count, float grain = 0.02F);
  ~DrawnRender();
  DrawnRender(const DrawnRender&) = delete;
  DrawnRender& operator=(const DrawnRender&) = delete;

  void Put(int frame, const image::Image& picture) const;  // in its place
  std::filesystem::path FileOf(int frame) const;

  // Into a folder of that name; the plan's `writer` is made by WriterFor.
  frames::FrameWriter WriterFor(const std::string& folder) const;
  RenderPlan PlanFor(const model::Model& model, const frames::FrameWriter& writer, std::vector<int> frames) const;
  image::Image Rendered(const std::string& folder, int frame) const;

 private:
  std::filesystem::path folder_;
  frames::Roots roots_;
  color::ColorConfig config_;
  color::TrainingTransform transform_;
  frames::FrameSequence source_;
};

}  // namespace interneg::inference

#endif  // INTERNEG_TESTS_WORKER_ENGINE_INFERENCE_DRAWN_RENDER_H_
