// Frames from files: EXR, DPX, TIFF, PNG and JPEG, through OIIO, opened below their root.
//
// The module `frames` owns ranges, patterns, roots, reading and writing of image files and their metadata. It knows of
// colour only which space a file says it is in; it converts nothing.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_

#include <string>
#include <vector>

#include "worker/engine/frames/frame_error.h"
#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/frame_pattern.h"
#include "worker/engine/frames/frame_range.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

struct Frame {
  // Planes R,G,B, float32, of the display window: pixels outside the data window are 0, those outside the display
  // window are dropped. Integer samples are code / (2^bits − 1). Alpha is dropped; a single channel is replicated.
  image::Image rgb;
  FrameFacts facts;
  std::vector<std::string> notes;  // what was changed on the way: alpha dropped, grey replicated, window padded
};

// The header alone. `frame` is for messages. Throws FrameError (missing, outside, unreadable, unsupported).
FrameFacts ProbeFile(const Roots& roots, const Location& file, int frame);

// The pixels. `color_space` becomes the image's; nothing is converted. Throws FrameError as Probe does, and for
// truncated files and NaN or infinite pixels (the message gives the first one's place and how many there are).
Frame ReadFile(const Roots& roots, const Location& file, int frame, const std::string& color_space);

// A sequence of files below a root. Const functions may be called from several threads.
class FrameSequence {
 public:
  // `location.relative` is a FramePattern. Throws std::invalid_argument when it does not parse.
  FrameSequence(Roots roots, Location location);

  Location FileOf(int frame) const;
  FrameFacts Probe(int frame) const { return ProbeFile(roots_, FileOf(frame), frame); }
  Frame Read(int frame, const std::string& color_space) const;

  // Frames whose files lie in the folder, ascending; empty when there is none. Throws FrameError without a folder.
  std::vector<int> Present() const;

  // Throws FrameError kMissing that lists the frames (as a range) of `range` which have no file, and those there are.
  void RequireAll(const FrameRange& range) const;

  const FramePattern& pattern() const { return pattern_; }
  const Location& location() const { return location_; }

 private:
  Roots roots_;
  Location location_;
  FramePattern pattern_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_
