// Manual transforms keyed over time, and which frames use them.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_KEYS_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_KEYS_H_

#include <array>
#include <cstdint>
#include <map>
#include <variant>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// What a person sets on one frame: a correction (dx, dy in source pixels, scale, rotation about the source's centre)
// that is applied before the base transform, or the places in the Reference of the source's four corner pixels, in the
// order of CornersOf.
using KeyValue = std::variant<SimilarityParameters, std::array<Point, 4>>;

// kLinear: straight between keys. kSmooth: a monotone cubic (Fritsch & Butland 1984, see key_curve.h), so that a value
// never overshoots its keys and holds where they do.
enum class Interpolation { kLinear, kSmooth };

// Keys of one shot. With similarity keys alone the parameters are interpolated (the scale by its logarithm); once one
// key has corners, every key is taken by its four corners. The first and the last key are held outside. Not
// synchronised.
class TransformKeys {
 public:
  // `base`: what the corrections are relative to, usually the shot's global solve, or FrameToFrame.
  TransformKeys(image::Size source_size, Transform base, Interpolation interpolation);

  // Sets or replaces the key of a frame. Throws std::invalid_argument for values that give no transform (a scale of 0,
  // three corners on a line, corners that turn the picture over).
  void Set(std::int64_t frame, const KeyValue& value);

  // False when the frame had no key.
  bool Remove(std::int64_t frame);

  bool empty() const { return keys_.empty(); }
  const std::map<std::int64_t, KeyValue>& keys() const { return keys_; }
  const Transform& base() const { return base_; }
  image::Size source_size() const { return source_size_; }

  // Throws std::invalid_argument when there is no key.
  Transform At(std::int64_t frame) const;

 private:
  Transform Of(const KeyValue& value) const;
  bool OnlySimilarities() const;

  image::Size source_size_;
  Transform base_;
  Interpolation interpolation_;
  std::map<std::int64_t, KeyValue> keys_;
};

// Whether a frame takes the automatic solve or the manual keys.
enum class Path { kAutomatic, kManual };

// A path for every frame of a shot: one for all, and single frames that differ.
class PathSwitch {
 public:
  explicit PathSwitch(Path for_all = Path::kAutomatic) : for_all_(for_all) {}
  void Set(std::int64_t frame, Path path) { frames_[frame] = path; }
  void Clear(std::int64_t frame) { frames_.erase(frame); }
  Path At(std::int64_t frame) const {
    const auto found = frames_.find(frame);
    return found == frames_.end() ? for_all_ : found->second;
  }
  const std::map<std::int64_t, Path>& frames() const { return frames_; }
  Path for_all() const { return for_all_; }

 private:
  Path for_all_;
  std::map<std::int64_t, Path> frames_;
};

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_KEYS_H_
