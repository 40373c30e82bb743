// All pairs of a training on its device, and the patches drawn from them.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_PAIR_STORE_TORCH_H_
#define INTERNEG_WORKER_ENGINE_DATASET_PAIR_STORE_TORCH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/dataset/difficulty.h"
#include "worker/engine/dataset/random.h"

namespace interneg::dataset {

// Planes of one pair, float32 on the CPU, of one height and width: what the network reads [c, h, w], what it must
// produce [k, h, w], and the weight of each pixel [1, h, w] (undefined: 1 everywhere).
struct StoredPlanes {
  at::Tensor input;
  at::Tensor truth;
  at::Tensor weight;
};

// Changes that are applied to input and truth alike.
struct PatchChanges {
  double scale = 0.0;     // zoom drawn from 1 ± scale
  double exposure = 0.0;  // gain drawn from 1 ± exposure
  bool horizontal_flip = false;
};

// Sample (i, j) of a patch lies at (x_first + i · x_step, y_first + j · y_step) of the frame, in its pixels; a flip has
// x_step < 0.
struct PatchPlace {
  double x_first = 0;
  double x_step = 1;
  double y_first = 0;
  double y_step = 1;
};

struct PatchRequest {
  int count = 1;
  int size_px = 0;  // a side, at most (the frame where that is smaller)
  PatchChanges changes;
  // From the frames averaged over squares of so many pixels a side: a patch shows the same part of the frame in fewer samples.
  // Such a sample is trusted as the least trusted of its pixels; what is left over at the right and lower edges is not seen.
  int reduction = 1;
  // Half of the patches lie where this map says; undefined (null): none. The map's pairs are the store's.
  const DifficultyMap* difficulty = nullptr;
};

struct Patches {
  at::Tensor input;   // float32 [n, c, h, w]
  at::Tensor truth;   // float32 [n, k, h, w]
  at::Tensor weight;  // float32 [n, 1, h, w], or undefined
  std::vector<PatchPlace> places;
  std::vector<int> pairs;  // the index of each patch's pair
};

// What must be written down for the draws to continue alike.
struct DrawState {
  Random::State random;
  std::vector<int> order;  // pairs of the current round, in the order drawn
  std::int64_t drawn = 0;  // of the current round
};

// How planes are kept. kAuto: float32 up to half a gigabyte of input and truth, half floats above.
enum class StoreFormat { kAuto, kFloat32, kFloat16 };

// Not synchronised.
class PairStore {
 public:
  // Asks for one pair after the other, so that of `pair`'s float32 planes no more than one's are there at a time. Throws
  // std::invalid_argument when there is no pair or their sizes differ.
  PairStore(int count, const std::function<StoredPlanes(int index)>& pair, const at::Device& device, StoreFormat format,
            std::uint64_t seed);
  PairStore(const std::vector<StoredPlanes>& pairs, const at::Device& device, StoreFormat format, std::uint64_t seed);

  // A patch's middle lies anywhere in the frame, as far as the patch then fits, and each round goes through all pairs in a new
  // order; one that lies where the difficulty map says has its drawn place in the middle half of each side.
  Patches Draw(const PatchRequest& request);

  int height_px() const { return static_cast<int>(pairs_.front().input.size(1)); }
  int width_px() const { return static_cast<int>(pairs_.front().input.size(2)); }

  DrawState state() const;
  // Throws std::invalid_argument when the state's order is not one of this store's pairs.
  void Restore(const DrawState& state);

 private:
  struct Draft;
  int NextPair();
  Draft NextDraft(const PatchRequest& request, const StoredPlanes& like);
  const std::vector<StoredPlanes>& PlanesAt(int reduction);
  at::Tensor Take(const at::Tensor& planes, const Draft& draft) const;

  std::vector<StoredPlanes> pairs_;
  // As they were last asked for, and kept until others are.
  int reduction_ = 1;
  std::vector<StoredPlanes> reduced_;
  Random random_;
  std::vector<int> order_;
  std::int64_t drawn_ = 0;
};

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_PAIR_STORE_TORCH_H_
