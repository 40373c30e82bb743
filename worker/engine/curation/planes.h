// Planes of an Image as OpenCV sees them; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_PLANES_H_
#define INTERNEG_WORKER_ENGINE_CURATION_PLANES_H_

#include <opencv2/core.hpp>
#include <string>

#include "worker/engine/image/image.h"

namespace interneg::curation {

// A view; it must not outlive the image and must not be written to.
cv::Mat1f PlaneView(const image::Image& image, int plane);

// Area-averaged to `size`, planes and colour space kept. A copy when the sizes agree.
image::Image Reduced(const image::Image& image, image::Size size);

// `size` with its long edge at most `edge_px`, the shape kept, no edge below 1.
image::Size Fitted(image::Size size, int edge_px);

// Throws std::invalid_argument that names `what` unless the image has `count` planes.
void RequirePlanes(const image::Image& image, int count, const std::string& what);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_PLANES_H_
