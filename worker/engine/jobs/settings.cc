#include "worker/engine/jobs/settings.h"

#include <cmath>
#include <stdexcept>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/recipe.h"

namespace interneg::jobs {
namespace {

void RequireHash(const color::ColorConfig& config, const std::string& sha256, const std::string& field) {
  if (sha256.empty() || sha256 == config.hash()) return;
  throw BadInput(field + ".configSha256: the OCIO configuration " + config.description() + " has the SHA-256 " +
                     config.hash() + ", the job was made for " + sha256,
                 "it, or a file that it refers to, has changed since: bring the old one back, or name the new hash");
}

model::NetworkKind KindOf(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::kGrid:
      return model::NetworkKind::kGrid;
    case NetworkKind::kUnet:
      return model::NetworkKind::kUNet;
    case NetworkKind::kClosedForm:
      return model::NetworkKind::kClosedForm;
    case NetworkKind::kNafnet:
      return model::NetworkKind::kNafnet;
    case NetworkKind::kLut:
      return model::NetworkKind::kLut;
    case NetworkKind::kUnspecified:
      break;
  }
  throw std::logic_error("KindOf: a recipe names a network");
}

model::NetworkSize SizeOf(NetworkSize size) {
  switch (size) {
    case NetworkSize::kSmall:
      return model::NetworkSize::kSmall;
    case NetworkSize::kLarge:
      return model::NetworkSize::kLarge;
    default:
      return model::NetworkSize::kMedium;
  }
}

frames::OutputFormat FormatOf(FileFormat format) {
  switch (format) {
    case FileFormat::kTiff:
      return frames::OutputFormat::kTiff;
    case FileFormat::kPng:
      return frames::OutputFormat::kPng;
    default:
      return frames::OutputFormat::kExr;
  }
}

frames::Compression CompressionOf(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return frames::Compression::kNone;
    case Compression::kZip:
      return frames::Compression::kZip;
    case Compression::kZips:
      return frames::Compression::kZips;
    case Compression::kPiz:
      return frames::Compression::kPiz;
    case Compression::kDwaa:
      return frames::Compression::kDwaa;
    case Compression::kUnspecified:
      break;
  }
  return frames::Compression::kDefault;
}

// By the frames module's own words, whose refusal lists what the format can hold.
frames::SampleEncoding EncodingOf(BitDepth depth, frames::OutputFormat format) {
  const bool exr = format == frames::OutputFormat::kExr;
  switch (depth) {
    case BitDepth::kUint8:
      return frames::ParseBitDepth(format, exr ? "uint8" : "8");
    case BitDepth::kUint16:
      return frames::ParseBitDepth(format, exr ? "uint16" : "16");
    case BitDepth::kHalf:
      return frames::ParseBitDepth(format, "half");
    case BitDepth::kFloat:
      return frames::ParseBitDepth(format, "float");
    case BitDepth::kUnspecified:
      break;
  }
  return frames::DefaultEncoding(format);
}

void RequireAgreement(const RenderOutput& output, frames::OutputFormat format, frames::Compression compression) {
  const bool exr = format == frames::OutputFormat::kExr;
  const bool only_exr = compression == frames::Compression::kZips || compression == frames::Compression::kPiz ||
                        compression == frames::Compression::kDwaa;
  if (only_exr && !exr) {
    throw BadInput("render.output.compression: " + std::string(frames::NameOf(compression)) + " is EXR's",
                   "leave it out, or choose EXR");
  }
  const auto extension = frames::FramePattern::Parse(output.path).Extension();
  const bool agrees = exr                                    ? extension == "exr"
                      : format == frames::OutputFormat::kPng ? extension == "png"
                                                             : extension == "tif" || extension == "tiff";
  if (!agrees) {
    throw BadInput(
        "render.output.path '" + output.path + "' is no name for " + std::string(frames::NameOf(format)) + " files",
        "end it in the format's extension, or choose another format");
  }
}

void RequireSane(const TrainingSettings& settings) {
  const auto check = [](double value, const char* field) {
    if (!std::isfinite(value) || value < 0) {
      throw BadInput(std::string("train.training.") + field + " is not a positive number", "give one, or leave it out");
    }
  };
  check(settings.time_limit_seconds, "timeLimitSeconds");
  check(settings.learning_rate, "learningRate");
  check(settings.plateau_gain_db, "plateauGainDb");
}

training::EarlyEndRules PlanEarlyEnd(const TrainingSettings& settings) {
  constexpr std::uint32_t kMostValidations = 1000000;
  const std::uint32_t validations = settings.plateau_validations;
  if (validations != 0 && settings.plateau_gain_db == 0) {
    throw BadInput("train.training.plateauValidations says nothing without plateauGainDb",
                   "give both, or leave it out");
  }
  if (validations > kMostValidations) {
    throw BadInput("train.training.plateauValidations: " + std::to_string(validations) + " validations",
                   "give " + std::to_string(kMostValidations) + " at most");
  }
  training::EarlyEndRules rules;
  rules.on_divergence = !settings.ignore_divergence;
  rules.plateau_gain_db = settings.plateau_gain_db;
  if (validations != 0) rules.plateau_validations = static_cast<int>(validations);
  return rules;
}

}  // namespace

image::YCbCrMatrix MatrixOf(YcbcrMatrix matrix) {
  switch (matrix) {
    case YcbcrMatrix::kBt601:
      return image::YCbCrMatrix::kBt601;
    case YcbcrMatrix::kBt2020:
      return image::YCbCrMatrix::kBt2020;
    default:
      return image::YCbCrMatrix::kBt709;
  }
}

ColorPlan PlanColor(const std::optional<ColorSettings>& settings, const std::string& field,
                    const std::string& current_folder) try {
  const auto wanted = WithDefaults(settings);
  const bool relative = !wanted.config.empty() && wanted.config != "builtin" && wanted.config.front() != '/';
  ColorPlan plan{color::ColorConfig::FromOption(relative ? current_folder + "/" + wanted.config : wanted.config)};
  if (settings) RequireHash(plan.config, settings->config_sha256, field);
  plan.domain = wanted.domain == TrainingDomain::kLog ? color::TrainingDomain::kLog : color::TrainingDomain::kDisplay;
  plan.matrix = MatrixOf(wanted.matrix);
  if (wanted.allow_linear_clamp) plan.rendering = color::SceneRendering::kLinearClamp;
  if (!wanted.working_space.empty()) plan.config.Resolve(wanted.working_space);
  return plan;
} catch (const color::ColorError& error) {
  throw BadInput(field + ": " + error.what(), "");
}

ColorSettings WithDefaults(const std::optional<ColorSettings>& settings) {
  auto filled = settings.value_or(ColorSettings{});
  if (filled.config == "builtin") filled.config.clear();
  filled.config_sha256.clear();
  if (filled.domain == TrainingDomain::kUnspecified) filled.domain = TrainingDomain::kDisplay;
  if (filled.matrix == YcbcrMatrix::kUnspecified) filled.matrix = YcbcrMatrix::kBt709;
  return filled;
}

frames::MovieOverrides OverridesOf(const std::optional<MovieReading>& reading) {
  frames::MovieOverrides overrides;
  if (!reading) return overrides;
  if (reading->matrix != YcbcrMatrix::kUnspecified) overrides.matrix = MatrixOf(reading->matrix);
  if (reading->range == SampleRange::kFull) overrides.range = frames::SampleRange::kFull;
  if (reading->range == SampleRange::kLimited) overrides.range = frames::SampleRange::kLimited;
  return overrides;
}

std::optional<frames::Pulldown> PulldownOf(const std::optional<Pulldown>& pulldown, const std::string& field) {
  if (!pulldown) return std::nullopt;
  if (pulldown->cadence == PulldownCadence::kUnspecified) {
    throw BadInput(field + ".cadence is not given", "use PULLDOWN_CADENCE_THREE_TWO or PULLDOWN_CADENCE_TWO_TWO");
  }
  const bool three_two = pulldown->cadence == PulldownCadence::kThreeTwo;
  frames::Pulldown out;
  out.cadence = three_two ? frames::Cadence::kThreeTwo : frames::Cadence::kTwoTwo;
  if (pulldown->phase > (three_two ? 4U : 1U)) {
    throw BadInput(field + ".phase: " + std::to_string(pulldown->phase) + " is no place of " +
                       std::string(frames::NameOf(out.cadence)),
                   three_two ? "give 0 to 4" : "give 0 or 1");
  }
  out.phase = static_cast<int>(pulldown->phase);
  if (pulldown->order == document::FieldOrder::kBottomFirst) out.order = frames::FieldOrder::kBottomFirst;
  if (pulldown->first_frame) out.first_frame = *pulldown->first_frame;
  return out;
}

dataset::Recovery RecoveryOf(Recovery recovery) {
  switch (recovery) {
    case Recovery::kChroma:
      return dataset::Recovery::kChroma;
    case Recovery::kSpatial:
      return dataset::Recovery::kSpatial;
    case Recovery::kCombined:
      return dataset::Recovery::kCombined;
    case Recovery::kDirect:
      return dataset::Recovery::kDirect;
    case Recovery::kUnspecified:
      break;
  }
  throw BadInput("train.recovery is not given",
                 "use RECOVERY_CHROMA, RECOVERY_SPATIAL, RECOVERY_COMBINED or RECOVERY_DIRECT");
}

model::Precision PrecisionOf(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return model::Precision::kFloat32;
    case Precision::kBf16:
      return model::Precision::kBfloat16;
    default:
      return model::Precision::kAuto;
  }
}

model::FreePlanes FreePlanesOf(dataset::Recovery recovery) {
  switch (recovery) {
    case dataset::Recovery::kChroma:
      return model::FreePlanes::kChroma;
    case dataset::Recovery::kSpatial:
      return model::FreePlanes::kLuma;
    default:
      return model::FreePlanes::kAll;
  }
}

validation::HeldPlanes HeldPlanesOf(model::FreePlanes free) {
  switch (free) {
    case model::FreePlanes::kChroma:
      return validation::HeldPlanes::kLuma;
    case model::FreePlanes::kLuma:
      return validation::HeldPlanes::kChroma;
    default:
      return validation::HeldPlanes::kNothing;
  }
}

model::NetworkDescription PlanNetwork(const TrainJob& job, image::YCbCrMatrix matrix) {
  const auto free = FreePlanesOf(RecoveryOf(job.recovery));
  const auto whole = WithRecipe(job);
  const auto kind = KindOf(whole.network);
  const bool any_recovery = kind == model::NetworkKind::kUNet || kind == model::NetworkKind::kNafnet;
  if (!any_recovery && free != model::FreePlanes::kChroma) {
    throw BadInput("train.network " + std::string(model::NameOf(kind)) + " recovers chroma only",
                   "use NETWORK_KIND_UNET or NETWORK_KIND_NAFNET for this recovery, or a recipe that does");
  }
  auto network = model::DescribeNetwork(kind, SizeOf(whole.size), free, matrix);
  if (job.lut_size == 0) return network;
  if (kind != model::NetworkKind::kLut) {
    throw BadInput("train.lutSize: a " + std::string(model::NameOf(kind)) + " network is no LUT",
                   "leave it out, or use NETWORK_KIND_LUT");
  }
  if (job.lut_size < 17 || job.lut_size > 65) {
    throw BadInput("train.lutSize: " + std::to_string(job.lut_size) + " points along an edge", "give 17 to 65");
  }
  network.nodes = static_cast<int>(job.lut_size);
  return network;
}

training::TrainingOptions PlanTraining(const TrainJob& job, const ColorPlan& color) {
  RequireSane(job.training.value_or(TrainingSettings{}));
  const auto settings = WithRecipe(job).training.value_or(TrainingSettings{});
  training::TrainingOptions options;
  options.recovery = RecoveryOf(job.recovery);
  options.network = PlanNetwork(job, color.matrix);
  options.steps = settings.steps;
  options.time_limit = std::chrono::duration<double>(settings.time_limit_seconds);
  if (settings.batch != 0) options.batch = static_cast<int>(settings.batch);
  if (settings.patch_px != 0) options.patch_px = static_cast<int>(settings.patch_px);
  options.learning_rate = settings.learning_rate;
  options.seed = settings.seed;
  options.checkpoint_interval = settings.checkpoint_interval_steps;
  if (settings.contact_sheet_interval_steps != 0)
    options.contact_sheet_interval = settings.contact_sheet_interval_steps;
  options.precision = PrecisionOf(settings.precision);
  options.fixed_size = settings.fixed;
  options.early_end = PlanEarlyEnd(settings);
  options.dataset_sha256 = job.dataset_sha256;
  return options;
}

frames::WriteOptions PlanWriting(const RenderOutput& output) {
  frames::WriteOptions options;
  options.format = FormatOf(output.format);
  options.compression = CompressionOf(output.compression);
  options.encoding = EncodingOf(output.bit_depth, options.format);
  RequireAgreement(output, options.format, options.compression);
  return options;
}

}  // namespace interneg::jobs
