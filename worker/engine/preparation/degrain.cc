#include "worker/engine/preparation/degrain.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "worker/engine/preparation/motion.h"
#include "worker/engine/preparation/noise.h"
#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// Squared differences over the channels, in units of twice the grain's variance.
cv::Mat1f GrainUnits(const Planes& a, const Planes& b, const Planes& sigma) {
  cv::Mat1f sum = cv::Mat1f::zeros(a[0].size());
  ForRows(sum.rows, [&](int y) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (int x = 0; x < sum.cols; ++x) {
        const float d = (a[c](y, x) - b[c](y, x)) / sigma[c](y, x);
        sum(y, x) += d * d / 6.0F;
      }
    }
  });
  return sum;
}

cv::Mat1f Weights(const Planes& picture, const Planes& other, const Planes& sigma) {
  const cv::Mat1f units = GrainUnits(picture, other, sigma);
  cv::Mat1f exponent = -1.5F * cv::max(BoxMean(units, 2) - 1.3F, 0.0F) - 0.5F * cv::max(BoxMean(units, 1) - 4.0F, 0.0F);
  cv::exp(exponent, exponent);
  return exponent;
}

// The weighted mean; what is left of the grain's deviation, of 1, goes to `left`.
Planes TemporalMean(const Planes& picture, const std::vector<Planes>& neighbours, const Planes& sigma,
                    cv::Mat1f& left) {
  Planes sum{picture[0].clone(), picture[1].clone(), picture[2].clone()};
  cv::Mat1f weight = cv::Mat1f::ones(picture[0].size()), squares = weight.clone();
  for (const Planes& other : neighbours) {
    const cv::Mat1f w = Weights(picture, other, sigma);
    weight += w;
    squares += w.mul(w);
    for (std::size_t c = 0; c < 3; ++c) sum[c] += w.mul(other[c]);
  }
  for (auto& plane : sum) plane /= weight;
  cv::sqrt(squares, left);
  left /= weight;
  return sum;
}

// Non-local means: each pair of pixels is compared once and serves both.
Planes NonLocalMean(const Planes& picture, const Planes& sigma, int reach) {
  const cv::Size size = picture[0].size();
  Planes sum{picture[0].clone(), picture[1].clone(), picture[2].clone()};
  cv::Mat1f weight = cv::Mat1f::ones(size);
  for (int dy = 0; dy <= reach; ++dy) {
    for (int dx = dy == 0 ? 1 : -reach; dx <= reach; ++dx) {
      if (dy >= size.height || std::abs(dx) >= size.width) continue;
      const cv::Rect here(std::max(0, -dx), 0, size.width - std::abs(dx), size.height - dy);
      const cv::Rect there = here + cv::Point(dx, dy);
      const Planes a{picture[0](here), picture[1](here), picture[2](here)};
      const Planes b{picture[0](there), picture[1](there), picture[2](there)};
      const Planes s{sigma[0](here), sigma[1](here), sigma[2](here)};
      cv::Mat1f w = -cv::max(BoxMean(GrainUnits(a, b, s), 2) - 1.0F, 0.0F) / 0.6F;
      cv::exp(w, w);
      weight(here) += w;
      weight(there) += w;
      for (std::size_t c = 0; c < 3; ++c) {
        sum[c](here) += w.mul(b[c]);
        sum[c](there) += w.mul(a[c]);
      }
    }
  }
  for (auto& plane : sum) plane /= weight;
  return sum;
}

std::vector<Planes> Neighbours(const Window& window, int radius) {
  const cv::Mat1f luma = LumaOf(ViewAll(window.Centre()));
  std::vector<Planes> out;
  for (int offset = -radius; offset <= radius; ++offset) {
    const image::Image* other = offset == 0 ? nullptr : window.At(offset);
    if (other == nullptr) continue;
    const Planes planes = ViewAll(*other);
    out.push_back(Compensated(planes, EstimateMotion(luma, LumaOf(planes))));
  }
  return out;
}

}  // namespace

image::Image Degrained(const Degrain& degrain, const Window& window) {
  image::Image out = window.Centre();
  const Planes picture = ViewAll(window.Centre());
  std::vector<Planes> neighbours;
  if (degrain.extent != DegrainExtent::kSpatial) neighbours = Neighbours(window, degrain.radius_frames);
  const Noise noise = MeasureNoise(picture, neighbours);
  const cv::Mat1f luma = LumaOf(picture);
  Planes sigma;
  for (int c = 0; c < 3; ++c) sigma[static_cast<std::size_t>(c)] = degrain.strength * noise.MapOf(c, luma);
  cv::Mat1f left;
  Planes made = TemporalMean(picture, neighbours, sigma, left);
  if (degrain.extent != DegrainExtent::kTemporal) {
    for (auto& plane : sigma) plane = plane.mul(left);
    made = NonLocalMean(made, sigma, degrain.search_radius_px);
  }
  for (int c = 0; c < 3; ++c) made[static_cast<std::size_t>(c)].copyTo(View(out, c));
  return out;
}

}  // namespace interneg::preparation
