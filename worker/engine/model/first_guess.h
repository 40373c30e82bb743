// What a network begins at: the map from a pixel's colour and place to chroma that it corrects.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_H_
#define INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_H_

#include <variant>

#include "worker/engine/model/dye_map.h"
#include "worker/engine/model/polynomial_map.h"

namespace interneg::model {

// A polynomial where colour has gone any way, dyes where it has faded as dyes do (docs/decisions/0030).
using FirstGuess = std::variant<PolynomialMap, DyeMap>;

// Of a chroma model. The closed form is what it is compared with and never falls below.
struct ChromaFits {
  PolynomialMap closed_form;
  FirstGuess first_guess;
};

// How much of what a model has learnt its output takes, each in [0, 1]:
//   start + guess · (base − start) + correction · the network's correction,
// where start is the closed form and base the first guess; both are the source's own planes where luma is free.
struct Shares {
  double guess = 1.0;
  double correction = 1.0;
  friend bool operator==(const Shares&, const Shares&) = default;
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_H_
