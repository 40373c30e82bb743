// A small drawn scene and its faded version: seconds to train on, yet with all that the trainer must cope with.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_TRAINING_DRAWN_PROBLEM_H_
#define INTERNEG_TESTS_WORKER_ENGINE_TRAINING_DRAWN_PROBLEM_H_

#include <filesystem>

#include "worker/engine/training/training.h"

namespace interneg::training {

// kByColour: a polynomial of the colour undoes the fade, so the closed form is all there is to win.
// kByPlaceAndTexture: two objects fade to one colour and differ only by place and texture, which no polynomial sees.
// kOfDyes: each dye has lost a share of its density, which differs over the frame; no polynomial comes near.
enum class FadeKind { kByColour, kByPlaceAndTexture, kOfDyes };

// Frames 0, 10, 20, 30 as pairs and 5, 25 held out, 96 × 64; of dyes 192 × 128, as many pixels as telling them takes.
TrainingData DrawProblem(FadeKind kind);

// A small grid network, small patches, no pictures, into `folder`.
TrainingOptions SmallOptions(const std::filesystem::path& folder, std::int64_t steps);

// A fresh folder of this test's own, removed with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace interneg::training

#endif  // INTERNEG_TESTS_WORKER_ENGINE_TRAINING_DRAWN_PROBLEM_H_
