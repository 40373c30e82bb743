#include <initializer_list>
#include <utility>

#include "worker/engine/frames/frame_writer.h"

namespace interneg::frames {
namespace {

[[noreturn]] void Unsupported(const std::string& text) { throw FrameError(FrameFault::kUnsupported, text); }

}  // namespace

std::string_view NameOf(OutputFormat format) {
  switch (format) {
    case OutputFormat::kExr: return "exr";
    case OutputFormat::kTiff: return "tiff";
    case OutputFormat::kPng: return "png";
  }
  Unsupported("not an output format");
}

std::string_view NameOf(Compression compression) {
  switch (compression) {
    case Compression::kDefault: return "default";
    case Compression::kNone: return "none";
    case Compression::kZip: return "zip";
    case Compression::kZips: return "zips";
    case Compression::kPiz: return "piz";
    case Compression::kDwaa: return "dwaa";
    case Compression::kLzw: return "lzw";
  }
  Unsupported("not a compression");
}

OutputFormat ParseOutputFormat(std::string_view name) {
  for (const auto format : {OutputFormat::kExr, OutputFormat::kTiff, OutputFormat::kPng}) {
    if (name == NameOf(format)) return format;
  }
  if (name == "tif") return OutputFormat::kTiff;
  Unsupported("unknown output format '" + std::string(name) + "': use exr, tiff or png");
}

Compression ParseCompression(std::string_view name) {
  if (name.empty()) return Compression::kDefault;
  for (const auto c : {Compression::kDefault, Compression::kNone, Compression::kZip, Compression::kZips,
                       Compression::kPiz, Compression::kDwaa, Compression::kLzw}) {
    if (name == NameOf(c)) return c;
  }
  Unsupported("unknown compression '" + std::string(name) + "': use zip, zips, piz, dwaa or none (EXR); zip, lzw or none (TIFF)");
}

SampleEncoding DefaultEncoding(OutputFormat format) {
  return format == OutputFormat::kExr ? SampleEncoding::kHalf : SampleEncoding::kUint16;
}

SampleEncoding ParseBitDepth(OutputFormat format, std::string_view name) {
  if (name.empty()) return DefaultEncoding(format);
  const bool exr = format == OutputFormat::kExr, tiff = format == OutputFormat::kTiff;
  if (exr && (name == "half" || name == "16")) return SampleEncoding::kHalf;
  if ((exr || tiff) && (name == "float" || name == "32")) return SampleEncoding::kFloat;
  if (!exr && name == "8") return SampleEncoding::kUint8;
  if (!exr && name == "16") return SampleEncoding::kUint16;
  Unsupported("bit depth '" + std::string(name) + "' does not go with " + std::string(NameOf(format)) + ": use " +
              (exr ? "half or float" : tiff ? "8, 16 or float" : "8 or 16"));
}

bool IsLossless(OutputFormat, Compression compression) { return compression != Compression::kDwaa; }

std::optional<color::Chromaticities> ChromaticitiesOf(const color::ColorConfig& config, std::string_view space) {
  const auto is = [&](const char* ap0_name, const char* other_name) {
    for (const char* name : {ap0_name, other_name}) {
      if (config.Knows(name) && config.Resolve(name) == config.Resolve(space)) return true;
    }
    return false;
  };
  if (is("ACES2065-1", "ACES - ACES2065-1")) return color::kAp0;
  if (is("ACEScg", "ACES - ACEScg")) return color::kAp1;
  if (is("Linear Rec.709 (sRGB)", "Utility - Linear - Rec.709") || is("Utility - Linear - sRGB", "lin_rec709")) {
    return color::kRec709;
  }
  return std::nullopt;
}

}  // namespace interneg::frames
