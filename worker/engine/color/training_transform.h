// Into the training domain and back: the one domain in which networks see pictures and planes are held.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORM_H_
#define INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORM_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/color/color_config.h"
#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::color {

// kDisplay: R'G'B' of Rec.709 primaries, gamma 2.4 (image::kTrainingDisplay). kLog: ACEScct (image::kTrainingLog).
enum class TrainingDomain { kDisplay, kLog };
std::string_view NameOf(TrainingDomain domain);            // "display", "log"
TrainingDomain ParseTrainingDomain(std::string_view name);  // throws ColorError listing the two

// How a scene-referred picture becomes a display picture. kLinearClamp is --allow-linear-clamp.
enum class SceneRendering { kRec709Odt, kLinearClamp };

// The way between a file's space and the training domain. It belongs to the *source* medium: what is delivered from a
// source goes back the way the source came in, whatever space it is delivered in.
enum class TrainingRoute {
  kDisplayDirect,  // display-referred: re-expressed as Rec.709 gamma 2.4, no tone map either way, nothing clamped
  kRec709Odt,      // scene-referred: the Rec.709 ODT, and its inverse; extremes by an exposure scale (see below)
  kLinearClamp,    // scene-referred: matrix, clamp to [0, 1], gamma; what was clipped is lost and counted
  kAcesCct,        // the log domain
};
std::string_view NameOf(TrainingRoute route);            // "display-direct", "rec709-odt", "linear-clamp", "acescct"
TrainingRoute ParseTrainingRoute(std::string_view name);  // throws ColorError listing the four

// The route for pictures in `space`. A space is display-referred when OCIO says so (a display colour space) or when its
// curve maps scene 0, .18 and 1 to 0, a display's middle and 1; an output transform (a tone-mapped space) takes the ODT
// route, where its own inverse tone map cancels the ODT's. The Rec.709 ODT's own space is taken as it is.
TrainingRoute ChooseRoute(const ColorConfig& config, std::string_view space, TrainingDomain domain,
                          SceneRendering rendering = SceneRendering::kRec709Odt);

// A pixel whose luma in the training domain is nearly zero or below, with its colour in front of the ODT: no grey shows
// such a luma, so that this colour may be the only one known to show it.
struct DarkPixel {
  std::size_t at = 0;
  std::array<float, 3> scene{};  // AP0, divided by the exposure scale
};

// A picture in the training domain. `rgb` is R,G,B in kTrainingDisplay or kTrainingLog, not limited to [0, 1].
// `highlight_scale` is empty when no pixel needed one (a factor of 1 everywhere); otherwise one plane "scale": the
// scene-linear factor to multiply back after the inverse ODT. Above 1 in highlights that the ODT flattens or clips, below
// 1 in shadows that it crushes (docs/decisions/0010-training-domain-round-trip.md).
struct TrainingImage {
  image::Image rgb;
  image::Image highlight_scale;
  double clipped_share = 0.0;   // of pixels, kLinearClamp only
  std::vector<DarkPixel> dark = {};  // ascending, kRec709Odt only
};

// A picture on its way out that shows the held luma when it is read back.
struct HeldLumaDelivery {
  image::Image rgb;               // in the transform's space
  // Pixels by their place, ascending.
  std::vector<std::size_t> limited = {};  // chroma scaled toward grey, or the original's: the ODT cannot show that colour
  std::vector<std::size_t> unheld = {};   // nothing comes back (a configuration whose ODT does not invert); left as is
};

// One way between one space and one domain, prepared once; const functions may be called from several threads.
class TrainingTransform {
 public:
  // `space`: a name, alias or role of `config`. For a medium: its own space and ChooseRoute of it. For delivery: the
  // output space and the *source's* route. Throws ColorError when the configuration lacks what the route needs.
  TrainingTransform(const ColorConfig& config, std::string_view space, TrainingRoute route);
  ~TrainingTransform();
  TrainingTransform(TrainingTransform&&) noexcept;
  TrainingTransform& operator=(TrainingTransform&&) noexcept;

  // R,G,B in space() → training domain. Throws std::invalid_argument unless the image has three planes.
  TrainingImage ToTraining(const image::Image& rgb) const;

  // The same, with the exposure scale of another picture (the original's, for the held-plane proof on what was written:
  // the scale depends on chroma, so the render's own would differ). Empty = 1 everywhere.
  image::Image ToTrainingWithScale(const image::Image& rgb, const image::Image& highlight_scale) const;

  // Training domain → R,G,B in space(). `highlight_scale` as ToTraining gave it for the picture whose plane is held;
  // empty = 1 everywhere. Throws std::invalid_argument when sizes or the training domain differ.
  image::Image FromTraining(const image::Image& rgb, const image::Image& highlight_scale) const;

  // FromTraining for jobs that hold luma; use it for whatever is written. The inverse of the Rec.709 ODT gives some
  // saturated colours that the ODT itself then clamps to others, of another luma. Their chroma (by `matrix`) is scaled
  // toward grey at constant Y until ToTrainingWithScale of the result has the Y of `rgb` within kLumaTolerance; where not
  // even grey has it, the scene colour of `original` is taken, what ToTraining gave for the picture whose luma `rgb` holds.
  // The other routes invert exactly and equal FromTraining.
  HeldLumaDelivery DeliverHoldingLuma(const image::Image& rgb, const TrainingImage& original,
                                      image::YCbCrMatrix matrix) const;
  static constexpr double kLumaTolerance = 1e-5;

  // What fp32 arithmetic alone may add between FromTraining and ToTrainingWithScale, per channel and times
  // max(1, |value|); to be allowed for beside the file's own rounding in the proof on what was written.
  double ArithmeticNoise() const;

  // space() is proportional to light: a multiple of a colour is the same multiple in ACES2065-1.
  bool from_linear_light() const;

  const std::string& space() const;  // resolved name
  TrainingRoute route() const;
  TrainingDomain domain() const;

 private:
  struct Way;
  std::unique_ptr<const Way> way_;
};

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORM_H_
