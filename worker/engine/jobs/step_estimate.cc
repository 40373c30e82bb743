#include "worker/engine/jobs/step_estimate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/jobs/prepared_medium.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

// A ten-thousandth of a density, or of a code, is below what any scan shows.
double Rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

std::optional<document::Tone> ToDocument(const preparation::Tone& tone) {
  if (tone == preparation::Tone{}) return std::nullopt;
  return document::Tone{Rounded(tone.offset), Rounded(tone.gain), Rounded(tone.gamma), Rounded(tone.high)};
}

std::optional<document::DensityCurve> ToDocument(const std::vector<preparation::CurvePoint>& curve) {
  if (curve.empty()) return std::nullopt;
  document::DensityCurve out;
  for (const auto& point : curve) {
    out.in_density.push_back(Rounded(point.in_density));
    out.out_density.push_back(Rounded(point.out_density));
  }
  return out;
}

document::NeutralBalance ToDocument(const preparation::NeutralBalance& balance) {
  const auto domain = balance.domain == preparation::BalanceDomain::kDensity ? document::BalanceDomain::kDensity
                                                                             : document::BalanceDomain::kDisplay;
  return {domain, ToDocument(balance.global), ToDocument(balance.channel[0]), ToDocument(balance.channel[1]),
          ToDocument(balance.channel[2])};
}

document::FadeCorrection ToDocument(const preparation::FadeCorrectionCurve& curve) {
  return {ToDocument(curve.channel[0]), ToDocument(curve.channel[1]), ToDocument(curve.channel[2])};
}

document::Invert ToDocument(const preparation::Invert& invert) {
  document::Invert out;
  for (const double base : invert.base_density) out.base_density.push_back(Rounded(base));
  for (const double range : invert.range_density) out.range_density.push_back(Rounded(range));
  out.contrast = invert.contrast;
  return out;
}

// The middles of as many equal parts: the ends of a shot are where it may fade.
std::vector<int> EvenlySpread(const std::vector<int>& frames, int count) {
  const auto parts = std::min(static_cast<std::size_t>(count), frames.size());
  std::vector<int> out;
  for (std::size_t i = 0; i < parts; ++i) out.push_back(frames[(2 * i + 1) * frames.size() / (2 * parts)]);
  return out;
}

// At most so many rows, spread evenly: the estimates look at some ten thousand pixels, and eight frames of 4K would
// fill a gigabyte.
image::Image Thinned(const image::Image& picture) {
  constexpr int kMostRows = 256;
  const int rows = picture.height_px();
  if (rows <= kMostRows) return picture;
  image::Image out({picture.width_px(), kMostRows}, picture.channels(), picture.color_space());
  const auto width = static_cast<std::ptrdiff_t>(picture.width_px());
  for (int c = 0; c < picture.channel_count(); ++c) {
    for (int y = 0; y < kMostRows; ++y) {
      const auto from = picture.plane(c).begin() + static_cast<std::ptrdiff_t>(y) * rows / kMostRows * width;
      std::copy(from, from + width, out.plane(c).begin() + y * width);
    }
  }
  return out;
}

image::Image CutOut(const image::Image& picture, const PictureArea& area, const std::string& option) try {
  return image::Crop(picture, {area.x_px, area.y_px, {area.width_px, area.height_px}});
} catch (const std::invalid_argument&) {
  throw BadInput(option + ": " + TextOf(area) + " leaves the picture of " + std::to_string(picture.width_px()) + "x" +
                     std::to_string(picture.height_px()),
                 "give the place of its top left pixel, width and height");
}

void CheckRequest(const EstimateRequest& request) {
  if (request.frames < 1) throw BadInput("--frames: none is to be looked at", "give 1 or more");
  if (request.step == EstimatedStep::kInvert && request.film_base == FilmBase::kPatch && !request.patch) {
    throw BadInput("--base: an inversion is measured from unexposed film, and none is named",
                   "name a patch of it as X,Y,WIDTH,HEIGHT (beside the perforation, or between two frames); where the "
                   "scan shows none, `--base picture` takes the clearest half percent of the picture");
  }
}

struct Seen {
  std::vector<image::Image> pictures;
  std::vector<image::Image> unexposed;
};

Seen LookAt(const JobContext& context, const EstimateRequest& request, const Medium& medium, const ColorPlan& color) {
  const auto transform = TrainingTransformOf(medium, color);
  const auto before = PlanPreparation(request.before, preparation::Role::kSource, "--after");
  for (const auto& warning : before.warnings()) context.events.Warn(warning);
  PreparedMedium prepared(medium, transform, before);
  const auto chosen = EvenlySpread(medium.range.Sorted(), request.frames);
  CheckHeaders(context, medium, frames::FrameRange::Of(chosen));
  Seen seen;
  for (const int frame : chosen) {
    context.ThrowIfStopped();
    const auto picture = prepared.See(frame, transform.ToTraining(medium.Read(frame).rgb).rgb);
    if (request.patch) seen.unexposed.push_back(Thinned(CutOut(picture, *request.patch, "--base")));
    seen.pictures.push_back(Thinned(request.crop ? CutOut(picture, *request.crop, "--crop") : picture));
  }
  return seen;
}

document::PreparationStep Measured(const EstimateRequest& request, const Seen& seen) try {
  switch (request.step) {
    case EstimatedStep::kNeutralBalance:
      return {ToDocument(preparation::EstimateBalance(seen.pictures, request.balance))};
    case EstimatedStep::kFadeCorrection:
      return {ToDocument(preparation::EstimateFadeCorrection(seen.pictures, request.balance.reference))};
    case EstimatedStep::kInvert:
      break;
  }
  return {ToDocument(preparation::EstimateInversion(seen.pictures, seen.unexposed))};
} catch (const std::invalid_argument& error) {
  throw BadInput(request.source.path + ": " + error.what(), "");
}

}  // namespace

std::vector<document::PreparationStep> EstimateStep(const JobContext& context, const EstimateRequest& request) {
  CheckRequest(request);
  const auto color = PlanColor(request.color, "--config", context);
  const auto medium = OpenMedium(context, request.source, "source", "--source", color.config);
  SendWarnings(context, medium);
  auto steps = request.before;
  steps.push_back(Measured(request, LookAt(context, request, medium, color)));
  PlanPreparation(steps, preparation::Role::kSource, "--after");  // that the whole can be
  return steps;
}

}  // namespace interneg::jobs
