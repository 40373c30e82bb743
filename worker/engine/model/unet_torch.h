// A U-Net without normalisation whose last layer starts at zero.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_UNET_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_UNET_TORCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace interneg::model {

// A tensor of a network by name; `slot` is the network's own handle and may be replaced through it.
struct NamedTensor {
  std::string name;
  at::Tensor* slot = nullptr;
};

// `same` padding with zeros; weight [out, in, k, k], bias [out], both float32.
struct Convolution {
  at::Tensor weight;
  at::Tensor bias;
};

// A convolution whose weights are uniform within ±√(6 / fan in), so that signals keep their size through layers with
// rectifiers (He et al. 2015; with smaller weights the zero last layer takes hundreds of steps to see any detail), or
// zero.
enum class Start { kUniform, kZero };
Convolution MakeConvolution(int in, int out, int kernel, Start start, at::Generator& random);

// x in `compute` precision → x ∗ w + b in the same; the float32 weights are rounded on the way, and their gradients
// come back in float32.
at::Tensor Convolve(const at::Tensor& x, const Convolution& convolution, at::ScalarType compute);

class UNet {
 public:
  struct Shape {
    int in = 0;
    int out = 0;
    int width = 0;
    int levels = 0;
  };

  UNet(const Shape& shape, at::Generator& random);

  // x_nchw float32 whose height and width are multiples of 2^levels → float32 [n, out, h, w], channels last.
  at::Tensor Forward(const at::Tensor& x_nchw, at::ScalarType compute) const;

  // Names such as "down.1.0.weight". Valid while the network neither moves nor dies.
  std::vector<NamedTensor> Parameters(const std::string& prefix);

  // Multiply-accumulates for one pixel of the input.
  static double MacsPerPixel(const Shape& shape);
  static std::int64_t ParameterCount(const Shape& shape);
  // Input pixels on each side that an output pixel may depend on.
  static int Reach_px(int levels);

 private:
  struct Pair {
    Convolution first;
    Convolution second;
  };
  static Pair MakePair(int in, int out, at::Generator& random);
  static at::Tensor ForwardPair(const at::Tensor& x, const Pair& pair, at::ScalarType compute);

  Shape shape_;
  Pair enter_;
  std::vector<Pair> down_;
  std::vector<Convolution> up_;
  std::vector<Pair> merge_;
  Convolution last_;
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_UNET_TORCH_H_
