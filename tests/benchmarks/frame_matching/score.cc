#include "tests/benchmarks/frame_matching/score.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace interneg::benchmarks {
namespace {

double ShareOf(const Item& item, int frame) {
  if (item.kind == Item::Kind::kWhole) return item.a == frame ? 1.0 : 0.0;
  return (item.a == frame ? 1.0 - item.share_of_b : 0.0) + (item.b == frame ? item.share_of_b : 0.0);
}

// The film frame that an item is, −1 for a mixture.
int FrameOf(const Item& item) {
  for (const int f : {item.a, item.b}) {
    if (ShareOf(item, f) >= kWholeShare) return f;
  }
  return -1;
}

// The film frames that can be seen in an item.
std::vector<int> SeenIn(const Item& item) {
  std::vector<int> out;
  for (const int f : {item.a, item.b}) {
    if (ShareOf(item, f) >= 1.0 - kWholeShare && (out.empty() || out.front() != f)) out.push_back(f);
  }
  return out;
}

bool ShareAFrame(const Item& a, const Item& b) {
  for (const int f : SeenIn(a)) {
    if (ShareOf(b, f) >= 1.0 - kWholeShare) return true;
  }
  return false;
}

bool LookAlike(const Item& a, const Item& b, const Distinctness& d) {
  for (const int f : SeenIn(a)) {
    for (const int g : SeenIn(b)) {
      if (d.Apart(f, g) < kDistinguishable) return true;
    }
  }
  return false;
}

enum class Partner { kNone, kMixedOnly, kWhole };

Partner PartnerOf(const Item& source, const Edit& reference) {
  const int frame = FrameOf(source);
  const auto any = [&](const auto& fits) { return std::any_of(reference.begin(), reference.end(), fits); };
  if (frame >= 0 && any([&](const Item& r) { return FrameOf(r) == frame; })) return Partner::kWhole;
  return any([&](const Item& r) { return ShareAFrame(source, r); }) ? Partner::kMixedOnly : Partner::kNone;
}

std::string ReasonOf(const matching::FrameMap& map, std::int64_t source) {
  for (const auto& span : map.uncertain) {
    if (source >= span.first && source <= span.last) return span.reason;
  }
  return "";
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

std::string Distinctness::ClipOf(int frame) const {
  for (const auto& clip : film_.clips) {
    if (frame >= clip.first && frame <= clip.last) return clip.name;
  }
  return "";
}

namespace {

// One map's frames against one case's truth.
class Scoring {
 public:
  Scoring(const matching::FrameMap& map, const Case& edits, std::int64_t source_first, std::int64_t reference_first, const Distinctness& distinctness,
          Listing listing)
      : map_(map), edits_(edits), source_first_(source_first), reference_first_(reference_first), distinctness_(distinctness), listing_(listing) {}

  Score Run() {
    for (const auto& match : map_.frames) Add(match);
    return score_;
  }

 private:
  const Item& SourceItem(const matching::FrameMatch& m) const { return edits_.source[static_cast<std::size_t>(m.source - source_first_)]; }
  const Item& ReferenceItem(std::int64_t r) const { return edits_.reference[static_cast<std::size_t>(r - reference_first_)]; }

  void Add(const matching::FrameMatch& match) {
    const Item& source = SourceItem(match);
    const Partner partner = PartnerOf(source, edits_.reference);
    const bool told = match.state == matching::FrameState::kMatched || match.state == matching::FrameState::kHeld;
    const bool sharp = distinctness_.Distinguishable(source.a);
    const bool exact = told && partner == Partner::kWhole && FrameOf(ReferenceItem(*match.reference)) == FrameOf(source);
    ++score_.frames;
    if (partner == Partner::kWhole) {
      (sharp ? score_.distinguishable : score_.excluded) += 1;
      if (exact) (sharp ? score_.exact : score_.excluded_exact) += 1;
      if (sharp && !told) ++score_.uncertain, Print("missed", match);
    }
    if (partner == Partner::kMixedOnly) ++score_.mixed;
    if (told && !exact) Judge(match, partner, sharp);
  }

  // A pair that is reported and not exact.
  void Judge(const matching::FrameMatch& match, Partner partner, bool sharp) {
    const Item& source = SourceItem(match);
    const auto right = [&](std::int64_t r) { return LookAlike(source, ReferenceItem(r), distinctness_); };
    bool held = right(*match.reference);
    if (match.state == matching::FrameState::kHeld) {
      for (auto r = match.held_first; r <= match.held_last; ++r) held |= right(r);
    }
    if (!held) {
      ++score_.wrong;
      score_.false_partner += partner == Partner::kNone ? 1 : 0;
      return Print("WRONG", match);
    }
    const bool mixture = FrameOf(source) < 0 || FrameOf(ReferenceItem(*match.reference)) < 0;
    if (mixture && match.purity == matching::Purity::kWhole) {
      ++score_.unsaid;
      return Print("unsaid", match);
    }
    if (partner == Partner::kWhole && sharp) Print("missed", match);
  }

  void Print(const char* what, const matching::FrameMatch& m) const {
    if (listing_ == Listing::kNone) return;
    const Item& source = SourceItem(m);
    std::printf("    %s source %lld (%s) -> ", what, static_cast<long long>(m.source), Described(source).c_str());
    if (m.reference) std::printf("%lld (%s), %.1f apart", static_cast<long long>(*m.reference), Described(ReferenceItem(*m.reference)).c_str(), distinctness_.Apart(source.a, ReferenceItem(*m.reference).a));
    std::printf("; %s, held %lld-%lld, p %.3f, score %.2f, margin %.2f; told by %.1f; right:", NameOf(m.state), static_cast<long long>(m.held_first),
                static_cast<long long>(m.held_last), m.probability, m.score, m.margin, distinctness_.OfFrame(source.a));
    for (std::size_t r = 0; r < edits_.reference.size(); ++r) {
      if (ShareAFrame(source, edits_.reference[r])) std::printf(" %lld", static_cast<long long>(reference_first_ + static_cast<std::int64_t>(r)));
    }
    std::printf("; %s; %s\n", distinctness_.ClipOf(source.a).c_str(), ReasonOf(map_, m.source).c_str());
  }

  static std::string Described(const Item& item) {
    return item.kind == Item::Kind::kWhole ? std::to_string(item.a) : std::to_string(item.a) + "+" + std::to_string(item.b) + " " + std::to_string(std::lround(100 * item.share_of_b)) + " %";
  }

  const matching::FrameMap& map_;
  const Case& edits_;
  std::int64_t source_first_, reference_first_;
  const Distinctness& distinctness_;
  Listing listing_;
  Score score_;
};

}  // namespace

Score ScoreMap(const matching::FrameMap& map, const Case& edits, std::int64_t source_first, std::int64_t reference_first,
               const Distinctness& distinctness, Listing listing) {
  return Scoring(map, edits, source_first, reference_first, distinctness, listing).Run();
}

}  // namespace interneg::benchmarks
