#include "tests/benchmarks/frame_matching/score.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace interneg::benchmarks {
namespace {

bool Shows(const Item& item, int frame) {
  if (item.kind == Item::Kind::kWhole) return item.a == frame;
  const double share_of_b = item.share_of_b;
  return (item.a == frame && share_of_b <= .75) || (item.b == frame && share_of_b >= .25);
}

// The film frames that an item counts as.
std::vector<int> FramesOf(const Item& item) {
  std::vector<int> out;
  if (Shows(item, item.a)) out.push_back(item.a);
  if (item.b != item.a && Shows(item, item.b)) out.push_back(item.b);
  return out;
}

struct Truth {
  bool has_partner = false;
  bool same(const Item& source, const Item& reference) const {
    for (const int f : FramesOf(source)) {
      if (Shows(reference, f)) return true;
    }
    return false;
  }
};

bool LooksAlike(const Item& source, const Item& reference, const Distinctness& d) {
  for (const int a : FramesOf(source)) {
    for (const int b : FramesOf(reference)) {
      if (d.Apart(a, b) < kDistinguishable) return true;
    }
  }
  return false;
}

}  // namespace

Distinctness::Distinctness(const Film& film, double noise) : film_(film), noise_(noise) {
  for (const auto& frame : film.frames) clean_.push_back(matching::MakeThumbnail(frame, 0));
}

double Distinctness::Apart(int a, int b) const {
  double squares = 0.0;
  for (std::size_t i = 0; i < clean_[a].luma.size(); ++i) {
    squares += std::pow(static_cast<double>(clean_[a].luma[i]) - clean_[b].luma[i], 2);
  }
  return std::sqrt(squares) / noise_;
}

double Distinctness::OfFrame(int frame) const {
  double least = 1e9;
  for (const auto& clip : film_.clips) {
    if (frame < clip.first || frame > clip.last) continue;
    if (frame > clip.first) least = std::min(least, Apart(frame, frame - 1));
    if (frame < clip.last) least = std::min(least, Apart(frame, frame + 1));
  }
  return least;
}

Score ScoreMap(const matching::FrameMap& map, const Case& edits, std::int64_t source_first, std::int64_t reference_first,
               const Distinctness& distinctness, bool verbose) {
  Score score;
  const Truth truth;
  const auto item_of = [&](std::int64_t r) { return edits.reference[static_cast<std::size_t>(r - reference_first)]; };
  for (const auto& match : map.frames) {
    const Item& source = edits.source[static_cast<std::size_t>(match.source - source_first)];
    const bool partner = std::any_of(edits.reference.begin(), edits.reference.end(), [&](const Item& r) { return truth.same(source, r); });
    const bool counts = match.state == matching::FrameState::kMatched || match.state == matching::FrameState::kHeld;
    const bool exact = counts && truth.same(source, item_of(*match.reference));
    const bool sharp = distinctness.Distinguishable(source.a);
    ++score.frames;
    if (partner) (sharp ? score.distinguishable : score.excluded) += 1;
    if (partner && exact) (sharp ? score.exact : score.excluded_exact) += 1;
    if (partner && sharp && !counts) ++score.uncertain;
    if (verbose && counts && partner && sharp && !exact) {
      std::printf("    OFF source %lld film %d d' %.1f -> reference film %d, %s, held %lld-%lld for %lld, p %.3f margin %.2f\n",
                  static_cast<long long>(match.source), source.a, distinctness.OfFrame(source.a), item_of(*match.reference).a, NameOf(match.state),
                  static_cast<long long>(match.held_first), static_cast<long long>(match.held_last), static_cast<long long>(*match.reference), match.probability, match.margin);
    }
    if (!counts || exact) {
      if (verbose && partner && sharp && !exact) {
        std::printf("    source %lld film %d d' %.1f: %s p %.3f\n", static_cast<long long>(match.source), source.a,
                    distinctness.OfFrame(source.a), NameOf(match.state), match.probability);
      }
      continue;
    }
    bool right = false;
    if (match.state == matching::FrameState::kHeld) {
      for (auto r = match.held_first; r <= match.held_last; ++r) right |= truth.same(source, item_of(r)) || LooksAlike(source, item_of(r), distinctness);
    } else {
      right = LooksAlike(source, item_of(*match.reference), distinctness);
    }
    if (right) continue;
    ++score.wrong;
    score.false_partner += partner ? 0 : 1;
    if (verbose) {
      std::printf("    WRONG source %lld film %d (d' %.1f) -> reference %lld film %d, d' %.1f, %s p %.3f score %.2f margin %.2f\n",
                  static_cast<long long>(match.source), source.a, distinctness.OfFrame(source.a),
                  static_cast<long long>(*match.reference), item_of(*match.reference).a,
                  distinctness.Apart(source.a, item_of(*match.reference).a), NameOf(match.state), match.probability, match.score, match.margin);
    }
  }
  return score;
}

}  // namespace interneg::benchmarks
