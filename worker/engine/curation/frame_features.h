// What curation knows of a frame: a few kilobytes that stand for its picture.
//
// The module `curation` owns the question which of the frames that two elements share a network should learn from: what
// each frame shows, which frames must not be used and why, which few stand for all, and which are withheld. It works on
// pictures in memory and knows nothing of files, matching, alignment or networks; what those found reaches it as
// numbers (a partner or none, how much lettering covers, an alignment's verdict).
#ifndef INTERNEG_WORKER_ENGINE_CURATION_FRAME_FEATURES_H_
#define INTERNEG_WORKER_ENGINE_CURATION_FRAME_FEATURES_H_

#include <array>
#include <optional>
#include <vector>

#include "worker/engine/curation/color_families.h"
#include "worker/engine/curation/textures.h"
#include "worker/engine/image/image.h"

namespace interneg::curation {

inline constexpr int kLayoutWidth = 32;
inline constexpr int kLayoutHeight = 18;
inline constexpr int kLayoutCells = kLayoutWidth * kLayoutHeight;
inline constexpr int kLightBins = 16;
inline constexpr int kProfileRows = 240;

// Of luma, display encoded, 0..1.
struct Light {
  double mean = 0;
  double low = 0;   // 2nd percentile
  double high = 0;  // 98th percentile
  double deviation = 0;
  // Shares of the area in equal steps from 0 to 1; the ends take what lies beyond.
  std::array<double, kLightBins> histogram{};
};

// The picture in 32×18 cells, whatever its shape: means of Y, Cb, Cr, one behind the other, rows from the top.
using Layout = std::array<float, 3 * kLayoutCells>;

// Luma of each of 240 rows (the picture scaled in height to that number): mean, and the 10th and 90th percentile over
// the row. A line across the picture shows in the percentiles, a jump of the picture in all.
struct RowProfile {
  std::vector<float> mean, low, high;
};

// What families were judged on: a faded source shows its hues shifted.
enum class FamilyBasis { kReference, kResidualColor, kSourceColor };

struct FrameFeatures {
  Light light;
  FamilyShares families{};
  FamilyBasis family_basis = FamilyBasis::kResidualColor;
  TextureShares textures{};
  double sharpness = 0;                       // Sharpness() of the source
  std::optional<double> reference_sharpness;  // and of the reference
  Layout layout{};
  RowProfile rows;
};

enum class SourceColor { kFaded, kIntact };

// What there is beside the source; null where there is nothing. The reference: R',G',B' of any size, registered or
// not (only shares of its area are taken).
struct Beside {
  const image::Image* reference = nullptr;
  SourceColor color = SourceColor::kFaded;  // whether the source's own hues can be trusted without a reference
};

// `source`: R',G',B' in the training domain (image::kTrainingDisplay; ACEScct gives families that mean little), any
// size from 16×16. Reduced once to a long edge of at most 480 px, from which everything is measured; YCbCr is BT.709.
// Throws std::invalid_argument for a picture that is smaller, has other planes, or holds a value that is not finite.
FrameFeatures MeasureFrame(const image::Image& source, const Beside& beside);

// √(mean of (I − G1∗I)² / mean of (G1∗I − G4∗I)²) with Gaussians of 1 and 4 px on plane 0: the share of the finest
// detail in what is detail at all, so that contrast, exposure and fading cancel. 0 for a picture without detail.
double Sharpness(const image::Image& ycbcr);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_FRAME_FEATURES_H_
