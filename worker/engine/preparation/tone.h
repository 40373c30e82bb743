// Balance, fade correction and inversion: functions of each pixel's own value; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_TONE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_TONE_H_

#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// step.h has the formulas; densities by kPrintFloor, Invert's by kNegativeFloor. R, G, B in place; validated settings.
void ApplyBalance(const NeutralBalance& balance, image::Image& picture);
void ApplyCurve(const FadeCorrectionCurve& curve, image::Image& picture);
void ApplyInvert(const Invert& invert, image::Image& picture);

// x through one tone, in display or density (step.h).
double ThroughTone(const Tone& tone, BalanceDomain domain, double x);

// The monotone cubic through points in rising order (step.h). Immutable.
class MonotoneCubic {
 public:
  explicit MonotoneCubic(std::vector<CurvePoint> points);
  double At(double x) const;

 private:
  std::vector<CurvePoint> points_;
  std::vector<double> slopes_;
};

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_TONE_H_
