// One frame through the model: predicted planes, composed with the held ones.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_RECOVERY_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_RECOVERY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/inference/detail_strengths.h"
#include "worker/engine/inference/invented_detail.h"
#include "worker/engine/model/device_queue.h"
#include "worker/engine/model/model.h"

namespace interneg::inference {

struct RecoveredFrame {
  image::Image rgb;            // R',G',B' in the training domain; the held planes are the source's own
  std::size_t scaled_px = 0;   // chroma jobs: pixels whose chroma was scaled toward grey to stay in gamut
  std::size_t outside_px = 0;  // spatial jobs: pixels kept although they leave the gamut
  std::optional<InventedDetail> invented;  // where it was asked for
};

enum class InventedDetailMap { kOff, kOn };

// What a render makes of the prediction; of models that predict luma alone.
struct DetailOptions {
  DetailStrengths strengths;
  InventedDetailMap invented = InventedDetailMap::kOff;
  friend bool operator==(const DetailOptions&, const DetailOptions&) = default;
};

// Throws std::invalid_argument, saying why, for strengths out of range, and for anything but the defaults where the model
// predicts no luma (a chroma recovery).
void RequireDetailOptions(const DetailOptions& options, const model::NetworkDescription& network);

// Keeps the tile size from frame to frame: a full frame where it fits, the tile that the memory allows where it does
// not, half of it after the device ran out of memory. Not synchronised; one object a compute thread. The model outlives
// the object.
class FrameRecovery {
 public:
  // `memory_bytes`: what one frame's computation may take. `notice` hears of every change of the tile. Throws
  // std::invalid_argument as RequireDetailOptions does, and for a model whose detail support is damaged.
  FrameRecovery(const model::Model& model, std::int64_t memory_bytes, std::function<void(const std::string&)> notice,
                const DetailOptions& detail = {});

  // `source`: R',G',B' in the training domain, not limited to [0, 1]; `seen`: the same frame as the network is shown
  // it, prepared as in training. Outside `area`, where it is given, the source's own pixels stay, bit for bit; the
  // network sees all of the frame. Throws model::OutOfMemory when not even the smallest tile can be computed,
  // std::invalid_argument for an area that leaves the frame, frames::FrameError kBadPixels for a prediction that is not
  // finite.
  RecoveredFrame Recover(const image::Image& source, const image::Image& seen,
                         const std::optional<image::Rectangle>& area = std::nullopt);
  RecoveredFrame Recover(const image::Image& source) { return Recover(source, source); }

  // The same in two steps, for `grid` networks (Model::PredictGrid), so that the grid can be smoothed in between.
  // Either throws as Recover does.
  model::CoefficientGrid PredictGrid(const image::Image& seen);
  RecoveredFrame Recover(const image::Image& source, const image::Image& seen, const model::CoefficientGrid& grid,
                         const std::optional<image::Rectangle>& area = std::nullopt);

  // Recover in two steps, so that a frame is begun before the last one is finished: of frames begun and not finished
  // there may be kBegunFrames, each of which takes its computation's memory on the device.
  static constexpr std::size_t kBegunFrames = 2;
  model::FrameOnDevice Begin(const image::Image& seen);
  RecoveredFrame Finish(const model::FrameOnDevice& begun, const image::Image& source,
                        const std::optional<image::Rectangle>& area = std::nullopt) const;

  int tile_px() const { return tile_px_; }  // 0: full frames

 private:
  void PlanFor(image::Size frame);
  RecoveredFrame Composed(const image::Image& source, image::Image predicted,
                          const std::optional<image::Rectangle>& area) const;

  // Calls `work` with the tile to compute in, smaller ones after the device ran out of memory.
  template <typename Work>
  auto InMemory(image::Size frame, Work work);

  const model::Model& model_;
  const std::int64_t memory_bytes_;
  const std::function<void(const std::string&)> notice_;
  const DetailOptions detail_;
  std::optional<model::DetailSupport> support_;
  image::Size planned_for_;
  int tile_px_ = 0;
  std::vector<model::DeviceQueue> queues_;  // taken in turn
  std::size_t begun_ = 0;
};

// `whole` with `part` in the place of that area, of the same size; both have the same planes.
image::Image Inserted(const image::Image& part, const image::Rectangle& area, image::Image whole);

// Held planes of `source` + `predicted` free planes (as Model::Recover names them) → R',G',B'.
RecoveredFrame ComposeRecovered(const image::Image& source, const image::Image& predicted,
                                const model::NetworkDescription& network);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_FRAME_RECOVERY_H_
