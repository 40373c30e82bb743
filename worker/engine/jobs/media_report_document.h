// The report on media and the map of best elements, as plain structs. Mirrors proto/interneg/v1/media_report.proto,
// where the meaning of each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEDIA_REPORT_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEDIA_REPORT_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/jobs/source_document.h"
#include "worker/engine/jobs/stage_documents.h"

namespace interneg::jobs::document {

struct UnreadableFrame {
  std::int32_t frame = 0;
  std::string reason;
  friend bool operator==(const UnreadableFrame&, const UnreadableFrame&) = default;
};

struct PictureFacts {
  std::string format;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::optional<PictureArea> data_window;
  double pixel_aspect = 0;
  std::vector<std::string> channels;
  std::string samples;
  std::int32_t bit_depth = 0;
  std::string compression;
  std::string transfer;
  std::vector<double> primaries;
  std::int32_t rate_numerator = 0;
  std::int32_t rate_denominator = 0;
  std::string timecode;
  std::vector<std::int32_t> keycode;
  std::string reel;
  friend bool operator==(const PictureFacts&, const PictureFacts&) = default;
};

struct MovieFacts {
  std::string container;
  std::string codec;
  std::string pixel_format;
  std::int32_t frame_count = 0;
  std::int32_t stated_frames = 0;
  bool cut_off = false;
  bool variable_rate = false;
  double shortest_interval_seconds = 0;
  double longest_interval_seconds = 0;
  std::string matrix_tag;
  std::string range_tag;
  std::string primaries_tag;
  std::string transfer_tag;
  std::string chroma_location_tag;
  std::string field_order_tag;
  YcbcrMatrix matrix = YcbcrMatrix::kUnspecified;
  SampleRange range = SampleRange::kUnspecified;
  std::string matrix_from;
  std::string range_from;
  friend bool operator==(const MovieFacts&, const MovieFacts&) = default;
};

struct ValueRange {
  double least = 0;
  double most = 0;
  double below_zero_share = 0;
  double above_one_share = 0;
  std::string frames;
  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

struct FieldFacts {
  std::string kind;
  std::string order;
  std::int32_t phase = 0;
  double confidence = 0;
  std::int32_t informative_frames = 0;
  std::string evidence;
  friend bool operator==(const FieldFacts&, const FieldFacts&) = default;
};

struct FrameHash {
  std::int32_t frame = 0;
  std::string sha256;
  friend bool operator==(const FrameHash&, const FrameHash&) = default;
};

struct EdgeResolution {
  double mtf50 = 0;
  double mtf10 = 0;
  double sharpness = 0;
  std::int32_t edges = 0;
  friend bool operator==(const EdgeResolution&, const EdgeResolution&) = default;
};

struct SpectralResolution {
  double limit = 0;
  double slope = 0;
  friend bool operator==(const SpectralResolution&, const SpectralResolution&) = default;
};

struct GrainMeasure {
  double luma = 0;
  double red = 0;
  double green = 0;
  double blue = 0;
  double correlation_px = 0;
  double level = 0;
  std::int32_t blocks = 0;
  friend bool operator==(const GrainMeasure&, const GrainMeasure&) = default;
};

struct DamageMeasure {
  double specks_a_frame = 0;
  double specks_a_megapixel = 0;
  double scratches_a_frame = 0;
  std::optional<double> instability_px;
  std::int32_t frames = 0;
  friend bool operator==(const DamageMeasure&, const DamageMeasure&) = default;
};

struct LevelMeasure {
  double black = 0;
  double white = 0;
  double mean = 0;
  std::vector<double> density_least;
  std::vector<double> density_most;
  std::vector<double> density_mean;
  double cast_red = 0;
  double cast_blue = 0;
  double clipped_low = 0;
  double clipped_high = 0;
  friend bool operator==(const LevelMeasure&, const LevelMeasure&) = default;
};

struct MeasuredShot {
  std::int32_t first = 0;
  std::int32_t last = 0;
  std::string begins;
  std::string ends;
  std::string measured_frames;
  std::string unmeasured;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::optional<EdgeResolution> edges;
  std::optional<SpectralResolution> spectrum;
  std::optional<GrainMeasure> grain;
  std::optional<DamageMeasure> damage;
  std::optional<LevelMeasure> level;
  double color_first = 0;
  double color_second = 0;
  std::string fields;
  friend bool operator==(const MeasuredShot&, const MeasuredShot&) = default;
};

struct MediumReport {
  std::optional<FrameSource> frames;
  std::string color_space;
  bool color_space_assumed = false;
  std::string present;
  std::string missing;
  std::vector<UnreadableFrame> unreadable;
  std::optional<PictureFacts> picture;
  std::optional<MovieFacts> movie;
  std::optional<ValueRange> values;
  std::optional<FieldFacts> fields;
  std::vector<FrameHash> hashes;
  std::vector<std::string> notes;
  std::vector<MeasuredShot> shots;
  std::vector<std::string> recommendations;
  std::string unusable;
  friend bool operator==(const MediumReport&, const MediumReport&) = default;
};

struct MediaDifference {
  std::string severity;
  std::string subject;
  std::string first;
  std::string second;
  std::string text;
  friend bool operator==(const MediaDifference&, const MediaDifference&) = default;
};

struct MediaReport {
  std::uint32_t schema = 0;
  std::vector<MediumReport> media;
  std::vector<MediaDifference> differences;
  std::vector<std::string> faults;
  std::string color_config_sha256;
  friend bool operator==(const MediaReport&, const MediaReport&) = default;
};

struct SectionElement {
  std::string name;
  double completeness = 0;
  std::string measured_frames;
  friend bool operator==(const SectionElement&, const SectionElement&) = default;
};

struct BestElement {
  std::string dimension;
  std::string element;
  double figure = 0;
  std::string second;
  double second_figure = 0;
  bool clear = false;
  std::string reason;
  friend bool operator==(const BestElement&, const BestElement&) = default;
};

struct ElementSection {
  std::int32_t first = 0;
  std::int32_t last = 0;
  std::vector<SectionElement> elements;
  std::vector<BestElement> best;
  std::vector<std::string> not_judged;
  friend bool operator==(const ElementSection&, const ElementSection&) = default;
};

struct ElementMap {
  std::uint32_t schema = 0;
  std::vector<std::string> elements;
  std::vector<ElementSection> sections;
  std::vector<std::string> notes;
  friend bool operator==(const ElementMap&, const ElementMap&) = default;
};

// The newest version of these documents' form.
inline constexpr std::uint32_t kMediaReportSchema = 1;

// Throw DocumentError (json_reader.h). Only the form is checked. `name` is what messages call the document.
MediaReport ParseMediaReport(std::string_view json, const std::string& name);
ElementMap ParseElementMap(std::string_view json, const std::string& name);

// Canonical proto3 JSON.
std::string ToJson(const MediaReport& report);
std::string ToJson(const ElementMap& map);

}  // namespace interneg::jobs::document

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEDIA_REPORT_DOCUMENT_H_
