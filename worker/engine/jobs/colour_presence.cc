#include "worker/engine/jobs/colour_presence.h"

#include <span>

#include "worker/engine/validation/element_measures.h"

namespace interneg::jobs {
namespace {

constexpr double kLeastSpread = 0.015;  // σ in density, of display values
// ACEScct gives a stop .057 where the display's gamma gives density .3 of it: read as display values, what differs by
// some share differs by about a third of it.
constexpr double kLeastSpreadOfLog = kLeastSpread / 3;

}  // namespace

bool HasColour(const image::Image& picture, color::TrainingDomain domain) {
  const double least = domain == color::TrainingDomain::kLog ? kLeastSpreadOfLog : kLeastSpread;
  return validation::MeasureColor(std::span(&picture, 1)).first >= least;
}

}  // namespace interneg::jobs
