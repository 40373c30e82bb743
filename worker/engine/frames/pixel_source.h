// One open image file, through OIIO; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_PIXEL_SOURCE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_PIXEL_SOURCE_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <OpenImageIO/imageio.h>

#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/roots.h"

namespace interneg::frames {

// Which channels of a file make the picture.
struct ChannelChoice {
  int red = 0, green = 0, blue = 0;
  bool is_grey() const { return red == green; }
};

class PixelSource {
 public:
  // Opens below the root by the format that the extension names. Throws FrameError; `frame` is for messages.
  PixelSource(const Roots& roots, const Location& file, int frame);

  FrameFacts Facts() const;
  ChannelChoice Channels() const;  // throws FrameError kUnsupported when they make no picture
  int PartCount() const;           // of an EXR; 1 of anything else
  const OIIO::ImageSpec& spec() const { return spec_; }

  // All samples of the data window, float, interleaved, channels `begin` to `end` (exclusive), handed over from top to
  // bottom in bands of whole rows, so that a picture is not held twice.
  using Band = std::function<void(int first_row, std::span<const float> samples)>;
  void Read(int begin, int end, const Band& band);

  // "/path/f.0001.exr (frame 1)", for messages.
  const std::string& shown() const { return shown_; }

 private:
  std::string WhyNoPicture() const;
  void RequireEndOfJpeg() const;
  void RequireBytes() const;
  [[noreturn]] void ThrowUnreadable();

  std::string shown_;
  Descriptor file_;
  std::string format_;
  std::unique_ptr<OIIO::ImageInput> input_;
  OIIO::ImageSpec spec_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_PIXEL_SOURCE_H_
