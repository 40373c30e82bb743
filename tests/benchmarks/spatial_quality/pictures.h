// Display-encoded frames from and to 16-bit PNG sequences.
#ifndef INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_PICTURES_H_
#define INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_PICTURES_H_

#include <string>

#include "worker/engine/image/image.h"

namespace interneg::benchmarks {

// Frame `frame` of `pattern` ("folder/f.%04d.png"), taken as R',G',B' of the training domain.
image::Image ReadPicture(const std::string& pattern, int frame);

// Writes FOLDER/f.NNNN.png, clamped to [0, 1].
void WritePicture(const std::string& folder, int frame, const image::Image& picture);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_PICTURES_H_
