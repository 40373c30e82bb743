// The server refuses what the engine would refuse hours later, by rules of its own, since neither links the other. Here
// both judge the same preparations: every step on every side, every number at its limits and beyond them, and every two
// steps one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "server/rpc/preparation_check.h"
#include "worker/engine/preparation/step.h"

namespace interneg::contract {
namespace {

using preparation::Role;
using preparation::Step;
using rpc::PreparedSide;

constexpr std::pair<PreparedSide, Role> kSides[] = {{PreparedSide::kSource, Role::kSource},
                                                    {PreparedSide::kChromaReference, Role::kChromaReference},
                                                    {PreparedSide::kSpatialReference, Role::kSpatialReference}};

// Each step of the contract with its defaults, beside the engine's; in the order of preparation.proto.
std::vector<Step> EngineSteps() {
  return {preparation::NeutralBalance{}, preparation::FadeCorrectionCurve{},
          preparation::Invert{},         preparation::DustRepair{},
          preparation::ScratchRepair{},  preparation::Degrain{},
          preparation::Median{},         preparation::Deband{},
          preparation::Deinterlace{},    preparation::LumaMatch{},
          preparation::ColourMatch{}};
}

v1::PreparationStep ContractStep(int place) {
  v1::PreparationStep step;
  step.GetReflection()->MutableMessage(&step, v1::PreparationStep::descriptor()->field(place));
  return step;
}

bool ServerTakes(const std::vector<v1::PreparationStep>& steps, PreparedSide side) {
  rpc::PreparationSteps list;
  list.Assign(steps.begin(), steps.end());
  return rpc::CheckPreparation("steps", list, side).ok();
}

bool EngineTakes(const std::vector<Step>& steps, Role role) {
  try {
    preparation::Validate(steps, role);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

TEST(PreparationRules, EveryStepAndEveryOrderIsJudgedAlike) {
  const auto engine = EngineSteps();
  const int count = v1::PreparationStep::descriptor()->field_count();
  ASSERT_EQ(static_cast<int>(engine.size()), count) << "the contract has gained a step";
  for (const auto& [side, role] : kSides) {
    for (int i = 0; i < count; ++i) {
      const std::string name = v1::PreparationStep::descriptor()->field(i)->name();
      EXPECT_EQ(ServerTakes({ContractStep(i)}, side), EngineTakes({engine[i]}, role)) << name << " alone";
      for (int k = 0; k < count; ++k) {
        EXPECT_EQ(ServerTakes({ContractStep(i), ContractStep(k)}, side), EngineTakes({engine[i], engine[k]}, role))
            << name << ", then " << v1::PreparationStep::descriptor()->field(k)->name();
      }
    }
  }
}

// A step of the engine with one number set.
Step WithNumber(const std::string& step, const std::string& field, double value) {
  const int whole = static_cast<int>(value);
  if (step == "invert") return preparation::Invert{{0, 0, 0}, {1.4, 1.4, 1.4}, value};
  if (step == "dust_repair") {
    preparation::DustRepair s;
    if (field == "strength") s.strength = value;
    if (field == "threshold") s.threshold = value;
    if (field == "max_size_px") s.max_size_px = whole;
    return s;
  }
  if (step == "scratch_repair") {
    preparation::ScratchRepair s;
    if (field == "strength") s.strength = value;
    if (field == "threshold") s.threshold = value;
    if (field == "max_width_px") s.max_width_px = whole;
    if (field == "min_length_share") s.min_length_share = value;
    return s;
  }
  if (step == "degrain") {
    preparation::Degrain s;
    if (field == "strength") s.strength = value;
    if (field == "radius_frames") s.radius_frames = whole;
    if (field == "search_radius_px") s.search_radius_px = whole;
    return s;
  }
  if (step == "median") return preparation::Median{whole};
  if (step == "deband") {
    preparation::Deband s;
    if (field == "threshold") s.threshold = value;
    if (field == "range_px") s.range_px = whole;
    return s;
  }
  if (step == "luma_match") {
    preparation::LumaMatch s;
    (field == "strength" ? s.strength : s.sigma_px) = value;
    return s;
  }
  preparation::ColourMatch s;
  (field == "strength" ? s.strength : s.sigma_px) = value;
  return s;
}

v1::PreparationStep ContractWithNumber(const rpc::PreparationRange& range, double value) {
  v1::PreparationStep step;
  const auto* chosen = v1::PreparationStep::descriptor()->FindFieldByName(range.step);
  auto& message = *step.GetReflection()->MutableMessage(&step, chosen);
  const auto* field = message.GetDescriptor()->FindFieldByName(range.field);
  if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
    message.GetReflection()->SetInt32(&message, field, static_cast<int>(value));
  } else {
    message.GetReflection()->SetDouble(&message, field, value);
  }
  return step;
}

TEST(PreparationRules, EveryNumberHasTheSameLimits) {
  for (const auto& range : rpc::PreparationRanges()) {
    const bool whole =
        std::string(range.field).find("_px") != std::string::npos && range.most == std::floor(range.most);
    const double beyond = whole || std::string(range.field) == "radius_frames" ? 1 : 1e-6;
    for (const double value : {range.least - beyond, range.least, range.most, range.most + beyond}) {
      const bool within = value >= range.least && value <= range.most;
      EXPECT_EQ(ServerTakes({ContractWithNumber(range, value)}, PreparedSide::kChromaReference), within)
          << range.step << ' ' << range.field << ' ' << value;
      EXPECT_EQ(EngineTakes({WithNumber(range.step, range.field, value)}, Role::kChromaReference), within)
          << range.step << ' ' << range.field << ' ' << value;
    }
  }
}

// Every single number of the contract that stands in a step itself has its limits here.
TEST(PreparationRules, NoNumberIsForgotten) {
  const auto& steps = *v1::PreparationStep::descriptor();
  for (int i = 0; i < steps.field_count(); ++i) {
    const auto& type = *steps.field(i)->message_type();
    for (int k = 0; k < type.field_count(); ++k) {
      const auto& field = *type.field(k);
      const bool number = !field.is_repeated() && field.message_type() == nullptr && field.enum_type() == nullptr;
      const auto ranges = rpc::PreparationRanges();
      const bool there = std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
        return steps.field(i)->name() == range.step && field.name() == range.field;
      });
      EXPECT_EQ(there, number) << steps.field(i)->name() << ' ' << field.name();
    }
  }
}

}  // namespace
}  // namespace interneg::contract
