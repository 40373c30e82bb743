#include "tests/benchmarks/frame_matching/speed.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "worker/engine/matching/frame_map.h"

namespace interneg::benchmarks {
namespace {

using matching::Thumbnail;

struct Blob {
  double x, y, moves_x, moves_y, radius, light;
};

struct Scene {
  cv::Mat1f background;
  std::vector<Blob> blobs;
};

Scene DrawScene(cv::RNG random) {
  Scene scene{cv::Mat1f(Thumbnail::kHeight, Thumbnail::kWidth), {}};
  random.fill(scene.background, cv::RNG::UNIFORM, 0.0, 1.0);
  cv::GaussianBlur(scene.background, scene.background, {}, 2.5);
  cv::normalize(scene.background, scene.background, .1, .8, cv::NORM_MINMAX);
  for (int k = 0; k < 4; ++k) {
    scene.blobs.push_back({random.uniform(8.0, 56.0), random.uniform(8.0, 40.0), random.uniform(-.3, .3), random.uniform(-.2, .2),
                           random.uniform(3.0, 7.0), random.uniform(-.4, .4)});
  }
  return scene;
}

Thumbnail Draw(const Scene& scene, int t, double crop, double gamma, cv::RNG& random, std::int64_t number) {
  cv::Mat1f cells = scene.background.clone();
  for (const Blob& b : scene.blobs) {
    const double x = b.x + 6 * std::sin(.11 * t + b.y) + b.moves_x * t, y = b.y + b.moves_y * t;
    for (int v = 0; v < cells.rows; ++v) {
      for (int u = 0; u < cells.cols; ++u) {
        const double d = ((u - x) * (u - x) + (v - y) * (v - y)) / (b.radius * b.radius);
        if (d < 6) cells(v, u) += static_cast<float>(b.light * std::exp(-d));
      }
    }
  }
  const double s = 1 - crop;
  const cv::Mat1d m = (cv::Mat1d(2, 3) << s, 0, (1 - s) * 31.5, 0, s, (1 - s) * 23.5);
  cv::warpAffine(cells, cells, m, cells.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::Mat1f noise(cells.size());
  random.fill(noise, cv::RNG::NORMAL, 0.0, .01);
  Thumbnail out{number, {640, 480}, {}};
  for (int i = 0; i < static_cast<int>(Thumbnail::kCells); ++i) {
    const float v = std::clamp(cells(i / cells.cols, i % cells.cols), 0.0F, 1.0F);
    out.luma.push_back(std::max(0.0F, std::pow(v, static_cast<float>(gamma)) + noise(i / cells.cols, i % cells.cols)));
  }
  return out;
}

}  // namespace

double MeasureSpeed(int frames, int shot_frames, std::uint64_t seed) {
  cv::RNG random(seed);
  std::vector<int> lengths;
  for (int left = frames; left > 0; left -= lengths.back()) {
    lengths.push_back(std::min(left, random.uniform(std::max(1, shot_frames / 3), 2 * shot_frames)));
  }
  std::vector<int> order(lengths.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<int>(k);
  for (std::size_t k = 0; k + 1 < order.size(); k += 7) std::swap(order[k], order[k + 1]);
  std::vector<Thumbnail> source, reference;
  std::vector<std::pair<int, int>> identity_of_reference;
  std::map<std::int64_t, std::pair<int, int>> identity_of_source;
  for (int k = 0; k < static_cast<int>(lengths.size()); ++k) {
    const Scene scene = DrawScene(cv::RNG(seed + 1000 + k));
    for (int t = 0; t < lengths[k]; ++t) {
      identity_of_source[static_cast<std::int64_t>(source.size())] = {k, t};
      source.push_back(Draw(scene, t, 0.0, 1.0, random, static_cast<std::int64_t>(source.size())));
    }
  }
  for (const int k : order) {
    const Scene scene = DrawScene(cv::RNG(seed + 1000 + k));
    for (int t = 0; t < lengths[k]; ++t) {
      identity_of_reference.emplace_back(k, t);
      reference.push_back(Draw(scene, t, .05, 1.2, random, static_cast<std::int64_t>(reference.size())));
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto map = matching::Match(source, reference);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  int exact = 0, wrong = 0;
  for (const auto& match : map.frames) {
    if (match.state != matching::FrameState::kMatched && match.state != matching::FrameState::kHeld) continue;
    const bool right = identity_of_reference[static_cast<std::size_t>(*match.reference)] == identity_of_source[match.source];
    (right ? exact : wrong) += 1;
  }
  std::printf("%d x %d synthetic thumbnails, %zu shots: %.1f s (bar %.0f s); %.2f %% exact, %d not exact\n", frames, frames,
              lengths.size(), seconds, kMostSeconds, 100.0 * exact / frames, wrong);
  return seconds;
}

}  // namespace interneg::benchmarks
