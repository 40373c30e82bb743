#include "worker/engine/frames/frame_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <sys/mman.h>

#include <OpenImageIO/imageio.h>

#include "worker/engine/frames/exr_metadata.h"
#include "worker/engine/frames/whole_file.h"

namespace interneg::frames {
namespace {

[[noreturn]] void Unsupported(const std::string& text) { throw FrameError(FrameFault::kUnsupported, text); }

void RequireHolds(const WriteOptions& o) {
  const std::string format(NameOf(o.format));
  const bool float_like = o.encoding == SampleEncoding::kHalf || o.encoding == SampleEncoding::kFloat;
  const bool encoding_fits =
      o.format == OutputFormat::kExr    ? float_like
      : o.format == OutputFormat::kTiff ? o.encoding == SampleEncoding::kUint8 || o.encoding == SampleEncoding::kUint16 ||
                                              o.encoding == SampleEncoding::kFloat
                                        : o.encoding == SampleEncoding::kUint8 || o.encoding == SampleEncoding::kUint16;
  if (!encoding_fits) Unsupported(format + " cannot hold samples of the type " + std::string(NameOf(o.encoding)));
  const auto c = o.compression;
  const bool compression_fits =
      c == Compression::kDefault ||
      (o.format == OutputFormat::kExr && c != Compression::kLzw) ||
      (o.format == OutputFormat::kTiff && (c == Compression::kNone || c == Compression::kZip || c == Compression::kLzw));
  if (!compression_fits) {
    Unsupported("compression '" + std::string(NameOf(c)) + "' does not go with " + format + ": use " +
                (o.format == OutputFormat::kExr ? "zip, zips, piz, dwaa or none"
                 : o.format == OutputFormat::kTiff ? "zip, lzw or none" : "default"));
  }
}

void RequireExtension(const FramePattern& pattern, OutputFormat format) {
  const std::string extension = pattern.Extension();
  if (!pattern.folder().empty()) Unsupported("output pattern '" + pattern.ToString() + "' must be a file name without folder");
  if (extension == NameOf(format) || (extension == "tif" && format == OutputFormat::kTiff)) return;
  Unsupported("output pattern '" + pattern.ToString() + "' ends in '." + extension + "', but the format is " +
              std::string(NameOf(format)));
}

// OpenEXR's own level is 45: there the luma of real frames is off by 0.3/255 on the mean and 2 to 8/255 at
// most, at 5 by 0.05/255 and 0.3/255 (1/255 in the blackest pixels), for a file of two thirds of zip's size.
constexpr const char* kDwaa = "dwaa:5";

std::string CompressionName(const WriteOptions& o) {
  switch (o.compression) {
    case Compression::kDefault: return o.format == OutputFormat::kPng ? "" : "zip";
    case Compression::kDwaa: return kDwaa;
    default: return std::string(NameOf(o.compression));
  }
}

OIIO::TypeDesc TypeOf(SampleEncoding encoding) {
  switch (encoding) {
    case SampleEncoding::kUint8: return OIIO::TypeDesc::UINT8;
    case SampleEncoding::kUint16: return OIIO::TypeDesc::UINT16;
    case SampleEncoding::kHalf: return OIIO::TypeDesc::HALF;
    default: return OIIO::TypeDesc::FLOAT;
  }
}

// ST 2065-4 §6: an ACES container holds uncompressed half R, G, B (A) of the ACES encoding.
bool IsAcesContainer(const WriteOptions& o, int channels) {
  return o.format == OutputFormat::kExr && o.encoding == SampleEncoding::kHalf && channels == 3 &&
         o.compression == Compression::kNone && o.chromaticities && color::SamePrimaries(*o.chromaticities, color::kAp0);
}

OIIO::ImageSpec SpecFor(const image::Image& pixels, const WriteOptions& o, const FrameMetadata& metadata,
                        const std::map<std::string, std::string>& added) {
  OIIO::ImageSpec spec(pixels.width_px(), pixels.height_px(), pixels.channel_count(), TypeOf(o.encoding));
  // OIIO's own names (R, G, B or Y) but for layers, which have theirs.
  if (pixels.channel_count() > 3) spec.channelnames = pixels.channels();
  if (const auto name = CompressionName(o); !name.empty()) spec.attribute("compression", name);
  spec.attribute("PixelAspectRatio", static_cast<float>(o.pixel_aspect));
  // OIIO dates an EXR or TIFF that has no date; a date that is no text stops it and is itself not written.
  if (o.format != OutputFormat::kPng) spec.attribute("DateTime", 0);
  for (const auto& [key, value] : added) spec.attribute(key, value);
  PutMetadata(spec, metadata);
  if (o.format != OutputFormat::kExr || !o.chromaticities) return spec;
  PutChromaticities(spec, *o.chromaticities);
  if (color::SamePrimaries(*o.chromaticities, color::kAp0)) spec.attribute("colorInteropID", "lin_ap0_scene");
  if (IsAcesContainer(o, pixels.channel_count())) spec.attribute("acesImageContainerFlag", 1);
  return spec;
}

void RequireStorable(const image::Image& pixels, SampleEncoding encoding, const std::string& shown) {
  const auto values = pixels.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool too_large = encoding == SampleEncoding::kHalf && !(std::abs(values[i]) < 65520.0F);
    if (std::isfinite(values[i]) && !too_large) continue;
    const std::size_t pixel = i % pixels.pixel_count(), width = static_cast<std::size_t>(pixels.width_px());
    throw FrameError(FrameFault::kBadPixels,
                     shown + ": the value " + std::to_string(values[i]) + " at pixel " + std::to_string(pixel % width) +
                         "," + std::to_string(pixel / width) + " cannot be stored as " + std::string(NameOf(encoding)) +
                         (std::isfinite(values[i]) ? "; use --bit-depth float" : ""));
  }
}

// Written at a time: a multiple of the rows that any EXR compression joins, and enough of them for all of its threads.
constexpr int kBandRows = 256;

// Interleaved samples of some rows, of the file's own type. Integers are rounded here in double: OIIO rounds in float,
// which can miss the nearest 16-bit code by more than the half step that the held-plane proof allows.
template <typename Sample>
void Interleave(const image::Image& pixels, int first_row, int rows, double full_scale, std::vector<Sample>& out) {
  const auto channels = static_cast<std::size_t>(pixels.channel_count());
  const std::size_t width = static_cast<std::size_t>(pixels.width_px());
  const std::size_t begin = width * static_cast<std::size_t>(first_row), count = width * static_cast<std::size_t>(rows);
  out.resize(count * channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const auto from = pixels.plane(static_cast<int>(c)).subspan(begin, count);
    for (std::size_t i = 0; i < count; ++i) {
      const double v = from[i];
      out[i * channels + c] = full_scale > 0.0
                                  ? static_cast<Sample>(std::floor(std::clamp(v, 0.0, 1.0) * full_scale + 0.5))
                                  : static_cast<Sample>(from[i]);
    }
  }
}

std::size_t ClampedSamples(const image::Image& pixels, SampleEncoding encoding) {
  if (encoding == SampleEncoding::kHalf || encoding == SampleEncoding::kFloat) return 0;
  const double half_step = HalfStep(0.0F, encoding);
  const auto values = pixels.values();
  return static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [&](float v) {
    return v < -half_step || v > 1.0 + half_step;
  }));
}

template <typename Sample>
bool WriteBands(OIIO::ImageOutput& output, OIIO::TypeDesc type, const image::Image& pixels, double full_scale) {
  std::vector<Sample> band;
  for (int row = 0; row < pixels.height_px(); row += kBandRows) {
    const int rows = std::min(kBandRows, pixels.height_px() - row);
    Interleave(pixels, row, rows, full_scale, band);
    if (!output.write_scanlines(row, row + rows, 0, type, band.data())) return false;
  }
  return true;
}

bool WritePixels(OIIO::ImageOutput& output, const image::Image& pixels, SampleEncoding encoding) {
  switch (encoding) {
    case SampleEncoding::kUint8: return WriteBands<std::uint8_t>(output, OIIO::TypeDesc::UINT8, pixels, 255.0);
    case SampleEncoding::kUint16: return WriteBands<std::uint16_t>(output, OIIO::TypeDesc::UINT16, pixels, 65535.0);
    default: return WriteBands<float>(output, OIIO::TypeDesc::FLOAT, pixels, 0.0);
  }
}

// The file's bytes, made in memory: a full disk is then met by our own write, which knows what it means.
std::string Encode(const OIIO::ImageSpec& spec, const image::Image& pixels, const WriteOptions& o, const std::string& shown) {
  // Debian's OIIO is built to tell of every attribute that it does not write, as the date that SpecFor stops with.
  OIIO::attribute("debug", 0);
  const Descriptor memory(memfd_create("frame", MFD_CLOEXEC));
  const std::string format = o.format == OutputFormat::kExr ? "openexr" : std::string(NameOf(o.format));
  const auto output = OIIO::ImageOutput::create(format);
  if (!memory.is_open() || !output) throw FrameError(FrameFault::kWrite, shown + ": no writer for " + format);
  if (!output->open(memory.ProcPath(), spec) || !WritePixels(*output, pixels, o.encoding) || !output->close()) {
    throw FrameError(FrameFault::kWrite, shown + ": cannot be encoded as " + format + ": " + output->geterror());
  }
  return ReadAll(memory, shown);
}

// The picture's planes and then the layers'.
image::Image WithLayers(const image::Image& pixels, const image::Image& layers, OutputFormat format,
                        const std::string& shown) {
  if (format != OutputFormat::kExr) {
    Unsupported(shown + ": " + std::string(NameOf(format)) + " holds no channels beside the picture's; choose exr");
  }
  if (layers.size() != pixels.size() || pixels.channel_count() != 3) {
    Unsupported(shown + ": layers go beside R, G and B, at the picture's own size");
  }
  std::vector<std::string> names = {"R", "G", "B"};
  for (const auto& name : layers.channels()) {
    if (std::find(names.begin(), names.end(), name) != names.end())
      Unsupported(shown + ": the channel " + name + " is there twice");
    names.push_back(name);
  }
  image::Image all(pixels.size(), names, pixels.color_space());
  const auto end = std::copy(pixels.values().begin(), pixels.values().end(), all.values().begin());
  std::copy(layers.values().begin(), layers.values().end(), end);
  return all;
}

}  // namespace

FrameWriter::FrameWriter(const Roots& roots, const Location& folder, FramePattern pattern, WriteOptions options)
    : folder_shown_(roots.Shown(folder)), pattern_(std::move(pattern)), options_(options) {
  RequireHolds(options_);
  RequireExtension(pattern_, options_.format);
  folder_ = roots.OpenFolder(folder, FolderMode::kCreate);
}

WrittenFrame FrameWriter::Write(int frame, const image::Image& pixels, const FrameMetadata& metadata,
                                const std::map<std::string, std::string>& added, const image::Image* layers) const {
  const std::string name = pattern_.NameFor(frame);
  const std::string shown = folder_shown_ + "/" + name + " (frame " + std::to_string(frame) + ")";
  if (pixels.channel_count() != 3 && pixels.channel_count() != 1) {
    Unsupported(shown + ": one or three planes are written, not " + std::to_string(pixels.channel_count()));
  }
  std::optional<image::Image> layered;
  if (layers != nullptr) layered = WithLayers(pixels, *layers, options_.format, shown);
  const image::Image& stored = layered ? *layered : pixels;
  RequireStorable(stored, options_.encoding, shown);
  const std::string bytes = Encode(SpecFor(stored, options_, metadata, added), stored, options_, shown);
  WriteWhole(folder_, name, bytes, shown);
  return {name, bytes.size(), Sha256(bytes), ClampedSamples(pixels, options_.encoding)};
}

std::string HashFile(const Roots& roots, const Location& file) {
  return Sha256(ReadAll(roots.OpenFile(file), roots.Shown(file)));
}

}  // namespace interneg::frames
