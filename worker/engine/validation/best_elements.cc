#include "worker/engine/validation/best_elements.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <set>
#include <stdexcept>
#include <utility>

namespace interneg::validation {
namespace {

enum class Better { kMore, kLess };

struct Ranking {
  Dimension dimension;
  Better better;
  const char* verb;
  const char* unit;
  double scale;  // from figure to what is shown
  std::function<std::optional<double>(const ShotElement&)> figure;
};

std::string Shown(double figure, const Ranking& ranking) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.3g %s", figure * ranking.scale, ranking.unit);
  return text;
}

bool AllHaveEdges(const Shot& shot) {
  return std::all_of(shot.elements.begin(), shot.elements.end(),
                     [](const auto& e) { return !e.measures || e.measures->edges; });
}

std::optional<double> ResolvedByEdges(const ShotElement& e) {
  if (!e.measures || !e.measures->edges) return std::nullopt;
  return 2 * e.measures->edges->mtf50 * e.measures->size.width_px;
}

std::optional<double> ResolvedBySpectrum(const ShotElement& e) {
  if (!e.measures || !e.measures->spectrum) return std::nullopt;
  return 2 * e.measures->spectrum->limit * e.measures->size.width_px;
}

std::optional<double> SpreadOf(const ShotElement& e) {
  if (!e.measures) return std::nullopt;
  return e.measures->color.second;
}

std::optional<double> RetouchingOf(const ShotElement& e) {
  constexpr double kScratch = 20;
  if (!e.measures || e.measures->damage.frames == 0) return std::nullopt;
  return e.measures->damage.specks_a_frame + kScratch * e.measures->damage.scratches_a_frame;
}

std::vector<Ranking> RankingsFor(const Shot& shot) {
  const bool by_edges = AllHaveEdges(shot);
  return {{Dimension::kDetail, Better::kMore, "resolves", by_edges ? "px across (MTF50)" : "px across (spectrum)", 1,
           by_edges ? ResolvedByEdges : ResolvedBySpectrum},
          {Dimension::kColor, Better::kMore, "keeps a second direction of colour of", "D", 1, SpreadOf},
          {Dimension::kDamage, Better::kLess, "has", "specks a frame (a scratch counts as 20)", 1, RetouchingOf},
          {Dimension::kCompleteness, Better::kMore, "has", "% of the shot", 100,
           [](const ShotElement& e) { return std::optional(e.completeness); }}};
}

struct Figure {
  const ShotElement* element;
  double value;
};

std::optional<Best> Rank(const Shot& shot, const Ranking& ranking) {
  std::vector<Figure> figures;
  for (const auto& element : shot.elements) {
    if (const auto value = ranking.figure(element)) figures.push_back({&element, *value});
  }
  if (figures.empty()) return std::nullopt;
  std::stable_sort(figures.begin(), figures.end(), [&](const Figure& a, const Figure& b) {
    return ranking.better == Better::kMore ? a.value > b.value : a.value < b.value;
  });
  Best best{ranking.dimension, figures[0].element->element, figures[0].value, "", 0, false, ""};
  best.reason = best.element + " " + ranking.verb + " " + Shown(best.figure, ranking);
  if (figures.size() == 1) {
    best.clear = true;
    best.reason += "; no other element can be compared";
    return best;
  }
  best.second = figures[1].element->element;
  best.second_figure = figures[1].value;
  const double greater = std::max(std::abs(best.figure), std::abs(best.second_figure));
  best.clear = std::abs(best.figure - best.second_figure) > 0.1 * greater;
  best.reason += ", " + best.second + " " + Shown(best.second_figure, ranking);
  if (!best.clear) best.reason += ": too near to tell, look at both";
  return best;
}

void RequireSound(const Shot& shot) {
  if (shot.elements.empty()) throw std::invalid_argument("best elements: shot '" + shot.shot + "' has no element");
  std::set<std::string> names;
  for (const auto& element : shot.elements) {
    const std::string name = "best elements: '" + element.element + "' of shot '" + shot.shot + "'";
    if (!names.insert(element.element).second) throw std::invalid_argument(name + " is there twice");
    if (!(element.completeness >= 0 && element.completeness <= 1)) {
      throw std::invalid_argument(name + ": its completeness lies in [0, 1]");
    }
  }
}

}  // namespace

std::string_view NameOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::kDetail:
      return "detail";
    case Dimension::kColor:
      return "color";
    case Dimension::kDamage:
      return "damage";
    case Dimension::kCompleteness:
      return "completeness";
  }
  throw std::invalid_argument("NameOf: not a dimension");
}

std::vector<ShotBest> BestElements(std::span<const Shot> shots) {
  std::vector<ShotBest> map;
  for (const auto& shot : shots) {
    RequireSound(shot);
    ShotBest line{shot.shot, {}, {}};
    for (const auto& ranking : RankingsFor(shot)) {
      if (auto best = Rank(shot, ranking)) {
        line.best.push_back(std::move(*best));
      } else {
        line.not_judged.push_back(std::string(NameOf(ranking.dimension)) + ": no element has frames that show it");
      }
    }
    map.push_back(std::move(line));
  }
  return map;
}

}  // namespace interneg::validation
