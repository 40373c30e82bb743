#include "worker/engine/jobs/shot_geometry.h"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "worker/engine/alignment/shot_groups.h"

namespace interneg::jobs {
namespace {

AlignedPair ByItself(const Partners& pair, const PairSolve& solve) {
  AlignedPair out;
  out.source_frame = pair.source_frame;
  out.reference_frame = pair.reference_frame;
  out.held_out = pair.held_out;
  out.transform = solve.transform;
  out.path = "automatic";
  out.status = solve.status;
  out.confidence = solve.confidence;
  out.estimated_rms_px = solve.estimated_rms_px;
  out.forward_backward_px = solve.forward_backward_px;
  out.reason = solve.reason;
  out.solve = solve;
  return out;
}

void SetTransform(AlignedPair& pair, const alignment::Transform& transform) {
  pair.transform = {transform.matrix().begin(), transform.matrix().end()};
}

class Shot {
 public:
  Shot(const std::vector<Partners>& pairs, alignment::ShotOptions shot, alignment::SolveOptions options,
       const ReadPictures& read)
      : pairs_(pairs), shot_(std::move(shot)), options_(std::move(options)), read_(read) {
    options_.kind = alignment::TransformKind::kTranslation;
    options_.on_failure = alignment::OnFailure::kGiveUp;
  }

  // `members`: places of one group's pairs; `solutions`: theirs.
  void Place(const std::vector<std::size_t>& members, const std::vector<alignment::FrameSolution>& solutions,
             std::vector<AlignedPair>& out) {
    const auto weave = alignment::SimplestWeave(solutions, shot_);
    shot_.weave = weave.value_or(alignment::WeaveKind::kTranslation);
    const alignment::TransformKeys none(shot_.source_size, {}, alignment::Interpolation::kLinear);
    const auto shot = alignment::AlignShot(solutions, shot_, none, alignment::PathSwitch());
    for (std::size_t k = 0; k < members.size(); ++k) {
      auto& pair = out[members[k]];
      if (shot.frames[k].source == alignment::TransformSource::kInterpolated) {
        ByShot(pairs_[members[k]], shot, shot.frames[k], pair);
      } else if (weave) {
        SetTransform(pair, shot.frames[k].transform);
      }
    }
  }

 private:
  // The weave that the pair's own pictures ask for when nothing else may differ; nullopt where they do not tell.
  std::optional<alignment::Solution> OwnWeave(const Partners& pair, const alignment::Transform& global) const {
    auto options = options_;
    options.initial = global;
    const auto pictures = read_(pair);
    auto found = alignment::Solve(pictures.source, pictures.reference, options);
    if (found.status == alignment::SolveStatus::kFailed) return std::nullopt;
    const auto moved =
        alignment::DifferenceOver(alignment::Compose(found.transform, global.Inverse()), {}, {0, 0, shot_.source_size});
    if (moved.rms_px > shot_.greatest_weave * shot_.source_size.height_px) return std::nullopt;
    return found;
  }

  void ByShot(const Partners& partners, const alignment::ShotAlignment& shot, const alignment::AlignedFrame& frame,
              AlignedPair& pair) const {
    const auto own = OwnWeave(partners, shot.global);
    pair.path = own ? "shot" : "interpolated";
    pair.status = alignment::NameOf(alignment::SolveStatus::kUncertain);
    pair.confidence = own ? own->confidence : 0.0;
    pair.estimated_rms_px = own ? own->estimated_rms_px : shot.weave_rms_px;
    pair.forward_backward_px = own ? own->forward_backward_px : 0.0;
    pair.reason = "by the shot's other pairs, since by itself: " + frame.reason;
    SetTransform(pair, own ? own->transform : frame.transform);
  }

  const std::vector<Partners>& pairs_;
  alignment::ShotOptions shot_;
  alignment::SolveOptions options_;
  const ReadPictures& read_;
};

}  // namespace

std::vector<AlignedPair> PlacePairs(const JobContext& context, const std::vector<Partners>& pairs,
                                    const std::vector<PairSolve>& solves, const alignment::ShotOptions& shot,
                                    const alignment::SolveOptions& options, const ReadPictures& read) {
  std::vector<AlignedPair> out;
  std::vector<alignment::FrameSolution> solutions;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    out.push_back(ByItself(pairs[i], solves[i]));
    solutions.push_back({pairs[i].source_frame, FromDocument(solves[i], pairs[i].source_frame)});
  }
  for (const auto& members : alignment::GroupByGeometry(solutions, shot)) {
    context.ThrowIfStopped();
    std::vector<alignment::FrameSolution> of_group;
    for (const std::size_t member : members) of_group.push_back(solutions[member]);
    Shot(pairs, shot, options, read).Place(members, of_group, out);
  }
  return out;
}

}  // namespace interneg::jobs
