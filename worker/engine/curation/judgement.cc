#include "worker/engine/curation/judgement.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

namespace interneg::curation {
namespace {

constexpr std::ptrdiff_t kBlurWindow = 15;  // frames on either side

// The frames of i's shot around i.
std::vector<std::size_t> Surroundings(std::span<const Verdict> verdicts, std::size_t i) {
  std::vector<std::size_t> out;
  const auto at = static_cast<std::ptrdiff_t>(i), end = static_cast<std::ptrdiff_t>(verdicts.size());
  for (std::ptrdiff_t j = std::max<std::ptrdiff_t>(0, at - kBlurWindow); j < std::min(end, at + kBlurWindow + 1); ++j) {
    if (verdicts[static_cast<std::size_t>(j)].shot == verdicts[i].shot) out.push_back(static_cast<std::size_t>(j));
  }
  return out;
}

// How much of what is usual around it is left in frame i; 1 where nothing can be said.
double Left(std::span<const std::size_t> around, std::size_t i, const std::function<double(std::size_t)>& sharpness) {
  std::vector<double> values;
  for (const std::size_t j : around) values.push_back(sharpness(j));
  if (values.size() < 3) return 1.0;
  const auto upper = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) * 3 / 4);
  std::nth_element(values.begin(), upper, values.end());
  return *upper > 0 ? sharpness(i) / *upper : 1.0;
}

enum class Blur { kNone, kMatched, kUnmatched };

Blur BlurOf(std::span<const Candidate> candidates, std::span<const Verdict> verdicts, std::size_t i, double limit) {
  const auto around = Surroundings(verdicts, i);
  const double left = Left(around, i, [&](std::size_t j) { return candidates[j].features.sharpness; });
  if (left >= limit) return Blur::kNone;
  if (!candidates[i].features.reference_sharpness) return Blur::kUnmatched;
  const double reference_left =
      Left(around, i, [&](std::size_t j) { return candidates[j].features.reference_sharpness.value_or(0.0); });
  return std::abs(left - reference_left) <= .1 ? Blur::kMatched : Blur::kUnmatched;
}

std::vector<Reason> ReasonsFor(const Candidate& candidate, const Verdict& verdict, Blur blur,
                               const RejectionLimits& limits) {
  std::vector<Reason> out;
  const auto add = [&](bool holds, Reason reason) {
    if (holds) out.push_back(reason);
  };
  const Neighbourhood& near = verdict.neighbourhood;
  add(candidate.partner == Partner::kNone, Reason::kNoPartner);
  add(candidate.partner == Partner::kMixed, Reason::kMixedPartner);
  add(near.constant, Reason::kConstant);
  add(near.fade && !near.constant, Reason::kFade);
  add(near.dissolve && !near.fade, Reason::kDissolve);
  add(near.flash, Reason::kFlash);
  add(near.splice, Reason::kSplice);
  add(blur == Blur::kUnmatched && !near.constant, Reason::kBlur);
  add(candidate.lettering_share > limits.lettering, Reason::kSubtitle);
  add(candidate.alignment == AlignmentVerdict::kUnusable, Reason::kResidual);
  add(std::find(limits.excluded.begin(), limits.excluded.end(), candidate.frame) != limits.excluded.end(),
      Reason::kAskedFor);
  return out;
}

}  // namespace

bool IsFinal(Reason reason) {
  return reason != Reason::kBlur && reason != Reason::kSubtitle;
}

bool Verdict::barred() const {
  return std::any_of(reasons.begin(), reasons.end(), IsFinal);
}

std::vector<Verdict> Judge(std::span<const Candidate> candidates, const RejectionLimits& limits) {
  std::vector<NumberedFeatures> numbered;
  for (const auto& candidate : candidates) numbered.push_back({candidate.frame, &candidate.features});
  const auto neighbourhoods = RelateNeighbours(numbered);
  std::vector<Verdict> verdicts(candidates.size());
  int shot = -1;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (neighbourhoods[i].begins_shot) ++shot;
    verdicts[i].neighbourhood = neighbourhoods[i];
    verdicts[i].shot = shot;
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Blur blur = BlurOf(candidates, verdicts, i, limits.blur);
    verdicts[i].blur_matched = blur == Blur::kMatched;
    verdicts[i].reasons = ReasonsFor(candidates[i], verdicts[i], blur, limits);
  }
  return verdicts;
}

}  // namespace interneg::curation
