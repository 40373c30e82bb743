// Which frames must not be learned from, and why.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_JUDGEMENT_H_
#define INTERNEG_WORKER_ENGINE_CURATION_JUDGEMENT_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "worker/engine/curation/frame_features.h"
#include "worker/engine/curation/neighbours.h"

namespace interneg::curation {

// kMixed: the reference's frame holds two film frames, woven or blended.
enum class Partner { kFound, kMixed, kNone };

// What an earlier alignment of the pair came to; kUnknown: it was not aligned.
enum class AlignmentVerdict { kUnknown, kFit, kUnusable };

// A frame of the source that may become a pair.
struct Candidate {
  int frame = 0;
  FrameFeatures features;
  Partner partner = Partner::kFound;            // whether the match found a frame of the reference
  double lettering_share = 0;  // of the picture, covered by lettering of the reference that the source does not show
  AlignmentVerdict alignment = AlignmentVerdict::kUnknown;
};

enum class Reason {
  kNoPartner,
  kMixedPartner,  // the reference's frame holds two film frames: half of what it shows is another moment
  kConstant,  // no picture at all
  kFade,      // to or from black, white or another constant
  kDissolve,
  kFlash,
  kSplice,
  kBlur,      // blurred where its neighbours are not, and the reference is not blurred alike
  kSubtitle,  // burned-in lettering covers some of the reference
  kResidual,  // structure was left when the pair was aligned: it is not trained on
  kAskedFor,  // the restorer excluded it
};
std::string_view NameOf(Reason reason);  // "no partner", "mixed partner", "constant", …

// A frame with such a reason is never used. With any other (blur, subtitle) it may be, as a compromise, where a shot has
// nothing better.
bool IsFinal(Reason reason);

struct RejectionLimits {
  double blur = .80;          // of the shot's usual sharpness (75th percentile)
  double lettering = .005;    // a share above this is a subtitle: half a line of small type
  std::vector<int> excluded;  // frames that the restorer does not want
};

// What was found of one candidate.
struct Verdict {
  std::vector<Reason> reasons;  // in the order of the enumeration; empty: fit to learn from
  bool blur_matched = false;    // blurred, but so is its reference: fit, and worth a note
  Neighbourhood neighbourhood;
  int shot = 0;  // 0, 1, …: which run between cuts it belongs to

  bool fit() const { return reasons.empty(); }
  bool barred() const;  // some reason is final
};

// `candidates` ascending by frame, all frames of the range in question, since cuts, flashes and splices show only among
// neighbours. Blur is judged within a shot: a frame is blurred when its sharpness is below `limits.blur` of the 75th
// percentile of the sharpness in its shot (of the 31 frames around it, in a longer one), so that a shot in soft focus
// is not refused as a whole. It is matched when source and reference lost the same share, within a tenth. Pure. Throws
// std::invalid_argument when candidates are not ascending.
std::vector<Verdict> Judge(std::span<const Candidate> candidates, const RejectionLimits& limits);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_JUDGEMENT_H_
