#include "tests/worker/engine/curation/drawn_shots.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace interneg::curation {
namespace {

// A number in 0..1 that follows from three.
double Chance(int shot, int what, int which) {
  std::uint64_t x = static_cast<std::uint64_t>(shot) * 0x9E3779B97F4A7C15ULL +
                    static_cast<std::uint64_t>(what) * 0xBF58476D1CE4E5B9ULL +
                    static_cast<std::uint64_t>(which) * 0x94D049BB133111EBULL;
  x ^= x >> 31;
  x *= 0xD6E8FEB86659FD93ULL;
  x ^= x >> 32;
  return static_cast<double>(x % 100003U) / 100003.0;
}

float& At(image::Image& picture, int c, int x, int y) {
  return picture.plane(
      c)[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width_px()) + static_cast<std::size_t>(x)];
}
float At(const image::Image& picture, int c, int x, int y) {
  x = std::clamp(x, 0, picture.width_px() - 1), y = std::clamp(y, 0, picture.height_px() - 1);
  return picture.plane(
      c)[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width_px()) + static_cast<std::size_t>(x)];
}

void DrawDisc(image::Image& picture, int shot, int disc, double index) {
  const double cx = 160 * Chance(shot, 1, disc) + index * (Chance(shot, 2, disc) - .5) * 1.5;
  const double cy = 90 * Chance(shot, 3, disc) + index * (Chance(shot, 4, disc) - .5) * .6;
  const double radius = 6 + 16 * Chance(shot, 5, disc);
  const double ink[3] = {.12 + .7 * Chance(shot, 6, disc), .12 + .7 * Chance(shot, 7, disc),
                         .12 + .7 * Chance(shot, 8, disc)};
  const auto first = [&](double centre) { return std::max(0, static_cast<int>(centre - radius) - 1); };
  const auto end = [&](double centre, int limit) { return std::min(limit, static_cast<int>(centre + radius) + 2); };
  for (int y = first(cy); y < end(cy, picture.height_px()); ++y) {
    for (int x = first(cx); x < end(cx, picture.width_px()); ++x) {
      const double inside = std::clamp(radius - std::hypot(x - cx, y - cy) + .5, 0.0, 1.0);
      if (inside <= 0) continue;
      for (int c = 0; c < 3; ++c) {
        At(picture, c, x, y) = static_cast<float>((1 - inside) * At(picture, c, x, y) + inside * ink[c]);
      }
    }
  }
}

}  // namespace

image::Image DrawShot(int shot, double index) {
  image::Image out(kDrawnSize, {"R", "G", "B"}, image::kTrainingDisplay);
  const double across = Chance(shot, 20, 0), down = Chance(shot, 20, 1);
  const double ground[3] = {Chance(shot, 21, 0), Chance(shot, 21, 1), Chance(shot, 21, 2)};
  for (int y = 0; y < out.height_px(); ++y) {
    for (int x = 0; x < out.width_px(); ++x) {
      const double slope = across * x / 160 + down * y / 90;
      const double texture = .05 * std::sin(1.3 * x + .4 * y) * std::sin(.5 * x - 1.1 * y);
      for (int c = 0; c < 3; ++c) {
        At(out, c, x, y) = static_cast<float>(.15 + .4 * ground[c] + .25 * (slope - .5) + texture);
      }
    }
  }
  for (int disc = 0; disc < 14; ++disc) DrawDisc(out, shot, disc, index);
  return out;
}

image::Image Scaled(const image::Image& picture, double factor) {
  image::Image out = picture;
  for (float& v : out.values()) v *= static_cast<float>(factor);
  return out;
}

image::Image Mixed(const image::Image& a, const image::Image& b, double share_of_a) {
  image::Image out = a;
  for (std::size_t i = 0; i < out.values().size(); ++i) {
    out.values()[i] = static_cast<float>(share_of_a * a.values()[i] + (1 - share_of_a) * b.values()[i]);
  }
  return out;
}

image::Image ShiftedDown(const image::Image& picture, int rows_px) {
  image::Image out = picture;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < out.height_px(); ++y) {
      for (int x = 0; x < out.width_px(); ++x) At(out, c, x, y) = At(picture, c, x, y - rows_px);
    }
  }
  return out;
}

image::Image Blurred(const image::Image& picture, int radius_px) {
  image::Image across = picture, out = picture;
  const auto mean = [&](const image::Image& in, int c, int x, int y, int dx, int dy) {
    float sum = 0;
    for (int k = -radius_px; k <= radius_px; ++k) sum += At(in, c, x + k * dx, y + k * dy);
    return sum / static_cast<float>(2 * radius_px + 1);
  };
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < out.height_px(); ++y) {
      for (int x = 0; x < out.width_px(); ++x) At(across, c, x, y) = mean(picture, c, x, y, 1, 0);
    }
    for (int y = 0; y < out.height_px(); ++y) {
      for (int x = 0; x < out.width_px(); ++x) At(out, c, x, y) = mean(across, c, x, y, 0, 1);
    }
  }
  return out;
}

image::Image Flat(double value) {
  image::Image out(kDrawnSize, {"R", "G", "B"}, image::kTrainingDisplay);
  std::fill(out.values().begin(), out.values().end(), static_cast<float>(value));
  return out;
}

void Fill(image::Image& picture, const image::Rectangle& area, const std::array<float, 3>& rgb) {
  for (int c = 0; c < 3; ++c) {
    for (int y = area.y_px; y < area.y_px + area.size.height_px; ++y) {
      for (int x = area.x_px; x < area.x_px + area.size.width_px; ++x)
        At(picture, c, x, y) = rgb[static_cast<std::size_t>(c)];
    }
  }
}

std::vector<Candidate> CandidatesOf(const std::vector<image::Image>& pictures) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    Candidate& candidate = out.emplace_back();
    candidate.frame = 1001 + static_cast<int>(i);
    candidate.features = MeasureFrame(pictures[i], {nullptr, SourceColor::kIntact});
  }
  return out;
}

}  // namespace interneg::curation
