// Where a frame shows detail that neither its source nor the training's references account for.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_INVENTED_DETAIL_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_INVENTED_DETAIL_H_

#include <optional>
#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/model/detail_support.h"

namespace interneg::inference {

// The name that the map's channel has in a file: a layer of luma, as OpenEXR names layers.
inline constexpr char kInventedChannel[] = "invented.Y";

// Of each pixel the share of the power of detail that nothing supports: with A_b the output's local amplitude in band b
// (fine and middle, detail_support.h), and S_b the amplitude that is supported there,
//
//   invented = Σ_b max(0, A_b² − S_b²) / (Σ_b A_b² + f²)
//
// in [0, 1). S_b is the greater of the source's own amplitude and what the references of the training reached in 99 of
// a hundred pixels where their sources had the same amplitude in this band and the next coarser one. f = ½/255, so that
// what nobody can see is not called invented. A network may be wrong with supported power, too: this tells of too much
// detail, not of false detail of the right strength; only a reference could.
struct InventedDetail {
  image::Image map;  // one plane, kInventedChannel
  double mean = 0;   // over the area
  double share = 0;  // of the area's pixels with more than a half
};

// Luma of one encoding, size.width_px × size.height_px values each. `support`: the model's; null (a model of an engine
// before it told): the source's own detail alone counts as supported. Mean and share are over `area`, the whole frame by
// default; outside it the map is 0, since there the source's own pixels are delivered. Throws std::invalid_argument for
// planes of another size or an area that leaves the frame.
InventedDetail FindInventedDetail(std::span<const float> source_y, std::span<const float> output_y, image::Size size,
                                  const model::DetailSupport* support,
                                  const std::optional<image::Rectangle>& area = std::nullopt);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_INVENTED_DETAIL_H_
