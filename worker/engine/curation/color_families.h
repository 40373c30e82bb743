// Which families of colour a picture holds: what a restorer looks for when choosing frames to learn from.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_COLOR_FAMILIES_H_
#define INTERNEG_WORKER_ENGINE_CURATION_COLOR_FAMILIES_H_

#include <array>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::curation {

enum class Family {
  kSkin,
  kFoliage,
  kSky,
  kWarm,
  kCool,
  kNeutral,
  kDeepShadow,
  kSpecular,
  kRedPrimary,
  kGreenPrimary,
  kBluePrimary,
};
inline constexpr int kFamilyCount = 11;
std::string_view NameOf(Family family);  // "skin", "foliage", …, "red primary"

using FamilyShares = std::array<double, kFamilyCount>;  // of the picture's area, 0..1, indexed by Family

// One pixel, Y'CbCr of BT.709 from display-encoded R'G'B' (Rec.709 primaries, gamma 2.4), Y 0..1, Cb, Cr −.5 to .5.
// A pixel may belong to several families (skin is warm as well). With chroma c = √(Cb²+Cr²) and hue the angle from
// +Cb toward +Cr, as a vectorscope shows it:
//   deep shadow  Y < .10
//   specular     Y > .92 and c < .06: at the top of the encoding and without colour
//   neutral      .10 ≤ Y ≤ .92 and c < .025: about twice the departure of the ColorChecker's greys
//   skin         c ≥ .025, hue 105°–150°, c ≤ .24, .15 ≤ Y ≤ .92: the skin line of the vectorscope lies at 123° (the
//                +I axis of NTSC); the width is that of the skin map of Chai and Ngan, "Face segmentation using
//                skin-color map in videophone applications", IEEE Trans. CSVT 9(4), 1999: Cb 77–127, Cr 133–173 of 255,
//                within it
//   foliage      c ≥ .04, hue 175°–245°, Y ≤ .80: yellow green to green
//   sky          .03 ≤ c ≤ .25, hue 300°–345°, Y ≥ .30: blue with some cyan
//   warm, cool   c ≥ .05, hue 75°–180° (red, orange, yellow); hue 255°–360°, 0°–15° (cyan, blue)
//   primaries    c ≥ .18, hue within 25° of 103° (red), 230° (green), 355° (blue), those of pure BT.709 primaries
// The limits are ours but for those cited, set so that the patches of the ColorChecker fall into the families that
// their names say (tests/worker/engine/curation/color_families_test.cc lists them).
// The families as a set: bit f is Family f.
unsigned FamiliesOf(float y, float cb, float cr);

// Planes Y,Cb,Cr. The share of pixels in each family.
FamilyShares MeasureFamilies(const image::Image& ycbcr);

// The picture of a faded source as families can be judged on: its residual colour. Cb and Cr lose what follows from
// Y alone in this picture (the least-squares line, which is what a cast and its growth with density look like), and
// are stretched alike until the 95th percentile of c is .20, at most eightfold. A heuristic that keeps hues apart but
// cannot know them: what it finds is to be read as "like skin". Planes Y,Cb,Cr in and out.
image::Image ResidualColor(const image::Image& ycbcr);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_COLOR_FAMILIES_H_
