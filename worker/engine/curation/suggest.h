// Which frames to learn from, which to withhold, and what that choice covers.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_SUGGEST_H_
#define INTERNEG_WORKER_ENGINE_CURATION_SUGGEST_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/curation/coverage.h"
#include "worker/engine/curation/judgement.h"

namespace interneg::curation {

// What one model is to serve. Training pairs that are usual: 4–9 a shot, 12–24 a scene, 24–64 a sequence.
enum class Scope { kShot, kScene, kSequence };

struct PairCounts {
  int least = 0;
  int usual = 0;  // what is suggested when nobody says: 4, 16, 33
  int most = 0;
};
PairCounts CountsOf(Scope scope);

struct SuggestOptions {
  Scope scope = Scope::kShot;
  std::optional<int> pairs;     // training pairs; the scope's usual number, or what there is, by default
  double held_out_share = .20;  // of all pairs, .15–.25; at least one pair is withheld
  RejectionLimits limits;
  CoverageWeights weights;
};

enum class Role { kTraining, kHeldOut };
std::string_view NameOf(Role role);

// Where in the range: the first and last quarter, or between.
enum class Placement { kBegin, kMiddle, kEnd };
std::string_view NameOf(Placement placement);

enum class Compromise { kBlurred, kMatchedBlur, kSubtitle, kNearDuplicate };
std::string_view NameOf(Compromise compromise);  // "accepted though …"

enum class LightClass { kDark, kMiddle, kBright };  // mean luma below .25, up to .60, above
inline constexpr int kLightClassCount = 3;
std::string_view NameOf(LightClass light);
LightClass LightClassOf(const Light& light);

struct SuggestedPair {
  int frame = 0;
  Role role = Role::kTraining;
  int shot = 0;
  Placement placement = Placement::kMiddle;
  std::vector<Family> families;  // what it covers, see Presence below
  std::vector<Texture> textures;
  LightClass light = LightClass::kMiddle;
  std::vector<Family> best_for;  // families of which no other training pair shows more
  double coverage = 0;           // what the value of the choice would lose without it (Coverage); 0 when held out
  std::vector<Compromise> compromises;
};

struct RejectedFrame {
  int frame = 0;
  std::vector<Reason> reasons;  // at least one
};

// Present: more than half a percent of a frame's area shows it (2 % for textures). A pair covers a family when it is
// present in it and reaches a third of the largest share that any usable frame of the range has.
enum class Presence { kCovered, kNotCovered, kMissing };  // missing: in no frame of the range
template <typename Kind>
struct KindCoverage {
  Kind kind{};
  Presence presence = Presence::kMissing;
  std::vector<int> pairs;    // training frames that cover it
  double largest_share = 0;  // of the area, in any frame that is not barred
  int largest_frame = 0;     // where; meaningless when missing
};

// One run of frames between cuts, as they were found.
struct ShotSpan {
  int first_frame = 0;
  int last_frame = 0;
  int training_pairs = 0;
};

struct Suggestion {
  Scope scope = Scope::kShot;
  std::vector<SuggestedPair> pairs;     // ascending by frame, both roles
  std::vector<RejectedFrame> rejected;  // ascending; a frame accepted as a compromise is not among them
  std::vector<ShotSpan> shots;
  FamilyBasis family_basis = FamilyBasis::kReference;  // the weakest of any candidate
  std::vector<KindCoverage<Family>> families;          // one of each, in the order of the enumeration
  std::vector<KindCoverage<Texture>> textures;
  std::vector<KindCoverage<LightClass>> lights;  // shares are of frames, not of area
  std::vector<std::string> notes;                // what the restorer should know: fewer pairs than asked for, …

  std::vector<int> Frames(Role role) const;  // ascending
};

// `candidates`: every frame of the range, ascending, whether usable or not. Frames that are fit are chosen to maximise
// Coverage (coverage.h), greedily and then by exchanges until none helps; every shot that has a usable frame gets a
// pair while there are pairs enough, from compromises (blur, subtitle) where it has nothing fit. A range
// without a cut gets one in its first quarter, its middle half and its last quarter: begin, middles, end. Withheld are
// the frames that stand for the range best among those that keep a distance to every training pair in time (an eighth
// of the usual gap, 1–12 frames) and in layout (a quarter of the median distance between neighbouring training pairs);
// where a held shot leaves no such frame the nearest to it is taken and marked. Pure: the same candidates give the same
// suggestion on every machine. Throws std::invalid_argument when candidates are not ascending, when fewer than three
// can be used at all (two to learn from, one to withhold; the message counts the reasons), when fewer than 2 pairs are
// asked for, or when the share withheld lies outside .15–.25.
Suggestion Suggest(std::span<const Candidate> candidates, const SuggestOptions& options);

// After a training that was not good enough: more pairs, the earlier ones kept in their roles.
struct EscalateOptions {
  std::optional<int> pairs;           // training pairs in all; by default 4 → 7 → 11, then half as many again
  std::map<int, double> frame_error;  // by frame, of the rendered result (any unit, larger is worse); may be empty
  SuggestOptions suggest;             // limits and the share withheld; its `pairs` is not read
};

int NextCount(int training_pairs);  // 4 → 7 → 11 → 17 …; fewer than 4 → 4

// Inserts training pairs one by one where the largest gap is: the usable frame whose layout is farthest from the
// training pairs on either side of it, times its error over the mean error where errors are known; frames that are
// withheld, or too near in time to one, are left alone. Withheld frames are added to keep the share. Everything else as
// Suggest(). Throws std::invalid_argument as Suggest(), and when a frame of `previous` is no candidate, or no more
// pairs than it has are asked for.
Suggestion Escalate(std::span<const Candidate> candidates, const Suggestion& previous, const EscalateOptions& options);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_SUGGEST_H_
