// Thumbnails of scenes that were never pictures: a still background with things that move, as two elements show it.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_MATCHING_DRAWN_THUMBNAILS_H_
#define INTERNEG_TESTS_WORKER_ENGINE_MATCHING_DRAWN_THUMBNAILS_H_

#include <cstdint>
#include <vector>

#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {

// Film frame `time` of scene `scene`; a negative time stands still at its magnitude.
struct FilmFrame {
  int scene = 0;
  int time = 0;
  friend bool operator==(const FilmFrame&, const FilmFrame&) = default;
};

// How an element shows the film. kFilm: as it is, with grain. kVideo: cropped by 5 %, of another gamma, with its own noise.
enum class Element { kFilm, kVideo };

std::vector<FilmFrame> Take(int scene, int first, int last);                        // inclusive
std::vector<FilmFrame> Joined(std::vector<std::vector<FilmFrame>> parts);
std::vector<FilmFrame> Rerated(const std::vector<FilmFrame>& film, int to, int from);  // frame k shows film k·from/to

// Numbered from `first_number`; noise from `seed`, the frame and the number, so nothing repeats by accident.
std::vector<Thumbnail> Draw(const std::vector<FilmFrame>& film, Element element, std::int64_t first_number, std::uint64_t seed);

}  // namespace interneg::matching

#endif  // INTERNEG_TESTS_WORKER_ENGINE_MATCHING_DRAWN_THUMBNAILS_H_
