// A faded print from a clean frame, by the recipe of the film workflow; for tests, benchmarks and the demonstration.
//
// The module `simulation` owns pictures that are made, not shot: fading, the video reference, generation loss, a drawn
// scene. Everything is deterministic in its seed and frame number. It knows nothing of networks.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_FADE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_FADE_H_

#include <cstdint>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// What is left of each dye, 0..1.
struct Retention {
  double cyan = 1.0;
  double magenta = 1.0;
  double yellow = 1.0;
};

// "mild", "moderate", "severe", "nearly-dead", or three numbers "c,m,y" in [0, 1]. Throws std::invalid_argument.
Retention ParseRetention(std::string_view text);

enum class Evenness { kEven, kUneven };    // uneven: a smooth field, still on the frame, multiplies the retentions
enum class GrainGauge { kNone, k35mm, k16mm };
enum class Weave { kNone, kSlow };
GrainGauge ParseGrainGauge(std::string_view text);  // "none", "35mm", "16mm"; throws std::invalid_argument

struct FadeOptions {
  Retention retention;
  Evenness evenness = Evenness::kEven;
  GrainGauge grain = GrainGauge::kNone;
  Weave weave = Weave::kNone;
  bool stain = true;  // density 0 / .015 / .03 on R, G, B
  std::uint64_t seed = 1;
};

// `clean`: R',G',B' display encoded (gamma 2.4, Rec.709), 0..1. Linearise, to density, to dye amounts, fade, grain,
// back. The same size and colour space; values 0..1 up to rounding. `frame` moves the grain and the weave only.
image::Image FadeFrame(const image::Image& clean, const FadeOptions& options, int frame);

// What a perfect chroma recovery gives: the faded picture's Y with the clean picture's Cb, Cr (BT.709, display
// encoded). May leave [0, 1]: that is exact. TruthForFile scales chroma toward grey at constant Y where it does, as the
// engine's composition would, so that an integer file holds it.
image::Image ExactTruth(const image::Image& faded, const image::Image& clean);
image::Image TruthForFile(const image::Image& faded, const image::Image& clean);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_FADE_H_
