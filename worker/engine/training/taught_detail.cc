#include "worker/engine/training/taught_detail.h"

#include <cstddef>

namespace interneg::training {

model::DetailSupport TaughtDetail(std::span<const dataset::Pair> pairs, std::span<const dataset::Target> targets) {
  model::DetailSurvey survey;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& confidence = pairs[i].confidence;
    survey.Add(targets[i].input.plane(0), targets[i].truth.plane(0),
               confidence ? confidence->plane(0) : std::span<const float>(), targets[i].input.size());
  }
  return survey.Result();
}

}  // namespace interneg::training
