// Which classes of texture a picture holds.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_TEXTURES_H_
#define INTERNEG_WORKER_ENGINE_CURATION_TEXTURES_H_

#include <array>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::curation {

// Flat: walls, clear sky. Smooth: shading and soft focus. Edge: outlines. Fine: fabric, hair, grass, grain. Coarse:
// leaves, rubble, crowds.
enum class Texture { kFlat, kSmooth, kEdge, kFine, kCoarse };
inline constexpr int kTextureCount = 5;
std::string_view NameOf(Texture texture);

using TextureShares = std::array<double, kTextureCount>;  // of the picture's area, add up to 1, indexed by Texture

// Plane 0 is luma, display encoded. Every pixel falls into one class, by what lies within a Gaussian of σ = 3 px:
//   contrast  √ of the local variance of luma; below .012 (3 codes of 255): flat
//   fineness  share of that variance finer than a Gaussian of σ = 1 px; below .08: smooth
//   coherence of the structure tensor, ((λ1−λ2)/(λ1+λ2)): above .75 with a contrast above .04: edge (Bigün and
//   Granlund,
//             "Optimal orientation detection of linear symmetry", ICCV 1987)
//   otherwise fine where fineness exceeds .30, coarse below.
// The limits are ours: they part drawn examples of each (textures_test.cc).
TextureShares MeasureTextures(const image::Image& ycbcr);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_TEXTURES_H_
