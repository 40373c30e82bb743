// What a movie says of itself, and how it is read because of that.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_FACTS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_FACTS_H_

#include <string>
#include <vector>

#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/movie_overrides.h"

namespace interneg::frames {

// Tags are libav's names ("bt709", "smpte170m", "tv" …); empty: the movie does not say.
struct MovieTags {
  std::string matrix;
  std::string range;
  std::string primaries;
  std::string transfer;
  std::string chroma_location;
  std::string field_order;  // "progressive", "top field first", "bottom field first"
  friend bool operator==(const MovieTags&, const MovieTags&) = default;
};

// Samples of luma to one of chroma, along a row and down a column; 1 where there is no chroma of its own (RGB, grey).
struct ChromaSubsampling {
  int horizontal = 1;
  int vertical = 1;
  friend bool operator==(const ChromaSubsampling&, const ChromaSubsampling&) = default;
};

struct MovieFacts {
  std::string container;     // libav's name, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
  std::string codec;         // "h264", "mpeg2video", "prores" …
  std::string pixel_format;  // "yuv420p", "yuv422p10le" …
  ChromaSubsampling chroma;
  int frame_count = 0;
  int stated_frames = 0;  // what the container states; more than frame_count: the movie is cut off
  MovieTags tags;
  image::YCbCrMatrix matrix = image::YCbCrMatrix::kBt709;  // that is used, by override, tag or guess
  SampleRange range = SampleRange::kLimited;
  bool variable_rate = false;  // frames are exact by number, not by time
  double shortest_interval_seconds = 0;
  double longest_interval_seconds = 0;
  bool is_cut_off = false;
  FrameFacts frame;  // of every frame; metadata: of frame 1
  // What was guessed and what is odd: no matrix or range tag, a variable rate, a rotation, an end cut off.
  std::vector<std::string> notes;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_FACTS_H_
