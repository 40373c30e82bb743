// The steps by which a picture is prepared before a network sees it: plain values with units, ranges and defaults.
//
// The module `preparation` owns these steps, the rules about them and their application to pictures in the training
// domain (image::kTrainingDisplay or image::kTrainingLog; R, G, B). What it makes feeds networks only: held planes come
// from the unprepared original. It knows nothing of files, networks, jobs or JSON.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_STEP_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_STEP_H_

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace interneg::preparation {

// Ranges are inclusive. "Code" is the value of the training domain: 0 is black, 1 is display white. Every default
// below is valid; a `strength` is the share of the step's result that replaces the picture: 0 changes nothing.

// Four controls on a value x, in this order. Display: x is the code; density: x is D (density.h), so that a larger x
// is darker. With w(l) = l² (3 − 2 l) of l = clamp(2 light − 1, 0, 1), light = x (display) or 1 − x / 2.4 (density):
//   x ← gain · x + offset;   x ← s (x / s)^(1 / gamma), s = 1 or 2.4, for x > 0;   x ← x + high · w(light)
struct Tone {
  double offset = 0.0;  // −1..1 (display), −2.4..2.4 (density)
  double gain = 1.0;    // 0.05..20
  double gamma = 1.0;   // 0.1..10
  double high = 0.0;    // −0.3..0.3 (display), −0.7..0.7 (density): added at white, nothing below the middle
  friend bool operator==(const Tone&, const Tone&) = default;
};

enum class BalanceDomain { kDensity, kDisplay };

// Each channel's own tone first, then the global one on all three. EstimateBalance proposes one (estimate.h).
struct NeutralBalance {
  BalanceDomain domain = BalanceDomain::kDensity;
  Tone global;
  std::array<Tone, 3> channel;  // R, G, B
};

struct CurvePoint {
  double in_density = 0.0;
  double out_density = 0.0;
};

// One curve a channel through 2..32 points with densities in −1..6, `in` rising and `out` not falling; an empty list
// leaves the channel. Between points the monotone cubic of Fritsch and Carlson (SIAM J. Numer. Anal. 17, 1980); outside
// a straight line with the end's slope.
struct FadeCorrectionCurve {
  std::array<std::vector<CurvePoint>, 3> channel;  // R, G, B
};

// A negative scan made positive. D is the scan's density (floor 10^−4), d = (D − base − range) / contrast, light
// E = 10^d, black E0 = 10^(−range / contrast), linear picture (E − E0) / (1 − E0): the base becomes black, base + range
// white. The base of a colour negative is its orange mask. EstimateInversion measures base and range.
struct Invert {
  std::array<double, 3> base_density{0.0, 0.0, 0.0};   // −1..3: of unexposed film
  std::array<double, 3> range_density{1.4, 1.4, 1.4};  // 0.1..3.5: of diffuse white, above the base
  double contrast = 0.6;                               // 0.2..2: density per decade of exposure
};

// Specks that stand outside the motion-compensated neighbours' range (dust.h).
struct DustRepair {
  double strength = 1.0;    // 0..1
  double threshold = 0.06;  // 0.01..0.5 of code: how far outside a speck's core must stand
  int max_size_px = 24;     // 1..256: the longer side of the largest speck; larger things are taken for picture
};

// Upright lines that stay where they are while the picture moves (scratch.h).
struct ScratchRepair {
  double strength = 1.0;           // 0..1
  double threshold = 0.015;        // 0.002..0.5 of code: a line's mean contrast
  int max_width_px = 5;            // 1..31
  double min_length_share = 0.75;  // 0.1..1 of the picture's height
};

enum class DegrainExtent { kTemporal, kSpatial, kBoth };

// Grain is measured, not given: strength scales what is measured (degrain.h).
struct Degrain {
  double strength = 1.0;  // 0..4: 1 removes grain of the measured level; 0 changes nothing
  DegrainExtent extent = DegrainExtent::kBoth;
  int radius_frames = 2;     // 1..5: neighbours on either side; not used when spatial
  int search_radius_px = 4;  // 1..15: of non-local means; not used when temporal
};

// Of a square window, every channel by itself, borders repeated. An even size counts as the next odd one (10: 11×11).
struct Median {
  int size_px = 10;  // 1..63; 1 changes nothing
};

// Steps of coarse quantisation in smooth areas (deband.h).
struct Deband {
  double threshold = 0.0047;  // 0..0.05 of code: the largest step (1.2 of 255); 0 changes nothing
  int range_px = 24;          // 1..256: a band should not be wider
};

enum class FieldOrder { kTopFirst, kBottomFirst };  // of the upper line (0) or the second one is earlier in time

enum class DeinterlaceMethod { kMotionAdaptive, kEdgeDirected };  // edge-directed: no neighbours looked at

// A frame a frame: the earlier field's lines stay bit for bit, the others are made (deinterlace.h).
struct Deinterlace {
  FieldOrder order = FieldOrder::kTopFirst;
  DeinterlaceMethod method = DeinterlaceMethod::kMotionAdaptive;
};

enum class LumaMatchMode { kOffset, kGain };  // a field added to luma, or one that multiplies it

// The low frequencies of luma become the partner's; Cb and Cr stay (match.h).
struct LumaMatch {
  double strength = 1.0;   // 0..1
  double sigma_px = 24.0;  // 2..512: of the Gaussian that separates shading from detail
  LumaMatchMode mode = LumaMatchMode::kOffset;
};

enum class ColourFit { kMatrix, kStatistics, kField };

// The colours become the partner's: one 3×3 matrix and offset, one gain and offset a channel, or a smooth field added
// to each channel, fitted on the low-passed pair (match.h).
struct ColourMatch {
  double strength = 1.0;  // 0..1
  ColourFit fit = ColourFit::kMatrix;
  double sigma_px = 6.0;  // 1..512
};

using Step = std::variant<NeutralBalance, FadeCorrectionCurve, Invert, DustRepair, ScratchRepair, Degrain, Median,
                          Deband, Deinterlace, LumaMatch, ColourMatch>;

// "neutral-balance", "fade-correction", "invert", "dust-repair", "scratch-repair", "degrain", "median", "deband",
// "deinterlace", "luma-match", "colour-match".
std::string_view NameOf(const Step& step);

// Whether the step leaves every picture bit for bit as it is, by its settings alone.
bool IsIdentity(const Step& step);

// What is prepared. A chroma reference gives colour, a spatial reference gives detail.
enum class Role { kSource, kChromaReference, kSpatialReference };
std::string_view NameOf(Role role);  // "source", "chroma reference", "spatial reference"

// Holds the steps against their ranges, their order and the role; returns warnings for people, and throws
// std::invalid_argument that names the step by place and name, the field, its value and what is allowed.
//   Order: deinterlacing stands first; matches follow every step with neighbours.
//   Spatial reference: only what leaves its detail alone: dust and scratch repair; inversion of a
//     negative; luma and colour match. Median, degrain, deband, deinterlace, balance, curve are refused.
//   Source: no match with the partner, which a frame to be rendered does not have.
//   Median: warned above 10 on a chroma reference (colour bleeds) and above 5 on a source (a spatial one starts at
//   3–5).
std::vector<std::string> Validate(std::span<const Step> steps, Role role);

// Where to start: 10 on a chroma reference, 3 on a source. Throws std::invalid_argument for a spatial reference.
Median DefaultMedian(Role role);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_STEP_H_
