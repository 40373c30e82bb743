#include "worker/engine/jobs/colour_presence.h"

#include <span>

#include "worker/engine/validation/element_measures.h"

namespace interneg::jobs {
namespace {

constexpr double kLeastSpread = 0.015;  // σ in density, of display values
// A stop is .0571 of ACEScct (S-2016-001). Read as display values, that is a density of .10 to .13 about the middle of the
// scale, where a stop of display values is .30: a third of it and more.
constexpr double kLeastSpreadOfLog = kLeastSpread / 3;

}  // namespace

bool HasColour(const image::Image& picture, color::TrainingDomain domain) {
  const double least = domain == color::TrainingDomain::kLog ? kLeastSpreadOfLog : kLeastSpread;
  return validation::MeasureColor(std::span(&picture, 1)).first >= least;
}

}  // namespace interneg::jobs
