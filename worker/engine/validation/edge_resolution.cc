#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "worker/engine/validation/luma_plane.h"
#include "worker/engine/validation/resolution.h"

namespace interneg::validation {
namespace {

constexpr int kReach_px = 14;       // of a profile to both sides of its edge
constexpr int kHalfLength_px = 12;  // of an edge
constexpr int kBins = 4;            // a pixel
constexpr int kProfile = 2 * kReach_px * kBins;
constexpr int kTile_px = 16;  // at most one edge starts in each
constexpr std::size_t kFewestEdges = 8;

using Profile = std::vector<double>;

struct EdgeProfile {
  Profile line_spread;  // sums to 1, centred
  double width_px = 0;  // from a tenth to nine tenths
};

// Pixels by their distance from a line through `centre` with the normal `angle`; nothing when a bin stays empty.
std::optional<Profile> Project(const cv::Mat1f& luma, cv::Point centre, double angle) {
  const double nx = std::cos(angle), ny = std::sin(angle);
  Profile sum(kProfile), count(kProfile);
  const int reach = static_cast<int>(std::hypot(kReach_px, kHalfLength_px)) + 1;
  for (int dy = -reach; dy <= reach; ++dy) {
    for (int dx = -reach; dx <= reach; ++dx) {
      const double across = nx * dx + ny * dy, along = -ny * dx + nx * dy;
      const int bin = static_cast<int>(std::floor((across + kReach_px) * kBins));
      if (std::abs(along) > kHalfLength_px || bin < 0 || bin >= kProfile) continue;
      sum[bin] += luma(centre.y + dy, centre.x + dx);
      count[bin] += 1;
    }
  }
  for (int bin = 0; bin < kProfile; ++bin) {
    if (count[bin] == 0) return std::nullopt;
    sum[bin] /= count[bin];
  }
  return sum;
}

double Steepness(const Profile& profile) {
  double sum = 0;
  for (std::size_t i = kBins; i < profile.size(); ++i) sum += std::pow(profile[i] - profile[i - kBins], 2);
  return sum;
}

// The normal's angle under which the profile is steepest; a wrong one blurs it.
std::optional<Profile> Straightened(const cv::Mat1f& luma, cv::Point centre, double angle) {
  std::optional<Profile> best;
  for (double turn = -3.0; turn <= 3.0; turn += 0.5) {
    auto profile = Project(luma, centre, angle + turn * std::numbers::pi / 180.0);
    if (profile && (!best || Steepness(*profile) > Steepness(*best))) best = std::move(profile);
  }
  return best;
}

struct Plateau {
  double level, deviation;
};

Plateau LevelOf(const Profile& profile, int first, int last) {
  double sum = 0, squares = 0;
  for (int i = first; i < last; ++i) {
    sum += profile[i];
    squares += profile[i] * profile[i];
  }
  const double n = last - first, mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
}

double CrossingOf(const Profile& profile, double level) {
  for (std::size_t i = 1; i < profile.size(); ++i) {
    if ((profile[i - 1] < level) == (profile[i] < level)) continue;
    return static_cast<double>(i) - 1.0 + (level - profile[i - 1]) / (profile[i] - profile[i - 1]);
  }
  return 0;
}

// Only a step will do: level on both sides, one rise between.
std::optional<EdgeProfile> AsEdge(const Profile& raw, double noise) {
  constexpr double kLeastContrast = 0.08, kMostRipple = 0.05;
  constexpr int kPlateau = 4 * kBins;
  const Plateau left = LevelOf(raw, 0, kPlateau), right = LevelOf(raw, kProfile - kPlateau, kProfile);
  const double step = right.level - left.level;
  if (std::abs(step) < std::max(kLeastContrast, 6 * noise)) return std::nullopt;
  if (std::max(left.deviation, right.deviation) > kMostRipple * std::abs(step)) return std::nullopt;
  Profile edge(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) edge[i] = (raw[i] - left.level) / step;
  const double low = CrossingOf(edge, 0.1), middle = CrossingOf(edge, 0.5), high = CrossingOf(edge, 0.9);
  EdgeProfile out;
  out.width_px = (high - low) / kBins;
  if (!(out.width_px > 0) || std::abs(middle - kProfile / 2.0) > 3 * kBins) return std::nullopt;
  // What lies beyond the rise is noise, or another edge.
  const double flat = std::max(2.0 * kBins, 1.0 * (high - low)), end = flat + 2.0 * kBins;
  double sum = 0;
  out.line_spread.assign(kProfile, 0);
  for (int i = 1; i < kProfile; ++i) {
    const double from_middle = std::abs(i - 0.5 - middle);
    const double taper = std::clamp((end - from_middle) / (end - flat), 0.0, 1.0);
    out.line_spread[i] = taper * (edge[i] - edge[i - 1]);
    sum += out.line_spread[i];
  }
  if (!(sum > 0.8)) return std::nullopt;
  // Centred, so that profiles can be averaged.
  Profile centred(kProfile);
  const double shift = middle + 0.5 - kProfile / 2.0;
  for (int i = 0; i < kProfile; ++i) {
    const double at = i + shift;
    const int below = static_cast<int>(std::floor(at));
    if (below < 0 || below + 1 >= kProfile) continue;
    const double share = at - below;
    centred[i] = ((1 - share) * out.line_spread[below] + share * out.line_spread[below + 1]) / sum;
  }
  out.line_spread = centred;
  return out;
}

double NormalAt(const cv::Mat1f& gx, const cv::Mat1f& gy, cv::Point centre, double& coherence) {
  const cv::Rect window(centre.x - 6, centre.y - 6, 13, 13);
  const cv::Mat1f wx = gx(window), wy = gy(window);
  const double xx = wx.dot(wx), yy = wy.dot(wy), xy = wx.dot(wy);
  coherence = std::hypot(xx - yy, 2 * xy) / (xx + yy + 1e-12);
  return 0.5 * std::atan2(2 * xy, xx - yy);
}

void FindEdges(const cv::Mat1f& luma, std::vector<EdgeProfile>& edges) {
  cv::Mat1f smooth, gx, gy, size;
  cv::GaussianBlur(luma, smooth, {7, 7}, 1.0);
  cv::Sobel(smooth, gx, CV_32F, 1, 0);
  cv::Sobel(smooth, gy, CV_32F, 0, 1);
  cv::magnitude(gx, gy, size);
  cv::Mat1f fine = luma - smooth;
  const double noise = RobustSigma({fine.begin(), fine.end()});
  const int border = static_cast<int>(std::hypot(kReach_px, kHalfLength_px)) + 2;
  for (int y = border; y + kTile_px + border <= luma.rows; y += kTile_px) {
    for (int x = border; x + kTile_px + border <= luma.cols; x += kTile_px) {
      cv::Point at;
      double most = 0, coherence = 0;
      cv::minMaxLoc(size(cv::Rect(x, y, kTile_px, kTile_px)), nullptr, &most, nullptr, &at);
      const cv::Point centre(x + at.x, y + at.y);
      const double angle = NormalAt(gx, gy, centre, coherence);
      // Along rows and columns pixels fall into few bins: such an edge cannot be sampled finer than its pixels.
      const double off_axis = std::abs(std::remainder(angle, std::numbers::pi / 2)) * 180 / std::numbers::pi;
      if (most < 0.05 || coherence < 0.9 || off_axis < 2.0) continue;
      const auto profile = Straightened(luma, centre, angle);
      if (!profile) continue;
      if (auto edge = AsEdge(*profile, noise)) edges.push_back(std::move(*edge));
    }
  }
}

double Sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Corrected for a bin's width, and for the difference that stands for the derivative (ISO 12233:2017, D.5). The
// centring's linear interpolation is of the same kind and is left: a few in a thousand up to ½ cycle.
double MtfAt(const Profile& line_spread, double frequency) {
  double real = 0, imaginary = 0;
  for (int i = 0; i < kProfile; ++i) {
    const double phase = 2 * std::numbers::pi * frequency * (i - kProfile / 2.0) / kBins;
    real += line_spread[i] * std::cos(phase);
    imaginary += line_spread[i] * std::sin(phase);
  }
  return std::hypot(real, imaginary) / std::pow(Sinc(frequency / kBins), 2);
}

double FrequencyOf(const Profile& line_spread, double contrast) {
  constexpr double kStep = 0.002, kHighest = 1.0;
  double before = 1;
  for (double f = kStep; f < kHighest; f += kStep) {
    const double now = MtfAt(line_spread, f);
    if (now <= contrast) return f - kStep * (contrast - now) / (before - now + 1e-12);
    before = now;
  }
  return kHighest;
}

}  // namespace

std::optional<EdgeResolution> MeasureEdges(std::span<const image::Image> frames) {
  RequireFramesOfOneShot(frames);
  std::vector<EdgeProfile> edges;
  for (const auto& frame : frames) FindEdges(LumaOf(frame), edges);
  if (edges.size() < kFewestEdges) return std::nullopt;
  std::stable_sort(edges.begin(), edges.end(), [](const auto& a, const auto& b) { return a.width_px < b.width_px; });
  const std::size_t first = edges.size() / 20, last = std::max(first + 1, edges.size() * 3 / 10);
  Profile mean(kProfile);
  for (std::size_t i = first; i < last; ++i) {
    for (int bin = 0; bin < kProfile; ++bin) mean[bin] += edges[i].line_spread[bin] / static_cast<double>(last - first);
  }
  EdgeResolution out;
  out.mtf50 = FrequencyOf(mean, 0.5);
  out.mtf10 = FrequencyOf(mean, 0.1);
  out.edges = static_cast<int>(edges.size());
  constexpr int kSamples = 50;
  for (int i = 0; i < kSamples; ++i) out.sharpness += std::min(1.0, MtfAt(mean, 0.5 * (i + 0.5) / kSamples)) / kSamples;
  return out;
}

}  // namespace interneg::validation
