#include "worker/engine/curation/suggest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <stdexcept>

#include "worker/engine/curation/selection.h"

namespace interneg::curation {
namespace {

using Indices = std::vector<std::size_t>;

void CheckOptions(const SuggestOptions& options) {
  if (options.pairs && *options.pairs < 2) {
    throw std::invalid_argument(std::to_string(*options.pairs) + " training pairs are too few; ask for 2 at least");
  }
  if (!(options.held_out_share >= .15 && options.held_out_share <= .25)) {
    throw std::invalid_argument("the share of pairs withheld is " + std::to_string(options.held_out_share) +
                                "; it has to lie between 0.15 and 0.25");
  }
}

std::string CountedReasons(std::span<const Verdict> verdicts) {
  std::array<int, 11> counts{};
  for (const auto& verdict : verdicts) {
    for (const Reason reason : verdict.reasons) ++counts[static_cast<std::size_t>(reason)];
  }
  std::string out;
  for (std::size_t r = 0; r < counts.size(); ++r) {
    if (counts[r] == 0) continue;
    out += (out.empty() ? "" : ", ") + std::string(NameOf(static_cast<Reason>(r))) + " " + std::to_string(counts[r]);
  }
  return out;
}

Indices UsableOf(std::span<const Verdict> verdicts) {
  std::set<int> shots_with_fit_frames;
  for (const auto& verdict : verdicts) {
    if (verdict.fit()) shots_with_fit_frames.insert(verdict.shot);
  }
  Indices usable;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const bool compromise = !verdicts[i].barred() && !shots_with_fit_frames.contains(verdicts[i].shot);
    if (verdicts[i].fit() || compromise) usable.push_back(i);
  }
  return usable;
}

Indices Without(const Indices& all, const Indices& taken) {
  Indices out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [&](std::size_t i) { return std::find(taken.begin(), taken.end(), i) == taken.end(); });
  return out;
}

// A few hundred frames, evenly taken: a good frame's very neighbour is next to as good.
Indices Thinned(const Indices& all) {
  constexpr std::size_t kEnough = 600;
  if (all.size() <= kEnough) return all;
  Indices out;
  for (std::size_t k = 0; k < kEnough; ++k) out.push_back(all[k * all.size() / kEnough]);
  return out;
}

// Several shots: each is a station. One shot: its first quarter, its middle and its last quarter are.
std::vector<int> StationsOf(std::span<const Verdict> verdicts) {
  std::vector<int> out;
  const bool several = !verdicts.empty() && verdicts.back().shot > 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::size_t quarter = 4 * i / verdicts.size();
    out.push_back(several ? verdicts[i].shot : quarter == 0 ? 0 : quarter == 3 ? 2 : 1);
  }
  return out;
}

// The frames of stations that have no pair yet.
Indices OfLackingStations(const Material& material, const Indices& chosen, const Indices& allowed) {
  std::set<int> stations;
  for (const std::size_t i : chosen) stations.insert(material.station[i]);
  Indices out;
  std::copy_if(allowed.begin(), allowed.end(), std::back_inserter(out),
               [&](std::size_t i) { return !stations.contains(material.station[i]); });
  return out;
}

// Exchanges one chosen frame at a time for the one that adds most in its place. Stations keep their last pair.
void Exchange(const Material& material, const Coverage& coverage, Indices& chosen) {
  constexpr int kPasses = 4;
  const std::size_t count = chosen.size();
  double value = coverage.Value(chosen, count);
  for (int pass = 0; pass < kPasses; ++pass) {
    bool better = false;
    for (std::size_t slot = 0; slot < count; ++slot) {
      Indices others = chosen;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(slot));
      Indices allowed = Thinned(Without(material.usable, chosen));
      const int station = material.station[chosen[slot]];
      if (std::none_of(others.begin(), others.end(), [&](auto i) { return material.station[i] == station; })) {
        std::erase_if(allowed, [&](std::size_t i) { return material.station[i] != station; });
      }
      if (allowed.empty()) continue;
      others.push_back(coverage.BestAddition(others, allowed, count));
      const double exchanged = coverage.Value(others, count);
      // The margin keeps rounding from exchanging equals for ever.
      if (exchanged <= value + 1e-9) continue;
      std::swap(others.back(), others[slot]);
      chosen = others;
      value = exchanged;
      better = true;
    }
    if (!better) return;
  }
}

Indices ChooseTraining(const Material& material, const Coverage& coverage, std::size_t count) {
  Indices chosen;
  while (chosen.size() < count) {
    const Indices allowed = Without(material.usable, chosen);
    const Indices lacking = OfLackingStations(material, chosen, allowed);
    // Stations that are still without a pair take precedence once there are no more pairs left than such stations.
    std::set<int> stations;
    for (const std::size_t i : lacking) stations.insert(material.station[i]);
    const bool precedence = !lacking.empty() && stations.size() >= count - chosen.size();
    chosen.push_back(coverage.BestAddition(chosen, Thinned(precedence ? lacking : allowed), count));
  }
  Exchange(material, coverage, chosen);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

PairCounts CountsOf(Scope scope) {
  switch (scope) {
    case Scope::kShot:
      return {4, 4, 9};
    case Scope::kScene:
      return {12, 16, 24};
    case Scope::kSequence:
      return {24, 33, 64};
  }
  throw std::invalid_argument("unknown scope");
}

LightClass LightClassOf(const Light& light) {
  if (light.mean < .25) return LightClass::kDark;
  return light.mean <= .60 ? LightClass::kMiddle : LightClass::kBright;
}

std::vector<int> Suggestion::Frames(Role role) const {
  std::vector<int> out;
  for (const auto& pair : pairs) {
    if (pair.role == role) out.push_back(pair.frame);
  }
  return out;
}

Material Examine(std::span<const Candidate> candidates, const SuggestOptions& options) {
  CheckOptions(options);
  Material material{candidates, Judge(candidates, options.limits), {}, {}};
  material.station = StationsOf(material.verdicts);
  material.usable = UsableOf(material.verdicts);
  if (material.usable.size() < 3) {
    const std::string reasons = CountedReasons(material.verdicts);
    throw std::invalid_argument("only " + std::to_string(material.usable.size()) + " of " +
                                std::to_string(candidates.size()) + " frames can be used, and 3 are needed" +
                                (reasons.empty() ? "" : "; rejected for: " + reasons) +
                                "; widen the range or change the limits");
  }
  return material;
}

Coverage CoverageOf(const Material& material, const SuggestOptions& options, int training_pairs) {
  std::vector<bool> to_render;
  for (const auto& verdict : material.verdicts) to_render.push_back(!verdict.neighbourhood.constant);
  CoverageWeights weights = options.weights;
  // Shots of a scene or a sequence come as they come; where in it a frame lies says little of what it shows.
  if (options.scope != Scope::kShot) weights.time *= .2;
  return {material.candidates, to_render, weights, training_pairs};
}

int HeldOutCount(int training_pairs, double share) {
  return std::max(1, static_cast<int>(std::lround(share / (1 - share) * training_pairs)));
}

Suggestion Suggest(std::span<const Candidate> candidates, const SuggestOptions& options) {
  const Material material = Examine(candidates, options);
  const int wanted = options.pairs.value_or(CountsOf(options.scope).usual);
  const int held_out = HeldOutCount(wanted, options.held_out_share);
  const int there = static_cast<int>(material.usable.size());
  // Few frames are shared between both roles as many are.
  const int training = wanted + held_out <= there ? wanted : std::max(2, there - HeldOutCount(there * 4 / 5, .2));
  const Coverage coverage = CoverageOf(material, options, training);
  Selection selection;
  selection.training = ChooseTraining(material, coverage, static_cast<std::size_t>(training));
  if (training < wanted) {
    selection.notes.push_back("only " + std::to_string(there) + " frames can be used: " + std::to_string(training) +
                              " training pairs instead of " + std::to_string(wanted));
  }
  ChooseHeldOut(material, coverage, HeldOutCount(training, options.held_out_share), selection);
  return Report(material, coverage, selection, options);
}

}  // namespace interneg::curation
