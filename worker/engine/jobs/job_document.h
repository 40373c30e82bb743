// The job document as plain structs: what one job asks the engine to do. Mirrors proto/interneg/v1/job_spec.proto field
// for field, where the meaning of each is written; a contract test keeps the two the same. An absent message is
// nullopt and means its defaults.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_JOB_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_JOB_DOCUMENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "worker/engine/jobs/preparation_document.h"
#include "worker/engine/jobs/source_document.h"
#include "worker/engine/jobs/stage_documents.h"

namespace interneg::jobs {

// The newest version of the schema that this engine understands.
inline constexpr std::uint32_t kJobSchema = 7;

enum class NetworkKind { kUnspecified, kGrid, kUnet, kClosedForm, kNafnet, kLut };
enum class NetworkSize { kUnspecified, kSmall, kMedium, kLarge };
enum class Precision { kUnspecified, kAuto, kFp32, kBf16 };
enum class PatchSampling { kUnspecified, kEven, kByDifficulty };
enum class FileFormat { kUnspecified, kExr, kTiff, kPng };
enum class Compression { kUnspecified, kNone, kZip, kZips, kPiz, kDwaa };
enum class BitDepth { kUnspecified, kUint8, kUint16, kHalf, kFloat };

struct RenderOutput {
  std::string path;
  std::string color_space;
  FileFormat format = FileFormat::kUnspecified;
  Compression compression = Compression::kUnspecified;
  BitDepth bit_depth = BitDepth::kUnspecified;
  bool replace = false;
  std::map<std::string, std::string> attributes;
  friend bool operator==(const RenderOutput&, const RenderOutput&) = default;
};

struct MediaInspection {
  bool frame_hashes = false;
  std::uint32_t measured_frames = 0;
  friend bool operator==(const MediaInspection&, const MediaInspection&) = default;
};

struct ConformOffset {
  std::string frames;
  std::int32_t add = 0;
  friend bool operator==(const ConformOffset&, const ConformOffset&) = default;
};

struct ComparedElement {
  std::string name;
  std::optional<StageInput> report;
  std::uint32_t medium = 0;
  std::vector<ConformOffset> conform_offsets;
  std::optional<StageInput> frame_map;
  friend bool operator==(const ComparedElement&, const ComparedElement&) = default;
};

struct ElementComparison {
  std::vector<ComparedElement> elements;
  friend bool operator==(const ElementComparison&, const ElementComparison&) = default;
};

struct ProbeJob {
  std::vector<FrameSource> media;
  std::vector<std::int32_t> decoded_frames;
  std::optional<ColorSettings> color;
  std::optional<RenderOutput> output;
  bool measure = false;
  std::optional<MediaInspection> inspection;
  std::optional<ElementComparison> comparison;
  Recovery recovery = Recovery::kUnspecified;
  friend bool operator==(const ProbeJob&, const ProbeJob&) = default;
};

struct Augmentation {
  std::optional<bool> horizontal_flip;
  std::optional<double> scale;
  std::optional<double> exposure;
  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

struct TrainingSettings {
  std::uint32_t steps = 0;
  double time_limit_seconds = 0;
  std::uint32_t batch = 0;
  std::uint32_t patch_px = 0;
  double learning_rate = 0;
  std::uint32_t seed = 0;
  std::uint32_t checkpoint_interval_steps = 0;
  std::uint32_t contact_sheet_interval_steps = 0;
  std::optional<std::int32_t> preview_frame;
  Precision precision = Precision::kUnspecified;
  bool fixed = false;
  bool ignore_divergence = false;
  double plateau_gain_db = 0;
  std::uint32_t plateau_validations = 0;
  PatchSampling patch_sampling = PatchSampling::kUnspecified;
  std::optional<bool> multi_resolution;
  std::optional<double> grain_weight;
  std::optional<Augmentation> augmentation;
  std::optional<bool> luma_match;
  friend bool operator==(const TrainingSettings&, const TrainingSettings&) = default;
};

// A file of recipes/: what a training has where its job says nothing (recipe.h). In proto3 JSON too, but no message of the
// contract: recipes are the engine's.
struct Recipe {
  std::string description;
  NetworkKind network = NetworkKind::kUnspecified;
  NetworkSize size = NetworkSize::kUnspecified;
  std::optional<TrainingSettings> training;
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

struct LossTolerance {
  double chroma_bandwidth = 0;
  std::optional<std::uint32_t> shift_px;
  friend bool operator==(const LossTolerance&, const LossTolerance&) = default;
};

struct TrainJob {
  Recovery recovery = Recovery::kUnspecified;
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::vector<std::int32_t> pairs;
  std::vector<std::int32_t> held_out;
  std::optional<ColorSettings> color;
  NetworkKind network = NetworkKind::kUnspecified;
  NetworkSize size = NetworkSize::kUnspecified;
  std::optional<TrainingSettings> training;
  std::string dataset_sha256;
  std::optional<StageInput> alignment;
  std::optional<LossTolerance> tolerance;
  std::vector<document::PreparationStep> source_preparation;
  std::vector<document::PreparationStep> reference_preparation;
  std::optional<PictureArea> crop;
  std::vector<SetPartner> partners;
  std::uint32_t lut_size = 0;
  std::string recipe;
  // At most one of the two.
  std::optional<std::string> initial_checkpoint_sha256;
  std::optional<std::string> initial_train_job_id;
  friend bool operator==(const TrainJob&, const TrainJob&) = default;
};

struct DetailStrengths {
  std::optional<double> fine;
  std::optional<double> middle;
  std::optional<double> coarse;
  std::optional<double> grain;
  friend bool operator==(const DetailStrengths&, const DetailStrengths&) = default;
};

struct RenderJob {
  std::optional<FrameSource> source;
  // At most one of the two.
  std::optional<std::string> checkpoint_sha256;
  std::optional<std::string> train_job_id;
  std::optional<ColorSettings> color;
  std::optional<RenderOutput> output;
  std::uint32_t chunk_frames = 0;
  Precision precision = Precision::kUnspecified;
  std::optional<PictureArea> render_crop;
  bool whole_frame = false;
  std::optional<DetailStrengths> detail;
  bool invented_detail = false;
  double temporal_smoothing = 0;
  friend bool operator==(const RenderJob&, const RenderJob&) = default;
};

struct JobSpec {
  std::uint32_t schema = 0;
  std::variant<std::monostate, ProbeJob, TrainJob, RenderJob, MatchJob, CurateJob, AlignJob, BaselineJob> kind;
  friend bool operator==(const JobSpec&, const JobSpec&) = default;
};

// The documents of earlier stages that a job names, with their fields ("align.frameMap"). They point into `job`.
struct NamedInput {
  std::string field;
  const StageInput* input = nullptr;
};
std::vector<NamedInput> StageInputsOf(const JobSpec& job);

// Throws DocumentError (json_reader.h). Only the form is checked here; what the fields mean, by the jobs themselves.
// `document` is what messages call it.
JobSpec ParseJobSpec(std::string_view json, const std::string& document = "job document");

// Throws DocumentError.
Recipe ParseRecipe(std::string_view json, const std::string& document);

// Canonical proto3 JSON.
std::string ToJson(const JobSpec& job);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_JOB_DOCUMENT_H_
