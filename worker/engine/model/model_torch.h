// What a Model holds, for those who make one: the file reader and the trainer.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_MODEL_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_MODEL_TORCH_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/compute.h"
#include "worker/engine/model/first_guess.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/network_torch.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::model {

struct Model::Implementation {
  NetworkDescription description;
  std::map<std::string, std::string> metadata;
  ChromaFits fits;  // chroma only
  Network network;
  Shares shares;
  Precision precision = Precision::kFloat32;
  at::Device device = at::kCPU;
  ColorCube lut = {};  // lut only
};

at::Device ToTorch(const Device& device);
at::ScalarType ToTorch(Precision precision);  // not kAuto

// ycbcr: [1, 3, h, w] on the CPU, from R'G'B' clamped to [0, 1] → the free planes, float32 [1, planes, h, w] on the
// CPU, as the model's shares say (first_guess.h).
at::Tensor Predict(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window);

// What Predict returns where the share of the network's correction is 0: nothing of the network is computed.
at::Tensor PredictWithoutNetwork(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window);

// What Predict returns, from the network's input `z` for that window and its correction, float32 on the CPU.
at::Tensor Corrected(const Model::Implementation& model, const at::Tensor& ycbcr, const at::Tensor& z,
                     const at::Tensor& correction, const Window& window);

// The same as Predict for a whole frame, in tiles of `tile_px` with their halo; 0 at once. Equal within 1e-6 in float32 on a CPU.
at::Tensor PredictFrame(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px);

// For each tile of at most `tile_px` (0: the whole frame at once), from left to right and top to bottom: its inside, and
// the window around it that reads the network's halo as far as the frame goes.
struct Tile {
  image::Rectangle inside;
  Window window;
};
std::vector<Tile> TilesOf(const NetworkDescription& description, image::Size frame, int tile_px);

// A window's part of planes [1, planes, h, w] of the whole frame.
at::Tensor CutWindow(const at::Tensor& planes, const Window& window);

// What `predict` says of each tile of Y, Cb, Cr, put together: the free planes, float32 [1, planes, h, w].
at::Tensor InTiles(const NetworkDescription& description, const at::Tensor& ycbcr, int tile_px,
                   const std::function<at::Tensor(const at::Tensor& ycbcr, const Window& window)>& predict);

// Y, Cb, Cr [1, 3, h, w] as networks see them. Throws std::invalid_argument naming `function` without three planes.
at::Tensor SeenPlanes(const NetworkDescription& description, const image::Image& rgb, const char* function);

// The free planes as a picture.
image::Image FreePlanesImage(const NetworkDescription& description, const at::Tensor& planes,
                             const std::string& color_space);

// Calls `work`; an allocator's complaint becomes OutOfMemory.
template <typename Work>
auto TellingOutOfMemory(Work work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    if (SaysOutOfMemory(error.what())) throw OutOfMemory(error.what_without_backtrace());
    throw;
  }
}

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
