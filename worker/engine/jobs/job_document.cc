#include "worker/engine/jobs/job_document.h"

#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/jobs/json_writer.h"

namespace interneg::jobs {

EnumNames<NetworkKind> NamesOf(EnumTag<NetworkKind>) {
  static constexpr std::pair<NetworkKind, const char*> kNames[] = {
      {NetworkKind::kUnspecified, "NETWORK_KIND_UNSPECIFIED"},
      {NetworkKind::kGrid, "NETWORK_KIND_GRID"},
      {NetworkKind::kUnet, "NETWORK_KIND_UNET"},
      {NetworkKind::kClosedForm, "NETWORK_KIND_CLOSED_FORM"},
      {NetworkKind::kNafnet, "NETWORK_KIND_NAFNET"},
      {NetworkKind::kLut, "NETWORK_KIND_LUT"}};
  return kNames;
}

EnumNames<NetworkSize> NamesOf(EnumTag<NetworkSize>) {
  static constexpr std::pair<NetworkSize, const char*> kNames[] = {
      {NetworkSize::kUnspecified, "NETWORK_SIZE_UNSPECIFIED"},
      {NetworkSize::kSmall, "NETWORK_SIZE_SMALL"},
      {NetworkSize::kMedium, "NETWORK_SIZE_MEDIUM"},
      {NetworkSize::kLarge, "NETWORK_SIZE_LARGE"}};
  return kNames;
}

EnumNames<Precision> NamesOf(EnumTag<Precision>) {
  static constexpr std::pair<Precision, const char*> kNames[] = {{Precision::kUnspecified, "PRECISION_UNSPECIFIED"},
                                                                 {Precision::kAuto, "PRECISION_AUTO"},
                                                                 {Precision::kFp32, "PRECISION_FP32"},
                                                                 {Precision::kBf16, "PRECISION_BF16"}};
  return kNames;
}

EnumNames<PatchSampling> NamesOf(EnumTag<PatchSampling>) {
  static constexpr std::pair<PatchSampling, const char*> kNames[] = {
      {PatchSampling::kUnspecified, "PATCH_SAMPLING_UNSPECIFIED"},
      {PatchSampling::kEven, "PATCH_SAMPLING_EVEN"},
      {PatchSampling::kByDifficulty, "PATCH_SAMPLING_BY_DIFFICULTY"}};
  return kNames;
}

EnumNames<FileFormat> NamesOf(EnumTag<FileFormat>) {
  static constexpr std::pair<FileFormat, const char*> kNames[] = {{FileFormat::kUnspecified, "FILE_FORMAT_UNSPECIFIED"},
                                                                  {FileFormat::kExr, "FILE_FORMAT_EXR"},
                                                                  {FileFormat::kTiff, "FILE_FORMAT_TIFF"},
                                                                  {FileFormat::kPng, "FILE_FORMAT_PNG"}};
  return kNames;
}

EnumNames<Compression> NamesOf(EnumTag<Compression>) {
  static constexpr std::pair<Compression, const char*> kNames[] = {
      {Compression::kUnspecified, "COMPRESSION_UNSPECIFIED"},
      {Compression::kNone, "COMPRESSION_NONE"},
      {Compression::kZip, "COMPRESSION_ZIP"},
      {Compression::kZips, "COMPRESSION_ZIPS"},
      {Compression::kPiz, "COMPRESSION_PIZ"},
      {Compression::kDwaa, "COMPRESSION_DWAA"}};
  return kNames;
}

EnumNames<BitDepth> NamesOf(EnumTag<BitDepth>) {
  static constexpr std::pair<BitDepth, const char*> kNames[] = {{BitDepth::kUnspecified, "BIT_DEPTH_UNSPECIFIED"},
                                                                {BitDepth::kUint8, "BIT_DEPTH_UINT8"},
                                                                {BitDepth::kUint16, "BIT_DEPTH_UINT16"},
                                                                {BitDepth::kHalf, "BIT_DEPTH_HALF"},
                                                                {BitDepth::kFloat, "BIT_DEPTH_FLOAT"}};
  return kNames;
}

void Describe(auto& fields, Either<RenderOutput> auto& output) {
  fields.Field("path", output.path);
  fields.Field("colorSpace", output.color_space);
  fields.Field("format", output.format);
  fields.Field("compression", output.compression);
  fields.Field("bitDepth", output.bit_depth);
  fields.Field("replace", output.replace);
  fields.Field("attributes", output.attributes);
}

void Describe(auto& fields, Either<MediaInspection> auto& inspection) {
  fields.Field("frameHashes", inspection.frame_hashes);
  fields.Field("measuredFrames", inspection.measured_frames);
}

void Describe(auto& fields, Either<ConformOffset> auto& offset) {
  fields.Field("frames", offset.frames);
  fields.Field("add", offset.add);
}

void Describe(auto& fields, Either<ComparedElement> auto& element) {
  fields.Field("name", element.name);
  fields.Field("report", element.report);
  fields.Field("medium", element.medium);
  fields.Field("conformOffsets", element.conform_offsets);
  fields.Field("frameMap", element.frame_map);
}

void Describe(auto& fields, Either<ElementComparison> auto& comparison) {
  fields.Field("elements", comparison.elements);
}

void Describe(auto& fields, Either<ProbeJob> auto& probe) {
  fields.Field("media", probe.media);
  fields.Field("decodedFrames", probe.decoded_frames);
  fields.Field("color", probe.color);
  fields.Field("output", probe.output);
  fields.Field("measure", probe.measure);
  fields.Field("inspection", probe.inspection);
  fields.Field("comparison", probe.comparison);
  fields.Field("recovery", probe.recovery);
}

void Describe(auto& fields, Either<Augmentation> auto& augmentation) {
  fields.Field("horizontalFlip", augmentation.horizontal_flip);
  fields.Field("scale", augmentation.scale);
  fields.Field("exposure", augmentation.exposure);
}

void Describe(auto& fields, Either<TrainingSettings> auto& training) {
  fields.Field("steps", training.steps);
  fields.Field("timeLimitSeconds", training.time_limit_seconds);
  fields.Field("batch", training.batch);
  fields.Field("patchPx", training.patch_px);
  fields.Field("learningRate", training.learning_rate);
  fields.Field("seed", training.seed);
  fields.Field("checkpointIntervalSteps", training.checkpoint_interval_steps);
  fields.Field("contactSheetIntervalSteps", training.contact_sheet_interval_steps);
  fields.Field("previewFrame", training.preview_frame);
  fields.Field("precision", training.precision);
  fields.Field("fixed", training.fixed);
  fields.Field("ignoreDivergence", training.ignore_divergence);
  fields.Field("plateauGainDb", training.plateau_gain_db);
  fields.Field("plateauValidations", training.plateau_validations);
  fields.Field("patchSampling", training.patch_sampling);
  fields.Field("multiResolution", training.multi_resolution);
  fields.Field("grainWeight", training.grain_weight);
  fields.Field("augmentation", training.augmentation);
  fields.Field("lumaMatch", training.luma_match);
}

void Describe(auto& fields, Either<Recipe> auto& recipe) {
  fields.Field("description", recipe.description);
  fields.Field("network", recipe.network);
  fields.Field("size", recipe.size);
  fields.Field("training", recipe.training);
}

void Describe(auto& fields, Either<LossTolerance> auto& tolerance) {
  fields.Field("chromaBandwidth", tolerance.chroma_bandwidth);
  fields.Field("shiftPx", tolerance.shift_px);
}

void Describe(auto& fields, Either<TrainJob> auto& train) {
  fields.Field("recovery", train.recovery);
  fields.Field("source", train.source);
  fields.Field("reference", train.reference);
  fields.Field("pairs", train.pairs);
  fields.Field("heldOut", train.held_out);
  fields.Field("color", train.color);
  fields.Field("network", train.network);
  fields.Field("size", train.size);
  fields.Field("training", train.training);
  fields.Field("datasetSha256", train.dataset_sha256);
  fields.Field("alignment", train.alignment);
  fields.Field("tolerance", train.tolerance);
  fields.Field("sourcePreparation", train.source_preparation);
  fields.Field("referencePreparation", train.reference_preparation);
  fields.Field("crop", train.crop);
  fields.Field("partners", train.partners);
  fields.Field("lutSize", train.lut_size);
  fields.Field("recipe", train.recipe);
  fields.Field("initialCheckpointSha256", train.initial_checkpoint_sha256);
  fields.Field("initialTrainJobId", train.initial_train_job_id);
}

void Describe(auto& fields, Either<DetailStrengths> auto& detail) {
  fields.Field("fine", detail.fine);
  fields.Field("middle", detail.middle);
  fields.Field("coarse", detail.coarse);
  fields.Field("grain", detail.grain);
}

void Describe(auto& fields, Either<RenderJob> auto& render) {
  fields.Field("source", render.source);
  fields.Field("checkpointSha256", render.checkpoint_sha256);
  fields.Field("trainJobId", render.train_job_id);
  fields.Field("color", render.color);
  fields.Field("output", render.output);
  fields.Field("chunkFrames", render.chunk_frames);
  fields.Field("precision", render.precision);
  fields.Field("renderCrop", render.render_crop);
  fields.Field("wholeFrame", render.whole_frame);
  fields.Field("detail", render.detail);
  fields.Field("inventedDetail", render.invented_detail);
  fields.Field("temporalSmoothing", render.temporal_smoothing);
}

void Describe(auto& fields, Either<JobSpec> auto& job) {
  fields.Field("schema", job.schema);
  fields.OneOf(job.kind, std::array{"probe", "train", "render", "match", "curate", "align", "baseline"});
}

namespace {

void RequireOne(const std::string& document, const std::string& field, bool first, const char* first_name, bool second,
                const char* second_name) {
  if (!first || !second) return;
  throw DocumentError(document + ", field " + field + "." + second_name + ": only one of '" + first_name + "' and '" +
                      second_name + "' may be given");
}

}  // namespace

JobSpec ParseJobSpec(std::string_view json, const std::string& document) {
  const auto job = ReadDocument<JobSpec>(json, document);
  if (const auto* render = std::get_if<RenderJob>(&job.kind)) {
    RequireOne(document, "render", render->checkpoint_sha256.has_value(), "checkpointSha256",
               render->train_job_id.has_value(), "trainJobId");
  }
  if (const auto* train = std::get_if<TrainJob>(&job.kind)) {
    RequireOne(document, "train", train->initial_checkpoint_sha256.has_value(), "initialCheckpointSha256",
               train->initial_train_job_id.has_value(), "initialTrainJobId");
  }
  for (const auto& [field, input] : StageInputsOf(job)) {
    RequireOne(document, field, input->sha256.has_value(), "sha256", input->job_id.has_value(), "jobId");
  }
  return job;
}

Recipe ParseRecipe(std::string_view json, const std::string& document) {
  return ReadDocument<Recipe>(json, document);
}

std::vector<NamedInput> StageInputsOf(const JobSpec& job) {
  std::vector<NamedInput> inputs;
  const auto add = [&](const std::string& field, const std::optional<StageInput>& input) {
    if (input) inputs.push_back({field, &*input});
  };
  if (const auto* probe = std::get_if<ProbeJob>(&job.kind); probe != nullptr && probe->comparison) {
    const auto& elements = probe->comparison->elements;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string element = "probe.comparison.elements[" + std::to_string(i) + "]";
      add(element + ".report", elements[i].report);
      add(element + ".frameMap", elements[i].frame_map);
    }
  }
  if (const auto* train = std::get_if<TrainJob>(&job.kind)) add("train.alignment", train->alignment);
  if (const auto* match = std::get_if<MatchJob>(&job.kind)) add("match.previous", match->previous);
  if (const auto* curate = std::get_if<CurateJob>(&job.kind)) {
    add("curate.frameMap", curate->frame_map);
    add("curate.alignment", curate->alignment);
  }
  if (const auto* align = std::get_if<AlignJob>(&job.kind)) {
    add("align.pairChoice", align->pair_choice);
    add("align.frameMap", align->frame_map);
    add("align.previous", align->previous);
  }
  if (const auto* baseline = std::get_if<BaselineJob>(&job.kind)) add("baseline.alignment", baseline->alignment);
  return inputs;
}

std::string ToJson(const JobSpec& job) {
  return WriteDocument(job);
}

}  // namespace interneg::jobs
