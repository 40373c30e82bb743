#include "worker/engine/jobs/colour_presence.h"

#include <span>

#include "worker/engine/validation/element_measures.h"

namespace interneg::jobs {
namespace {

constexpr double kLeastSpread = 0.015;  // σ in density

}  // namespace

bool HasColour(const image::Image& picture) {
  return validation::MeasureColor(std::span(&picture, 1)).first >= kLeastSpread;
}

}  // namespace interneg::jobs
