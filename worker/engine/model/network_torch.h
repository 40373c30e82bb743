// The network of a description: what it reads, what it adds to the first guess, and its tensors by name.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/image.h"
#include "worker/engine/model/bilateral_slice_torch.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/polynomial_map.h"
#include "worker/engine/model/unet_torch.h"

namespace interneg::model {

// Where a patch's pixels lie in the frame: pixel column i is at x_first + i · x_step with x in [−1, 1] from the left to
// the right edge of the frame (rows likewise). A flipped patch has a negative step.
struct Place {
  double x_first = 0;
  double x_step = 0;
  double y_first = 0;
  double y_step = 0;
};
Place PlaceOf(const Window& window);

// What the network reads of a picture, float32: chroma networks Y, Cb, Cr, the first guess's Cb', Cr', and these
// averaged over 5 × 5 pixels (grain hides in single pixels what their neighbourhood still knows); others Y, Cb, Cr.
// BasePlanes names the planes among them that the correction is added to.
struct PlaneRange {
  int first = 0;
  int count = 0;
};
int InputPlanes(const NetworkDescription& description);
PlaneRange BasePlanes(const NetworkDescription& description);

class Network {
 public:
  // Fresh weights from `seed`; the correction starts at zero. closed_form networks have no tensors.
  Network(const NetworkDescription& description, std::uint64_t seed);

  // z_nchw: float32 [n, InputPlanes, h, w] on the device of the weights, one place each → the correction, float32
  // [n, base planes, h, w]. Any size; pixels beyond the right and lower edges repeat the last ones.
  at::Tensor Correct(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const;

  // The network's own tensors, always in the same order. Valid while the network neither moves nor dies.
  std::vector<NamedTensor> Parameters();

 private:
  at::Tensor CorrectGrid(const at::Tensor& z, const std::vector<Place>& places, at::ScalarType compute) const;
  at::Tensor CorrectUNet(const at::Tensor& z, at::ScalarType compute) const;

  NetworkDescription description_;
  std::optional<UNet> unet_;
  Guide guide_;
};

// The shape of a description's U-Net.
UNet::Shape ShapeOf(const NetworkDescription& description);

// Planes Y, Cb, Cr [1, 3, h, w] on the CPU → the network's input [1, InputPlanes, h, w].
at::Tensor NetworkInput(const NetworkDescription& description, const PolynomialMap& first_guess,
                        const at::Tensor& ycbcr, const Window& window);

// Planes Y, Cb, Cr [1, 3, h, w] on the CPU → Cb, Cr [1, 2, h, w].
at::Tensor ApplyPolynomial(const PolynomialMap& map, const at::Tensor& ycbcr, const Window& window);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_
