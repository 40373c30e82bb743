#include "server/rpc/preparation_check.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace interneg::rpc {
namespace {

namespace pb = google::protobuf;

constexpr std::array kRanges = {
    PreparationRange{"invert", "contrast", 0.2, 2},
    PreparationRange{"dust_repair", "strength", 0, 1},
    PreparationRange{"dust_repair", "threshold", 0.01, 0.5},
    PreparationRange{"dust_repair", "max_size_px", 1, 256},
    PreparationRange{"scratch_repair", "strength", 0, 1},
    PreparationRange{"scratch_repair", "threshold", 0.002, 0.5},
    PreparationRange{"scratch_repair", "max_width_px", 1, 31},
    PreparationRange{"scratch_repair", "min_length_share", 0.1, 1},
    PreparationRange{"degrain", "strength", 0, 4},
    PreparationRange{"degrain", "radius_frames", 1, 5},
    PreparationRange{"degrain", "search_radius_px", 1, 15},
    PreparationRange{"median", "size_px", 1, 63},
    PreparationRange{"deband", "threshold", 0, 0.05},
    PreparationRange{"deband", "range_px", 1, 256},
    PreparationRange{"luma_match", "strength", 0, 1},
    PreparationRange{"luma_match", "sigma_px", 2, 512},
    PreparationRange{"colour_match", "strength", 0, 1},
    PreparationRange{"colour_match", "sigma_px", 1, 512},
};

using Case = v1::PreparationStep::StepCase;

bool IsMatch(Case step) {
  return step == v1::PreparationStep::kLumaMatch || step == v1::PreparationStep::kColourMatch;
}

bool LooksAtNeighbours(const v1::PreparationStep& step) {
  if (step.has_degrain()) return step.degrain().extent() != v1::DEGRAIN_EXTENT_SPATIAL;
  return step.has_dust_repair() || step.has_scratch_repair() || step.has_deinterlace();
}

// Why the side does not take the step; empty when it does.
std::string Objection(Case step, PreparedSide side) {
  if (side == PreparedSide::kSource && IsMatch(step)) {
    return "a source takes no match: a frame to be rendered has no partner. Match the reference to the source instead";
  }
  if (side != PreparedSide::kSpatialReference) return "";
  switch (step) {
    case v1::PreparationStep::kMedian:
    case v1::PreparationStep::kDegrain:
    case v1::PreparationStep::kDeband:
    case v1::PreparationStep::kDeinterlace:
      return "refused on a spatial reference, whose detail is what the network must learn: only dust and scratch "
             "repair are allowed";
    case v1::PreparationStep::kNeutralBalance:
    case v1::PreparationStep::kFadeCorrection:
      return "refused on a spatial reference: only dust and scratch repair are allowed; luma-match and colour-match "
             "bring its tones to the source's";
    default:
      return "";
  }
}

// Where the step stands wrongly; empty when it does not.
std::string Disorder(const PreparationSteps& steps, int index) {
  const v1::PreparationStep& step = steps[index];
  if (index > 0 && step.has_deinterlace()) {
    return "fields are only whole in the untouched video: move the step to the first place";
  }
  const bool matched = std::any_of(steps.begin(), steps.begin() + index,
                                   [](const v1::PreparationStep& before) { return IsMatch(before.step_case()); });
  if (matched && LooksAtNeighbours(step)) {
    return "looks at neighbouring frames, which have no partner: move it in front of luma-match and colour-match";
  }
  return "";
}

std::optional<double> NumberOf(const pb::Message& step, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflect = *step.GetReflection();
  if (!reflect.HasField(step, &field)) return std::nullopt;
  if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_INT32) return reflect.GetInt32(step, &field);
  return reflect.GetDouble(step, &field);
}

// Which number lies outside its range; empty when none does.
std::string OutOfRange(const pb::Message& step, const std::string& name) {
  for (const PreparationRange& range : kRanges) {
    if (name != range.step) continue;
    const auto number = NumberOf(step, *step.GetDescriptor()->FindFieldByName(range.field));
    if (!number || (*number >= range.least && *number <= range.most)) continue;
    return fmt::format("{} is {}; allowed {} to {}", range.field, *number, range.least, range.most);
  }
  return "";
}

}  // namespace

std::span<const PreparationRange> PreparationRanges() {
  return kRanges;
}

absl::Status CheckPreparation(std::string_view field, const PreparationSteps& steps, PreparedSide side) {
  for (int i = 0; i < steps.size(); ++i) {
    const v1::PreparationStep& step = steps[i];
    const auto* chosen = v1::PreparationStep::descriptor()->FindFieldByNumber(step.step_case());
    if (chosen == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{}[{}]: names no step; name one, for example {{\"median\": {{\"sizePx\": 3}}}}", field, i));
    }
    std::string why = Objection(step.step_case(), side);
    if (why.empty()) why = Disorder(steps, i);
    if (why.empty()) why = OutOfRange(step.GetReflection()->GetMessage(step, chosen), chosen->name());
    if (why.empty()) continue;
    std::string name = chosen->name();
    std::replace(name.begin(), name.end(), '_', '-');
    return absl::InvalidArgumentError(fmt::format("{}: preparation step {} ({}): {}", field, i + 1, name, why));
  }
  return absl::OkStatus();
}

absl::Status CheckPreparations(const std::string& prefix, v1::Recovery recovery, const PreparationSteps& source,
                               const PreparationSteps& reference) {
  if (auto s = CheckPreparation(prefix + "sourcePreparation", source, PreparedSide::kSource); !s.ok()) return s;
  const auto side = recovery == v1::RECOVERY_CHROMA ? PreparedSide::kChromaReference : PreparedSide::kSpatialReference;
  return CheckPreparation(prefix + "referencePreparation", reference, side);
}

}  // namespace interneg::rpc
