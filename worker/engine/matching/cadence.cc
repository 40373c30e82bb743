#include "worker/engine/matching/cadence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace interneg::matching {
namespace {

constexpr double kLeastAgreement = .92;
constexpr int kPhases = 48;

struct Rate {
  int reference, source;
};
// Reference : source, reduced, commonest first: 25:24, 24 or 20 in 30 or 25, 18 and 16 in 25, 24 and 30, fields. 29.97 is 30 run
// slower by as much as the film was.
constexpr std::array<Rate, 20> kRates{{{25, 24}, {24, 25}, {5, 4}, {4, 5}, {25, 18}, {18, 25}, {25, 16}, {16, 25}, {4, 3}, {3, 4},
                                       {3, 2}, {2, 3}, {6, 5}, {5, 6}, {5, 3}, {3, 5}, {15, 8}, {8, 15}, {2, 1}, {1, 2}}};

std::int64_t Floor(double v) { return static_cast<std::int64_t>(std::floor(v + 1e-9)); }
std::int64_t Ceiling(double v) { return static_cast<std::int64_t>(std::ceil(v - 1e-9)); }

struct Fit {
  Cadence cadence;
  int agreeing = -1;
};

int Agreeing(const Cadence& c, std::span<const PairedNumber> frames, std::int64_t s0, std::int64_t r0) {
  int count = 0;
  for (const auto& f : frames) {
    if (!f.sharp) continue;
    const Predicted p = Predict(c, s0, r0, f.source);
    count += p.first <= f.last && p.last >= f.first ? 1 : 0;
  }
  return count;
}

// The phase is found on a grid one step of which moves no frame of a period by more than one.
Fit FitRate(Rate rate, std::span<const PairedNumber> frames, std::int64_t s0, std::int64_t r0) {
  Fit best;
  const double ratio = static_cast<double>(rate.reference) / rate.source;
  for (std::int64_t base = -2; base <= 2; ++base) {
    for (int k = 0; k < kPhases; ++k) {
      Cadence c{CadenceKind::kPulled, rate.reference, rate.source, base + (k + .5) / kPhases * std::max(1.0, ratio), 0, 0};
      const int agreeing = Agreeing(c, frames, s0, r0);
      if (agreeing > best.agreeing) best = {c, agreeing};
    }
  }
  return best;
}

Fit FitOffset(std::span<const PairedNumber> frames, std::int64_t s0, std::int64_t r0) {
  std::vector<std::int64_t> offsets;
  for (const auto& f : frames) {
    if (f.sharp) offsets.push_back(f.reference - f.source);
  }
  std::nth_element(offsets.begin(), offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2), offsets.end());
  const std::int64_t offset = offsets[offsets.size() / 2];
  Cadence c{CadenceKind::kOneToOne, 1, 1, static_cast<double>(offset - (r0 - s0)), offset, 0.0};
  return {c, Agreeing(c, frames, s0, r0)};
}

}  // namespace

const char* NameOf(CadenceKind kind) {
  switch (kind) {
    case CadenceKind::kOneToOne: return "one-to-one";
    case CadenceKind::kPulled: return "pulled";
    case CadenceKind::kPulldown32: return "3:2";
    case CadenceKind::kIrregular: return "irregular";
    case CadenceKind::kStill: return "still";
  }
  throw std::invalid_argument("NameOf: not a kind of cadence");
}

Predicted Predict(const Cadence& cadence, std::int64_t source_first, std::int64_t reference_first, std::int64_t source) {
  const double rate = static_cast<double>(cadence.reference_rate) / cadence.source_rate;
  const auto s = static_cast<double>(source - source_first);
  if (rate <= 1.0) {
    const std::int64_t r = reference_first + Floor(rate * s + cadence.phase);
    return {r, r};
  }
  return {reference_first + Ceiling(rate * s - cadence.phase), reference_first + Ceiling(rate * (s + 1) - cadence.phase) - 1};
}

Cadence FitCadence(std::span<const PairedNumber> frames, std::int64_t source_first, std::int64_t reference_first) {
  const auto sharp = static_cast<int>(std::count_if(frames.begin(), frames.end(), [](const auto& f) { return f.sharp; }));
  Cadence none;
  if (sharp < 2) {
    none.kind = CadenceKind::kStill;
    return none;
  }
  Fit best = FitOffset(frames, source_first, reference_first);
  constexpr int kLeastForRate = 12;
  if (best.agreeing < sharp && sharp >= kLeastForRate) {
    for (const Rate rate : kRates) {
      const Fit fit = FitRate(rate, frames, source_first, reference_first);
      // One frame more could be chance; the share of a whole period's correction is not.
      if (fit.agreeing > best.agreeing + std::max(1, sharp / 50)) best = fit;
    }
  }
  best.cadence.agreement = static_cast<double>(best.agreeing) / sharp;
  if (best.cadence.agreement < kLeastAgreement) {
    none.agreement = best.cadence.agreement;
    return none;
  }
  if (best.cadence.reference_rate == 5 && best.cadence.source_rate == 4) best.cadence.kind = CadenceKind::kPulldown32;
  return best.cadence;
}

}  // namespace interneg::matching
