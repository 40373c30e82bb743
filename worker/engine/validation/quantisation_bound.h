// How far a file's rounding can move a held plane; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_QUANTISATION_BOUND_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_QUANTISATION_BOUND_H_

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/sample_encoding.h"
#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::validation {

// The greater of both; a NaN counts as the greatest value there is.
double WorseOf(double worst, double value);

// The largest magnitude among the three channels of pixel i.
float LargestChannel(const image::Image& rgb, std::size_t i);

// The bound that held_plane_proof.h derives.
class QuantisationBound {
 public:
  // `delivery` outlives the object.
  QuantisationBound(const color::TrainingTransform& delivery, frames::SampleEncoding encoding,
                    image::YCbCrMatrix matrix);

  // For each of the planes Y, Cb, Cr (0, 1, 2) in `planes`, per pixel: the greatest change over those corners of the
  // box that a file's value stands for; bit c of a corner says which way channel c is moved. `pixels`: the file's own;
  // `centre`: the same in the training domain. Over fewer corners it is never greater.
  image::Image For(const image::Image& pixels, const image::Image& scale, const image::Image& centre,
                   const std::vector<int>& planes, std::span<const unsigned> corners) const;

  // What arithmetic may add to a held value; a chroma value sums the noise of two channels by weights below 1.
  double Noise(double value, double largest_channel) const;

 private:
  using Weights = std::array<double, 3>;  // of R', G' and B' in a plane

  struct ChannelChanges;
  ChannelChanges ChangesAt(std::size_t i, const std::vector<image::Image>& corners, const image::Image& centre) const;

  const color::TrainingTransform& delivery_;
  frames::SampleEncoding encoding_;
  std::array<Weights, 3> weights_;  // of Y, Cb and Cr
};

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_QUANTISATION_BOUND_H_
