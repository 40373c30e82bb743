#include "worker/engine/alignment/crop.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "worker/engine/alignment/key_curve.h"

namespace interneg::alignment {
namespace {

constexpr int kLeast_px = 64;

// Edges rather than sizes: right and bottom lie one beyond.
struct Box {
  double left, top, right, bottom;
  double area() const { return std::max(0.0, right - left) * std::max(0.0, bottom - top); }
};

Box BoxOf(const image::Rectangle& r) {
  const double left = r.x_px, top = r.y_px;
  return {left, top, left + r.size.width_px, top + r.size.height_px};
}

Box Common(const Box& a, const Box& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

// The edges of the corner pixels' outer corners, taken back into the source.
std::array<Point, 4> CornersInSource(const image::Rectangle& on_reference, const Transform& transform) {
  const Transform back = transform.Inverse();
  const Box b = BoxOf(on_reference);
  std::array<Point, 4> out{Point{b.left, b.top}, Point{b.right, b.top}, Point{b.right, b.bottom},
                           Point{b.left, b.bottom}};
  for (Point& p : out) {
    p = back.Apply({p.x - .5, p.y - .5});
    p = {p.x + .5, p.y + .5};
  }
  return out;
}

Box Inscribed(const std::array<Point, 4>& c) {
  return {std::max(c[0].x, c[3].x), std::max(c[0].y, c[1].y), std::min(c[1].x, c[2].x), std::min(c[2].y, c[3].y)};
}

image::Rectangle EvenInward(const Box& b) {
  const int left = 2 * static_cast<int>(std::ceil(b.left / 2 - 1e-9)),
            top = 2 * static_cast<int>(std::ceil(b.top / 2 - 1e-9));
  const int right = 2 * static_cast<int>(std::floor(b.right / 2 + 1e-9));
  const int bottom = 2 * static_cast<int>(std::floor(b.bottom / 2 + 1e-9));
  return {left, top, {right - left, bottom - top}};
}

std::string Text(const image::Rectangle& r) {
  return std::to_string(r.size.width_px) + "x" + std::to_string(r.size.height_px) + "+" + std::to_string(r.x_px) + "+" +
         std::to_string(r.y_px);
}

// What is left after the cheapest cut that frees the crop of the overlay.
Box CutOff(const Box& crop, const Box& overlay) {
  const Box cuts[] = {{overlay.right, crop.top, crop.right, crop.bottom},
                      {crop.left, overlay.bottom, crop.right, crop.bottom},
                      {crop.left, crop.top, overlay.left, crop.bottom},
                      {crop.left, crop.top, crop.right, overlay.top}};
  return *std::max_element(std::begin(cuts), std::end(cuts),
                           [](const Box& a, const Box& b) { return a.area() < b.area(); });
}

void RequireEnough(const image::Rectangle& crop, const char* why) {
  if (crop.size.width_px >= kLeast_px && crop.size.height_px >= kLeast_px) return;
  throw std::invalid_argument(std::string("crop: ") + why + " leaves fewer than 64x64 pixels (" + Text(crop) +
                              "); check the alignment and the live areas");
}

}  // namespace

CropProposal ProposeCrop(image::Size source_size, const image::Rectangle& live, std::span<const Transform> transforms,
                         const image::Rectangle& reference_live, std::span<const image::Rectangle> overlays,
                         const CropOptions& options) {
  if (transforms.empty()) throw std::invalid_argument("crop: there is no aligned frame to crop for");
  if (options.margin_px < 0) throw std::invalid_argument("crop: the margin is 0 or more pixels");
  const Box frame = BoxOf({0, 0, source_size});
  const Box picture = Common(BoxOf(live), frame);
  CropProposal out;
  RequireEnough(EvenInward(picture), "the live area");
  Box shared = picture;
  for (const Transform& transform : transforms) {
    shared = Common(shared, Inscribed(CornersInSource(reference_live, transform)));
  }
  const double margin = options.margin_px;
  shared = {shared.left + margin, shared.top + margin, shared.right - margin, shared.bottom - margin};
  RequireEnough(EvenInward(shared), "what both elements show");
  out.reason =
      shared.area() < .98 * picture.area() ? "limited by what the reference covers" : "limited by the live area";
  int cut = 0;
  for (const auto& overlay : overlays) {
    const Box box = BoxOf(overlay);
    if (Common(shared, box).area() <= 0.0) continue;
    const Box rest = CutOff(shared, box);
    if (rest.area() < (1 - options.greatest_cost) * shared.area()) continue;
    shared = rest;
    ++cut;
  }
  if (cut > 0) out.reason += "; " + std::to_string(cut) + (cut == 1 ? " overlay" : " overlays") + " cut off";
  out.training = EvenInward(shared);
  RequireEnough(out.training, "what both elements show without overlays");
  for (const auto& overlay : overlays) {
    if (Common(BoxOf(out.training), BoxOf(overlay)).area() > 0.0) out.masked.push_back(overlay);
  }
  return out;
}

std::optional<image::Rectangle> ProposeRenderCrop(image::Size source_size, const image::Rectangle& live) {
  const image::Rectangle crop = EvenInward(Common(BoxOf(live), BoxOf({0, 0, source_size})));
  const bool enough = crop.size.width_px >= kLeast_px && crop.size.height_px >= kLeast_px;
  if (!enough || live == image::Rectangle{0, 0, source_size}) return std::nullopt;
  return crop;
}

image::Rectangle ToSource(const image::Rectangle& on_reference, const Transform& transform, image::Size source_size) {
  const auto corners = CornersInSource(on_reference, transform);
  Box around{corners[0].x, corners[0].y, corners[0].x, corners[0].y};
  for (const Point& p : corners) {
    around = {std::min(around.left, p.x), std::min(around.top, p.y), std::max(around.right, p.x),
              std::max(around.bottom, p.y)};
  }
  around = Common(around, BoxOf({0, 0, source_size}));
  const int left = static_cast<int>(std::floor(around.left)), top = static_cast<int>(std::floor(around.top));
  return {left,
          top,
          {std::max(0, static_cast<int>(std::ceil(around.right)) - left),
           std::max(0, static_cast<int>(std::ceil(around.bottom)) - top)}};
}

void RequireCrop(const image::Rectangle& crop, image::Size frame) {
  const Box inside = Common(BoxOf(crop), BoxOf({0, 0, frame}));
  const image::Rectangle right = inside.area() > 0.0 ? EvenInward(inside) : image::Rectangle{};
  const bool enough = right.size.width_px >= kLeast_px && right.size.height_px >= kLeast_px;
  if (right == crop && enough) return;
  const std::string remedy = enough ? "; use " + Text(right)
                                    : "; use at least 64x64 pixels inside " + std::to_string(frame.width_px) + "x" +
                                          std::to_string(frame.height_px);
  if (inside.area() < BoxOf(crop).area() || crop.size.width_px <= 0 || crop.size.height_px <= 0) {
    throw std::invalid_argument("crop " + Text(crop) + " leaves the frame of " + std::to_string(frame.width_px) + "x" +
                                std::to_string(frame.height_px) + " pixels" + remedy);
  }
  if (!enough) throw std::invalid_argument("crop " + Text(crop) + " is too small" + remedy);
  throw std::invalid_argument("crop " + Text(crop) + " has odd numbers; position and size are even" + remedy);
}

void CropKeys::Set(std::int64_t frame, const image::Rectangle& crop) {
  RequireCrop(crop, frame_);
  keys_[frame] = crop;
}

image::Rectangle CropKeys::At(std::int64_t frame) const {
  std::map<std::int64_t, std::vector<double>> curve;
  for (const auto& [at, crop] : keys_) {
    const Box b = BoxOf(crop);
    curve[at] = {b.left, b.top, b.right, b.bottom};
  }
  const auto v = ValuesAt(curve, interpolation_, frame);
  return EvenInward({v[0], v[1], v[2], v[3]});
}

}  // namespace interneg::alignment
