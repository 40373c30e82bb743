#include "worker/engine/jobs/pair_solves.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/progress.h"

namespace interneg::jobs {
namespace {

alignment::TransformKind KindOf(TransformKind kind) {
  switch (kind) {
    case TransformKind::kTranslation: return alignment::TransformKind::kTranslation;
    case TransformKind::kSimilarity: return alignment::TransformKind::kSimilarity;
    case TransformKind::kHomography: return alignment::TransformKind::kHomography;
    default: return alignment::TransformKind::kAffine;
  }
}

alignment::SolveStatus StatusOf(const PairSolve& solve, int source_frame) {
  for (const auto status :
       {alignment::SolveStatus::kSolved, alignment::SolveStatus::kUncertain, alignment::SolveStatus::kFailed}) {
    if (solve.status == alignment::NameOf(status)) return status;
  }
  throw BadInput("the alignment's pair " + std::to_string(source_frame) + " has a solve that is '" + solve.status + "'",
                 "make the alignment again");
}

bool SameSettings(const Alignment& a, const Alignment& b) {
  return a.source == b.source && a.reference == b.reference && a.kind == b.kind &&
         a.central_share == b.central_share && a.color.value_or(ColorSettings()) == b.color.value_or(ColorSettings());
}

using Kept = std::map<std::pair<int, int>, PairSolve>;  // by source and reference frame

Kept KeptOf(const Alignment& settings, const std::optional<Alignment>& previous) {
  Kept kept;
  if (!previous || !SameSettings(settings, *previous)) return kept;
  for (const auto& pair : previous->pairs) {
    if (pair.solve) kept[{pair.source_frame, pair.reference_frame}] = *pair.solve;
  }
  return kept;
}

}  // namespace

alignment::SolveOptions SolveOptionsOf(const AlignJob& job, const Elements& elements) {
  alignment::SolveOptions options;
  options.kind = KindOf(job.kind);
  if (job.central_share > 0) options.central_region = job.central_share;
  options.source_pixel_aspect = elements.source.facts.pixel_aspect;
  options.reference_pixel_aspect = elements.reference.facts.pixel_aspect;
  return options;
}

PairSolve ToDocument(const alignment::Solution& solution) {
  const auto& matrix = solution.transform.matrix();
  return {{matrix.begin(), matrix.end()},
          std::string(alignment::NameOf(solution.status)),
          solution.confidence,
          solution.estimated_rms_px,
          solution.forward_backward_px,
          solution.reason,
          solution.unit == alignment::ErrorUnit::kReferencePixels};
}

alignment::Solution FromDocument(const PairSolve& solve, int source_frame) {
  alignment::Solution out;
  out.status = StatusOf(solve, source_frame);
  out.confidence = solve.confidence;
  out.estimated_rms_px = solve.estimated_rms_px;
  out.forward_backward_px = solve.forward_backward_px;
  out.reason = solve.reason;
  if (solve.in_reference_px) out.unit = alignment::ErrorUnit::kReferencePixels;
  try {
    std::array<double, 9> matrix{};
    if (solve.transform.size() != matrix.size()) throw std::invalid_argument("it has not nine numbers");
    std::copy(solve.transform.begin(), solve.transform.end(), matrix.begin());
    out.transform = alignment::Transform(matrix);
  } catch (const std::invalid_argument& error) {
    throw BadInput("the solve of the alignment's pair " + std::to_string(source_frame) +
                       " is no transform: " + error.what(),
                   "make the alignment again");
  }
  return out;
}

std::vector<PairSolve> SolvePairs(const JobContext& context, const std::vector<Partners>& pairs,
                                  const Alignment& settings, const std::optional<Alignment>& previous,
                                  const alignment::SolveOptions& options, const ReadPictures& read) {
  const auto kept = KeptOf(settings, previous);
  Progress progress(context, "aligning", pairs.size());
  std::vector<PairSolve> solves;
  for (const auto& pair : pairs) {
    context.ThrowIfStopped();
    const auto earlier = kept.find({pair.source_frame, pair.reference_frame});
    if (earlier != kept.end()) {
      solves.push_back(earlier->second);
    } else {
      const auto pictures = read(pair);
      solves.push_back(ToDocument(alignment::Solve(pictures.source, pictures.reference, options)));
    }
    progress.Advance();
  }
  if (previous) {
    context.events.Inform(std::to_string(kept.size()) + " solves of the earlier alignment can be kept");
  }
  return solves;
}

}  // namespace interneg::jobs
