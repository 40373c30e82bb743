#include "worker/engine/jobs/settings.h"

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

void RequireHash(const color::ColorConfig& config, const std::string& sha256, const std::string& field) {
  if (sha256.empty() || sha256 == config.hash()) return;
  throw BadInput(field + ".configSha256: the OCIO configuration " + config.description() + " has the SHA-256 " +
                     config.hash() + ", the job was made for " + sha256,
                 "it, or a file that it refers to, has changed since: bring the old one back, or name the new hash");
}

// Where a configuration that a root is named for lies on this machine; any other path as it is.
std::string PathOf(const std::string& config, const JobContext& context) {
  const auto colon = config.find(':');
  if (colon == std::string::npos || config.find('/') < colon) return config;
  const auto location = context.roots.Locate(config, context.current_folder);
  context.roots.OpenFile(location);  // what no root holds is not read
  const std::string& folder = context.roots.FolderOf(location.root);
  return (folder == "/" ? folder : folder + "/") + location.relative;
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

ColorPlan PlanColor(const std::optional<ColorSettings>& settings, const std::string& field, const JobContext& context) {
  auto placed = settings;
  if (placed) placed->config = PathOf(placed->config, context);
  return PlanColor(placed, field, context.current_folder);
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

frames::WriteOptions PlanWriting(const RenderOutput& output) {
  frames::WriteOptions options;
  options.format = FormatOf(output.format);
  options.compression = CompressionOf(output.compression);
  options.encoding = EncodingOf(output.bit_depth, options.format);
  RequireAgreement(output, options.format, options.compression);
  return options;
}

}  // namespace interneg::jobs
