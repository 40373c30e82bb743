// Maps to chroma as rows of numbers, for processes that share one.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_NUMBERS_H_
#define INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_NUMBERS_H_

#include <vector>

#include "worker/engine/model/first_guess.h"

namespace interneg::model {

void AppendNumbers(const PolynomialMap& map, std::vector<double>& numbers);
void AppendNumbers(const FirstGuess& guess, std::vector<double>& numbers);

// What AppendNumbers wrote from `next` on; `next` moves behind it. `matrix`: of Y, Cb, Cr, which both sides know. The
// numbers are trusted.
PolynomialMap TakePolynomial(std::vector<double>::const_iterator& next);
FirstGuess TakeFirstGuess(std::vector<double>::const_iterator& next, image::YCbCrMatrix matrix);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_NUMBERS_H_
