#include "worker/engine/preparation/step.h"

#include <algorithm>
#include <stdexcept>

namespace interneg::preparation {
namespace {

struct Name {
  std::string_view operator()(const NeutralBalance&) const { return "neutral-balance"; }
  std::string_view operator()(const FadeCorrectionCurve&) const { return "fade-correction"; }
  std::string_view operator()(const Invert&) const { return "invert"; }
  std::string_view operator()(const DustRepair&) const { return "dust-repair"; }
  std::string_view operator()(const ScratchRepair&) const { return "scratch-repair"; }
  std::string_view operator()(const Degrain&) const { return "degrain"; }
  std::string_view operator()(const Median&) const { return "median"; }
  std::string_view operator()(const Deband&) const { return "deband"; }
  std::string_view operator()(const Deinterlace&) const { return "deinterlace"; }
  std::string_view operator()(const LumaMatch&) const { return "luma-match"; }
  std::string_view operator()(const ColourMatch&) const { return "colour-match"; }
};

struct Identity {
  bool operator()(const NeutralBalance& s) const {
    return s.global == Tone{} &&
           std::all_of(s.channel.begin(), s.channel.end(), [](const Tone& t) { return t == Tone{}; });
  }
  bool operator()(const FadeCorrectionCurve& s) const {
    return std::all_of(s.channel.begin(), s.channel.end(), [](const std::vector<CurvePoint>& curve) {
      return std::all_of(curve.begin(), curve.end(), [](CurvePoint p) { return p.in_density == p.out_density; });
    });
  }
  bool operator()(const Invert&) const { return false; }
  bool operator()(const DustRepair& s) const { return s.strength == 0.0; }
  bool operator()(const ScratchRepair& s) const { return s.strength == 0.0; }
  bool operator()(const Degrain& s) const { return s.strength == 0.0; }
  bool operator()(const Median& s) const { return s.size_px == 1; }
  bool operator()(const Deband& s) const { return s.threshold == 0.0; }
  bool operator()(const Deinterlace&) const { return false; }
  bool operator()(const LumaMatch& s) const { return s.strength == 0.0; }
  bool operator()(const ColourMatch& s) const { return s.strength == 0.0; }
};

}  // namespace

std::string_view NameOf(const Step& step) {
  return std::visit(Name{}, step);
}

bool IsIdentity(const Step& step) {
  return std::visit(Identity{}, step);
}

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kSource:
      return "source";
    case Role::kChromaReference:
      return "chroma reference";
    case Role::kSpatialReference:
      return "spatial reference";
  }
  throw std::invalid_argument("NameOf: not a role");
}

Median DefaultMedian(Role role) {
  if (role == Role::kSpatialReference) throw std::invalid_argument("median: a spatial reference takes none");
  return {role == Role::kChromaReference ? 10 : 3};
}

}  // namespace interneg::preparation
