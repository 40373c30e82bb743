// Frames from files: EXR, DPX, TIFF, PNG and JPEG through OIIO, movies through libav, opened below their root.
//
// The module `frames` owns ranges, patterns, roots, reading and writing of image files, reading of movies, and what they
// say of themselves. It knows of colour only which space a file says it is in, and the way from a movie's Y'CbCr codes
// to its R'G'B'; it converts nothing else.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/frames/frame_error.h"
#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/frame_pattern.h"
#include "worker/engine/frames/frame_range.h"
#include "worker/engine/frames/movie_facts.h"
#include "worker/engine/frames/pulldown.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

struct Frame {
  // Planes R,G,B, float32, of the display window: pixels outside the data window are 0, those outside the display
  // window are dropped. Integer samples are code / (2^bits − 1). Alpha is dropped; a single channel is replicated.
  // Of a movie: as movie_picture.h says, in the movie's own display encoding.
  image::Image rgb;
  FrameFacts facts;
  std::vector<std::string> notes;  // what was changed on the way: alpha dropped, grey replicated, window padded
};

// The header alone. `frame` is for messages. Throws FrameError (missing, outside, unreadable, unsupported).
FrameFacts ProbeFile(const Roots& roots, const Location& file, int frame);

// The pixels. `color_space` becomes the image's; nothing is converted. Throws FrameError as Probe does, and for
// truncated files and NaN or infinite pixels (the message gives the first one's place and how many there are).
Frame ReadFile(const Roots& roots, const Location& file, int frame, const std::string& color_space);

// Frames below a root: a sequence of files, or a movie (by its extension, see IsMovieExtension), whose frames are
// numbered 1 … N in presentation order. A movie is opened at its first use, which reads the whole file once (movie.h);
// copies share it. With a pulldown all frame numbers are film frames' (pulldown.h); their facts are those of the video
// frame with their upper field, the rate the film's. Const functions may be called from several threads.
class FrameSequence {
 public:
  // `location.relative` is a FramePattern. Throws std::invalid_argument when it does not parse, when a movie's name
  // carries a frame field, or when a pulldown has no sense or is to be undone in a single file. `overrides` are for
  // movies; files have no use for them.
  FrameSequence(Roots roots, Location location, MovieOverrides overrides = {},
                std::optional<Pulldown> pulldown = std::nullopt);

  // The file that holds the frame, or its upper field.
  Location FileOf(int frame) const;

  // Throw FrameError as ProbeFile and ReadFile do, and for a frame that a movie does not have or whose data is damaged.
  FrameFacts Probe(int frame) const;
  Frame Read(int frame, const std::string& color_space) const;

  // What identifies a frame's content on every machine: SHA-256 of a file's bytes, of a movie's decoded samples; of a
  // frame whose fields come from two, of the hashes of the upper's and the lower's.
  std::string HashOf(int frame) const;

  // Frames that are there, ascending: those whose files lie in the folder, or all of the movie. Empty when there is
  // none. Throws FrameError without a folder, or when the movie cannot be opened.
  std::vector<int> Present() const;

  // Throws FrameError kMissing that lists the frames (as a range) of `range` which are not there, and those that are.
  void RequireAll(const FrameRange& range) const;

  bool IsMovie() const { return movie_ != nullptr; }
  // Nothing when it is a sequence of files. Throws FrameError when the movie cannot be opened.
  std::optional<MovieFacts> FactsOfMovie() const;

  const FramePattern& pattern() const { return pattern_; }
  const std::optional<Pulldown>& pulldown() const { return pulldown_; }
  const Location& location() const { return location_; }

 private:
  class LazyMovie;

  // The video frames of a film frame. Throws FrameError kMissing for one before the first.
  FieldSources FieldsOf(int frame) const;
  FrameFacts ProbeVideo(int frame) const;
  Frame ReadVideo(int frame, const std::string& color_space) const;
  std::string HashOfVideo(int frame) const;
  std::vector<int> PresentVideo() const;

  Roots roots_;
  Location location_;
  FramePattern pattern_;
  std::shared_ptr<LazyMovie> movie_;  // null: a sequence of files
  std::optional<Pulldown> pulldown_;  // none: frames are as they stand there
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_READER_H_
