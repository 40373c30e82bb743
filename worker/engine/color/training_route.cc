#include <array>
#include <string>

#include "worker/engine/color/config_contents.h"
#include "worker/engine/color/processor.h"
#include "worker/engine/color/training_transform.h"
#include "worker/engine/color/training_transforms_ocio.h"

namespace interneg::color {
namespace {

// Texture spaces are scene-referred to OCIO although a display shows them as they are, and OCIO v1 has no word for
// either; the curve tells: black at 0, white at 1 and 18 % grey near a display's middle. An output transform fails at
// white (it keeps headroom), a camera log at black, linear light in the middle.
bool HasDisplayCurve(const ColorConfig& config, const std::string& space) {
  std::array<float, 9> greys{0.0F, 0.0F, 0.0F, 0.18F, 0.18F, 0.18F, 1.0F, 1.0F, 1.0F};
  Processor(config, SpaceToAp0(config, space), Direction::kInverse, "colour space '" + space + "'").ApplyPixels(greys);
  for (int c = 0; c < 3; ++c) {
    const bool black = greys[c] > -0.02F && greys[c] < 0.02F;
    const bool middle = greys[3 + c] > 0.33F && greys[3 + c] < 0.6F;
    const bool white = greys[6 + c] > 0.98F && greys[6 + c] < 1.02F;
    if (!black || !middle || !white) return false;
  }
  return true;
}

}  // namespace

std::string_view NameOf(TrainingDomain domain) { return domain == TrainingDomain::kDisplay ? "display" : "log"; }

TrainingDomain ParseTrainingDomain(std::string_view name) {
  for (const auto domain : {TrainingDomain::kDisplay, TrainingDomain::kLog}) {
    if (name == NameOf(domain)) return domain;
  }
  throw ColorError("unknown training domain '" + std::string(name) + "': use display or log");
}

std::string_view NameOf(TrainingRoute route) {
  switch (route) {
    case TrainingRoute::kDisplayDirect: return "display-direct";
    case TrainingRoute::kRec709Odt: return "rec709-odt";
    case TrainingRoute::kLinearClamp: return "linear-clamp";
    case TrainingRoute::kAcesCct: return "acescct";
  }
  throw ColorError("not a training route");
}

TrainingRoute ParseTrainingRoute(std::string_view name) {
  for (const auto route : {TrainingRoute::kDisplayDirect, TrainingRoute::kRec709Odt, TrainingRoute::kLinearClamp,
                           TrainingRoute::kAcesCct}) {
    if (name == NameOf(route)) return route;
  }
  throw ColorError("unknown training route '" + std::string(name) +
                   "': use display-direct, rec709-odt, linear-clamp or acescct");
}

TrainingRoute ChooseRoute(const ColorConfig& config, std::string_view name, TrainingDomain domain,
                          SceneRendering rendering) {
  const std::string space = config.Resolve(name);
  if (domain == TrainingDomain::kLog) return TrainingRoute::kAcesCct;
  if (IsTrainingDisplaySpace(config, space) || IsDisplaySpace(config, space) || HasDisplayCurve(config, space)) {
    return TrainingRoute::kDisplayDirect;
  }
  return rendering == SceneRendering::kRec709Odt ? TrainingRoute::kRec709Odt : TrainingRoute::kLinearClamp;
}

}  // namespace interneg::color
