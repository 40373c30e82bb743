// Luma and colour difference from R'G'B' and back, by an explicit matrix.
#ifndef INTERNEG_WORKER_ENGINE_IMAGE_YCBCR_H_
#define INTERNEG_WORKER_ENGINE_IMAGE_YCBCR_H_

#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::image {

// The luma weights: ITU-R BT.601-7 §2.5.1, BT.709-6 item 3.2, BT.2020-2 table 4 (non-constant luminance).
enum class YCbCrMatrix { kBt601, kBt709, kBt2020 };

// Y' = kr R' + kg G' + kb B';  Cb = (B' − Y') / (2 (1 − kb));  Cr = (R' − Y') / (2 (1 − kr)).
// For R'G'B' in [0, 1]: Y' in [0, 1], Cb and Cr in [−0.5, 0.5] (no offset, no quantisation).
struct LumaWeights {
  double kr;
  double kg;
  double kb;
};
LumaWeights WeightsOf(YCbCrMatrix matrix);

// "bt601", "bt709", "bt2020". ParseYCbCrMatrix throws std::invalid_argument that lists the three.
std::string_view NameOf(YCbCrMatrix matrix);
YCbCrMatrix ParseYCbCrMatrix(std::string_view name);

// Planes R,G,B → planes Y,Cb,Cr (and back), computed in double and stored in float; the colour space is kept.
// Throws std::invalid_argument unless the image has exactly three planes.
Image RgbToYCbCr(const Image& rgb, YCbCrMatrix matrix);
Image YCbCrToRgb(const Image& ycbcr, YCbCrMatrix matrix);

}  // namespace interneg::image

#endif  // INTERNEG_WORKER_ENGINE_IMAGE_YCBCR_H_
