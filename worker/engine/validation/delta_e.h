// How different two colours look.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_DELTA_E_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_DELTA_E_H_

namespace interneg::validation {

// CIE 1976 L*, a*, b*.
struct Lab {
  double l = 0;
  double a = 0;
  double b = 0;
};

// CIEDE2000 with kL = kC = kH = 1, as in Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula" (Color Res. Appl.
// 30, 2005), equations 1 to 22. Symmetric; ≥ 0.
double DeltaE2000(const Lab& first, const Lab& second);

// R'G'B' of a Rec.709 display with gamma 2.4 (BT.1886 with a black of zero) → Lab under its white, D65. Values are
// limited to [0, 1], which is what the display shows.
Lab LabOfDisplay(double red, double green, double blue);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_DELTA_E_H_
