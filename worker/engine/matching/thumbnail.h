// The small description of a frame from which frames are matched and shots are found.
//
// The module `matching` owns the question which frames two film elements share: thumbnails, shot boundaries, the frame
// map between two sequences, and edits of that map by hand. It works on small pictures alone and knows nothing of
// files, jobs or networks; the caller reads the frames.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_THUMBNAIL_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_THUMBNAIL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::matching {

// Luma of one frame, averaged over the cells of a fixed grid whatever the frame's own size and shape.
// `luma` holds kHeight rows of kWidth floats, rows from the top, display encoded, limited to [0, 2]; NaN counts as 0.
// Everything that has to survive fading, grading, cropping and grain (local contrast normalisation, gradients) is made
// from these cells when sequences are matched, because it must follow the geometry that only matching knows.
struct Thumbnail {
  static constexpr int kWidth = 64;
  static constexpr int kHeight = 48;
  static constexpr std::size_t kCells = static_cast<std::size_t>(kWidth) * kHeight;

  std::int64_t frame = 0;    // the frame's number in its sequence
  image::Size picture;       // what it was made from
  std::vector<float> luma;   // kCells values
};

// How the frame's values are encoded. Scene-linear values are raised to 1/2.4 so that shadows count as they do to the
// eye; display or log encoded values are taken as they are.
enum class Transfer { kEncoded, kSceneLinear };

// `picture`: one plane (or one named Y) or planes R, G, B (found by these names, else the first three) of any size.
// The luma of colours is .10 R + .85 G + .05 B. Green is what magenta absorbs, the dye that outlasts the others in dark
// storage (the retentions of the film workflow: 1, 1, 1 and .95 where cyan falls to .03), so that a faded print and a
// sound one agree there even where red and green objects meet; photometric luma takes a fifth from a red that is gone.
// The rest keeps some contrast where green has none. Throws std::invalid_argument for an empty picture.
Thumbnail MakeThumbnail(const image::Image& picture, std::int64_t frame, Transfer transfer = Transfer::kEncoded);

// Mean and standard deviation of the cells.
struct Level {
  double mean = 0.0;
  double deviation = 0.0;
};
Level LevelOf(const Thumbnail& thumbnail);

// A fixed number of bytes, kSerialisedBytes, little endian: "INTH", u16 version (1), u16 width, u16 height, u16 zero,
// i64 frame, u32 picture width, u32 picture height, f32 low, f32 high, then kCells u16: luma = low + code (high − low) /
// 65535. ParseThumbnail throws std::invalid_argument that says what is wrong (size, mark, version, grid, values);
// the remedy is always to make the thumbnail again.
inline constexpr std::size_t kSerialisedBytes = 36 + 2 * Thumbnail::kCells;
std::vector<std::byte> Serialise(const Thumbnail& thumbnail);
Thumbnail ParseThumbnail(std::span<const std::byte> bytes);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_THUMBNAIL_H_
