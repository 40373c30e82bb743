#include "worker/engine/preparation/deinterlace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// The nearest line of the same field inside the picture.
int Line(int y, int rows) {
  if (y < 0) return y + 2 * ((-y + 1) / 2);
  if (y >= rows) return y - 2 * ((y - rows) / 2 + 1);
  return y;
}

int Column(int x, int columns) {
  return std::clamp(x, 0, columns - 1);
}

// Pixels aside, from the line above to the line below, along which luma changes least.
int Direction(const cv::Mat1f& luma, int y, int x) {
  const float* above = luma[Line(y - 1, luma.rows)];
  const float* below = luma[Line(y + 1, luma.rows)];
  const auto change = [&](int slope) {
    constexpr int kPatch = 2;
    float sum = 0.0F;
    for (int i = -kPatch; i <= kPatch; ++i) {
      sum += std::abs(above[Column(x + i + slope, luma.cols)] - below[Column(x + i - slope, luma.cols)]);
    }
    return sum / (2 * kPatch + 1);
  };
  // A slope must earn it: textures match aslant by chance, and noise would draw edges of its own.
  constexpr float kShare = 0.2F, kPreference = 0.01F;
  int best = 0;
  float least = kShare * change(0) - kPreference;
  // Outwards on either side, and no farther once it stops paying: repeating patterns match far away too.
  for (const int side : {-1, 1}) {
    float last = change(0);
    for (int slope = 1; slope <= 3; ++slope) {
      const float here = change(side * slope);
      if (here >= last) break;
      last = here;
      if (here >= least) continue;
      least = here;
      best = side * slope;
    }
  }
  return best;
}

float InSpace(const cv::Mat1f& plane, int y, int x, int slope) {
  const float above = plane(Line(y - 1, plane.rows), Column(x + slope, plane.cols));
  const float below = plane(Line(y + 1, plane.rows), Column(x - slope, plane.cols));
  if (slope != 0) return 0.5F * (above + below);
  const float cubic =
      (9.0F * (above + below) - plane(Line(y - 3, plane.rows), x) - plane(Line(y + 3, plane.rows), x)) / 16.0F;
  return cubic;
}

// One channel of the frame with its neighbours in time; empty planes where there is none.
struct Times {
  cv::Mat1f before, now, after;
};

float LimitedByTime(const Times& t, int y, int x, float spatial) {
  const cv::Mat1f& earlier = t.before.empty() ? t.now : t.before;  // the missing line, half a frame before
  const auto missing = [&](int line) {
    const int at = Line(line, t.now.rows);
    return 0.5F * (earlier(at, x) + t.now(at, x));
  };
  const int up = Line(y - 1, t.now.rows), down = Line(y + 1, t.now.rows);
  const float c = t.now(up, x), e = t.now(down, x), d = missing(y);
  float moved = 0.5F * std::abs(earlier(y, x) - t.now(y, x));
  for (const cv::Mat1f* other : {&t.before, &t.after}) {
    if (!other->empty())
      moved = std::max(moved, 0.5F * (std::abs((*other)(up, x) - c) + std::abs((*other)(down, x) - e)));
  }
  // Where nothing moves, lines are woven whatever they look like: fine detail combs too.
  constexpr float kStill = 1.0F / 255.0F;
  if (moved < kStill) return std::clamp(spatial, d - moved, d + moved);
  const float b = missing(y - 2) - c, f = missing(y + 2) - e;
  const float most = std::max({d - e, d - c, std::min(b, f)}), least = std::min({d - e, d - c, std::max(b, f)});
  moved = std::max({moved, least, -most});
  return std::clamp(spatial, d - moved, d + moved);
}

}  // namespace

image::Image Deinterlaced(const Deinterlace& deinterlace, const Window& window) {
  image::Image out = window.Centre();
  const Planes now = ViewAll(window.Centre());
  const cv::Mat1f luma = LumaOf(now);
  const bool alone = window.At(-1) == nullptr && window.At(1) == nullptr;
  const bool adaptive = deinterlace.method == DeinterlaceMethod::kMotionAdaptive && !alone;
  Planes made = ViewAll(out);
  std::array<Times, 3> times;
  for (int c = 0; c < 3; ++c) {
    Times& t = times[static_cast<std::size_t>(c)];
    t.now = now[static_cast<std::size_t>(c)];
    if (adaptive && window.At(-1) != nullptr) t.before = View(*window.At(-1), c);
    if (adaptive && window.At(1) != nullptr) t.after = View(*window.At(1), c);
  }
  const int kept = deinterlace.order == FieldOrder::kTopFirst ? 0 : 1;
  ForRows(luma.rows, [&](int y) {
    if (y % 2 == kept) return;
    for (int x = 0; x < luma.cols; ++x) {
      const int slope = Direction(luma, y, x);
      for (std::size_t c = 0; c < 3; ++c) {
        const float spatial = InSpace(now[c], y, x, slope);
        made[c](y, x) = adaptive ? LimitedByTime(times[c], y, x, spatial) : spatial;
      }
    }
  });
  return out;
}

}  // namespace interneg::preparation
