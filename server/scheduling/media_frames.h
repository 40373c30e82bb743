// The frames of a medium, and how they are read.
#ifndef INTERNEG_SERVER_SCHEDULING_MEDIA_FRAMES_H_
#define INTERNEG_SERVER_SCHEDULING_MEDIA_FRAMES_H_

#include <optional>
#include <string>

namespace interneg::scheduling {

// How a movie's codes are read: "bt601", "bt709" or "bt2020", and "limited" or "full". Empty: as its tags say.
struct MovieReading {
  std::string matrix;
  std::string range;
  friend bool operator==(const MovieReading&, const MovieReading&) = default;
};

// How film frames are put together from telecined video: "3:2" or "2:2"; "top", "bottom" or nothing;
// proto/job_spec.proto says what each means.
struct Pulldown {
  std::string cadence;
  int phase = 0;
  std::string order;
  std::optional<int> first_frame = std::nullopt;
  friend bool operator==(const Pulldown&, const Pulldown&) = default;
};

// What makes a medium the one it is: a report on it tells of these frames, read in this way.
struct MediaFrames {
  std::string path;
  // Empty: all that there are.
  std::string range;
  std::string color_space;
  MovieReading movie = {};
  std::optional<Pulldown> pulldown = std::nullopt;
  friend bool operator==(const MediaFrames&, const MediaFrames&) = default;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_MEDIA_FRAMES_H_
