#include "worker/engine/curation/coverage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace interneg::curation {
namespace {

constexpr double kUnseen = .1;  // δ
constexpr std::array<int, 3> kColorSteps = {6, 4, 4};
constexpr int kPlacesAcross = 8, kPlacesDown = 6;
constexpr std::uint32_t kColorBins = 6 * 4 * 4 * kPlacesAcross * kPlacesDown;

// Two neighbouring bins and the share of the second.
struct Split {
  int first = 0;
  double second_share = 0;
};
Split SplitOf(double position, int bins) {
  const double p = std::clamp(position, 0.0, 1.0) * (bins - 1);
  const int first = std::min(static_cast<int>(p), bins - 2);
  return {first, p - first};
}

struct Range {
  float low = 0, high = 1;
  double Position(float v) const { return (v - low) / std::max(1e-4F, high - low); }
};

std::array<Range, 3> ColorRanges(std::span<const Candidate> candidates, const std::vector<bool>& to_render) {
  std::array<Range, 3> out;
  // A few hundred frames tell the percentiles of thousands.
  const std::size_t step = std::max<std::size_t>(1, candidates.size() / 256);
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<float> values;
    for (std::size_t i = 0; i < candidates.size(); i += step) {
      if (!to_render[i]) continue;
      const auto begin = candidates[i].features.layout.begin() + static_cast<std::ptrdiff_t>(c * kLayoutCells);
      values.insert(values.end(), begin, begin + kLayoutCells);
    }
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    out[c] = {values[values.size() / 100], values[values.size() - 1 - values.size() / 100]};
  }
  return out;
}

using Bins = std::vector<double>;

// The 32 corners of a cell's colour and place in the grid of bins, each with its share.
void AddCell(const std::array<Split, 5>& splits, double weight, Bins& bins) {
  constexpr std::array<int, 5> kSize = {kPlacesAcross, kPlacesDown, kColorSteps[0], kColorSteps[1], kColorSteps[2]};
  for (int corner = 0; corner < 32; ++corner) {
    double share = weight;
    std::uint32_t index = 0;
    for (int axis = 0; axis < 5; ++axis) {
      const bool second = (corner >> axis & 1) != 0;
      share *= second ? splits[axis].second_share : 1 - splits[axis].second_share;
      index = index * static_cast<std::uint32_t>(kSize[axis]) +
              static_cast<std::uint32_t>(splits[axis].first + (second ? 1 : 0));
    }
    bins[index] += share;
  }
}

void AddColors(const Layout& layout, const std::array<Range, 3>& ranges, double weight, Bins& bins) {
  for (int cell = 0; cell < kLayoutCells; ++cell) {
    std::array<Split, 5> splits;
    splits[0] = SplitOf((cell % kLayoutWidth + .5) / kLayoutWidth, kPlacesAcross);
    splits[1] = SplitOf((cell / kLayoutWidth + .5) / kLayoutHeight, kPlacesDown);
    for (int c = 0; c < 3; ++c) {
      splits[2 + c] = SplitOf(ranges[c].Position(layout[c * kLayoutCells + cell]), kColorSteps[c]);
    }
    AddCell(splits, weight / kLayoutCells, bins);
  }
}

// Shares scaled to `weight` in the bins from `offset`; families count by their square root.
template <typename Shares>
void AddShares(const Shares& shares, double weight, std::size_t offset, Bins& bins) {
  double sum = 0;
  for (const double share : shares) sum += share;
  if (sum <= 0) return;
  for (std::size_t b = 0; b < shares.size(); ++b) {
    bins[offset + b] += weight * shares[b] / sum;
  }
}

FamilyShares SquareRoots(FamilyShares shares) {
  for (double& share : shares) share = std::sqrt(share);
  return shares;
}

void AddTime(double position, int time_bins, double weight, std::size_t offset, Bins& bins) {
  if (time_bins < 2) return;
  const double margin = std::min(.1, .5 / time_bins);
  const Split split = SplitOf((position - margin) / (1 - 2 * margin), time_bins);
  bins[offset + static_cast<std::size_t>(split.first)] += weight * (1 - split.second_share);
  bins[offset + static_cast<std::size_t>(split.first) + 1] += weight * split.second_share;
}

}  // namespace

Coverage::Coverage(std::span<const Candidate> candidates, const std::vector<bool>& to_render,
                   const CoverageWeights& weights, int time_bins) {
  if (to_render.size() != candidates.size()) throw std::invalid_argument("one mark a candidate is needed");
  const auto ranges = ColorRanges(candidates, to_render);
  constexpr std::uint32_t kLight = kColorBins, kFamilies = kLight + kLightBins, kTextures = kFamilies + kFamilyCount,
                          kTime = kTextures + kTextureCount;
  wanted_.assign(kTime + static_cast<std::uint32_t>(std::max(time_bins, 0)), 0.0);
  std::size_t counted = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& features = candidates[i].features;
    Bins bins(wanted_.size(), 0.0);
    AddColors(features.layout, ranges, weights.color_and_place, bins);
    AddShares(features.light.histogram, weights.light, kLight, bins);
    AddShares(SquareRoots(features.families), weights.families, kFamilies, bins);
    AddShares(features.textures, weights.textures, kTextures, bins);
    AddTime((static_cast<double>(i) + .5) / static_cast<double>(candidates.size()), time_bins, weights.time, kTime,
            bins);
    SparseBins& frame = frames_.emplace_back();
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      if (bins[bin] <= 0) continue;
      frame.bin.push_back(static_cast<std::uint16_t>(bin));
      frame.share.push_back(static_cast<float>(bins[bin]));
      if (to_render[i]) wanted_[bin] += bins[bin];
    }
    counted += to_render[i] ? 1 : 0;
  }
  for (double& share : wanted_) share /= static_cast<double>(std::max<std::size_t>(1, counted));
}

double Coverage::Term(std::size_t bin, double sum, std::size_t count) const {
  const double wanted = wanted_[bin];
  return wanted <= 0 ? 0.0 : wanted * std::log(kUnseen + sum / (wanted * static_cast<double>(count)));
}

std::vector<double> Coverage::Summed(std::span<const std::size_t> chosen) const {
  std::vector<double> sums(wanted_.size(), 0.0);
  for (const std::size_t i : chosen) {
    const SparseBins& frame = frames_.at(i);
    for (std::size_t k = 0; k < frame.bin.size(); ++k) sums[frame.bin[k]] += frame.share[k];
  }
  return sums;
}

double Coverage::Value(std::span<const std::size_t> chosen, std::size_t count) const {
  const auto sums = Summed(chosen);
  double value = 0;
  for (std::size_t b = 0; b < sums.size(); ++b) value += Term(b, sums[b], count);
  return value;
}

std::size_t Coverage::BestAddition(std::span<const std::size_t> chosen, std::span<const std::size_t> allowed,
                                   std::size_t count) const {
  if (allowed.empty()) throw std::invalid_argument("there is no frame to choose from");
  const auto sums = Summed(chosen);
  std::vector<double> terms(sums.size());
  for (std::size_t b = 0; b < sums.size(); ++b) terms[b] = Term(b, sums[b], count);
  const auto gain = [&](const SparseBins& frame) {
    double sum = 0;
    for (std::size_t k = 0; k < frame.bin.size(); ++k) {
      const std::size_t bin = frame.bin[k];
      sum += Term(bin, sums[bin] + frame.share[k], count) - terms[bin];
    }
    return sum;
  };
  std::size_t best = allowed.front();
  double best_gain = gain(frames_.at(best));
  for (const std::size_t i : allowed.subspan(1)) {
    const double here = gain(frames_.at(i));
    if (here > best_gain) best = i, best_gain = here;
  }
  return best;
}

}  // namespace interneg::curation
