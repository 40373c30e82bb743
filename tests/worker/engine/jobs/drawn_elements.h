// Two drawn elements of different size, framing and numbering, as an archive has them, for tests of the stages.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ELEMENTS_H_
#define INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ELEMENTS_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/worker/engine/jobs/drawn_attempt.h"
#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::jobs {

// Source: frames 101 to 124, 256×192, faded. Reference: 320×216, numbered from 1, four frames before the source's first,
// the picture cropped by 4 % and a line of text burned in.
class DrawnElements : public testing::Test {
 protected:
  static constexpr image::Size kSource{256, 192}, kReference{320, 216};
  static constexpr int kFrames = 24, kFirst = 101, kLead = 4;

  static alignment::Transform Truth() {
    return alignment::Transform::ScaleAndShift(320.0 / 246.0, 216.0 / 184.0, -6.4, -4.7);
  }

  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    simulation::FadeOptions fade;
    fade.retention = {.30, 1, .80};
    for (int i = -kLead; i < kFrames; ++i) {
      const auto clean = simulation::DrawDemoScene(kSource, i + kLead, kFrames + kLead);
      if (i >= 0) WriteFrame(*folder_ / "source", "f.%04d.png", kFirst + i, simulation::FadeFrame(clean, fade, i));
      auto reference = alignment::Resample(clean, Truth().Inverse(), kReference, alignment::ResampleFilter::kLanczos3).picture;
      for (int y = 196; y < 204; ++y) {
        for (int x = 40; x < 120; ++x) {
          for (int c = 0; c < 3; ++c) {
            reference.plane(c)[static_cast<std::size_t>(y) * kReference.width_px + x] = (x / 4 + y / 4) % 2 == 0 ? 0.9F : 0.1F;
          }
        }
      }
      WriteFrame(*folder_ / "reference", "f.%04d.png", i + kLead + 1, image::ClampedToUnit(reference));
    }
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  FrameSource Source() const { return {*folder_ / "source/f.%04d.png", "101-124", ""}; }
  FrameSource Reference() const { return {*folder_ / "reference/f.%04d.png", "1-28", ""}; }

  template <typename Job>
  EngineResult Run(const std::string& name, const Job& job, const std::vector<InputDocument>& inputs = {}) {
    return RunJob(shot_, name, job, inputs);
  }
  std::string Document(const std::string& name, const std::string& kind) const {
    return shot_.folder / (name + "/" + kind + ".json");
  }
  FrameMap Map(const std::string& name) const { return ParseFrameMap(BytesOf(Document(name, "frame_map")), "map"); }
  Alignment Aligned(const std::string& name) const {
    return ParseAlignment(BytesOf(Document(name, "alignment")), "alignment");
  }
  MatchJob Match() const { return {Source(), Reference(), {}, {}, {}, false}; }
  MatchJob Corrected(std::vector<MapEdit> edits) const {
    auto job = Match();
    job.previous = StageInput{{}, "earlier"};
    job.edits = std::move(edits);
    return job;
  }
  AlignJob Align(std::vector<std::int32_t> pairs, std::vector<std::int32_t> held_out = {}) const {
    AlignJob job;
    job.source = Source();
    job.reference = Reference();
    job.pairs = std::move(pairs);
    job.held_out = std::move(held_out);
    job.frame_map = StageInput{{}, "match"};
    return job;
  }
  void MakeMap() { ASSERT_EQ(Run("match", Match()).outcome, EngineOutcome::kSucceeded); }
  std::vector<InputDocument> WithMap() const { return {{"frame_map", Document("match", "frame_map")}}; }
  std::vector<InputDocument> Earlier(const std::string& name, const std::string& kind) const {
    return {{"previous", Document(name, kind)}};
  }

  static inline TemporaryFolder* folder_ = nullptr;
  DrawnShot shot_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ELEMENTS_H_
