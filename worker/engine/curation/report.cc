#include <algorithm>
#include <cstddef>
#include <functional>

#include "worker/engine/curation/selection.h"

namespace interneg::curation {
namespace {

constexpr double kFamilyPresent = .005, kTexturePresent = .02;
using ShareOf = std::function<double(const FrameFeatures&)>;

double FamilyShare(const FrameFeatures& features, Family family) {
  return features.families[static_cast<std::size_t>(family)];
}
double TextureShare(const FrameFeatures& features, Texture texture) {
  return features.textures[static_cast<std::size_t>(texture)];
}
double LightShare(const FrameFeatures& features, LightClass light) {
  return LightClassOf(features.light) == light;
}

template <typename Kind>
KindCoverage<Kind> CoverageOfKind(Kind kind, double present, const ShareOf& share, const Material& material,
                                  const Selection& selection) {
  KindCoverage<Kind> out;
  out.kind = kind;
  for (std::size_t i = 0; i < material.candidates.size(); ++i) {
    if (material.verdicts[i].barred()) continue;
    const double here = share(material.candidates[i].features);
    if (here > out.largest_share) out.largest_share = here, out.largest_frame = material.candidates[i].frame;
  }
  if (out.largest_share < present) return out;
  for (const std::size_t i : selection.training) {
    const double here = share(material.candidates[i].features);
    if (here >= std::max(present, out.largest_share / 3)) out.pairs.push_back(material.candidates[i].frame);
  }
  out.presence = out.pairs.empty() ? Presence::kNotCovered : Presence::kCovered;
  return out;
}

void AddKinds(const Material& material, const Selection& selection, Suggestion& out) {
  for (int k = 0; k < kFamilyCount; ++k) {
    const auto kind = static_cast<Family>(k);
    out.families.push_back(CoverageOfKind(
        kind, kFamilyPresent, [kind](const auto& f) { return FamilyShare(f, kind); }, material, selection));
  }
  for (int k = 0; k < kTextureCount; ++k) {
    const auto kind = static_cast<Texture>(k);
    out.textures.push_back(CoverageOfKind(
        kind, kTexturePresent, [kind](const auto& f) { return TextureShare(f, kind); }, material, selection));
  }
  for (int k = 0; k < kLightClassCount; ++k) {
    const auto kind = static_cast<LightClass>(k);
    out.lights.push_back(CoverageOfKind(
        kind, .5, [kind](const auto& f) { return LightShare(f, kind); }, material, selection));
    const auto frames = std::count_if(material.candidates.begin(), material.candidates.end(),
                                      [&](const auto& c) { return LightClassOf(c.features.light) == kind; });
    out.lights.back().largest_share = static_cast<double>(frames) / static_cast<double>(material.candidates.size());
  }
}

std::vector<Compromise> CompromisesOf(const Verdict& verdict, bool near_duplicate) {
  std::vector<Compromise> out;
  for (const Reason reason : verdict.reasons) {
    if (reason == Reason::kBlur) out.push_back(Compromise::kBlurred);
    if (reason == Reason::kSubtitle) out.push_back(Compromise::kSubtitle);
  }
  if (verdict.blur_matched) out.push_back(Compromise::kMatchedBlur);
  if (near_duplicate) out.push_back(Compromise::kNearDuplicate);
  return out;
}

Placement PlacementOf(const Material& material, std::size_t i) {
  const std::size_t quarter = 4 * i / material.candidates.size();
  return quarter == 0 ? Placement::kBegin : quarter == 3 ? Placement::kEnd : Placement::kMiddle;
}

FamilyBasis Weaker(FamilyBasis a, FamilyBasis b) {
  const auto trust = [](FamilyBasis basis) {
    return basis == FamilyBasis::kReference ? 2 : basis == FamilyBasis::kSourceColor ? 1 : 0;
  };
  return trust(b) < trust(a) ? b : a;
}

bool Contains(const std::vector<std::size_t>& indices, std::size_t i) {
  return std::find(indices.begin(), indices.end(), i) != indices.end();
}

SuggestedPair Describe(const Material& material, const Coverage& coverage, const Selection& selection, std::size_t i) {
  const Candidate& candidate = material.candidates[i];
  SuggestedPair out;
  out.frame = candidate.frame;
  out.role = Contains(selection.training, i) ? Role::kTraining : Role::kHeldOut;
  out.shot = material.verdicts[i].shot;
  out.placement = PlacementOf(material, i);
  out.light = LightClassOf(candidate.features.light);
  out.compromises = CompromisesOf(material.verdicts[i], Contains(selection.near_duplicates, i));
  if (out.role == Role::kTraining) {
    auto others = selection.training;
    std::erase(others, i);
    const std::size_t count = selection.training.size();
    out.coverage = coverage.Value(selection.training, count) - coverage.Value(others, count);
  }
  return out;
}

// What each pair covers, by the same rule as the report's tables.
void AddWhatPairsCover(const Material& material, const Selection& selection, Suggestion& out) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < material.candidates.size(); ++i) {
    if (!Contains(selection.training, i) && !Contains(selection.held_out, i)) continue;
    SuggestedPair& pair = out.pairs[at++];
    const FrameFeatures& features = material.candidates[i].features;
    for (const auto& kind : out.families) {
      const double share = FamilyShare(features, kind.kind);
      if (share < std::max(kFamilyPresent, kind.largest_share / 3)) continue;
      pair.families.push_back(kind.kind);
      const bool best = std::all_of(selection.training.begin(), selection.training.end(), [&](std::size_t t) {
        return t == i || FamilyShare(material.candidates[t].features, kind.kind) < share;
      });
      if (best && pair.role == Role::kTraining) pair.best_for.push_back(kind.kind);
    }
    for (const auto& kind : out.textures) {
      if (TextureShare(features, kind.kind) < std::max(kTexturePresent, kind.largest_share / 3)) continue;
      pair.textures.push_back(kind.kind);
    }
  }
}

void AddShots(const Material& material, const Selection& selection, Suggestion& out) {
  for (std::size_t i = 0; i < material.candidates.size(); ++i) {
    const int frame = material.candidates[i].frame;
    if (material.verdicts[i].neighbourhood.begins_shot) out.shots.push_back({frame, frame, 0});
    out.shots.back().last_frame = frame;
    if (Contains(selection.training, i)) ++out.shots.back().training_pairs;
  }
  const auto without =
      std::count_if(out.shots.begin(), out.shots.end(), [](const auto& s) { return s.training_pairs == 0; });
  if (without > 0) {
    out.notes.push_back(std::to_string(without) + " of " + std::to_string(out.shots.size()) +
                        " shots have no training pair");
  }
}

}  // namespace

Suggestion Report(const Material& material, const Coverage& coverage, const Selection& selection,
                  const SuggestOptions& options) {
  Suggestion out;
  out.scope = options.scope;
  out.notes = selection.notes;
  for (std::size_t i = 0; i < material.candidates.size(); ++i) {
    out.family_basis = Weaker(out.family_basis, material.candidates[i].features.family_basis);
    if (Contains(selection.training, i) || Contains(selection.held_out, i)) {
      out.pairs.push_back(Describe(material, coverage, selection, i));
    } else if (!material.verdicts[i].fit()) {
      out.rejected.push_back({material.candidates[i].frame, material.verdicts[i].reasons});
    }
  }
  AddKinds(material, selection, out);
  AddWhatPairsCover(material, selection, out);
  AddShots(material, selection, out);
  return out;
}

}  // namespace interneg::curation
