#include "worker/engine/model/polynomial_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/model/moments.h"

namespace interneg::model {
namespace {

constexpr double kClosedFormRidge = 1e-4;

// Ridges of the first guess, relative to the mean weight of a pixel. What a soft truth asks of fine detail it does not
// show, and leaving out a frame that is as soft cannot tell; so the weaker ridges are for sharp ones.
constexpr std::array kRidges = {1e-7, 1e-6, 1e-5, 1e-4, 1e-3};
constexpr double kLeastRidgeOfSoft = 1e-4;

// How much "every colour may be anywhere, and is mapped there as elsewhere" counts, to the weight of all pixels. Never
// nothing: the pairs cannot tell what becomes of a colour where they do not show it.
constexpr std::array kEvennesses = {1e-3, 1e-2, 1e-1, 1.0};

// Of choices that predict the other frames about as well, that which relies least on the place.
constexpr double kAboutAsWell = 1.15;

// How much a miss in detail counts to one that is smooth over the picture. A network mends the smooth one by more than
// ten times in square, and hardly the other, which comes of a wrong slope of the map.
constexpr double kDetailWeight = 16.0;

// Of the square error of a fit of values in the finest detail. Measured: .40 to .62 without grain, .76 to .79 with 16
// mm grain.
constexpr double kTellingError = 0.7;

// The variance of each spatial monomial over the frame, x and y even in [−1, 1]: 1 | x, y | x², xy, y².
constexpr std::array kPlaceVariance = {0.0, 1.0 / 3.0, 1.0 / 3.0, 4.0 / 45.0, 1.0 / 9.0, 4.0 / 45.0};

// What stands beside the pixels: `ridge` on every term, and `evenness` times the moments of all colours, wherever they
// are, on the terms of one power of the place.
struct HeldBack {
  double ridge = 0;
  double evenness = 0;
  const std::vector<double>* colors = nullptr;  // kColorTerms × kColorTerms; not needed without evenness

  double At(std::size_t i, std::size_t j) const {
    const std::size_t place = i / kColorTerms;
    const double even =
        evenness > 0.0 && place == j / kColorTerms
            ? evenness * kPlaceVariance[place] * (*colors)[i % kColorTerms * kColorTerms + j % kColorTerms]
            : 0.0;
    return even + (i == j ? ridge : 0.0);
  }
};

// Solves (A + held back) w = b for the leading `size` terms by Cholesky. The ridge keeps A positive definite; a
// pivot that rounding has made non-positive means the term is not determined, and its weight stays 0.
std::array<std::vector<double>, 2> Solve(const NormalEquations& system, int size, const HeldBack& held_back) {
  const auto n = static_cast<std::size_t>(size);
  const auto stride = static_cast<std::size_t>(system.size);
  std::vector<double> l(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = system.a[i * stride + j] + held_back.At(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      if (i == j) {
        l[i * n + i] = sum > 0.0 ? std::sqrt(sum) : std::numeric_limits<double>::infinity();
      } else {
        l[i * n + j] = sum / l[j * n + j];
      }
    }
  }
  std::array<std::vector<double>, 2> out;
  for (int k = 0; k < 2; ++k) {
    std::vector<double> w(system.b[k].begin(), system.b[k].begin() + size);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) w[i] -= l[i * n + j] * w[j];
      w[i] /= l[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = i + 1; j < n; ++j) w[i] -= l[j * n + i] * w[j];
      w[i] /= l[i * n + i];
    }
    out[k] = std::move(w);
  }
  return out;
}

// Σ (prediction − target)² of a frame, from its moments: w'Aw − 2 w'b + c.
double SquaredError(const NormalEquations& frame, int size, const std::array<std::vector<double>, 2>& weights) {
  double error = 0;
  for (int k = 0; k < 2; ++k) {
    for (int i = 0; i < size; ++i) {
      double row = 0;
      for (int j = 0; j < size; ++j) row += frame.a[static_cast<std::size_t>(i) * frame.size + j] * weights[k][j];
      error += weights[k][i] * (row - 2.0 * frame.b[k][i]);
    }
    error += frame.c[k];
  }
  return error;
}

std::vector<double> Interleaved(const std::array<std::vector<double>, 2>& weights) {
  std::vector<double> out;
  for (std::size_t i = 0; i < weights[0].size(); ++i) {
    out.push_back(weights[0][i]);
    out.push_back(weights[1][i]);
  }
  return out;
}

NormalEquations Total(const std::vector<NormalEquations>& frames) {
  NormalEquations total = frames.front();
  for (std::size_t i = 1; i < frames.size(); ++i) total.Add(frames[i]);
  return total;
}

struct Choice {
  int degree = 0;
  double ridge = 0;
  double evenness = 0;
  double error = 0;  // of the frames left out
};

HeldBack HeldBackBy(const Choice& choice, double weight, const std::vector<double>& colors) {
  return {choice.ridge * weight, choice.evenness * weight, &colors};
}

// What is fitted to the other frames, judged by `judged` of each frame.
double LeaveOneOutError(const NormalEquations& total, const std::vector<NormalEquations>& frames,
                        const std::vector<NormalEquations>& judged, const std::vector<double>& colors,
                        const Choice& choice) {
  const int size = SpatialTerms(choice.degree) * kColorTerms;
  double error = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    NormalEquations rest = total;
    rest.Subtract(frames[i]);
    error += SquaredError(judged[i], size, Solve(rest, size, HeldBackBy(choice, rest.weight, colors)));
  }
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

// Of the best and those of its degree and ridge that predict the frames about as well, the most even.
Choice Choose(const NormalEquations& total, const std::vector<NormalEquations>& frames,
              const std::vector<double>& colors, double least_ridge) {
  Choice best{0, std::max(kRidges.front(), least_ridge), 0, std::numeric_limits<double>::infinity()};
  if (frames.size() < 2) return best;
  const auto predicting = [&](int degree, double ridge, double evenness) {
    Choice choice{degree, ridge, evenness, 0};
    choice.error = LeaveOneOutError(total, frames, frames, colors, choice);
    return choice;
  };
  for (int degree = 0; degree <= kMaxSpatialDegree; ++degree) {
    for (const double ridge : kRidges) {
      if (ridge < least_ridge) continue;
      const Choice choice = predicting(degree, ridge, kEvennesses.front());
      if (choice.error < best.error) best = choice;
    }
  }
  Choice chosen = best;
  for (const double evenness : kEvennesses) {
    const Choice choice = predicting(best.degree, best.ridge, evenness);
    if (best.degree > 0 && choice.error <= kAboutAsWell * best.error) chosen = choice;
  }
  return chosen;
}

// The mean products of the colour terms over all pixels, trusted or not. kColorTerms × kColorTerms
std::vector<double> ColorMoments(std::span<const FitFrame> frames, PolynomialMap map) {
  map.spatial_degree = 0;
  std::vector<NormalEquations> sums;
  for (const FitFrame& frame : frames) sums.push_back(Accumulate({frame.input, frame.truth, nullptr}, map));
  NormalEquations total = Total(sums);
  for (double& moment : total.a) moment /= total.weight;
  return total.a;
}

// Centres each value on its mean and scales it to about ±1, and remembers the range seen.
PolynomialMap Normalised(std::span<const FitFrame> frames) {
  PolynomialMap map;
  map.spatial_degree = kMaxSpatialDegree;
  for (int v = 0; v < 3; ++v) {
    double sum = 0, squares = 0, count = 0;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const FitFrame& frame : frames) {
      for (const float value : frame.input->plane(v)) {
        sum += value;
        squares += static_cast<double>(value) * value;
        low = std::min<double>(low, value);
        high = std::max<double>(high, value);
      }
      count += static_cast<double>(frame.input->pixel_count());
    }
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(squares / count - mean * mean, 1e-8));
    map.low[v] = low;
    map.high[v] = high;
    map.scale[v] = 0.5 / deviation;
    map.offset[v] = -mean * map.scale[v];
  }
  return map;
}

using Systems = std::vector<NormalEquations>;  // one a frame

Systems DetailOf(std::span<const FitFrame> frames, const PolynomialMap& map, const Softness& softness,
                 DetailBand band) {
  Systems sums;
  for (const FitFrame& frame : frames) sums.push_back(AccumulateDetail(frame, map, softness, band));
  return sums;
}

Systems Emphasised(Systems frames, const Systems& details) {
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i].Emphasise(details[i], kDetailWeight);
  return frames;
}

// The finest detail of a sharp pair says most, unless it is grain. A fit to it then predicts it little better than a
// fit of values.
bool FinestDetailTells(const Systems& frames, const Systems& details, const std::vector<double>& colors) {
  if (frames.size() < 2) return false;
  const auto error = [&](const Systems& fitted) {
    const NormalEquations total = Total(fitted);
    return LeaveOneOutError(total, fitted, details, colors, Choose(total, fitted, colors, 0.0));
  };
  return error(Emphasised(frames, details)) <= kTellingError * error(frames);
}

Systems WithDetail(std::span<const FitFrame> frames, const Systems& pixels, const PolynomialMap& map,
                   const Softness& softness, const std::vector<double>& colors) {
  if (softness.is_sharp()) {
    const Systems all = DetailOf(frames, map, softness, DetailBand::kAll);
    if (FinestDetailTells(pixels, all, colors)) return Emphasised(pixels, all);
  }
  return Emphasised(pixels, DetailOf(frames, map, softness, DetailBand::kWithoutGrain));
}

NormalEquations Sums(const FitFrame& frame, const PolynomialMap& map, const Softness& softness) {
  return softness.is_sharp() ? Accumulate(frame, map) : AccumulateSoftened(frame, map, softness);
}

}  // namespace

void RequireOneSize(std::span<const FitFrame> frames, const char* function) {
  if (frames.empty()) throw std::invalid_argument(std::string(function) + ": at least one frame is needed");
  for (const FitFrame& frame : frames) {
    const auto size = frames.front().input->size();
    if (frame.input->size() != size || frame.truth->size() != size ||
        (frame.confidence != nullptr && frame.confidence->size() != size)) {
      throw std::invalid_argument(std::string(function) + ": frames, truths and confidences must have one size");
    }
  }
}

PolynomialMap FitClosedForm(std::span<const FitFrame> frames, const Softness& softness) {
  RequireOneSize(frames, "FitClosedForm");
  PolynomialMap map;
  Systems sums;
  for (const FitFrame& frame : frames) sums.push_back(Sums(frame, map, softness));
  const NormalEquations all = Total(sums);
  if (!(all.weight > 0)) throw std::invalid_argument("FitClosedForm: the confidence is zero everywhere");
  map.weights = Interleaved(Solve(all, all.size, {kClosedFormRidge}));
  return map;
}

PolynomialFits FitPolynomials(std::span<const FitFrame> frames, const Softness& softness) {
  PolynomialFits fits{FitClosedForm(frames, softness), Normalised(frames)};
  Systems placed;
  for (const FitFrame& frame : frames) placed.push_back(Sums(frame, fits.first_guess, softness));
  const auto colors = ColorMoments(frames, fits.first_guess);
  placed = WithDetail(frames, placed, fits.first_guess, softness, colors);
  const NormalEquations all_placed = Total(placed);
  const Choice choice = Choose(all_placed, placed, colors, softness.is_sharp() ? 0.0 : kLeastRidgeOfSoft);
  fits.first_guess.spatial_degree = choice.degree;
  fits.first_guess.weights = Interleaved(
      Solve(all_placed, SpatialTerms(choice.degree) * kColorTerms, HeldBackBy(choice, all_placed.weight, colors)));
  return fits;
}

}  // namespace interneg::model
