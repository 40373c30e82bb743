// A movie as numbered frames: any of them, exactly, from any thread.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_H_

#include <memory>
#include <string>
#include <string_view>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/movie_facts.h"
#include "worker/engine/frames/roots.h"

namespace interneg::frames {

// Whether a name with this extension (lower case, no dot) is a movie: mp4, m4v, mov, mxf, mkv, webm, mpg, mpeg, m2v,
// vob, avi, ts, mts, m2ts.
bool IsMovieExtension(std::string_view extension);

// Frames are numbered 1 … N in presentation order. Opening lists every packet of the picture, which reads the file
// once; where the packets' times do not give the order (program and elementary streams, AVI, field-coded H.264 …) it
// decodes the movie once, without finishing its pixels. From then on a frame is its packet: each decoded picture
// carries the ordinal of its packet, and after a seek the place in the stream is recognised by the packets' position,
// size and content, or the stream is counted through from its beginning; no time is ever compared. So a frame is the
// same whichever way it was reached.
//
// Const functions may be called from several threads. Up to kMostDecoders decoders stand at different places of the
// movie; a call takes the one that has the least to decode. One ascending reader therefore never seeks, two that
// interleave do not disturb each other, and conversion to R'G'B' runs outside any lock.
class Movie {
 public:
  static constexpr int kMostDecoders = 3;

  // Throws FrameError: missing, outside, unreadable, unsupported, or without any frame.
  Movie(const Roots& roots, const Location& file, const MovieOverrides& overrides);
  ~Movie();
  Movie(const Movie&) = delete;
  Movie& operator=(const Movie&) = delete;

  const MovieFacts& facts() const;

  // The header's facts with the frame's own timecode. Throws FrameError kMissing for a number outside 1 … N.
  FrameFacts Probe(int frame) const;

  // Throws FrameError as Probe does; kUnreadable for a frame that is damaged, or predicted from one that is, or of
  // another size than the movie.
  Frame Read(int frame, const std::string& color_space) const;

  // SHA-256 of the decoder's own samples: the same on every machine.
  std::string HashOf(int frame) const;

 private:
  struct Contents;
  std::unique_ptr<Contents> contents_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_H_
