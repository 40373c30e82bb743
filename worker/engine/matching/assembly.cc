#include "worker/engine/matching/assembly_opencv.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "worker/engine/matching/cadence.h"
#include "worker/engine/matching/contradictions.h"
#include "worker/engine/matching/gaps.h"
#include "worker/engine/matching/places_opencv.h"

namespace interneg::matching {
namespace {

// Where the numbers come from stands in docs/decisions/0021.
constexpr double kAsGood = 1.1;           // times the best run's residual: another run explains the frame as well
// The next best costs 1.4 times as much: without a law to the contrary; and 1.8 times: in itself.
constexpr double kLeastMargin = .15, kSharpMargin = .25;
constexpr double kSettleNats = 4.0;       // a cadence may overrule the evidence by no more: the odds of report_probability
constexpr int kLongestDamage = 5;
// Of the way to a neighbour of the partner. Mixed: a quarter or more of another film frame. No longer the same instant: half
// way, at the greatest doubt that there is (kMostDoubt), counts as such.
constexpr double kMixedPlace = .2, kOffPlace = .5 - kMostDoubt;
constexpr double kFirmAgreement = .97;  // of a cadence that may settle what the evidence leaves open: one sharp frame in 33 is off it

struct Chosen {
  int run = -1;
  int rival_run = -1;  // explains the frame as well, elsewhere
};

// Reasons name frames, so a span has the frames of which one is true.
std::vector<UncertainSpan> UncertainSpansOf(const std::vector<FrameMatch>& frames, const std::vector<std::string>& reasons) {
  std::vector<UncertainSpan> spans;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].state != FrameState::kUncertain) continue;
    std::size_t last = i;
    while (last + 1 < frames.size() && frames[last + 1].state == FrameState::kUncertain && reasons[last + 1] == reasons[i]) ++last;
    spans.push_back({frames[i].source, frames[last].source, reasons[i]});
    i = last;
  }
  return spans;
}

class Assembly {
 public:
  Assembly(const Sides& sides, std::vector<Run> runs, const MatchOptions& options)
      : sides_(sides), runs_(std::move(runs)), options_(options), chosen_(sides.source.size()), reasons_(sides.source.size()) {}

  FrameMap Map() {
    Choose();
    map_.frames.resize(sides_.source.size());
    for (std::size_t i = 0; i < map_.frames.size(); ++i) map_.frames[i].source = sides_.source[i].frame;
    for (int i = 0; i < Count();) {
      int end = i + 1;
      while (end < Count() && chosen_[end].run == chosen_[i].run) ++end;
      if (chosen_[i].run >= 0) AddSpan(i, end);
      i = end;
    }
    BridgeDamage();
    for (const auto& frame : sides_.reference) map_.reference_frames.push_back(frame.frame);
    map_.gaps = GapsOf(map_);
    map_.uncertain = UncertainSpansOf(map_.frames, reasons_);
    return std::move(map_);
  }

 private:
  int Count() const { return static_cast<int>(sides_.source.size()); }
  const FrameEvidence& Evidence(int i) const { return runs_[chosen_[i].run].frames[i - runs_[chosen_[i].run].source_first]; }
  std::int64_t Reference(int index) const { return sides_.reference[index].frame; }

  void Choose() {
    std::stable_sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.residual < b.residual; });
    for (int k = 0; k < static_cast<int>(runs_.size()); ++k) {
      for (int i = runs_[k].source_first; i <= runs_[k].source_last(); ++i) {
        if (chosen_[i].run < 0) {
          chosen_[i].run = k;
        } else if (chosen_[i].rival_run < 0 && runs_[k].residual < kAsGood * runs_[chosen_[i].run].residual) {
          chosen_[i].rival_run = k;
        }
      }
    }
  }

  // The evidence is not to be trusted where it has been close: what a model misses, it misses for several frames on end.
  bool Firm(const FrameEvidence& e, double least_margin) const { return e.probability >= options_.report_probability && e.margin >= least_margin; }

  bool Sharp(int i) const {
    const auto& e = Evidence(i);
    return e.alike_first == e.alike_last && Firm(e, kSharpMargin) && chosen_[i].rival_run < 0;
  }

  void AddSpan(int begin, int end) {
    const Run& run = runs_[chosen_[begin].run];
    std::vector<PairedNumber> numbers;
    MapSpan span{sides_.source[begin].frame, sides_.source[end - 1].frame, Reference(Evidence(begin).reference),
                 Reference(Evidence(end - 1).reference), {}, 0.0, run.motion, run.geometry};
    for (int i = begin; i < end; ++i) {
      const auto& e = Evidence(i);
      numbers.push_back({sides_.source[i].frame, Reference(e.reference), Reference(e.alike_first), Reference(e.alike_last), Sharp(i)});
      span.score += e.score / (end - begin);
    }
    span.cadence = FitCadence(numbers, span.source_first, span.reference_first);
    for (int i = begin; i < end; ++i) Judge(i, begin, end, numbers, span);
    std::vector<FrameMatch> judged(map_.frames.begin() + begin, map_.frames.begin() + end);
    for (int i = begin; i < end; ++i) {
      if (judged[i - begin].state == FrameState::kUncertain) continue;
      if (i > begin && judged[i - begin].reference < judged[i - 1 - begin].reference) Doubt(i, "would show time running backwards");
      JudgePlace(i);
      JudgeByLaw(i, begin, judged, span);
    }
    JudgeTogether(begin, end);
    map_.spans.push_back(span);
  }

  // What the sharp frames around it and the cadence say about a frame that is not sharp itself.
  std::optional<Predicted> Law(int i, int begin, int end, const std::vector<PairedNumber>& numbers, const MapSpan& span) const {
    int before = i - 1, after = i + 1;
    while (before >= begin && !numbers[before - begin].sharp) --before;
    while (after < end && !numbers[after - begin].sharp) ++after;
    if (before >= begin && after < end) {
      const auto &a = numbers[before - begin], &b = numbers[after - begin];
      if (b.reference - a.reference == b.source - a.source) {
        const auto r = a.reference + sides_.source[i].frame - a.source;
        return Predicted{r, r};
      }
    }
    const auto kind = span.cadence.kind;
    if (kind == CadenceKind::kStill || kind == CadenceKind::kIrregular || span.cadence.agreement < kFirmAgreement) return std::nullopt;
    return Predict(span.cadence, span.source_first, span.reference_first, sides_.source[i].frame);
  }

  std::optional<int> IndexOf(std::int64_t reference) const {
    const auto at = std::lower_bound(sides_.reference.begin(), sides_.reference.end(), reference,
                                     [](const Thumbnail& t, std::int64_t number) { return t.frame < number; });
    if (at == sides_.reference.end() || at->frame != reference) return std::nullopt;
    return static_cast<int>(at - sides_.reference.begin());
  }

  bool InShot(int i, std::int64_t reference) const {
    const auto index = IndexOf(reference);
    const IndexRange shot = runs_[chosen_[i].run].reference_shot;
    return index && *index >= shot.first && *index <= shot.last;
  }

  // The predicted frame that the evidence likes best, if it does not speak against it.
  std::optional<int> Settled(const FrameEvidence& e, const Predicted& law) const {
    std::optional<int> best;
    double rival = 0.0;
    for (int d = -kNearby; d <= kNearby; ++d) {
      const bool alike = e.reference + d >= e.alike_first && e.reference + d <= e.alike_last;
      if (!alike) rival = std::min<double>(rival, e.nearby[static_cast<std::size_t>(d + kNearby)]);
    }
    double least = kSettleNats + rival;
    for (std::int64_t r = law.first; r <= law.last; ++r) {
      const auto index = IndexOf(r);
      if (!index) continue;
      const int d = *index - e.reference;
      double nats = *index >= e.alike_first && *index <= e.alike_last ? 0.0 : kSettleNats;
      if (std::abs(d) <= kNearby) nats = std::min<double>(nats, e.nearby[d + kNearby]);
      if (nats < least || (nats == least && nats < kSettleNats && !best)) least = nats, best = index;
    }
    return best;
  }

  void Judge(int i, int begin, int end, const std::vector<PairedNumber>& numbers, const MapSpan& span) {
    const auto& e = Evidence(i);
    FrameMatch& match = map_.frames[i];
    match.reference = Reference(e.reference);
    match.score = e.score;
    match.margin = e.margin;
    match.probability = e.probability;
    match.held_first = Reference(e.alike_first);
    match.held_last = Reference(e.alike_last);
    match.purity = Purity::kWhole;
    match.state = FrameState::kMatched;
    if (chosen_[i].rival_run >= 0) return Doubt(i, "looks as much like another part of the reference, about frame " + ElsewhereOf(i));
    if (end - begin < options_.shortest_span) return Doubt(i, "agrees for fewer than " + std::to_string(options_.shortest_span) + " frames");
    if (!Sharp(i)) JudgeBlunt(i, begin, end, numbers, span);
  }

  void JudgeBlunt(int i, int begin, int end, const std::vector<PairedNumber>& numbers, const MapSpan& span) {
    const auto& e = Evidence(i);
    FrameMatch& match = map_.frames[i];
    const auto law = Law(i, begin, end, numbers, span);
    const auto settled = law ? Settled(e, *law) : std::nullopt;
    // The frame before and after it may lead a path past where the evidence of all frames is.
    if (e.rival > e.probability && !settled) {
      return Doubt(i, "looks more like reference frame " + std::to_string(Reference(e.rival_reference)) + " than its neighbours allow");
    }
    if (law && !settled && law->first <= law->last && !InShot(i, law->first) && !InShot(i, law->last)) {
      return Doubt(i, "by the frames around it would show reference frame " + std::to_string(law->first) + ", which this shot of the reference does not have");
    }
    if (!settled && law) return Doubt(i, "looks like reference frame " + std::to_string(*match.reference) + ", where the frames around it ask for " + AskedFor(*law));
    if (!settled && !Firm(e, kLeastMargin)) return Doubt(i, Unclear(e));
    if (settled) match.reference = Reference(*settled);
    if (settled && (*settled < e.alike_first || *settled > e.alike_last)) {
      match.held_first = match.held_last = *match.reference;
    } else if (e.alike_first < e.alike_last) {
      match.state = FrameState::kHeld;
    }
  }

  static std::string AskedFor(const Predicted& law) {
    if (law.last < law.first) return "none";
    return std::to_string(law.first) + (law.first < law.last ? " to " + std::to_string(law.last) : "");
  }

  std::string Unclear(const FrameEvidence& e) const {
    if (e.rival_reference < 0) return "is hardly told from the frames around its partner";
    return "looks nearly as much like reference frame " + std::to_string(Reference(e.rival_reference));
  }

  // A frame that the reference lacks still looks most like its neighbour's partner; a mixture of two frames looks like both.
  void JudgePlace(int i) {
    const auto& e = Evidence(i);
    if (e.lean.place > kMixedPlace + e.lean.doubt) map_.frames[i].purity = Purity::kMixed;
    const std::string partner = std::to_string(Reference(e.reference));
    if (e.lean.place <= kOffPlace + e.lean.doubt) {
      if (e.lean.astray > kOffPlace) Doubt(i, "differs from reference frame " + partner + " in what no movement makes: damage, a title, or another picture");
      return;
    }
    if (e.lean.neighbour == e.reference) return Doubt(i, "lies beyond reference frame " + partner + ": the reference may lack it");
    Doubt(i, "lies between reference frames " + partner + " and " + std::to_string(Reference(e.lean.neighbour)) +
                 ": it or one of them holds two film frames, or the reference lacks it");
  }

  void JudgeTogether(int begin, int end) {
    std::vector<JudgedPair> pairs;
    for (int i = begin; i < end; ++i) {
      const FrameMatch& match = map_.frames[i];
      const bool reported = match.state == FrameState::kMatched || match.state == FrameState::kHeld;
      pairs.push_back({match.source, *match.reference, reported, Sharp(i), Evidence(i).movement, Evidence(i).nats, match.state == FrameState::kHeld});
    }
    const auto against = Contradictions(pairs);
    for (int i = begin; i < end; ++i) {
      const auto k = static_cast<std::size_t>(i - begin);
      if (pairs[k].reported && !against[k].empty()) Doubt(i, against[k]);
    }
  }

  // Where two elements run one to one, a frame off that law is not shown by what another frame has by right: its own
  // partner is beyond the shot's end, or missing.
  void JudgeByLaw(int i, int begin, const std::vector<FrameMatch>& judged, const MapSpan& span) {
    if (span.cadence.kind != CadenceKind::kOneToOne) return;
    const FrameMatch& match = judged[i - begin];
    const auto owner = *match.reference - span.cadence.offset;
    if (match.state != FrameState::kMatched || owner == match.source) return;
    const bool owned = std::any_of(judged.begin(), judged.end(), [&](const FrameMatch& m) { return m.source == owner; });
    if (!owned) return;
    Doubt(i, "looks like reference frame " + std::to_string(*match.reference) + ", which the cadence gives to source frame " +
                 std::to_string(owner) + ": the reference may lack it");
  }

  std::string ElsewhereOf(int i) const {
    const Run& run = runs_[chosen_[i].rival_run];
    return std::to_string(Reference(run.frames[i - run.source_first].reference));
  }

  void Doubt(int i, std::string reason) {
    map_.frames[i].state = FrameState::kUncertain;
    reasons_[i] = std::move(reason);
  }

  // A few frames that match nothing, between frames that follow on evenly: damage, a flash, a title.
  void BridgeDamage() {
    for (int i = 1; i < Count(); ++i) {
      if (chosen_[i].run >= 0 || chosen_[i - 1].run < 0) continue;
      int end = i;
      while (end < Count() && chosen_[end].run < 0) ++end;
      if (end == Count() || end - i > kLongestDamage) continue;
      const auto &a = map_.frames[i - 1], &b = map_.frames[end];
      if (*b.reference - *a.reference != b.source - a.source) continue;
      for (int k = i; k < end; ++k) {
        const auto r = *a.reference + map_.frames[k].source - a.source;
        if (!IndexOf(r)) continue;
        map_.frames[k].reference = map_.frames[k].held_first = map_.frames[k].held_last = r;
        Doubt(k, "does not look like the reference although its neighbours do: damage, a flash or a title");
      }
    }
  }

  const Sides& sides_;
  std::vector<Run> runs_;
  const MatchOptions& options_;
  std::vector<Chosen> chosen_;
  std::vector<std::string> reasons_;
  FrameMap map_;
};

}  // namespace

FrameMap Assemble(const Sides& sides, std::vector<Run> runs, const MatchOptions& options) {
  return Assembly(sides, std::move(runs), options).Map();
}

}  // namespace interneg::matching
