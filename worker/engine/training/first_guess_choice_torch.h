// Which map a network begins at.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_FIRST_GUESS_CHOICE_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_FIRST_GUESS_CHOICE_TORCH_H_

#include <string>
#include <vector>

#include "worker/engine/model/first_guess.h"
#include "worker/engine/training/scoring_torch.h"

namespace interneg::training {

struct FirstGuessChoice {
  model::FirstGuess guess;
  std::string remark;  // for who trains: what was chosen, and its figures
};

// Of frames that were not fitted to (mean PSNR of Cb and Cr over `held_out`, Psnr of scoring_torch.h): the map of dyes
// that tells them best where it tells them clearly (2 dB) better than the polynomial, else the polynomial. Without such
// frames the polynomial, which is held back by itself.
FirstGuessChoice ChooseFirstGuess(model::PolynomialMap polynomial, std::vector<model::DyeMap> dyes,
                                  const std::vector<KnownFrame>& held_out);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_FIRST_GUESS_CHOICE_TORCH_H_
