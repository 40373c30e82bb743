#include "worker/engine/training/lut_training.h"

#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/lut_fit.h"

namespace interneg::training {

model::ColorCube TrainedLut(std::span<const dataset::Pair> pairs, std::span<const dataset::Target> targets,
                            const model::NetworkDescription& network) {
  std::vector<image::Image> truths;
  truths.reserve(pairs.size());
  std::vector<model::LutPair> lut_pairs;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    truths.push_back(image::YCbCrToRgb(targets[i].truth, network.matrix));
    const auto& confidence = pairs[i].confidence;
    lut_pairs.push_back({&pairs[i].source, &truths.back(), confidence ? &*confidence : nullptr});
  }
  model::LutOptions options;
  options.size = network.nodes;
  const bool log = pairs.front().source.color_space() == image::kTrainingLog;
  options.shaper = log ? model::LutShaper::kNone : model::LutShaper::kLog;
  return model::FitLut(lut_pairs, options).cube;
}

}  // namespace interneg::training
