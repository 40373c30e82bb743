#include <iomanip>
#include <sstream>
#include <utility>

#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/training/first_guess_choice_torch.h"

namespace interneg::training {
namespace {

double MeanPsnr(const model::FirstGuess& guess, const std::vector<KnownFrame>& frames) {
  double sum = 0;
  for (const KnownFrame& frame : frames) {
    const image::Size size{static_cast<int>(frame.ycbcr.size(3)), static_cast<int>(frame.ycbcr.size(2))};
    sum += Psnr(model::ApplyFirstGuess(guess, frame.ycbcr, {0, 0, size, size}), frame);
  }
  return sum / static_cast<double>(frames.size());
}

}  // namespace

FirstGuessChoice ChooseFirstGuess(model::PolynomialMap polynomial, std::vector<model::DyeMap> dyes,
                                  const std::vector<KnownFrame>& held_out) {
  FirstGuessChoice choice{std::move(polynomial), {}};
  if (held_out.empty() || dyes.empty()) return choice;
  const double plain_db = MeanPsnr(choice.guess, held_out);
  double best_db = plain_db, dyes_db = 0;
  for (model::DyeMap& map : dyes) {
    model::FirstGuess guess = std::move(map);
    const double db = MeanPsnr(guess, held_out);
    dyes_db = std::max(dyes_db, db);
    if (!(db > best_db)) continue;
    best_db = db;
    choice.guess = std::move(guess);
  }
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << "the first guess is "
       << (best_db > plain_db ? "how the dyes have faded" : "a polynomial of colour and place") << ": held-out frames lie "
       << plain_db << " dB from the polynomial, " << dyes_db << " dB from the dyes";
  choice.remark = text.str();
  return choice;
}

}  // namespace interneg::training
