#include "tests/benchmarks/alignment/measures.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <random>
#include <string>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::benchmarks {
namespace {

using alignment::Transform;
using alignment::TransformKind;

constexpr double kReported_px = 0.5;
constexpr std::size_t kEccMost_px = 1'000'000;  // of the source: above, ECC takes minutes and sees every fifth pair

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Errors in the unit that the solve reports: the source's pixels, or the reference's when those are coarser by 1.5.
alignment::Displacement ErrorOf(const Elements& pair, const Transform& found, alignment::ErrorUnit unit) {
  const image::Rectangle whole{0, 0, pair.source.size()};
  if (unit == alignment::ErrorUnit::kReferencePixels) return DifferenceOver(found, pair.truth, whole);
  return DifferenceOver(Compose(found, pair.truth.Inverse()), Transform(), whole);
}

cv::Mat1f Grey(const image::Image& picture) {
  cv::Mat1f out(picture.height_px(), picture.width_px(), 0.F);
  const double weights[] = {.2126, .7152, .0722};
  for (int c = 0; c < picture.channel_count(); ++c) {
    const cv::Mat1f plane(picture.height_px(), picture.width_px(), const_cast<float*>(picture.plane(c).data()));
    cv::scaleAdd(plane, picture.channel_count() == 1 ? 1.0 : weights[c], out, out);
  }
  return out;
}

// As it comes: grey pictures, its own criteria, from the frames' sizes. nullopt when it throws.
std::optional<Transform> Ecc(const Elements& pair, TransformKind kind) {
  const auto m = alignment::FrameToFrame(pair.source.size(), pair.reference.size()).matrix();
  const bool projective = kind == TransformKind::kHomography;
  cv::Mat1f warp(projective ? 3 : 2, 3);
  for (int i = 0; i < warp.rows * 3; ++i) warp(i / 3, i % 3) = static_cast<float>(m[i]);
  try {
    cv::findTransformECC(Grey(pair.source), Grey(pair.reference), warp,
                         projective ? cv::MOTION_HOMOGRAPHY : cv::MOTION_AFFINE);
  } catch (const cv::Exception&) {
    return std::nullopt;
  }
  std::array<double, 9> found{0, 0, 0, 0, 0, 0, 0, 0, 1};
  for (int i = 0; i < warp.rows * 3; ++i) found[i] = warp(i / 3, i % 3);
  return Transform(found);
}

alignment::SolveOptions OptionsFor(const CaseClass& what) {
  alignment::SolveOptions options;
  options.kind = what.kind;
  options.source_pixel_aspect = what.source_pixel_aspect;
  options.reference_pixel_aspect = what.reference_pixel_aspect;
  return options;
}

struct Tally {
  int cases = 0, solved = 0, uncertain = 0, failed = 0, unreported = 0;
  double squared = 0.0, worst_rms = 0.0, greatest = 0.0, seconds = 0.0, estimated = 0.0, consistency = 0.0;

  void Add(const alignment::Solution& s, const alignment::Displacement& error) {
    ++cases;
    solved += s.status == alignment::SolveStatus::kSolved ? 1 : 0;
    uncertain += s.status == alignment::SolveStatus::kUncertain ? 1 : 0;
    failed += s.status == alignment::SolveStatus::kFailed ? 1 : 0;
    if (s.status != alignment::SolveStatus::kSolved) return;
    unreported += error.greatest_px > kReported_px ? 1 : 0;
    squared += error.rms_px * error.rms_px;
    worst_rms = std::max(worst_rms, error.rms_px);
    greatest = std::max(greatest, error.greatest_px);
    estimated += s.estimated_rms_px;
    consistency += s.forward_backward_px;
  }
};

struct EccTally {
  int cases = 0, within = 0, failed = 0;
  std::vector<double> errors;
  void Add(const std::optional<alignment::Displacement>& error) {
    ++cases;
    failed += error ? 0 : 1;
    if (error) errors.push_back(error->rms_px);
    within += error && error->greatest_px <= kReported_px ? 1 : 0;
  }
  double Median() {
    if (errors.empty()) return INFINITY;
    std::sort(errors.begin(), errors.end());
    return errors[errors.size() / 2];
  }
};

// The same picture as another element: turned over, stretched, another moment's.
image::Image Through(const image::Image& picture, const Transform& transform) {
  return alignment::Resample(picture, transform, picture.size(), alignment::ResampleFilter::kBicubic).picture;
}

bool Refused(const char* name, const image::Image& source, const image::Image& reference, const char* words) {
  const auto start = std::chrono::steady_clock::now();
  const auto found = alignment::Solve(source, reference, {});
  const bool good = found.status != alignment::SolveStatus::kSolved && found.reason.find(words) != std::string::npos;
  std::printf("  %-14s %-4s %.1f s  %s: %s\n", name, good ? "yes" : "NO", SecondsSince(start),
              std::string(NameOf(found.status)).c_str(), found.reason.c_str());
  return good;
}

}  // namespace

bool MeasureAccuracy(const CaseClass& what, const std::vector<Moment>& moments, const AccuracyOptions& options,
                     std::vector<Told>& told) {
  Tally tally;
  EccTally ecc;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto pair = Make(what, moments[i], 100 + i);
    const auto start = std::chrono::steady_clock::now();
    const auto found = alignment::Solve(pair.source, pair.reference, OptionsFor(what));
    const double seconds = SecondsSince(start);
    const auto error = ErrorOf(pair, found.transform, found.unit);
    tally.Add(found, error);
    tally.seconds += seconds;
    if (found.status != alignment::SolveStatus::kFailed) {
      told.push_back({error.rms_px, error.greatest_px, found.estimated_rms_px, found.forward_backward_px,
                      found.status == alignment::SolveStatus::kSolved});
    }
    if (options.verbose) {
      std::printf("    %-24s %-9s rms %.3f max %.3f est %.3f fb %.3f share %.2f corr %.2f conf %.2f %.2f s %s\n",
                  moments[i].name.c_str(), std::string(NameOf(found.status)).c_str(), error.rms_px, error.greatest_px,
                  found.estimated_rms_px, found.forward_backward_px, found.agreeing_share, found.correlation,
                  found.confidence, seconds, found.reason.c_str());
    }
    if (options.rival == Rival::kNone || (pair.source.pixel_count() > kEccMost_px && i % 5 != 0)) continue;
    const auto theirs = Ecc(pair, what.kind);
    ecc.Add(theirs ? std::optional(ErrorOf(pair, *theirs, found.unit)) : std::nullopt);
  }
  const double rms = std::sqrt(tally.squared / std::max(1, tally.solved));
  const bool met = tally.solved > 0 && rms <= options.bar_px && tally.unreported == 0;
  std::printf(
      "%-28s %-11s %2d/%2d solved, %d uncertain, %d failed | rms %.3f (bar %.2f), worst pair %.3f, greatest %.3f, "
      "unreported %d | est %.3f f-b %.3f | %.2f s | ECC: %d/%d within %.1f px, %d threw, median %.2f | %s\n",
      what.name.c_str(), std::string(NameOf(what.kind)).c_str(), tally.solved, tally.cases, tally.uncertain,
      tally.failed, rms, options.bar_px, tally.worst_rms, tally.greatest, tally.unreported,
      tally.estimated / std::max(1, tally.solved), tally.consistency / std::max(1, tally.solved),
      tally.seconds / tally.cases, ecc.within, ecc.cases, kReported_px, ecc.failed, ecc.Median(),
      met ? "met" : "NOT met");
  std::fflush(stdout);
  return met;
}

bool MeasureCalibration(const std::vector<Told>& told) {
  double squared = 0.0, estimated = 0.0;
  int solved = 0, above = 0, above_twice = 0, untold = 0;
  for (const auto& pair : told) {
    if (!pair.solved) continue;
    ++solved;
    squared += pair.rms_px * pair.rms_px;
    estimated += pair.estimated_px * pair.estimated_px;
    above += pair.rms_px > pair.estimated_px ? 1 : 0;
    above_twice += pair.rms_px > 2 * pair.estimated_px ? 1 : 0;
    untold += pair.rms_px > 3 * pair.estimated_px && pair.rms_px > .2 ? 1 : 0;
  }
  const double count = std::max(1, solved), rms = std::sqrt(squared / count), told_rms = std::sqrt(estimated / count);
  const bool good = solved > 0 && told_rms >= .8 * rms && untold == 0;
  std::printf("estimates: %d solved pairs, RMS error %.3f, RMS estimate %.3f; above the estimate %.0f %%, above twice "
              "%.0f %%, above three times and .2 px: %d | %s\n",
              solved, rms, told_rms, 100 * above / count, 100 * above_twice / count, untold, good ? "met" : "NOT met");
  return good;
}

bool MeasureUnrelated(const std::vector<Moment>& moments) {
  int pairs = 0, solved = 0, uncertain = 0;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto source = Make({}, moments[i], 300 + i).source;
    for (const std::size_t away : {4, 7, 10}) {
      const auto& other = moments[(i + away) % moments.size()];
      if (other.name.substr(0, 4) == moments[i].name.substr(0, 4)) continue;
      alignment::SolveOptions options;
      options.on_failure = alignment::OnFailure::kGiveUp;
      const auto status = alignment::Solve(source, Make({}, other, 400 + i).reference, options).status;
      ++pairs;
      solved += status == alignment::SolveStatus::kSolved ? 1 : 0;
      uncertain += status == alignment::SolveStatus::kUncertain ? 1 : 0;
    }
  }
  std::printf("unrelated: %d pairs, %d solved (bar 0), %d uncertain\n", pairs, solved, uncertain);
  return solved == 0;
}

bool MeasureRefusals(const std::vector<Moment>& moments) {
  bool good = true;
  std::printf("refused:\n");
  for (std::size_t i = 0; i < moments.size(); i += 3) {
    const auto pair = Make({}, moments[i], 7 + i);
    const double right = pair.reference.width_px() - 1.0, bottom = pair.reference.height_px() - 1.0;
    const auto& next = moments[(i + 4) % moments.size()];
    image::Image other = Make({}, next, 8 + i).reference;
    // Of the same scene, when there is but one: a corner of it at four times the size shows nothing that it shares.
    if (next.name.substr(0, 4) == moments[i].name.substr(0, 4)) {
      other = Through(other, Transform({.25, 0, 0, 0, .25, 0, 0, 0, 1}));
    }
    std::printf(" %s\n", moments[i].name.c_str());
    good &= Refused("unrelated", pair.source, other, "no overlap");
    good &= Refused("mirrored", pair.source, Through(pair.reference, Transform({-1, 0, right, 0, 1, 0, 0, 0, 1})),
                    "mirrored left to right");
    good &= Refused("upside down", pair.source,
                    Through(pair.reference, Transform({-1, 0, right, 0, -1, bottom, 0, 0, 1})), "upside down (turned");
    good &= Refused("stretched", pair.source,
                    Through(pair.reference, Transform({.75, 0, .125 * right, 0, 1, 0, 0, 0, 1})), "aspect ratio");
    good &= Refused("stretched 2 %", pair.source,
                    Through(pair.reference, Transform({.98, 0, .01 * right, 0, 1, 0, 0, 0, 1})), "aspect ratio");
    image::Image black(pair.reference.size(), {"R", "G", "B"}, image::kTrainingDisplay);
    good &= Refused("black", pair.source, black, "black");
    std::mt19937 random(3);
    for (float& v : black.values()) v = static_cast<float>(random() % 1000) / 1000.F;
    good &= Refused("noise", pair.source, black, "");
  }
  return good;
}

void MeasureRealPair(const std::string& data) {
  for (const int frame : {10, 70, 130}) {
    const auto pair = RealPair(data, frame);
    if (pair.empty()) return;
    // The coarser transfer as the source, in want of the finer one's detail.
    const auto &source = pair[1], &reference = pair[0];
    alignment::SolveOptions options;
    options.kind = TransformKind::kAffine;
    const auto found = alignment::Solve(source, reference, options);
    const auto framed = alignment::FrameToFrame(source.size(), reference.size());
    const auto away =
        DifferenceOver(Compose(found.transform, framed.Inverse()), Transform(), {0, 0, source.size()}).rms_px;
    std::printf(
        "real pair, frame %3d: %s, forward-backward %.3f px, estimated %.3f px, from frame on frame %.3f px %s\n",
        frame, std::string(NameOf(found.status)).c_str(), found.forward_backward_px, found.estimated_rms_px, away,
        found.reason.c_str());
  }
}

bool MeasureSpeed(const std::vector<Moment>& moments) {
  bool good = true;
  for (const auto kind : {TransformKind::kSimilarity, TransformKind::kHomography}) {
    for (const image::Size reference : {image::Size{2048, 1152}, image::Size{720, 576}}) {
      CaseClass what{.name = "2K", .kind = kind, .source_size = {2048, 1152}, .reference_size = reference};
      what.reference_pixel_aspect = reference.width_px == 720 ? 64.0 / 45.0 : 1.0;
      const auto pair = Make(what, moments[0], 5);
      double best = 1e9;
      for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const auto found = alignment::Solve(pair.source, pair.reference, OptionsFor(what));
        best = std::min(best, SecondsSince(start));
        if (found.status != alignment::SolveStatus::kSolved) good = false;
      }
      std::printf("2K %s against %dx%d: %.2f s on one thread (bar 2)\n", std::string(NameOf(kind)).c_str(),
                  reference.width_px, reference.height_px, best);
      good &= best < 2.0;
    }
  }
  return good;
}

}  // namespace interneg::benchmarks
