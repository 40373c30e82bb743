// What every job document says of the frames it works on, as plain structs. Mirrors proto/interneg/v1/job_spec.proto,
// where the meaning of each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SOURCE_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SOURCE_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/jobs/preparation_document.h"

namespace interneg::jobs {

enum class Recovery { kUnspecified, kChroma, kSpatial, kCombined, kDirect };
enum class TrainingDomain { kUnspecified, kDisplay, kLog };
enum class YcbcrMatrix { kUnspecified, kBt709, kBt601, kBt2020 };

enum class SampleRange { kUnspecified, kLimited, kFull };

struct MovieReading {
  YcbcrMatrix matrix = YcbcrMatrix::kUnspecified;
  SampleRange range = SampleRange::kUnspecified;
  friend bool operator==(const MovieReading&, const MovieReading&) = default;
};

enum class PulldownCadence { kUnspecified, kThreeTwo, kTwoTwo };

struct Pulldown {
  PulldownCadence cadence = PulldownCadence::kUnspecified;
  std::uint32_t phase = 0;
  document::FieldOrder order = document::FieldOrder::kUnspecified;
  std::optional<std::int32_t> first_frame = std::nullopt;
  friend bool operator==(const Pulldown&, const Pulldown&) = default;
};

struct FrameSource {
  std::string path;
  std::string range;
  std::string color_space;
  std::optional<MovieReading> movie = std::nullopt;
  std::optional<Pulldown> pulldown = std::nullopt;
  friend bool operator==(const FrameSource&, const FrameSource&) = default;
};

struct ColorSettings {
  std::string config;
  TrainingDomain domain = TrainingDomain::kUnspecified;
  std::string working_space;
  YcbcrMatrix matrix = YcbcrMatrix::kUnspecified;
  bool allow_linear_clamp = false;
  std::string config_sha256;
  friend bool operator==(const ColorSettings&, const ColorSettings&) = default;
};

// At most one of the two.
struct StageInput {
  std::optional<std::string> sha256;
  std::optional<std::string> job_id;
  friend bool operator==(const StageInput&, const StageInput&) = default;
};

EnumNames<Recovery> NamesOf(EnumTag<Recovery>);
EnumNames<TrainingDomain> NamesOf(EnumTag<TrainingDomain>);
EnumNames<YcbcrMatrix> NamesOf(EnumTag<YcbcrMatrix>);
EnumNames<SampleRange> NamesOf(EnumTag<SampleRange>);
EnumNames<PulldownCadence> NamesOf(EnumTag<PulldownCadence>);

void Describe(auto& fields, Either<MovieReading> auto& reading) {
  fields.Field("matrix", reading.matrix);
  fields.Field("range", reading.range);
}

void Describe(auto& fields, Either<Pulldown> auto& pulldown) {
  fields.Field("cadence", pulldown.cadence);
  fields.Field("phase", pulldown.phase);
  fields.Field("order", pulldown.order);
  fields.Field("firstFrame", pulldown.first_frame);
}

void Describe(auto& fields, Either<FrameSource> auto& source) {
  fields.Field("path", source.path);
  fields.Field("range", source.range);
  fields.Field("colorSpace", source.color_space);
  fields.Field("movie", source.movie);
  fields.Field("pulldown", source.pulldown);
}

void Describe(auto& fields, Either<ColorSettings> auto& color) {
  fields.Field("config", color.config);
  fields.Field("domain", color.domain);
  fields.Field("workingSpace", color.working_space);
  fields.Field("matrix", color.matrix);
  fields.Field("allowLinearClamp", color.allow_linear_clamp);
  fields.Field("configSha256", color.config_sha256);
}

void Describe(auto& fields, Either<StageInput> auto& input) {
  fields.Field("sha256", input.sha256);
  fields.Field("jobId", input.job_id);
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SOURCE_DOCUMENT_H_
