#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/job_options.h"
#include "client/cli/job_words.h"
#include "client/cli/local_frames.h"

namespace interneg::commands {
namespace {

v1::FileFormat FormatOf(const std::string& extension) {
  if (extension == "exr") return v1::FILE_FORMAT_EXR;
  if (extension == "tif" || extension == "tiff") return v1::FILE_FORMAT_TIFF;
  if (extension == "png") return v1::FILE_FORMAT_PNG;
  return v1::FILE_FORMAT_UNSPECIFIED;
}

const char* ExtensionOf(v1::FileFormat format) {
  if (format == v1::FILE_FORMAT_TIFF) return "tif";
  return format == v1::FILE_FORMAT_PNG ? "png" : "exr";
}

absl::Status CheckEncoding(const v1::RenderOutput& output) {
  const bool exr = output.format() == v1::FILE_FORMAT_EXR;
  const v1::BitDepth depth = output.bit_depth();
  const bool integer = depth == v1::BIT_DEPTH_UINT8 || depth == v1::BIT_DEPTH_UINT16;
  if (exr && integer)
    return absl::InvalidArgumentError("--bit-depth: EXR holds half or float; or choose --format tiff or png");
  if (output.format() == v1::FILE_FORMAT_PNG && depth != v1::BIT_DEPTH_UNSPECIFIED && !integer)
    return absl::InvalidArgumentError("--bit-depth: PNG holds uint8 or uint16; or choose --format exr");
  const bool exr_only = output.compression() == v1::COMPRESSION_ZIPS || output.compression() == v1::COMPRESSION_PIZ ||
                        output.compression() == v1::COMPRESSION_DWAA;
  if (!exr && exr_only)
    return absl::InvalidArgumentError(
        "--compression: zips, piz and dwaa are EXR's; leave the option out, or choose --format exr");
  return absl::OkStatus();
}

// The pattern of the frames in a folder: the source's own names with another extension.
std::string NamesInFolder(const cli::FramePattern& source, const char* extension) {
  if (source.IsMovie()) return fmt::format("{}.%04d.{}", source.before.substr(0, source.before.rfind('.')), extension);
  if (source.digits == 0) return fmt::format("{}.{}", source.before.substr(0, source.before.rfind('.')), extension);
  const std::string after = source.after.substr(0, source.after.rfind('.'));
  return fmt::format("{}%0{}d{}.{}", source.before, source.digits, source.after.empty() ? "" : after, extension);
}

absl::StatusOr<v1::FileFormat> ChooseFormat(const OutputOptions& options, const cli::FramePattern* pattern) {
  const auto format = cli::ParseWord<v1::FileFormat>("--format", options.format);
  if (!format.ok()) return format.status();
  const v1::FileFormat named = pattern == nullptr ? v1::FILE_FORMAT_UNSPECIFIED : FormatOf(pattern->Extension());
  if (pattern != nullptr && named == v1::FILE_FORMAT_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        fmt::format("--output: \"{}\" ends in no format's extension; end it in .exr, .tif or .png", options.path));
  }
  if (*format == v1::FILE_FORMAT_UNSPECIFIED) return named == v1::FILE_FORMAT_UNSPECIFIED ? v1::FILE_FORMAT_EXR : named;
  if (pattern != nullptr && named != *format) {
    return absl::InvalidArgumentError(fmt::format("--output, --format: \"{}\" is no name for {} files; end it in .{}",
                                                  options.path, options.format, ExtensionOf(*format)));
  }
  return *format;
}

absl::Status FillAttributes(const OutputOptions& options, v1::RenderOutput& output) {
  for (const std::string& attribute : options.attributes) {
    const auto equals = attribute.find('=');
    if (equals == std::string::npos || equals == 0)
      return absl::InvalidArgumentError(fmt::format("--attribute: \"{}\" is no NAME=TEXT", attribute));
    (*output.mutable_attributes())[attribute.substr(0, equals)] = attribute.substr(equals + 1);
  }
  return absl::OkStatus();
}

// Whether some frame's file would be the input's.
bool LandsOn(const cli::Location& place, const cli::FramePattern& written, const std::vector<int>& frames,
             const Sequence& input) {
  return place.root == input.location.root && std::any_of(frames.begin(), frames.end(), [&](int frame) {
           return written.PathFor(frame) == input.pattern.PathFor(frame);
         });
}

absl::Status FillPath(const OutputOptions& options, const Sequence& source, const Sequence* reference,
                      const std::filesystem::path& working_folder, v1::RenderOutput& output) {
  auto location = cli::ParseLocation("--output", options.path, working_folder);
  if (!location.ok()) return location.status();
  const auto pattern = cli::ParseFramePattern("--output", location->relative);
  const bool is_pattern = pattern.ok() && pattern->digits > 0;
  if (!is_pattern && pattern.ok() && FormatOf(pattern->Extension()) != v1::FILE_FORMAT_UNSPECIFIED &&
      source.frames.size() > 1) {
    return absl::InvalidArgumentError(fmt::format(
        "--output: \"{}\" is one file; give a folder, or write the frame number as %04d or #", options.path));
  }
  const auto format = ChooseFormat(options, is_pattern ? &*pattern : nullptr);
  if (!format.ok()) return format.status();
  output.set_format(*format);
  if (!is_pattern) {
    if (location->relative.empty() || location->relative.back() != '/') location->relative += '/';
    location->relative += NamesInFolder(source.pattern, ExtensionOf(*format));
  }
  output.set_path(location->ToString());
  const auto written = cli::ParseFramePattern("--output", location->relative);
  if (!written.ok()) return written.status();
  for (const auto& [name, input] : {std::pair{"source", &source}, std::pair{"reference", reference}}) {
    if (input != nullptr && LandsOn(*location, *written, source.frames, *input))
      return absl::InvalidArgumentError(
          fmt::format("--output: the frames would overwrite the {}; give another folder", name));
  }
  return cli::CheckFolderWritable("--output", *location);
}

}  // namespace

void AddOutputOptions(CLI::App& command, OutputOptions& options) {
  const char* group = "Output";
  command.add_option("--output", options.path, "Folder, or pattern like out/f.%04d.exr, of the frames to write")
      ->type_name("PATH")
      ->required()
      ->group(group);
  command.add_option("--output-space", options.space, "Colour space, or same-as-source (ACES2065-1)")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--format", options.format, "exr, tiff or png (exr)")->type_name("NAME")->group(group);
  command.add_option("--compression", options.compression, "none, zip, zips, piz or dwaa")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--bit-depth", options.bit_depth, "uint8, uint16, half or float")->type_name("NAME")->group(group);
  command.add_flag("--replace", options.replace, "Publish over frames that stand there")->group(group);
  command.add_option("--attribute", options.attributes, "Written into every frame's header; may be repeated")
      ->type_name("NAME=TEXT")
      ->expected(1)
      ->take_all()
      ->group(group);
  command.add_option("--chunk-frames", options.chunk_frames, "Frames of one task")->type_name("COUNT")->group(group);
}

absl::Status CheckOutputFree(const v1::RenderOutput& output, const std::vector<int>& frames,
                             const std::filesystem::path& working_folder) {
  const auto place = cli::ParseLocation("--output", output.path(), working_folder);
  if (!place.ok()) return place.status();
  const auto local = place->LocalPath();
  if (!local || output.replace()) return absl::OkStatus();
  const auto pattern = cli::ParseFramePattern("--output", *local);
  if (!pattern.ok()) return pattern.status();
  std::error_code error;
  if (!std::filesystem::exists(pattern->folder, error)) return absl::OkStatus();
  for (const int frame : frames) {
    if (const std::string path = pattern->PathFor(frame); std::filesystem::exists(path, error)) {
      return absl::FailedPreconditionError(
          fmt::format("--output: {} stands there already; give another folder, or --replace to publish over it", path));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::RenderOutput> ToRenderOutput(const OutputOptions& options, const Sequence& source,
                                                const Sequence* reference,
                                                const std::filesystem::path& working_folder) {
  v1::RenderOutput output;
  const auto compression = cli::ParseWord<v1::Compression>("--compression", options.compression);
  if (!compression.ok()) return compression.status();
  output.set_compression(*compression);
  const auto depth = cli::ParseWord<v1::BitDepth>("--bit-depth", options.bit_depth);
  if (!depth.ok()) return depth.status();
  output.set_bit_depth(*depth);
  output.set_color_space(options.space);
  output.set_replace(options.replace);
  if (const absl::Status status = FillAttributes(options, output); !status.ok()) return status;
  if (const absl::Status status = FillPath(options, source, reference, working_folder, output); !status.ok())
    return status;
  if (const absl::Status status = CheckEncoding(output); !status.ok()) return status;
  return output;
}

}  // namespace interneg::commands
