#include "worker/engine/jobs/recover_options.h"

#include <filesystem>
#include <utility>

#include "worker/engine/frames/frame_pattern.h"
#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/near_names.h"
#include "worker/engine/jobs/training_settings.h"

namespace interneg::jobs {
namespace {

template <typename Word>
using Words = std::vector<std::pair<std::string, Word>>;

template <typename Word>
Word Find(const std::string& option, const std::string& text, const Words<Word>& words) {
  if (text.empty()) return Word{};
  std::vector<std::string> known;
  for (const auto& [name, word] : words) {
    if (name == text) return word;
    known.push_back(name);
  }
  throw BadInput(option + ": unknown '" + text + "'", "use one of " + Listed(known));
}

const Words<Recovery> kRecoveries = {{"chroma", Recovery::kChroma},
                                     {"spatial", Recovery::kSpatial},
                                     {"combined", Recovery::kCombined},
                                     {"direct", Recovery::kDirect}};
const Words<TrainingDomain> kDomains = {{"display", TrainingDomain::kDisplay}, {"log", TrainingDomain::kLog}};
const Words<YcbcrMatrix> kMatrices = {
    {"bt709", YcbcrMatrix::kBt709}, {"bt601", YcbcrMatrix::kBt601}, {"bt2020", YcbcrMatrix::kBt2020}};
const Words<NetworkKind> kNetworks = {{"grid", NetworkKind::kGrid},
                                      {"unet", NetworkKind::kUnet},
                                      {"closed-form", NetworkKind::kClosedForm},
                                      {"nafnet", NetworkKind::kNafnet},
                                      {"lut", NetworkKind::kLut}};
const Words<NetworkSize> kSizes = {
    {"small", NetworkSize::kSmall}, {"medium", NetworkSize::kMedium}, {"large", NetworkSize::kLarge}};
const Words<Precision> kPrecisions = {
    {"auto", Precision::kAuto}, {"fp32", Precision::kFp32}, {"bf16", Precision::kBf16}};
const Words<PatchSampling> kPatchSamplings = {{"even", PatchSampling::kEven},
                                              {"by-difficulty", PatchSampling::kByDifficulty}};
const Words<FileFormat> kFormats = {
    {"exr", FileFormat::kExr}, {"tiff", FileFormat::kTiff}, {"tif", FileFormat::kTiff}, {"png", FileFormat::kPng}};
const Words<Compression> kCompressions = {{"none", Compression::kNone},
                                          {"zip", Compression::kZip},
                                          {"zips", Compression::kZips},
                                          {"piz", Compression::kPiz},
                                          {"dwaa", Compression::kDwaa}};
const Words<BitDepth> kBitDepths = {{"uint8", BitDepth::kUint8},   {"8", BitDepth::kUint8},
                                    {"uint16", BitDepth::kUint16}, {"16", BitDepth::kUint16},
                                    {"half", BitDepth::kHalf},     {"float", BitDepth::kFloat}};

const char* ExtensionOf(FileFormat format) {
  if (format == FileFormat::kTiff) return "tif";
  return format == FileFormat::kPng ? "png" : "exr";
}

// A pattern keeps its name and says the format; a folder gets the source's own names, numbered.
void FillPath(const RecoverOptions& options, RenderOutput& output) {
  const auto extension = std::filesystem::path(options.output).extension().string();
  const auto named = extension.size() > 1 ? extension.substr(1) : std::string();
  const bool is_pattern =
      frames::FramePattern::Parse(options.output.back() == '/' ? options.output + "x" : options.output)
          .has_frame_field();
  if (is_pattern) {
    output.path = options.output;
    if (output.format == FileFormat::kUnspecified) output.format = Find("--output", named, kFormats);
    return;
  }
  const auto source = frames::FramePattern::Parse(options.source.path);
  const std::string spelling = std::filesystem::path(source.ToString()).filename().string();
  const std::string stem = spelling.substr(0, spelling.rfind('.'));
  const std::string folder = options.output.back() == '/' ? options.output : options.output + "/";
  const std::string number = source.has_frame_field() ? "" : ".%04d";  // a movie's name has none to take over
  output.path = folder + stem + number + "." + ExtensionOf(output.format);
}

RenderOutput OutputOf(const RecoverOptions& options) {
  if (options.output.empty())
    throw BadInput("--output is not given", "name a folder, or a pattern like out/f.%04d.exr");
  RenderOutput output;
  output.color_space = options.output_space;
  output.format = Find("--format", options.format, kFormats);
  output.compression = Find("--compression", options.compression, kCompressions);
  output.bit_depth = Find("--bit-depth", options.bit_depth, kBitDepths);
  output.replace = options.replace;
  FillPath(options, output);
  for (const auto& text : options.attributes) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) throw BadInput("--attribute: '" + text + "' is no NAME=TEXT", "");
    output.attributes[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return output;
}

FrameSource WithRange(FrameSource source, const std::string& range) {
  if (source.range.empty()) source.range = range;
  return source;
}

}  // namespace

RecoverJobs JobsOf(const RecoverOptions& options) {
  TrainJob train;
  train.recovery = Find("recover", options.recovery, kRecoveries);
  train.source = WithRange(options.source, options.range);
  train.reference = WithRange(options.reference, train.source->range);
  train.pairs = ParseFrames(options.pairs);
  if (!options.held_out.empty()) train.held_out = ParseFrames(options.held_out);
  train.color = options.color;
  train.color->domain = Find("--domain", options.domain, kDomains);
  train.color->matrix = Find("--matrix", options.matrix, kMatrices);
  train.recipe = options.recipe;
  train.network = Find("--network", options.network, kNetworks);
  train.size = Find("--size", options.size, kSizes);
  train.lut_size = options.lut_size;
  train.training = options.training;
  train.training->precision = Find("--precision", options.precision, kPrecisions);
  train.training->patch_sampling = Find("--patch-sampling", options.patch_sampling, kPatchSamplings);
  if (options.augmentation != Augmentation{}) train.training->augmentation = options.augmentation;
  if (options.tolerance != LossTolerance{}) train.tolerance = options.tolerance;
  if (!options.time_limit.empty())
    train.training->time_limit_seconds = ParseSeconds("--time-limit", options.time_limit);
  RecoverJobs jobs;
  jobs.render.source = train.source;
  jobs.render.color = train.color;
  jobs.render.precision = train.training->precision;
  jobs.render.output = OutputOf(options);
  if (options.detail != DetailStrengths{}) jobs.render.detail = options.detail;
  jobs.render.invented_detail = options.invented_detail;
  jobs.render.temporal_smoothing = options.temporal_smoothing;
  jobs.train.schema = kJobSchema;
  jobs.train.kind = std::move(train);
  return jobs;
}

model::NetworkDescription NetworkOf(const NetworkWords& words) {
  TrainJob job;
  job.recovery = Find("--recovery", words.recovery, kRecoveries);
  job.network = Find("--network", words.network, kNetworks);
  job.size = Find("--size", words.size, kSizes);
  job.color = ColorSettings{};
  job.color->matrix = Find("--matrix", words.matrix, kMatrices);
  return PlanNetwork(job, MatrixOf(job.color->matrix));
}

std::string DefaultScratch(const std::string& output) {
  const auto colon = output.find(':');
  if (colon != std::string::npos && colon < output.find('/')) return "interneg-scratch";
  const std::filesystem::path path(output);
  const std::string name = path.filename().string();
  std::string stem = name.substr(0, name.find_first_of("%#$"));
  while (!stem.empty() && (stem.back() == '.' || stem.back() == '_' || stem.back() == '-')) stem.pop_back();
  std::string folder = path.parent_path().string();
  if (!folder.empty() && !stem.empty()) folder += "-";
  return folder + stem + "-recovery";
}

}  // namespace interneg::jobs
