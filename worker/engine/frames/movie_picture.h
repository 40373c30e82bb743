// A decoded picture as R'G'B'; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_PICTURE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_PICTURE_H_

#include <string>

#include "worker/engine/frames/libav_handles.h"
#include "worker/engine/frames/movie_overrides.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

struct PictureCoding {
  image::YCbCrMatrix matrix = image::YCbCrMatrix::kBt709;
  SampleRange range = SampleRange::kLimited;
};

// Planes R,G,B, float32, in the movie's own display encoding: black 0, white 1; what lies below black or above white in
// the codes stays below 0 or above 1. Every sample is computed in float from the decoder's integers (ITU-T H.273
// equations 38–43 inverted), never through 8 bits. Subsampled chroma is interpolated with the movie's siting, or
// MPEG-2's (left) where it states none — MPEG-1 and JPEG: centre — and within fields where the picture was coded
// interlaced. Grey is replicated, alpha dropped. Formats: planar and packed YCbCr, RGB and grey of 8 to 16 bits, or
// float. Throws std::invalid_argument for any other.
image::Image PictureOf(const AVFrame& picture, const PictureCoding& coding, AVCodecID codec,
                       const std::string& color_space);

// SHA-256 (64 hexadecimal digits) over size, pixel format and the decoder's own samples: the same on every machine.
std::string HashOf(const AVFrame& picture);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_PICTURE_H_
