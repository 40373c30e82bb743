#include "worker/engine/curation/neighbours.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "worker/engine/curation/descriptor.h"
#include "worker/engine/curation/splices.h"

namespace interneg::curation {
namespace {

constexpr double kConstantDeviation = .012;
using Frames = std::span<const NumberedFeatures>;

double Median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

const Layout& LayoutOf(Frames frames, std::size_t i) {
  return frames[i].features->layout;
}

// One run of consecutive numbers [begin, end).
struct Run {
  std::size_t begin = 0, end = 0;
};

std::vector<Run> RunsOf(Frames frames) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i > 0 && frames[i].frame <= frames[i - 1].frame) {
      throw std::invalid_argument("frame " + std::to_string(frames[i].frame) + " comes after frame " +
                                  std::to_string(frames[i - 1].frame) + "; give frames ascending, each once");
    }
    if (i == 0 || frames[i].frame != frames[i - 1].frame + 1) runs.push_back({i, i});
    runs.back().end = i + 1;
  }
  return runs;
}

// Differences to the next frame around i, without that of i itself.
double UsualDifference(Frames frames, Run run, std::size_t i) {
  std::vector<double> values;
  const std::size_t first = i >= run.begin + 6 ? i - 6 : run.begin;
  for (std::size_t j = first; j + 1 < std::min(run.end, i + 8); ++j) {
    if (j != i) values.push_back(Distance(LayoutOf(frames, j), LayoutOf(frames, j + 1)));
  }
  return Median(std::move(values));
}

bool CutAfter(Frames frames, Run run, std::size_t i) {
  const double difference = Distance(LayoutOf(frames, i), LayoutOf(frames, i + 1));
  if (difference < .06 || difference < 4 * UsualDifference(frames, run, i)) return false;
  if (LumaCorrelation(LayoutOf(frames, i), LayoutOf(frames, i + 1)) >= .75) return false;
  // A flash of one or two frames has the same picture behind it.
  for (std::size_t before = 0; before < 3; ++before) {
    for (std::size_t after = 1; after < 4; ++after) {
      if (before + run.begin > i || i + after >= run.end) continue;
      if (LumaCorrelation(LayoutOf(frames, i - before), LayoutOf(frames, i + after)) >= .75) return false;
    }
  }
  return true;
}

bool IsFlash(Frames frames, Run shot, std::size_t i) {
  std::vector<double> before, after;
  for (std::size_t d = 1; d <= 3; ++d) {
    if (i >= shot.begin + d) before.push_back(frames[i - d].features->light.mean);
    if (i + d < shot.end) after.push_back(frames[i + d].features->light.mean);
  }
  if (before.size() < 2 || after.size() < 2) return false;
  const double left = Median(before), right = Median(after), mean = frames[i].features->light.mean;
  const double step = std::min(std::abs(mean - left), std::abs(mean - right));
  const bool same_side = (mean > left) == (mean > right);
  return same_side && step > .05 && step > 2 * std::abs(left - right);
}

bool IsMixture(const Layout& picture, const Layout& a, const Layout& b) {
  const double apart = Distance(a, b);
  if (apart <= .05 || LumaCorrelation(a, b) >= .75) return false;
  double along = 0, length = 0;
  for (std::size_t c = 0; c < picture.size(); ++c) {
    along += static_cast<double>(picture[c] - b[c]) * (a[c] - b[c]);
    length += static_cast<double>(a[c] - b[c]) * (a[c] - b[c]);
  }
  const double share = along / length;
  if (share <= .08 || share >= .92) return false;
  Layout mixture{};
  for (std::size_t c = 0; c < picture.size(); ++c) mixture[c] = static_cast<float>(share * a[c] + (1 - share) * b[c]);
  const double left = Distance(picture, mixture);
  return left * left < .08 * apart * apart;
}

bool IsDissolve(Frames frames, Run shot, std::size_t i) {
  for (const std::size_t reach : {4U, 8U, 16U, 24U}) {
    if (i < shot.begin + reach || i + reach >= shot.end) break;
    if (frames[i - reach].features->light.deviation < kConstantDeviation) continue;
    if (frames[i + reach].features->light.deviation < kConstantDeviation) continue;
    if (IsMixture(LayoutOf(frames, i), LayoutOf(frames, i - reach), LayoutOf(frames, i + reach))) return true;
  }
  return false;
}

// Marks the frames from the constant frame `from` in direction `step` as long as the picture grows.
void MarkFade(Frames frames, Run run, std::size_t from, std::ptrdiff_t step, std::vector<Neighbourhood>& out) {
  const auto deviation = [&](std::ptrdiff_t i) {
    return frames[static_cast<std::size_t>(i)].features->light.deviation;
  };
  const auto first = static_cast<std::ptrdiff_t>(from) + step;
  const auto inside = [&](std::ptrdiff_t i) {
    return i >= static_cast<std::ptrdiff_t>(run.begin) && i < static_cast<std::ptrdiff_t>(run.end);
  };
  if (!inside(first) || out[static_cast<std::size_t>(first)].constant) return;
  // A hard cut out of black does not grow.
  double peak = deviation(first);
  std::ptrdiff_t last = first;
  for (std::ptrdiff_t i = first; inside(i) && std::abs(i - first) < 48; i += step) {
    if (i != first && out[static_cast<std::size_t>(step > 0 ? i : i + 1)].begins_shot) break;
    if (deviation(i) < .95 * peak) break;
    peak = std::max(peak, deviation(i));
    last = i;
  }
  for (std::ptrdiff_t i = first; i != last + step; i += step) {
    if (deviation(i) < .85 * peak) out[static_cast<std::size_t>(i)].fade = true;
  }
}

void RelateWithinShot(Frames frames, Run shot, std::vector<Neighbourhood>& out) {
  std::vector<const FrameFeatures*> features;
  for (std::size_t i = shot.begin; i < shot.end; ++i) features.push_back(frames[i].features);
  for (std::size_t i = shot.begin; i < shot.end; ++i) {
    Neighbourhood& here = out[i];
    if (i > shot.begin) here.motion = ChangedShare(LayoutOf(frames, i - 1), LayoutOf(frames, i));
    if (i + 1 < shot.end)
      here.motion = std::max(here.motion, ChangedShare(LayoutOf(frames, i), LayoutOf(frames, i + 1)));
    here.flash = IsFlash(frames, shot, i);
    here.dissolve = IsDissolve(frames, shot, i);
    // The line of a flash, a dissolve or a fade is the other picture's.
    here.splice = !here.flash && !here.dissolve && ShowsSplice(features, i - shot.begin);
  }
}

void RelateRun(Frames frames, Run run, std::vector<Neighbourhood>& out) {
  for (std::size_t i = run.begin; i < run.end; ++i) {
    out[i].constant = frames[i].features->light.deviation < kConstantDeviation;
    out[i].begins_shot = i == run.begin || CutAfter(frames, run, i - 1);
    if (i == run.begin) continue;
    out[i].difference_previous = out[i - 1].difference_next = Distance(LayoutOf(frames, i - 1), LayoutOf(frames, i));
  }
  Run shot{run.begin, run.begin};
  for (std::size_t i = run.begin + 1; i <= run.end; ++i) {
    if (i != run.end && !out[i].begins_shot) continue;
    shot.end = i;
    RelateWithinShot(frames, shot, out);
    shot.begin = i;
  }
  for (std::size_t i = run.begin; i < run.end; ++i) {
    if (!out[i].constant) continue;
    MarkFade(frames, run, i, 1, out);
    MarkFade(frames, run, i, -1, out);
  }
}

}  // namespace

std::vector<Neighbourhood> RelateNeighbours(std::span<const NumberedFeatures> frames) {
  std::vector<Neighbourhood> out(frames.size());
  for (const Run run : RunsOf(frames)) RelateRun(frames, run, out);
  return out;
}

}  // namespace interneg::curation
