// Frames to files: EXR, TIFF and PNG, whole or not at all.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_WRITER_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "worker/engine/color/default_space.h"
#include "worker/engine/frames/frame_error.h"
#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/frame_pattern.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/frames/sample_encoding.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

enum class OutputFormat { kExr, kTiff, kPng };
enum class Compression { kDefault, kNone, kZip, kZips, kPiz, kDwaa, kLzw };

std::string_view NameOf(OutputFormat format);            // "exr", "tiff", "png"
std::string_view NameOf(Compression compression);        // "default", "none", "zip" …
OutputFormat ParseOutputFormat(std::string_view name);   // FrameError kUnsupported listing the names
Compression ParseCompression(std::string_view name);
// "half", "float", "8", "16", "32" … for a format: FrameError kUnsupported listing what the format can hold.
SampleEncoding ParseBitDepth(OutputFormat format, std::string_view name);
SampleEncoding DefaultEncoding(OutputFormat format);     // EXR half, TIFF and PNG 16 bit
bool IsLossless(OutputFormat format, Compression compression);  // all but DWAA

struct WriteOptions {
  OutputFormat format = OutputFormat::kExr;
  SampleEncoding encoding = SampleEncoding::kHalf;      // EXR: half, float; TIFF: 8, 16, float; PNG: 8, 16
  Compression compression = Compression::kDefault;      // EXR and TIFF: zip; PNG: its own
  double pixel_aspect = 1.0;
  // Of linear output: EXR states them, and AP0 adds colorInteropID lin_ap0_scene.
  std::optional<color::Chromaticities> chromaticities = std::nullopt;
};

// What a file in this space should state: AP0, AP1 and linear Rec.709 by their resolved names in `config`; else nothing.
std::optional<color::Chromaticities> ChromaticitiesOf(const color::ColorConfig& config, std::string_view space);

struct WrittenFrame {
  std::string name;  // of the file, in the writer's folder
  std::uint64_t size_bytes = 0;
  std::string sha256;  // 64 hexadecimal digits
  // Samples that an integer encoding clamped to [0, 1] by more than half of its step.
  std::size_t clamped_samples = 0;
};

// Writes the frames of one render into one folder. Write may be called from several threads for different frames.
class FrameWriter {
 public:
  // `pattern` is a file name (no folder) whose extension agrees with the format. Throws FrameError kUnsupported for an
  // encoding or compression that the format cannot hold, kOutside/kMissing/kPermission for the folder (it is made).
  FrameWriter(const Roots& roots, const Location& folder, FramePattern pattern, WriteOptions options);

  // Planes R,G,B (three) or one grey plane. Written to a temporary name in the folder, synced, renamed over `NameFor`,
  // folder synced: a file of that name is whole or not there. Integer encodings clamp to [0, 1] and round to nearest.
  // `added` become string attributes (EXR; TIFF and PNG keep what they can). The bytes depend on the arguments alone:
  // no date, host or program name. Throws FrameError: kDiskFull, kPermission, kWrite, kBadPixels (NaN, infinity, or a
  // value that half cannot hold); nothing of the frame stays behind then. `layers`: further planes of the same size, which
  // an EXR gets beside the picture under their own names ("invented.Y"); kUnsupported for another size or format, or a name
  // that the picture's planes have. A file with layers is no ACES container.
  WrittenFrame Write(int frame, const image::Image& pixels, const FrameMetadata& metadata,
                     const std::map<std::string, std::string>& added, const image::Image* layers = nullptr) const;

  const WriteOptions& options() const { return options_; }
  const FramePattern& pattern() const { return pattern_; }

 private:
  std::string folder_shown_;
  Descriptor folder_;
  FramePattern pattern_;
  WriteOptions options_;
};

// SHA-256 (64 hexadecimal digits) of a file below a root.
std::string HashFile(const Roots& roots, const Location& file);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_WRITER_H_
