// A trained model as the renderer sees it: loads from a file, predicts the free planes of a frame, tiled or whole.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_MODEL_H_
#define INTERNEG_WORKER_ENGINE_MODEL_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/model/coefficient_grid.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/model/device_queue.h"
#include "worker/engine/model/network_description.h"

namespace interneg::model {

// How a frame is computed. tile_px = 0 computes the full frame; otherwise the inside of a tile has at most
// tile_px × tile_px pixels (rounded up to the tile alignment) and is read with the network's halo.
struct RecoverOptions {
  int tile_px = 0;
};

// Opaque tensors behind a plain interface. Movable, not copyable. Recover may be called from several threads at a
// time (they share the compute threads).
class Model {
 public:
  struct Implementation;

  explicit Model(std::unique_ptr<Implementation> implementation);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  const NetworkDescription& description() const;
  // The file's text: "interneg.format", "interneg.network", "interneg.job", "interneg.dataset_sha256",
  // "interneg.step", "interneg.recovery", …
  const std::map<std::string, std::string>& metadata() const;
  Precision precision() const;

  // `source`: three planes R',G',B' in the training domain, any values; what the network sees is a copy clamped to
  // [0, 1]. Returns the free planes named by description().free ("Cb","Cr" | "Y" | "Y","Cb","Cr"), unclamped, same
  // size, same colour space. A tiled frame equals the full frame within 1e-6 in float32 on a CPU. Throws
  // std::invalid_argument when the source has not three planes; OutOfMemory when the device has not enough memory.
  image::Image Recover(const image::Image& source, const RecoverOptions& options = {}) const;

  // `grid` networks only, others throw std::invalid_argument: the same in two steps, so that what the network predicts
  // can be smoothed in between. PredictGrid and then Recover with it equal Recover alone; `grid` must have been predicted
  // for a frame of that size.
  CoefficientGrid PredictGrid(const image::Image& source, const RecoverOptions& options = {}) const;
  image::Image Recover(const image::Image& source, const CoefficientGrid& grid,
                       const RecoverOptions& options = {}) const;

  // Recover in two steps, for models on a device of its own: Begin puts the frame on the queue and returns while it is
  // computed, Finish waits for it; on a CPU Begin does it all. Together they equal Recover. The queue is one of this
  // model's, and outlives the frame. Both throw what Recover throws.
  bool HasDevice() const;  // of its own: not the CPU
  DeviceQueue MakeQueue() const;
  FrameOnDevice Begin(const image::Image& source, const DeviceQueue& queue, const RecoverOptions& options = {}) const;
  image::Image Finish(const FrameOnDevice& frame) const;

  // The plain closed form that was fitted to the same pairs (the baseline; it stands for a matched 3D LUT). Empty for
  // models without one (anything but chroma).
  std::optional<Model> Baseline() const;

  // A tile size whose computation stays below `memory_bytes`, but never less than two halos, where nearly all of the
  // work would be halo; 0 when a full frame of `frame` stays below.
  int TileFor(image::Size frame, std::int64_t memory_bytes) const;

 private:
  std::unique_ptr<Implementation> implementation_;
};

// Whether an error's text is an allocator's complaint, of LibTorch or CUDA. Pure.
bool SaysOutOfMemory(std::string_view message);

// What Model::TileFor answers with, for a network that is not a model yet. Pure.
int TileFor(const NetworkDescription& network, image::Size frame, std::int64_t memory_bytes);

// Half of a tile (of a full frame for 0), for who ran out of memory; 0 when there is no smaller one. Pure.
int SmallerTile(const NetworkDescription& network, image::Size frame, int tile_px);

// The device ran out of memory: halve the tile and try again.
class OutOfMemory : public std::exception {
 public:
  explicit OutOfMemory(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

// From a model file or a training checkpoint (its chosen weights). Throws std::invalid_argument for a file that is
// not a whole, well-formed Interneg model of a known kind; std::runtime_error when it cannot be read, or the device
// is not there.
Model LoadModel(const std::filesystem::path& path, const Device& device, Precision precision);
Model LoadModel(std::span<const std::byte> file, const Device& device, Precision precision);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_MODEL_H_
