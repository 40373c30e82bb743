// The film of the benchmark: clean frames of clips, and what a faded print and a video of it look like as thumbnails.
#ifndef INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_FILM_H_
#define INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_FILM_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/matching/thumbnail.h"

namespace interneg::benchmarks {

// Frames of one clip after another; a film frame is an index into `frames`.
struct Film {
  struct Clip {
    std::string name;
    int first = 0, last = 0;
  };
  std::vector<Clip> clips;
  std::vector<image::Image> frames;  // R', G', B', 320 pixels wide
};

// Every clip of the folder that stands in the benchmark's list and whose path contains `only`, read by the program ffmpeg. Throws std::runtime_error
// when ffmpeg cannot read one.
Film ReadClips(const std::string& folder, const std::string& only);

// Drawn clips, different in content and speed, for a machine without the folder.
Film DrawClips();

// One frame of an edit: film frame `a`, or a mixture of it with `b`, which is of the same size.
struct Item {
  enum class Kind { kWhole, kBlend, kWoven };
  int a = 0;
  int b = 0;
  Kind kind = Kind::kWhole;
  double share_of_b = 0.0;  // kBlend; a woven frame has every other line of b
};
using Edit = std::vector<Item>;

// What stands between the film and the two elements. Grain and weave of the source and noise of the reference are new
// each time a film frame occurs.
struct Damage {
  std::string retention = "severe";
  std::string grain = "35mm";
  double overscan = .06;
  double block_step = .015;
  double video_noise = .008;
  double blur_sigma_px = .7;
  std::uint64_t seed = 1;
};

// Thumbnails of edits; each (item, occurrence) is made once.
class Elements {
 public:
  // `cache`: a file in which thumbnails are kept between runs with the same film and damage; empty for none.
  Elements(const Film& film, const Damage& damage, std::string cache);
  ~Elements();
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;

  std::vector<matching::Thumbnail> Source(const Edit& edit, std::int64_t first_number);
  std::vector<matching::Thumbnail> Reference(const Edit& edit, std::int64_t first_number);

  // Standard deviation of a cell between two occurrences of one frame, of the sides' noise together, in the source's
  // and the reference's own contrast.
  struct Noise {
    double source = 0.0, reference = 0.0;
  };
  Noise MeasureNoise();

 private:
  using Key = std::tuple<int, int, int, int, int>;
  image::Image Clean(const Item& item) const;
  const matching::Thumbnail& SourceOf(const Item& item, int occurrence);
  const matching::Thumbnail& ReferenceOf(const Item& item, int occurrence);

  const Film& film_;
  Damage damage_;
  std::string cache_;
  std::map<Key, matching::Thumbnail> sources_, references_;
};

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_FILM_H_
