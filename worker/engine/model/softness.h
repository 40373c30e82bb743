// How soft planes are: what a Gaussian has taken from their detail.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_H_

namespace interneg::model {

// σ of the Gaussian along each axis, in pixels; 0: sharp. A video's chroma is softer along a line than down the picture.
struct Softness {
  double x_px = 0;
  double y_px = 0;

  bool is_sharp() const { return x_px <= 0.0 && y_px <= 0.0; }
  friend bool operator==(const Softness&, const Softness&) = default;
};

// The σ of the Gaussian whose response is −3 dB at this share of the Nyquist frequency, in (0, 1]; 0 for 1:
// exp(−½ (2π f σ)²) = 1/√2 at f = share / 2, so σ = √(ln 2) / (π share).
double SigmaOfBandwidth(double share);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_H_
