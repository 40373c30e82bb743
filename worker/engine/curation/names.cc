#include <array>
#include <cstddef>

#include "worker/engine/curation/suggest.h"

namespace interneg::curation {

std::string_view NameOf(Family family) {
  constexpr std::array<std::string_view, kFamilyCount> kNames = {
      "skin",        "foliage",  "sky",         "warm",          "cool",        "neutral",
      "deep shadow", "specular", "red primary", "green primary", "blue primary"};
  return kNames[static_cast<std::size_t>(family)];
}

std::string_view NameOf(Texture texture) {
  constexpr std::array<std::string_view, kTextureCount> kNames = {"flat", "smooth", "edge", "fine", "coarse"};
  return kNames[static_cast<std::size_t>(texture)];
}

std::string_view NameOf(LightClass light) {
  constexpr std::array<std::string_view, kLightClassCount> kNames = {"dark", "middle", "bright"};
  return kNames[static_cast<std::size_t>(light)];
}

std::string_view NameOf(Reason reason) {
  constexpr std::array<std::string_view, 11> kNames = {"no partner", "mixed partner", "constant", "fade",
                                                       "dissolve",   "flash",         "splice",   "blur",
                                                       "subtitle",   "residual",      "asked for"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view NameOf(Role role) {
  return role == Role::kTraining ? "training" : "held-out";
}

std::string_view NameOf(Placement placement) {
  constexpr std::array<std::string_view, 3> kNames = {"begin", "middle", "end"};
  return kNames[static_cast<std::size_t>(placement)];
}

std::string_view NameOf(Compromise compromise) {
  constexpr std::array<std::string_view, 4> kNames = {
      "accepted though blurred", "blurred, as its reference is", "accepted though a subtitle stands in it",
      "accepted though nearly the same as a training pair"};
  return kNames[static_cast<std::size_t>(compromise)];
}

}  // namespace interneg::curation
