// The network of a description: what it reads, what it adds to the first guess, and its tensors by name.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/image.h"
#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/correction_graph.h"
#include "worker/engine/model/first_guess.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/model/network_graph.h"

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
// Float32 [n, 4] on the CPU: x_first, x_step, y_first, y_step of each.
at::Tensor PlacesOf(const std::vector<Place>& places);

// A tensor of a network by name; `slot` is the network's own handle and may be replaced through it.
struct NamedTensor {
  std::string name;
  at::Tensor* slot = nullptr;
};

// Fresh values of a graph's parameters, drawn in their order from `seed`; of a fixed one its own.
std::vector<at::Tensor> FreshParameters(const NetworkGraph& graph, std::uint64_t seed);

// Computes a graph of one input: float32 [n, channels, h, w] on the device of the parameters, one place each → the
// output. kEnter goes to `compute`. A convolution's float32 weights are rounded on the way, and their gradients come
// back in float32. Without gradients each value is let go after its last use.
at::Tensor Compute(const NetworkGraph& graph, const std::vector<at::Tensor>& parameters, const at::Tensor& input_nchw,
                   const std::vector<Place>& places, at::ScalarType compute);
// The same with the places as a tensor (PlacesOf) on the input's device, so that they can change where the work itself
// is repeated as it was recorded; equal but for the rounding of places in float32.
at::Tensor Compute(const NetworkGraph& graph, const std::vector<at::Tensor>& parameters, const at::Tensor& input_nchw,
                   const at::Tensor& places, at::ScalarType compute);

class Network {
 public:
  // Fresh weights from `seed`; the correction starts at zero. closed_form networks have no tensors.
  Network(const NetworkDescription& description, std::uint64_t seed);

  // z_nchw: float32 [n, InputPlanes, h, w] on the device of the weights, one place each → the correction, float32
  // [n, base planes, h, w]. Any size; pixels beyond the right and lower edges repeat the last ones.
  at::Tensor Correct(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const;
  at::Tensor Correct(const at::Tensor& z_nchw, const at::Tensor& places, at::ScalarType compute) const;

  // `grid` networks only: the two halves of Correct. Grid: [n, cells down, cells across, bins · 16], contiguous, in the
  // precision computed in; Slice takes any part of it that begins at z's first pixel, and covers z.
  at::Tensor Grid(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const;
  at::Tensor Slice(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw) const;

  // U-Nets and NAFNets only: what the last convolution reads, float32 [n, its channels, h, w].
  at::Tensor Features(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const;

  // The network's own tensors, always in the same order. Valid while the network neither moves nor dies.
  std::vector<NamedTensor> Parameters();

 private:
  int correction_planes_;
  NetworkGraph graph_;
  std::vector<at::Tensor> parameters_;
};

// Planes Y, Cb, Cr [1, 3, h, w] on the CPU → the network's input [1, InputPlanes, h, w].
at::Tensor NetworkInput(const NetworkDescription& description, const FirstGuess& first_guess, const at::Tensor& ycbcr,
                        const Window& window);

// Planes Y, Cb, Cr [1, 3, h, w] on the CPU → Cb, Cr [1, 2, h, w].
at::Tensor ApplyLut(const ColorCube& lut, const at::Tensor& ycbcr, image::YCbCrMatrix matrix);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_NETWORK_TORCH_H_
