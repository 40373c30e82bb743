// The shared crop for training and the crop for rendering: proposals, checks, keys.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_CROP_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_CROP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/alignment/transform_keys.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

struct CropOptions {
  int margin_px = 2;  // kept from every edge of what both elements show; 0 or more

  // An overlay is cut off when that costs at most this share of the crop; else it is masked.
  double greatest_cost = 0.06;
};

struct CropProposal {
  image::Rectangle training;             // source pixels, all four numbers even; the same on both elements
  std::vector<image::Rectangle> masked;  // overlays that the training crop still contains
  std::string reason;                    // for people: what limits the training crop
};

// `live`: the source's live area. `transforms`: source → reference, of every frame that the crop is for.
// `reference_live`: the reference's own live area, in its pixels. `overlays`: boxes in source pixels.
// The training crop is the greatest upright box that lies in the live area and, on every frame, on the reference's live
// area, its edges taken conservatively from the four corners. Throws std::invalid_argument when less than 64×64 pixels
// are left (saying what leaves so little), there is no transform, or a margin below 0.
CropProposal ProposeCrop(image::Size source_size, const image::Rectangle& live, std::span<const Transform> transforms,
                         const image::Rectangle& reference_live, std::span<const image::Rectangle> overlays,
                         const CropOptions& options);

// What a render recovers, in source pixels: the live area, made even inward. nullopt where it is the whole frame, or
// fewer than 64×64 pixels.
std::optional<image::Rectangle> ProposeRenderCrop(image::Size source_size, const image::Rectangle& live);

// A box of the reference in source pixels: the upright box around where it lies. For overlays found on the reference.
image::Rectangle ToSource(const image::Rectangle& on_reference, const Transform& transform, image::Size source_size);

// Throws std::invalid_argument unless the crop lies inside the frame, has even position and size and at least 64×64
// pixels; the message names the nearest crop that would be right.
void RequireCrop(const image::Rectangle& crop, image::Size frame);

// A crop keyed over frames: edges interpolated between keys, held outside, made even inward, never outside the frame.
class CropKeys {
 public:
  CropKeys(image::Size frame, Interpolation interpolation) : frame_(frame), interpolation_(interpolation) {}

  // Throws as RequireCrop.
  void Set(std::int64_t frame, const image::Rectangle& crop);
  bool Remove(std::int64_t frame) { return keys_.erase(frame) > 0; }
  bool empty() const { return keys_.empty(); }
  const std::map<std::int64_t, image::Rectangle>& keys() const { return keys_; }

  // Throws std::invalid_argument when there is no key.
  image::Rectangle At(std::int64_t frame) const;

 private:
  image::Size frame_;
  Interpolation interpolation_;
  std::map<std::int64_t, image::Rectangle> keys_;
};

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_CROP_H_
