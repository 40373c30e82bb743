// Preparation steps of a job document as plain structs. Mirrors proto/interneg/v1/preparation.proto. They are in a
// namespace of their own, since the module `preparation` has steps of the same names.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "worker/engine/jobs/json_reader.h"

namespace interneg::jobs::document {

enum class BalanceDomain { kUnspecified, kDensity, kDisplay };
enum class DegrainExtent { kUnspecified, kTemporal, kSpatial, kBoth };
enum class FieldOrder { kUnspecified, kTopFirst, kBottomFirst };
enum class DeinterlaceMethod { kUnspecified, kMotionAdaptive, kEdgeDirected };
enum class LumaMatchMode { kUnspecified, kOffset, kGain };
enum class ColourFit { kUnspecified, kMatrix, kStatistics, kField };

struct Tone {
  std::optional<double> offset;
  std::optional<double> gain;
  std::optional<double> gamma;
  std::optional<double> high;
  friend bool operator==(const Tone&, const Tone&) = default;
};

struct DensityCurve {
  std::vector<double> in_density;
  std::vector<double> out_density;
  friend bool operator==(const DensityCurve&, const DensityCurve&) = default;
};

struct NeutralBalance {
  BalanceDomain domain = BalanceDomain::kUnspecified;
  std::optional<Tone> global;
  std::optional<Tone> red;
  std::optional<Tone> green;
  std::optional<Tone> blue;
  friend bool operator==(const NeutralBalance&, const NeutralBalance&) = default;
};

struct FadeCorrection {
  std::optional<DensityCurve> red;
  std::optional<DensityCurve> green;
  std::optional<DensityCurve> blue;
  friend bool operator==(const FadeCorrection&, const FadeCorrection&) = default;
};

struct Invert {
  std::vector<double> base_density;
  std::vector<double> range_density;
  std::optional<double> contrast;
  friend bool operator==(const Invert&, const Invert&) = default;
};

struct DustRepair {
  std::optional<double> strength;
  std::optional<double> threshold;
  std::optional<std::int32_t> max_size_px;
  friend bool operator==(const DustRepair&, const DustRepair&) = default;
};

struct ScratchRepair {
  std::optional<double> strength;
  std::optional<double> threshold;
  std::optional<std::int32_t> max_width_px;
  std::optional<double> min_length_share;
  friend bool operator==(const ScratchRepair&, const ScratchRepair&) = default;
};

struct Degrain {
  std::optional<double> strength;
  DegrainExtent extent = DegrainExtent::kUnspecified;
  std::optional<std::int32_t> radius_frames;
  std::optional<std::int32_t> search_radius_px;
  friend bool operator==(const Degrain&, const Degrain&) = default;
};

struct Median {
  std::optional<std::int32_t> size_px;
  friend bool operator==(const Median&, const Median&) = default;
};

struct Deband {
  std::optional<double> threshold;
  std::optional<std::int32_t> range_px;
  friend bool operator==(const Deband&, const Deband&) = default;
};

struct Deinterlace {
  FieldOrder order = FieldOrder::kUnspecified;
  DeinterlaceMethod method = DeinterlaceMethod::kUnspecified;
  friend bool operator==(const Deinterlace&, const Deinterlace&) = default;
};

struct LumaMatch {
  std::optional<double> strength;
  std::optional<double> sigma_px;
  LumaMatchMode mode = LumaMatchMode::kUnspecified;
  friend bool operator==(const LumaMatch&, const LumaMatch&) = default;
};

struct ColourMatch {
  std::optional<double> strength;
  ColourFit fit = ColourFit::kUnspecified;
  std::optional<double> sigma_px;
  friend bool operator==(const ColourMatch&, const ColourMatch&) = default;
};

struct PreparationStep {
  std::variant<std::monostate, NeutralBalance, FadeCorrection, Invert, DustRepair, ScratchRepair, Degrain, Median,
               Deband, Deinterlace, LumaMatch, ColourMatch>
      step;
  friend bool operator==(const PreparationStep&, const PreparationStep&) = default;
};

}  // namespace interneg::jobs::document

namespace interneg::jobs {

EnumNames<document::BalanceDomain> NamesOf(EnumTag<document::BalanceDomain>);
EnumNames<document::DegrainExtent> NamesOf(EnumTag<document::DegrainExtent>);
EnumNames<document::FieldOrder> NamesOf(EnumTag<document::FieldOrder>);
EnumNames<document::DeinterlaceMethod> NamesOf(EnumTag<document::DeinterlaceMethod>);
EnumNames<document::LumaMatchMode> NamesOf(EnumTag<document::LumaMatchMode>);
EnumNames<document::ColourFit> NamesOf(EnumTag<document::ColourFit>);

void Describe(auto& fields, Either<document::Tone> auto& tone) {
  fields.Field("offset", tone.offset);
  fields.Field("gain", tone.gain);
  fields.Field("gamma", tone.gamma);
  fields.Field("high", tone.high);
}

void Describe(auto& fields, Either<document::DensityCurve> auto& curve) {
  fields.Field("inDensity", curve.in_density);
  fields.Field("outDensity", curve.out_density);
}

void Describe(auto& fields, Either<document::NeutralBalance> auto& neutral_balance) {
  fields.Field("domain", neutral_balance.domain);
  fields.Field("global", neutral_balance.global);
  fields.Field("red", neutral_balance.red);
  fields.Field("green", neutral_balance.green);
  fields.Field("blue", neutral_balance.blue);
}

void Describe(auto& fields, Either<document::FadeCorrection> auto& fade_correction) {
  fields.Field("red", fade_correction.red);
  fields.Field("green", fade_correction.green);
  fields.Field("blue", fade_correction.blue);
}

void Describe(auto& fields, Either<document::Invert> auto& invert) {
  fields.Field("baseDensity", invert.base_density);
  fields.Field("rangeDensity", invert.range_density);
  fields.Field("contrast", invert.contrast);
}

void Describe(auto& fields, Either<document::DustRepair> auto& dust_repair) {
  fields.Field("strength", dust_repair.strength);
  fields.Field("threshold", dust_repair.threshold);
  fields.Field("maxSizePx", dust_repair.max_size_px);
}

void Describe(auto& fields, Either<document::ScratchRepair> auto& scratch_repair) {
  fields.Field("strength", scratch_repair.strength);
  fields.Field("threshold", scratch_repair.threshold);
  fields.Field("maxWidthPx", scratch_repair.max_width_px);
  fields.Field("minLengthShare", scratch_repair.min_length_share);
}

void Describe(auto& fields, Either<document::Degrain> auto& degrain) {
  fields.Field("strength", degrain.strength);
  fields.Field("extent", degrain.extent);
  fields.Field("radiusFrames", degrain.radius_frames);
  fields.Field("searchRadiusPx", degrain.search_radius_px);
}

void Describe(auto& fields, Either<document::Median> auto& median) {
  fields.Field("sizePx", median.size_px);
}

void Describe(auto& fields, Either<document::Deband> auto& deband) {
  fields.Field("threshold", deband.threshold);
  fields.Field("rangePx", deband.range_px);
}

void Describe(auto& fields, Either<document::Deinterlace> auto& deinterlace) {
  fields.Field("order", deinterlace.order);
  fields.Field("method", deinterlace.method);
}

void Describe(auto& fields, Either<document::LumaMatch> auto& luma_match) {
  fields.Field("strength", luma_match.strength);
  fields.Field("sigmaPx", luma_match.sigma_px);
  fields.Field("mode", luma_match.mode);
}

void Describe(auto& fields, Either<document::ColourMatch> auto& colour_match) {
  fields.Field("strength", colour_match.strength);
  fields.Field("fit", colour_match.fit);
  fields.Field("sigmaPx", colour_match.sigma_px);
}

void Describe(auto& fields, Either<document::PreparationStep> auto& step) {
  fields.OneOf(step.step, std::array{"neutralBalance", "fadeCorrection", "invert", "dustRepair", "scratchRepair",
                                     "degrain", "median", "deband", "deinterlace", "lumaMatch", "colourMatch"});
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_DOCUMENT_H_
