// How well a frame map agrees with the edits it should find.
#ifndef INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SCORE_H_
#define INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SCORE_H_

#include <string>
#include <vector>

#include "tests/benchmarks/frame_matching/cases.h"
#include "worker/engine/matching/frame_map.h"

namespace interneg::benchmarks {

// How far two film frames are apart to an observer who sees nothing but the damaged cells and knows everything else:
// d' = |Δ| / σ, Δ the difference of the clean thumbnails (all cells together), σ the noise of a cell of both sides
// together, in the clean frames' contrast. Told from its neighbour by one look, such an observer errs with probability
// Q(d'/2): at kDistinguishable, one time in 740 (Green and Swets, "Signal Detection Theory and Psychophysics", 1966,
// ch. 2 and 3). What lies below is under the noise in that sense, for any method that sees these cells. σ takes the cells'
// noise for independent. The film's weave is not: it moves all cells at once, so that a frame that the weave alone could make
// of its neighbour may have a large d'. Such frames count as distinguishable all the same.
inline constexpr double kDistinguishable = 6.0;

class Distinctness {
 public:
  Distinctness(const Film& film, double noise);
  double Apart(int a, int b) const;          // d'
  double OfFrame(int frame) const;           // the less of both neighbours' in its clip
  std::string ClipOf(int frame) const;
  bool Distinguishable(int frame) const { return OfFrame(frame) >= kDistinguishable; }

 private:
  const Film& film_;
  double noise_;
  std::vector<matching::Thumbnail> clean_;
};

// Truth. A frame of an edit *is* the film frame that makes up at least kWholeShare of it (its other part is no farther away
// than a quarter of a frame's time); otherwise it is a mixture (woven, or blended by more) and is no one film frame. The
// partner of a source frame is any reference frame that is the same film frame. A source frame that is a mixture, or
// whose film frame the reference shows in mixtures alone, has no one partner: it counts neither as exact nor as missed,
// but a pair with it that is reported without saying "mixed" is counted as `unsaid`.
inline constexpr double kWholeShare = .75;

struct Score {
  int frames = 0;            // of the source
  int distinguishable = 0;   // of these, distinguishable frames that have a partner
  int exact = 0;             // matched (or held) to a partner
  int uncertain = 0;         // of the rest: reported as uncertain or unmatched
  int wrong = 0;             // in the state matched, or held by a span without the truth, and visibly another film frame
  int excluded = 0;          // have a partner but are not distinguishable
  int excluded_exact = 0;
  int false_partner = 0;     // matched although no frame of the reference shows this or a like film frame (part of wrong)
  int mixed = 0;             // are mixtures, or have mixtures alone for partners
  int unsaid = 0;            // reported as pairs with a mixture that shows their film frame, and not said to be mixed
  double share() const { return distinguishable == 0 ? 1.0 : static_cast<double>(exact) / distinguishable; }
};

enum class Listing { kNone, kFrames };  // kFrames: prints every wrong, missed and unsaid frame

Score ScoreMap(const matching::FrameMap& map, const Case& edits, std::int64_t source_first, std::int64_t reference_first,
               const Distinctness& distinctness, Listing listing);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SCORE_H_
