// Which space a file is in when nobody named one: a pure rule over what the file says of itself.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_DEFAULT_SPACE_H_
#define INTERNEG_WORKER_ENGINE_COLOR_DEFAULT_SPACE_H_

#include <optional>
#include <string>

#include "worker/engine/color/color_config.h"

namespace interneg::color {

// CIE 1931 xy of the primaries and the white.
struct Chromaticities {
  float red_x = 0, red_y = 0, green_x = 0, green_y = 0, blue_x = 0, blue_y = 0, white_x = 0, white_y = 0;
  friend bool operator==(const Chromaticities&, const Chromaticities&) = default;
};
inline constexpr Chromaticities kAp0{.7347F, .2653F, 0.F, 1.F, .0001F, -.077F, .32168F, .33767F};
inline constexpr Chromaticities kAp1{.713F, .293F, .165F, .83F, .128F, .044F, .32168F, .33767F};
inline constexpr Chromaticities kRec709{.64F, .33F, .3F, .6F, .15F, .06F, .3127F, .329F};

// True when every coordinate agrees within 0.001, which covers how programs round them.
bool SamePrimaries(const Chromaticities& a, const Chromaticities& b);

enum class SampleKind { kInteger, kFloat };

struct FileColorFacts {
  std::string format;                            // OIIO's name ("openexr", "dpx", "tiff", "png", "jpeg"), or "movie"
  SampleKind samples = SampleKind::kInteger;
  std::optional<Chromaticities> chromaticities;  // as the file states them
  // As the file states it: "Printing density", "ITU-R 709-4" … (DPX), "bt709", "smpte2084" … (movies); may be empty.
  std::string transfer;
};

// Whether the file says which space it is in: an EXR by its chromaticities, a DPX or a movie by its transfer. OIIO calls
// every PNG without a gamma sRGB, whether it says so or not, so that other integers never do.
bool StatesItsSpace(const FileColorFacts& facts);

// EXR → AP0 unless its chromaticities are Rec.709's (linear Rec.709) or AP1's (ACEScg); PNG, JPEG and integer TIFF →
// the Rec.709 display encoding; a DPX that says ITU-R 709 or
// SMPTE 274M → the same; a movie → the same, unless it states a transfer that is no video gamma (PQ, HLG, logarithmic,
// linear …) or primaries wider than video's: those of BT.601 are taken for BT.709's, as video suites do. Everything else throws ColorError: `file` is named,
// what it says of itself, and that --source-space, --reference-space or the media's space must name one.
std::string DefaultSpace(const ColorConfig& config, const FileColorFacts& facts, const std::string& file);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_DEFAULT_SPACE_H_
