#include "worker/engine/alignment/transform_keys.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "worker/engine/alignment/key_curve.h"

namespace interneg::alignment {
namespace {

using Corners = std::array<Point, 4>;

Point CentreOf(image::Size size) {
  return {.5 * (size.width_px - 1), .5 * (size.height_px - 1)};
}

// Twice the signed area; positive while the corners go round as CornersOf does.
double Orientation(const Corners& c) {
  double sum = 0.0;
  for (int i = 0; i < 4; ++i) sum += c[i].x * c[(i + 1) % 4].y - c[(i + 1) % 4].x * c[i].y;
  return sum;
}

}  // namespace

TransformKeys::TransformKeys(image::Size source_size, Transform base, Interpolation interpolation)
    : source_size_(source_size), base_(std::move(base)), interpolation_(interpolation) {
  if (source_size.width_px < 2 || source_size.height_px < 2) {
    throw std::invalid_argument("transform keys: the source is at least 2x2 pixels");
  }
}

Transform TransformKeys::Of(const KeyValue& value) const {
  if (const auto* parameters = std::get_if<SimilarityParameters>(&value)) {
    return Compose(FromSimilarity(*parameters, CentreOf(source_size_)), base_);
  }
  return FromFourPoints(CornersOf(source_size_), std::get<Corners>(value));
}

void TransformKeys::Set(std::int64_t frame, const KeyValue& value) {
  (void)Of(value);  // refuses what gives no transform before it is kept
  if (const auto* corners = std::get_if<Corners>(&value); corners != nullptr && Orientation(*corners) <= 0.0) {
    throw std::invalid_argument(
        "transform key of frame " + std::to_string(frame) +
        ": the corners turn the picture over; give them as upper left, upper right, lower right, lower left");
  }
  keys_[frame] = value;
}

bool TransformKeys::Remove(std::int64_t frame) {
  return keys_.erase(frame) > 0;
}

bool TransformKeys::OnlySimilarities() const {
  return std::all_of(keys_.begin(), keys_.end(),
                     [](const auto& key) { return std::holds_alternative<SimilarityParameters>(key.second); });
}

Transform TransformKeys::At(std::int64_t frame) const {
  std::map<std::int64_t, std::vector<double>> curve;
  if (OnlySimilarities()) {
    for (const auto& [at, value] : keys_) {
      const auto& p = std::get<SimilarityParameters>(value);
      curve[at] = {p.dx_px, p.dy_px, std::log(p.scale), p.rotation_deg};
    }
    const auto v = ValuesAt(curve, interpolation_, frame);
    return Of(SimilarityParameters{v[0], v[1], std::exp(v[2]), v[3]});
  }
  for (const auto& [at, value] : keys_) {
    const Transform transform = Of(value);
    for (const Point& corner : CornersOf(source_size_)) {
      const Point p = transform.Apply(corner);
      curve[at].insert(curve[at].end(), {p.x, p.y});
    }
  }
  const auto v = ValuesAt(curve, interpolation_, frame);
  return Of(Corners{Point{v[0], v[1]}, Point{v[2], v[3]}, Point{v[4], v[5]}, Point{v[6], v[7]}});
}

}  // namespace interneg::alignment
