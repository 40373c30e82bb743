#include "worker/engine/jobs/preparation_plan.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

template <typename Value, typename Given>
void Take(Value& value, const std::optional<Given>& given) {
  if (given) value = static_cast<Value>(*given);
}

// The enumerators of both sides stand in one order; what is unset stays as it is.
template <typename Value, typename Given>
void TakeEnum(Value& value, Given given) {
  if (given != Given::kUnspecified) value = static_cast<Value>(static_cast<int>(given) - 1);
}

void TakeThree(std::array<double, 3>& value, const std::vector<double>& given, const std::string& field) {
  if (given.empty()) return;
  if (given.size() != 3)
    throw BadInput(field + " has " + std::to_string(given.size()) + " values", "give one for R, G and B");
  std::copy(given.begin(), given.end(), value.begin());
}

preparation::Tone ToTone(const std::optional<document::Tone>& given) {
  preparation::Tone tone;
  if (!given) return tone;
  Take(tone.offset, given->offset);
  Take(tone.gain, given->gain);
  Take(tone.gamma, given->gamma);
  Take(tone.high, given->high);
  return tone;
}

std::vector<preparation::CurvePoint> ToCurve(const std::optional<document::DensityCurve>& given,
                                             const std::string& field) {
  std::vector<preparation::CurvePoint> curve;
  if (!given) return curve;
  if (given->in_density.size() != given->out_density.size()) {
    throw BadInput(field + ": inDensity and outDensity differ in length", "give a point of each");
  }
  for (std::size_t i = 0; i < given->in_density.size(); ++i) {
    curve.push_back({given->in_density[i], given->out_density[i]});
  }
  return curve;
}

preparation::Step ToStep(const document::NeutralBalance& given, [[maybe_unused]] const std::string& field) {
  preparation::NeutralBalance step;
  TakeEnum(step.domain, given.domain);
  step.global = ToTone(given.global);
  step.channel[0] = ToTone(given.red);
  step.channel[1] = ToTone(given.green);
  step.channel[2] = ToTone(given.blue);
  return step;
}

preparation::Step ToStep(const document::FadeCorrection& given, [[maybe_unused]] const std::string& field) {
  preparation::FadeCorrectionCurve step;
  step.channel[0] = ToCurve(given.red, field + ".red");
  step.channel[1] = ToCurve(given.green, field + ".green");
  step.channel[2] = ToCurve(given.blue, field + ".blue");
  return step;
}

preparation::Step ToStep(const document::Invert& given, [[maybe_unused]] const std::string& field) {
  preparation::Invert step;
  TakeThree(step.base_density, given.base_density, field + ".baseDensity");
  TakeThree(step.range_density, given.range_density, field + ".rangeDensity");
  Take(step.contrast, given.contrast);
  return step;
}

preparation::Step ToStep(const document::DustRepair& given, [[maybe_unused]] const std::string& field) {
  preparation::DustRepair step;
  Take(step.strength, given.strength);
  Take(step.threshold, given.threshold);
  Take(step.max_size_px, given.max_size_px);
  return step;
}

preparation::Step ToStep(const document::ScratchRepair& given, [[maybe_unused]] const std::string& field) {
  preparation::ScratchRepair step;
  Take(step.strength, given.strength);
  Take(step.threshold, given.threshold);
  Take(step.max_width_px, given.max_width_px);
  Take(step.min_length_share, given.min_length_share);
  return step;
}

preparation::Step ToStep(const document::Degrain& given, [[maybe_unused]] const std::string& field) {
  preparation::Degrain step;
  Take(step.strength, given.strength);
  TakeEnum(step.extent, given.extent);
  Take(step.radius_frames, given.radius_frames);
  Take(step.search_radius_px, given.search_radius_px);
  return step;
}

preparation::Step ToStep(const document::Median& given, [[maybe_unused]] const std::string& field) {
  preparation::Median step;
  Take(step.size_px, given.size_px);
  return step;
}

preparation::Step ToStep(const document::Deband& given, [[maybe_unused]] const std::string& field) {
  preparation::Deband step;
  Take(step.threshold, given.threshold);
  Take(step.range_px, given.range_px);
  return step;
}

preparation::Step ToStep(const document::Deinterlace& given, [[maybe_unused]] const std::string& field) {
  preparation::Deinterlace step;
  TakeEnum(step.order, given.order);
  TakeEnum(step.method, given.method);
  return step;
}

preparation::Step ToStep(const document::LumaMatch& given, [[maybe_unused]] const std::string& field) {
  preparation::LumaMatch step;
  Take(step.strength, given.strength);
  Take(step.sigma_px, given.sigma_px);
  TakeEnum(step.mode, given.mode);
  return step;
}

preparation::Step ToStep(const document::ColourMatch& given, [[maybe_unused]] const std::string& field) {
  preparation::ColourMatch step;
  Take(step.strength, given.strength);
  TakeEnum(step.fit, given.fit);
  Take(step.sigma_px, given.sigma_px);
  return step;
}

}  // namespace

preparation::Preparation PlanPreparation(const std::vector<document::PreparationStep>& steps, preparation::Role role,
                                         const std::string& field) {
  std::vector<preparation::Step> out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string name = field + "[" + std::to_string(i) + "]";
    std::visit(
        [&](const auto& step) {
          if constexpr (std::is_same_v<std::decay_t<decltype(step)>, std::monostate>) {
            throw BadInput(name + " names no step", "name one, for example {\"median\": {\"sizePx\": 3}}");
          } else {
            out.push_back(ToStep(step, name));
          }
        },
        steps[i].step);
  }
  try {
    return preparation::Preparation(std::move(out), role);
  } catch (const std::invalid_argument& error) {
    throw BadInput(field + ": " + error.what(), "");
  }
}

}  // namespace interneg::jobs
