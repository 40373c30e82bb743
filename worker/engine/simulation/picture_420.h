// 8-bit Y'CbCr 4:2:0 as a video coder takes it.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_PICTURE_420_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_PICTURE_420_H_

#include <cstdint>
#include <string>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// Studio range (ITU-R BT.601-7 §2.5.3): Y 16–235, Cb and Cr 16–240 about 128. Rows without padding; Cb and Cr have half
// the width and height. Width and height are even.
struct Picture420 {
  image::Size size;
  std::vector<std::uint8_t> y, cb, cr;
};

// R',G',B' 0..1 → BT.601 codes and back; values outside are limited. Chroma samples lie as MPEG-2 places them
// (ISO/IEC 13818-2 §6.1.1.8): on every second column, midway between two lines; filtered 1 2 1 across and averaged
// down on the way there, linear on the way back. Throws std::invalid_argument for an odd size or without three planes.
Picture420 ToPicture420(const image::Image& rgb);
image::Image FromPicture420(const Picture420& picture, const std::string& color_space);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_PICTURE_420_H_
