#include "worker/engine/dataset/pair.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>

namespace interneg::dataset {
namespace {

std::string Text(image::Size size) {
  return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
}

[[noreturn]] void Refuse(const Pair& pair, const std::string& what) {
  throw std::invalid_argument("pair at frame " + std::to_string(pair.frame) + ": " + what);
}

void RequireFinite(const Pair& pair, const image::Image& image, const char* name) {
  for (int c = 0; c < image.channel_count(); ++c) {
    const auto plane = image.plane(c);
    const auto bad = std::find_if(plane.begin(), plane.end(), [](float v) { return !std::isfinite(v); });
    if (bad == plane.end()) continue;
    const auto at = bad - plane.begin();
    Refuse(pair, std::string("the ") + name + " has a pixel that is NaN or infinite (channel " + image.channels()[c] +
                     ", x " + std::to_string(at % image.width_px()) + ", y " + std::to_string(at / image.width_px()) +
                     "); repair the frame or choose another");
  }
}

void RequireStructure(const Pair& pair, const image::Image& image, const char* name) {
  for (int c = 0; c < image.channel_count(); ++c) {
    const auto plane = image.plane(c);
    const auto [low, high] = std::minmax_element(plane.begin(), plane.end());
    if (*high > *low) return;
  }
  Refuse(pair, std::string("the ") + name + " is one constant colour, so nothing can be learned from it; choose " +
                   "another frame");
}

void CheckConfidence(const Pair& pair) {
  if (!pair.confidence) return;
  const image::Image& plane = *pair.confidence;
  if (plane.channel_count() != 1 || plane.size() != pair.source.size()) {
    Refuse(pair, "the confidence map must be one plane of " + Text(pair.source.size()) + ", got " +
                     std::to_string(plane.channel_count()) + " of " + Text(plane.size()));
  }
  for (const float v : plane.values()) {
    if (!(v >= 0.0F && v <= 1.0F)) Refuse(pair, "the confidence map has a value outside 0 to 1");
  }
  if (std::all_of(plane.values().begin(), plane.values().end(), [](float v) { return v == 0.0F; })) {
    Refuse(pair, "nothing of the reference can be trusted: its confidence is 0 everywhere; leave the pair out");
  }
}

void CheckPair(const Pair& pair, image::Size size) {
  if (pair.source.channel_count() != 3 || pair.reference.channel_count() != 3) {
    Refuse(pair, "source and reference need three planes (R, G, B), got " +
                     std::to_string(pair.source.channel_count()) + " and " +
                     std::to_string(pair.reference.channel_count()));
  }
  if (pair.source.size() != pair.reference.size()) {
    Refuse(pair, "the source is " + Text(pair.source.size()) + " and the reference " + Text(pair.reference.size()) +
                     "; they must be registered and of one size");
  }
  if (pair.source.size() != size) {
    Refuse(pair, "its size is " + Text(pair.source.size()) + " but the others are " + Text(size) +
                     "; use frames of one size");
  }
  RequireFinite(pair, pair.source, "source");
  RequireFinite(pair, pair.reference, "reference");
  RequireStructure(pair, pair.source, "source");
  RequireStructure(pair, pair.reference, "reference");
  const auto a = pair.source.values(), b = pair.reference.values();
  if (std::equal(a.begin(), a.end(), b.begin(), b.end())) {
    Refuse(pair, "the reference is identical to the source; check that the reference path names the better element");
  }
  CheckConfidence(pair);
}

}  // namespace

void CheckTrainingPairs(std::span<const Pair> pairs) {
  if (pairs.size() < 2) {
    throw std::invalid_argument("at least two training pairs are needed, got " + std::to_string(pairs.size()) +
                                "; 4 to 9 a shot are usual");
  }
  std::set<int> frames;
  for (const Pair& pair : pairs) {
    if (!frames.insert(pair.frame).second) Refuse(pair, "the frame is named twice");
  }
  for (const Pair& pair : pairs) CheckPair(pair, pairs.front().source.size());
}

void CheckHeldOutPairs(std::span<const Pair> pairs, image::Size size) {
  for (const Pair& pair : pairs) CheckPair(pair, size);
}

}  // namespace interneg::dataset
