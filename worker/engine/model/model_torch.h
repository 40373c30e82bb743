// What a Model holds, for those who make one: the file reader and the trainer.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_MODEL_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_MODEL_TORCH_H_

#include <map>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/compute.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/network_torch.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::model {

struct Model::Implementation {
  NetworkDescription description;
  std::map<std::string, std::string> metadata;
  PolynomialFits fits;  // chroma only
  Network network;
  // The share of what the network and its first guess add to the start (the closed form for chroma, the source's own
  // planes otherwise), in [0, 1].
  double correction = 1.0;
  Precision precision = Precision::kFloat32;
  at::Device device = at::kCPU;
  ColorCube lut = {};  // lut only
};

at::Device ToTorch(const Device& device);
at::ScalarType ToTorch(Precision precision);  // not kAuto

// ycbcr: [1, 3, h, w] on the CPU, from R'G'B' clamped to [0, 1] → the free planes, float32 [1, planes, h, w] on the
// CPU: start + correction · (base + network's correction − start).
at::Tensor Predict(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window);

// The same for a whole frame, in tiles of `tile_px` with their halo; 0 at once. Equal within 1e-6 in float32 on a CPU.
at::Tensor PredictFrame(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px);

// Where the corrections start: the chroma of the closed form (of a lut's LUT), or the source's own free planes.
at::Tensor StartPlanes(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window);

// The tensors and texts by which a model is stored, added to `content`; the tensors' memory is appended to `keep`,
// which must outlive `content`.
void AddModel(const Model::Implementation& model, Safetensors& content, std::vector<at::Tensor>& keep);

// A view of a whole tensor on the CPU, and back (a copy). ToTensorCopy throws std::invalid_argument for element types
// that tensors here never have.
TensorView ViewOf(const at::Tensor& tensor);
at::Tensor ToTensorCopy(const TensorView& view);

// The model stored in `content`, on `device`. Throws std::invalid_argument when something is missing or has another
// shape than its description says, or a value is not finite.
std::unique_ptr<Model::Implementation> ReadModel(const Safetensors& content, const Device& device, Precision precision);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_MODEL_TORCH_H_
