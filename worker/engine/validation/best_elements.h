// Which element serves which shot best, in which respect: the map of an inventory.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_BEST_ELEMENTS_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_BEST_ELEMENTS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/validation/element_measures.h"

namespace interneg::validation {

enum class Dimension { kDetail, kColor, kDamage, kCompleteness };
std::string_view NameOf(Dimension dimension);  // "detail", "color", "damage", "completeness"

// One element as it covers one shot. `completeness`: the share of the shot's frames (or of their picture) that it has;
// without any of them it has no measures.
struct ShotElement {
  std::string element;
  double completeness = 0;  // 0..1
  std::optional<ElementMeasures> measures;
};

struct Shot {
  std::string shot;
  std::vector<ShotElement> elements;
};

// The figure that an element is ranked by in a dimension:
//   detail        pixels resolved across the picture: 2 · MTF50 · width, by edges where every element that has the shot
//   has
//                 enough of them, else 2 · spectral limit · width. More is better. Elements that show different
//                 crops of the picture are compared as they are.
//   color         σ of the second direction of colour, in density (MeasureColor). More is better.
//   damage        specks a frame + 20 · scratches a frame: a scratch stands for as much retouching as twenty specks.
//                 Less is better. Not comparable where an element has fewer than three frames.
//   completeness  as given. More is better.
// `clear`: the lead over the second is at least a tenth of the greater figure; else a person should look.
struct Best {
  Dimension dimension = Dimension::kDetail;
  std::string element;
  double figure = 0;
  std::string second;  // empty when there is no other
  double second_figure = 0;
  bool clear = false;
  std::string reason;  // in words, with the figures
};

struct ShotBest {
  std::string shot;
  std::vector<Best> best;               // one a dimension that could be judged
  std::vector<std::string> not_judged;  // a dimension's name and why not
};

// Shots in their order; equal figures go to the element named first. Throws std::invalid_argument for a shot without
// elements, two elements of one name in a shot, a completeness outside [0, 1].
std::vector<ShotBest> BestElements(std::span<const Shot> shots);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_BEST_ELEMENTS_H_
