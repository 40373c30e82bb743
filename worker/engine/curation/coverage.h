// How well a few frames stand for all: the measure that the choice of pairs maximises.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_COVERAGE_H_
#define INTERNEG_WORKER_ENGINE_CURATION_COVERAGE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "worker/engine/curation/judgement.h"

namespace interneg::curation {

// Shares of a frame in bins; the sum is the weights' sum.
struct SparseBins {
  std::vector<std::uint16_t> bin;
  std::vector<float> share;
};

// What counts, and how much; every group's shares add up to its weight.
struct CoverageWeights {
  double color_and_place = 1.0;  // (Y,Cb,Cr) by place: what a recovery of an unevenly faded film maps from
  double light = .25;            // the histogram of luma
  double families = .25;         // families, by their share's square root: rare ones count for more than their area
  double textures = .15;
  double time = .10;  // spread over the range
};

// A network learns a place in the space of colours and places from the pairs that show it; what no pair shows it has
// to guess. With p_b the share of bin b over all frames that will be rendered and q_b its share over the chosen ones,
// the value of a choice is Σ_b p_b log(δ + q_b / p_b), δ = .1: highest (by Gibbs' inequality, as δ → 0) where the
// chosen frames' mixture is that of the shot, falling by p_b log 11 for what is not shown at all, and with diminishing
// returns for what has been shown. For a fixed number of frames it is monotone and submodular, so that greedy choice
// reaches at least 1 − 1/e of what the best choice adds to none (Nemhauser, Wolsey, Fisher, "An analysis of
// approximations for maximizing submodular set functions", Mathematical Programming 14, 1978; such "concave over
// modular" sums: Lin and Bilmes, ACL 2011).
class Coverage {
 public:
  // Bins of every candidate. `to_render[i]`: whether frame i counts in p. Colours are quantised between the 1st and
  // 99th percentile of what these frames show, Y by 6, Cb and Cr by 4 steps, places by 8×6, all softly (shared between
  // the two nearest); `time_bins` triangles spread over the range, the first and last a tenth of it (at most) from its
  // ends.
  Coverage(std::span<const Candidate> candidates, const std::vector<bool>& to_render, const CoverageWeights& weights,
           int time_bins);

  // The value of the frames at these indices, for choices of `count` frames in the end. An index outside throws
  // std::out_of_range.
  double Value(std::span<const std::size_t> chosen, std::size_t count) const;

  // The index among `allowed` that adds most to `chosen`; the lowest of equals. Throws std::invalid_argument when
  // nothing is allowed.
  std::size_t BestAddition(std::span<const std::size_t> chosen, std::span<const std::size_t> allowed,
                           std::size_t count) const;

 private:
  std::vector<double> Summed(std::span<const std::size_t> chosen) const;
  double Term(std::size_t bin, double sum, std::size_t count) const;

  std::vector<SparseBins> frames_;
  std::vector<double> wanted_;  // p_b times the group's weight
};

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_COVERAGE_H_
