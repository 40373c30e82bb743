#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/preparation/step.h"

namespace interneg::preparation {
namespace {

std::string Place(std::size_t index, const Step& step) {
  return "preparation step " + std::to_string(index + 1) + " (" + std::string(NameOf(step)) + ")";
}

// Says which field of which step is out of its range.
class Ranges {
 public:
  explicit Ranges(std::string place) : place_(std::move(place)) {}

  // Written so that a NaN is outside every range.
  void Within(const std::string& field, double value, double least, double most) const {
    if (value >= least && value <= most) return;
    std::ostringstream text;
    text << place_ << ": " << field << " is " << value << "; allowed " << least << " to " << most;
    throw std::invalid_argument(text.str());
  }

  [[noreturn]] void Refuse(const std::string& why) const { throw std::invalid_argument(place_ + ": " + why); }

  void operator()(const NeutralBalance& s) const {
    CheckTone("global", s.global, s.domain);
    constexpr const char* kNames[] = {"R", "G", "B"};
    for (int c = 0; c < 3; ++c) CheckTone(kNames[c], s.channel[c], s.domain);
  }
  void operator()(const FadeCorrectionCurve& s) const {
    constexpr const char* kNames[] = {"R", "G", "B"};
    for (int c = 0; c < 3; ++c) {
      if (!s.channel[c].empty()) CheckCurve(kNames[c], s.channel[c]);
    }
  }
  void operator()(const Invert& s) const {
    constexpr const char* kNames[] = {" of R", " of G", " of B"};
    for (int c = 0; c < 3; ++c) {
      Within(std::string("base_density") + kNames[c], s.base_density[c], -1, 3);
      Within(std::string("range_density") + kNames[c], s.range_density[c], 0.1, 3.5);
    }
    Within("contrast", s.contrast, 0.2, 2);
  }
  void operator()(const DustRepair& s) const {
    Within("strength", s.strength, 0, 1);
    Within("threshold", s.threshold, 0.01, 0.5);
    Within("max_size_px", s.max_size_px, 1, 256);
  }
  void operator()(const ScratchRepair& s) const {
    Within("strength", s.strength, 0, 1);
    Within("threshold", s.threshold, 0.002, 0.5);
    Within("max_width_px", s.max_width_px, 1, 31);
    Within("min_length_share", s.min_length_share, 0.1, 1);
  }
  void operator()(const Degrain& s) const {
    Within("strength", s.strength, 0, 4);
    Within("radius_frames", s.radius_frames, 1, 5);
    Within("search_radius_px", s.search_radius_px, 1, 15);
  }
  void operator()(const Median& s) const { Within("size_px", s.size_px, 1, 63); }
  void operator()(const Deband& s) const {
    Within("threshold", s.threshold, 0, 0.05);
    Within("range_px", s.range_px, 1, 256);
  }
  void operator()(const Deinterlace&) const {}
  void operator()(const LumaMatch& s) const {
    Within("strength", s.strength, 0, 1);
    Within("sigma_px", s.sigma_px, 2, 512);
  }
  void operator()(const ColourMatch& s) const {
    Within("strength", s.strength, 0, 1);
    Within("sigma_px", s.sigma_px, 1, 512);
  }

 private:
  void CheckTone(const std::string& of, const Tone& tone, BalanceDomain domain) const {
    const bool density = domain == BalanceDomain::kDensity;
    Within(of + " offset", tone.offset, density ? -2.4 : -1, density ? 2.4 : 1);
    Within(of + " gain", tone.gain, 0.05, 20);
    Within(of + " gamma", tone.gamma, 0.1, 10);
    Within(of + " high", tone.high, density ? -0.7 : -0.3, density ? 0.7 : 0.3);
  }

  void CheckCurve(const std::string& of, const std::vector<CurvePoint>& curve) const {
    Within("number of points of the " + of + " curve", static_cast<double>(curve.size()), 2, 32);
    for (std::size_t i = 0; i < curve.size(); ++i) {
      const std::string point = " of point " + std::to_string(i + 1) + " of the " + of + " curve";
      Within("in_density" + point, curve[i].in_density, -1, 6);
      Within("out_density" + point, curve[i].out_density, -1, 6);
      if (i == 0) continue;
      if (curve[i].in_density - curve[i - 1].in_density < 1e-6)
        Refuse("in_density" + point + " does not rise; order the points");
      if (curve[i].out_density < curve[i - 1].out_density) {
        Refuse("out_density" + point + " falls; a curve that is not monotone would fold tones onto each other");
      }
    }
  }

  std::string place_;
};

template <typename... Kinds>
bool IsOneOf(const Step& step) {
  return (std::holds_alternative<Kinds>(step) || ...);
}

bool LooksAtNeighbours(const Step& step) {
  if (const auto* degrain = std::get_if<Degrain>(&step)) return degrain->extent != DegrainExtent::kSpatial;
  return IsOneOf<DustRepair, ScratchRepair, Deinterlace>(step);
}

// Why the role does not take the step; empty when it does.
std::string Objection(const Step& step, Role role) {
  if (role == Role::kSource && IsOneOf<LumaMatch, ColourMatch>(step)) {
    return "a source takes no match: a frame to be rendered has no partner. Match the reference to the source instead";
  }
  if (role != Role::kSpatialReference) return "";
  if (IsOneOf<Median, Degrain, Deband, Deinterlace>(step)) {
    return "refused on a spatial reference, whose detail is what the network must learn: only dust and scratch repair "
           "are "
           "allowed" +
           std::string(IsOneOf<Deinterlace>(step) ? " (fields of film are put together as it is read, by its pulldown)" : "");
  }
  if (IsOneOf<NeutralBalance, FadeCorrectionCurve>(step)) {
    return "refused on a spatial reference: only dust and scratch repair are allowed; luma-match and colour-match "
           "bring "
           "its tones to the source's";
  }
  return "";
}

void CheckOrder(std::span<const Step> steps) {
  bool matched = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i > 0 && IsOneOf<Deinterlace>(steps[i])) {
      throw std::invalid_argument(Place(i, steps[i]) +
                                  ": fields are only whole in the untouched video: move the step to "
                                  "the first place");
    }
    if (matched && LooksAtNeighbours(steps[i])) {
      throw std::invalid_argument(Place(i, steps[i]) +
                                  ": looks at neighbouring frames, which have no partner: move it in "
                                  "front of luma-match and colour-match");
    }
    matched = matched || IsOneOf<LumaMatch, ColourMatch>(steps[i]);
  }
}

std::string Warning(const Step& step, Role role) {
  const auto* median = std::get_if<Median>(&step);
  if (median == nullptr) return "";
  const std::string size = "size_px is " + std::to_string(median->size_px);
  if (role == Role::kChromaReference && median->size_px > 10) return size + ": above 10 the colour bleeds";
  if (role == Role::kSource && median->size_px > 5) return size + ": a spatial source starts at 3 to 5";
  return "";
}

}  // namespace

std::vector<std::string> Validate(std::span<const Step> steps, Role role) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string place = Place(i, steps[i]);
    std::visit(Ranges(place), steps[i]);
    if (const std::string why = Objection(steps[i], role); !why.empty())
      throw std::invalid_argument(place + ": " + why);
    if (const std::string why = Warning(steps[i], role); !why.empty()) warnings.push_back(place + ": " + why);
  }
  CheckOrder(steps);
  return warnings;
}

}  // namespace interneg::preparation
