#include "tests/benchmarks/frame_matching/speed.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/benchmarks/frame_matching/score.h"
#include "worker/engine/matching/frame_map.h"

namespace interneg::benchmarks {
namespace {

using matching::Thumbnail;

constexpr double kNoise = .01;  // of a cell, of either side
constexpr double kGamma = 1.2, kCrop = .05;

// A blob's way is a figure of two periods that no other blob shares and that fit no number of frames, so that a shot comes
// back to no picture it has shown.
struct Blob {
  double rate_x, rate_y, phase_x, phase_y, radius, light;
};

struct Scene {
  cv::Mat1f background;
  std::vector<Blob> blobs;
};

Scene DrawScene(cv::RNG random) {
  constexpr int kBlobs = 6;
  Scene scene{cv::Mat1f(Thumbnail::kHeight, Thumbnail::kWidth), {}};
  random.fill(scene.background, cv::RNG::UNIFORM, 0.0, 1.0);
  cv::GaussianBlur(scene.background, scene.background, {}, 2.5);
  cv::normalize(scene.background, scene.background, .2, .7, cv::NORM_MINMAX);
  for (int k = 0; k < kBlobs; ++k) {
    const double sign = k % 2 == 0 ? 1.0 : -1.0;
    scene.blobs.push_back({random.uniform(.03, .12), random.uniform(.03, .12), random.uniform(0.0, 6.28), random.uniform(0.0, 6.28),
                           random.uniform(3.0, 6.0), sign * random.uniform(.2, .35)});
  }
  return scene;
}

cv::Mat1f DrawClean(const Scene& scene, int t) {
  cv::Mat1f cells = scene.background.clone();
  for (const Blob& b : scene.blobs) {
    const double x = 31.5 + 22 * std::sin(b.rate_x * t + b.phase_x), y = 23.5 + 15 * std::sin(b.rate_y * t + b.phase_y);
    for (int v = 0; v < cells.rows; ++v) {
      for (int u = 0; u < cells.cols; ++u) {
        const double d = ((u - x) * (u - x) + (v - y) * (v - y)) / (b.radius * b.radius);
        if (d < 6) cells(v, u) += static_cast<float>(b.light * std::exp(-d));
      }
    }
  }
  return cv::min(cv::max(cells, 0.0F), 1.0F);
}

Thumbnail Noisy(const cv::Mat1f& cells, cv::RNG& random, std::int64_t number) {
  cv::Mat1f noise(cells.size());
  random.fill(noise, cv::RNG::NORMAL, 0.0, kNoise);
  const cv::Mat1f seen = cv::max(cells + noise, 0.0F);
  return {number, {640, 480}, std::vector<float>(seen.begin(), seen.end())};
}

cv::Mat1f Transferred(const cv::Mat1f& cells) {
  constexpr double s = 1 - kCrop;
  const cv::Mat1d m = (cv::Mat1d(2, 3) << s, 0, kCrop * 31.5, 0, s, kCrop * 23.5);
  cv::Mat1f out;
  cv::warpAffine(cells, out, m, cells.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::pow(out, kGamma, out);
  return out;
}

// Frame t of shot `shot`; `told`: from its neighbours in the shot, as score.h says.
struct Drawn {
  int shot = 0, t = 0;
  bool told = false;
};

struct Sides {
  std::vector<Thumbnail> source, reference;
  std::vector<Drawn> of_source, of_reference;
};

std::vector<bool> ToldApart(const Scene& scene, int length) {
  const double noise = std::sqrt(2.0) * kNoise;
  std::vector<double> steps;
  for (int t = 0; t + 1 < length; ++t) steps.push_back(cv::norm(DrawClean(scene, t), DrawClean(scene, t + 1)) / noise);
  std::vector<bool> out;
  for (int t = 0; t < length; ++t) {
    out.push_back((t == 0 || steps[static_cast<std::size_t>(t - 1)] >= kDistinguishable) && (t + 1 == length || steps[static_cast<std::size_t>(t)] >= kDistinguishable));
  }
  return out;
}

Sides DrawSides(int frames, int shot_frames, std::uint64_t seed) {
  cv::RNG random(seed);
  std::vector<int> lengths, order;
  for (int left = frames; left > 0; left -= lengths.back()) {
    lengths.push_back(std::min(left, random.uniform(std::max(1, shot_frames / 3), 2 * shot_frames)));
    order.push_back(static_cast<int>(order.size()));
  }
  for (std::size_t k = 0; k + 1 < order.size(); k += 7) std::swap(order[k], order[k + 1]);
  Sides out;
  const auto scene = [&](int shot) { return DrawScene(cv::RNG(seed + 1000 + shot)); };
  for (int shot = 0; shot < static_cast<int>(lengths.size()); ++shot) {
    const Scene drawn = scene(shot);
    const auto told = ToldApart(drawn, lengths[shot]);
    for (int t = 0; t < lengths[shot]; ++t) {
      out.source.push_back(Noisy(DrawClean(drawn, t), random, static_cast<std::int64_t>(out.source.size())));
      out.of_source.push_back({shot, t, told[static_cast<std::size_t>(t)]});
    }
  }
  for (const int shot : order) {
    const Scene drawn = scene(shot);
    for (int t = 0; t < lengths[shot]; ++t) {
      out.reference.push_back(Noisy(Transferred(DrawClean(drawn, t)), random, static_cast<std::int64_t>(out.reference.size())));
      out.of_reference.push_back({shot, t, true});
    }
  }
  return out;
}

}  // namespace

double MeasureSpeed(int frames, int shot_frames, std::uint64_t seed) {
  const Sides sides = DrawSides(frames, shot_frames, seed);
  const auto begin = std::chrono::steady_clock::now();
  const auto map = matching::Match(sides.source, sides.reference);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  int told = 0, exact = 0, wrong = 0;
  for (std::size_t i = 0; i < map.frames.size(); ++i) {
    const auto& match = map.frames[i];
    const Drawn& drawn = sides.of_source[i];
    told += drawn.told ? 1 : 0;
    if (match.state != matching::FrameState::kMatched && match.state != matching::FrameState::kHeld) continue;
    const Drawn& partner = sides.of_reference[static_cast<std::size_t>(*match.reference)];
    const bool right = partner.shot == drawn.shot && partner.t == drawn.t;
    exact += right && drawn.told ? 1 : 0;
    wrong += !right && drawn.told ? 1 : 0;
  }
  std::printf("%d x %d drawn thumbnails, %d shots: %.1f s (bar %.0f s); exact %.2f %% of %d distinguishable, wrong %d\n", frames, frames,
              sides.of_source.back().shot + 1, seconds, kMostSeconds, 100.0 * exact / std::max(1, told), told, wrong);
  return seconds;
}

}  // namespace interneg::benchmarks
