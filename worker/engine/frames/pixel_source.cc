#include "worker/engine/frames/pixel_source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include "worker/engine/frames/exr_metadata.h"

namespace interneg::frames {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 29;
// Read at a time: a multiple of the rows that any EXR compression joins, and enough of them for all of its threads.
constexpr int kBandRows = 256;

std::string FormatOf(const Location& file, const std::string& shown) {
  const std::size_t dot = file.relative.rfind('.');
  std::string extension = dot == std::string::npos ? "" : file.relative.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::array<std::string_view, 2>, 8> kFormats{{{"exr", "openexr"}, {"sxr", "openexr"},
                                                                     {"dpx", "dpx"}, {"tif", "tiff"}, {"tiff", "tiff"},
                                                                     {"png", "png"}, {"jpg", "jpeg"}, {"jpeg", "jpeg"}}};
  for (const auto& [known, format] : kFormats) {
    if (extension == known) return std::string(format);
  }
  throw FrameError(FrameFault::kUnsupported, shown + ": files of the kind '." + extension +
                                                 "' are not read; EXR, DPX, TIFF, PNG and JPEG are");
}

// OIIO speaks of the descriptor that it was given; a person knows the file.
std::string WithoutProcPath(std::string text, const std::string& proc_path) {
  for (std::size_t at = text.find(proc_path); at != std::string::npos; at = text.find(proc_path)) {
    text.replace(at, proc_path.size(), "it");
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.empty() ? "no reason given" : text;
}

SampleEncoding EncodingOf(const OIIO::ImageSpec& spec, const std::string& shown) {
  const int bits = spec.get_int_attribute("oiio:BitsPerSample", static_cast<int>(spec.format.size()) * 8);
  switch (spec.format.basetype) {
    case OIIO::TypeDesc::HALF: return SampleEncoding::kHalf;
    case OIIO::TypeDesc::FLOAT: return SampleEncoding::kFloat;
    case OIIO::TypeDesc::UINT8: return SampleEncoding::kUint8;
    case OIIO::TypeDesc::UINT16:
      return bits == 10 ? SampleEncoding::kUint10 : bits == 12 ? SampleEncoding::kUint12 : SampleEncoding::kUint16;
    default: break;
  }
  throw FrameError(FrameFault::kUnsupported, shown + ": samples of the type " + spec.format.c_str() +
                                                 " are not read; 8 to 16 bit integers, half and float are");
}

void RequireSaneSize(const OIIO::ImageSpec& spec, const std::string& shown) {
  const auto in_range = [](int width, int height) {
    return width > 0 && height > 0 && static_cast<std::int64_t>(width) * height <= kMostPixels;
  };
  if (!in_range(spec.width, spec.height) || !in_range(spec.full_width, spec.full_height)) {
    throw FrameError(FrameFault::kUnreadable, shown + ": the header states " + std::to_string(spec.width) + "x" +
                                                  std::to_string(spec.height) + " pixels, which cannot be a frame");
  }
  if (spec.depth > 1 || spec.deep) {
    throw FrameError(FrameFault::kUnsupported, shown + ": a deep or volume image; a flat one is needed");
  }
}

}  // namespace

PixelSource::PixelSource(const Roots& roots, const Location& file, int frame)
    : shown_(roots.Shown(file) + " (frame " + std::to_string(frame) + ")"),
      file_(roots.OpenFile(file)),
      format_(FormatOf(file, shown_)) {
  struct stat state {};
  if (fstat(file_.number(), &state) == 0 && state.st_size == 0) {
    throw FrameError(FrameFault::kUnreadable, shown_ + ": the file is empty");
  }
  input_ = OIIO::ImageInput::create(format_);
  if (!input_) throw FrameError(FrameFault::kUnsupported, shown_ + ": this OpenImageIO has no reader for " + format_);
  OIIO::ImageSpec wishes;
  wishes["oiio:UnassociatedAlpha"] = 1;  // alpha is dropped: colour must stay as it is stored
  if (!input_->open(file_.ProcPath(), spec_, wishes)) {
    RequireBytes();
    throw FrameError(FrameFault::kUnreadable, shown_ + ": not a readable " + format_ + " file: " +
                                                  WithoutProcPath(input_->geterror(), file_.ProcPath()));
  }
  RequireSaneSize(spec_, shown_);
}

FrameFacts PixelSource::Facts() const {
  FrameFacts facts;
  facts.format = format_;
  facts.size = {spec_.full_width, spec_.full_height};
  facts.data_window = {spec_.x - spec_.full_x, spec_.y - spec_.full_y, {spec_.width, spec_.height}};
  facts.pixel_aspect = spec_.get_float_attribute("PixelAspectRatio", 1.0F);
  facts.channels = spec_.channelnames;
  facts.encoding = EncodingOf(spec_, shown_);
  facts.bit_depth = BitsOf(facts.encoding);
  facts.compression = std::string(spec_.get_string_attribute("compression"));
  if (format_ == "openexr") facts.chromaticities = ChromaticitiesIn(spec_);
  if (format_ == "dpx") facts.transfer = std::string(spec_.get_string_attribute("dpx:Transfer"));
  facts.metadata = MetadataOf(spec_);
  return facts;
}

ChannelChoice PixelSource::Channels() const {
  const auto index = [&](const char* name) {
    const auto found = std::find(spec_.channelnames.begin(), spec_.channelnames.end(), name);
    return found == spec_.channelnames.end() ? -1 : static_cast<int>(found - spec_.channelnames.begin());
  };
  const ChannelChoice rgb{index("R"), index("G"), index("B")};
  if (rgb.red >= 0 && rgb.green >= 0 && rgb.blue >= 0) return rgb;
  const bool grey = spec_.nchannels == 1 || (spec_.nchannels == 2 && spec_.alpha_channel == 1);
  const bool has_some = rgb.red >= 0 || rgb.green >= 0 || rgb.blue >= 0;
  // "R" alone is a picture that lost the others, not a grey one.
  if (grey && !has_some) return {0, 0, 0};
  throw FrameError(FrameFault::kUnsupported, shown_ + ": " + WhyNoPicture());
}

std::string PixelSource::WhyNoPicture() const {
  std::string names, missing, layer;
  for (const auto& name : spec_.channelnames) {
    names += (names.empty() ? "" : ", ") + name;
    if (layer.empty() && name.ends_with(".R")) layer = name.substr(0, name.size() - 2);
  }
  for (const char* name : {"R", "G", "B"}) {
    if (std::find(spec_.channelnames.begin(), spec_.channelnames.end(), name) == spec_.channelnames.end()) {
      missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
  }
  std::string text = "the channels are " + names + ", without " + missing + "; R, G, B or one grey channel are needed";
  if (!layer.empty()) text += ": write the layer '" + layer + "' without its prefix";
  if (const int parts = PartCount(); parts > 1) {
    text += ": of its " + std::to_string(parts) + " parts only the first is read, write the picture there";
  }
  return text;
}

// Counted once, when it is asked for: OIIO reads a header for each.
int PixelSource::PartCount() const {
  if (format_ != "openexr") return 1;
  const int stated = spec_.get_int_attribute("oiio:subimages", 0);
  if (stated > 0) return stated;
  int parts = 1;
  while (!input_->spec_dimensions(parts, 0).undefined()) ++parts;
  return parts;
}

void PixelSource::Read(int begin, int end, const Band& band) {
  if (format_ == "jpeg") RequireEndOfJpeg();
  const std::size_t row = static_cast<std::size_t>(spec_.width) * static_cast<std::size_t>(end - begin);
  const int rows = spec_.tile_width == 0 ? std::min(kBandRows, spec_.height) : spec_.height;
  std::vector<float> samples(row * static_cast<std::size_t>(rows));
  for (int first = 0; first < spec_.height; first += rows) {
    const int count = std::min(rows, spec_.height - first);
    const bool whole = spec_.tile_width == 0
                           ? input_->read_scanlines(0, 0, spec_.y + first, spec_.y + first + count, 0, begin, end,
                                                    OIIO::TypeFloat, samples.data())
                           : input_->read_image(0, 0, begin, end, OIIO::TypeFloat, samples.data());
    if (!whole || input_->has_error()) ThrowUnreadable();
    band(first, std::span(samples).first(row * static_cast<std::size_t>(count)));
  }
}

void PixelSource::ThrowUnreadable() {
  RequireBytes();
  throw FrameError(FrameFault::kUnreadable, shown_ + ": the pixels cannot be read, the file may be truncated: " +
                                                WithoutProcPath(input_->geterror(), file_.ProcPath()) +
                                                "; copy or render the frame again");
}

// OIIO tells a damaged file from a failing disk by no more than its text; the kernel knows.
void PixelSource::RequireBytes() const {
  std::vector<char> block(std::size_t{1} << 20);
  for (off_t at = 0;;) {
    const ssize_t got = pread(file_.number(), block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FrameError(FaultOfReading(errno), shown_ + ": cannot be read: " + std::strerror(errno));
    if (got == 0) return;
    at += got;
  }
}

// libjpeg fills what is missing with grey and goes on; a whole file ends in the marker FF D9.
void PixelSource::RequireEndOfJpeg() const {
  std::array<char, 4096> tail{};
  struct stat state {};
  fstat(file_.number(), &state);
  const off_t from = std::max<off_t>(0, state.st_size - static_cast<off_t>(tail.size()));
  const ssize_t got = pread(file_.number(), tail.data(), tail.size(), from);
  const std::string_view end(tail.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (end.find("\xFF\xD9") != std::string_view::npos) return;
  throw FrameError(FrameFault::kUnreadable, shown_ + ": the JPEG is truncated (it has no end marker); copy it again");
}

}  // namespace interneg::frames
