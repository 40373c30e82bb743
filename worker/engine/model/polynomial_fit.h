// Fits the closed form and the first guess to pairs, by moments accumulated frame by frame in double.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_FIT_H_
#define INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_FIT_H_

#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/model/polynomial_map.h"
#include "worker/engine/model/softness.h"

namespace interneg::model {

// Planes Y,Cb,Cr of one size; `confidence` may be null or has one plane that weights each pixel.
struct FitFrame {
  const image::Image* input = nullptr;
  const image::Image* truth = nullptr;
  const image::Image* confidence = nullptr;
};

// closed_form: ridge fit (1e-4 on raw monomials) of a degree-4 polynomial of colour alone, over all pixels.
// first_guess: the same with coefficients that vary over the frame as polynomials of the place, fitted so that misses
// in detail (between Gaussians of 1 and 3 px; of sharp truths all that is finer than 3 px, unless it is grain) count 16
// times more: they show the map's slope, and stay. Its degree in the place (0, 1, 2), its ridge and its evenness are
// chosen by how well they predict each frame from the other frames (leave one out; the error follows from the moments,
// with no second pass over pixels): the most even within .6 dB of the best. Evenness λ adds
//   λ · mean over all colours c of the frames, and over all places p of the picture, of (Σ_s≥1 (s(p) − s̄) w_s · c)²
// to the mean squared error, as if every colour had been seen everywhere and mapped alike: a colour where no reference
// shows it is mapped as elsewhere, not as a polynomial runs away. Values outside the range seen are clamped.
struct PolynomialFits {
  PolynomialMap closed_form;
  PolynomialMap first_guess;
};

// Throws std::invalid_argument, beginning with `function`'s name, when there is no frame or sizes differ.
void RequireOneSize(std::span<const FitFrame> frames, const char* function);

// The truths may be softer than the inputs; the maps are sharp nevertheless. Throws std::invalid_argument when there is
// no frame, sizes differ, or all weights are zero.
PolynomialMap FitClosedForm(std::span<const FitFrame> frames, const Softness& softness = {});
PolynomialFits FitPolynomials(std::span<const FitFrame> frames, const Softness& softness = {});

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_FIT_H_
