// How near two ways from Y'CbCr to R'G'B' come to the picture that was coded.
#ifndef INTERNEG_TESTS_BENCHMARKS_MOVIE_READING_SWSCALE_PRECISION_H_
#define INTERNEG_TESTS_BENCHMARKS_MOVIE_READING_SWSCALE_PRECISION_H_

#include "worker/engine/frames/libav_handles.h"
#include "worker/engine/image/image.h"

namespace interneg::benchmarks {

// R'G'B' of a limited-range BT.709 picture by libswscale at its best: bicubic, accurate rounding, full chroma.
image::Image BySwscale(const AVFrame& picture);

// Draws smooth colour gradients as 4:2:0 with MPEG-2's siting, exactly but for the rounding of the codes, in 8 and in
// 10 bits; prints the mean and the largest error of our conversion and of libswscale's best, in 1/255.
void PrintPrecision();

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_MOVIE_READING_SWSCALE_PRECISION_H_
