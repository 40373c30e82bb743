#include "worker/engine/jobs/target_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/dataset/target.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/validation/sheet.h"

namespace interneg::jobs {
namespace {

constexpr int kSheetPicture_px = 480;
constexpr float kBeyond = 0.001F;

bool Holds(dataset::Recovery recovery, int plane) {
  if (recovery == dataset::Recovery::kChroma) return plane == 0;
  return recovery == dataset::Recovery::kSpatial && plane > 0;
}

double LearnedDifference(const dataset::Target& target, dataset::Recovery recovery, const image::Image* confidence) {
  double sum = 0, total = 0;
  for (int plane = 0; plane < 3; ++plane) {
    if (Holds(recovery, plane)) continue;
    const auto a = target.input.plane(plane), b = target.truth.plane(plane);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double weight = confidence == nullptr ? 1.0 : static_cast<double>(confidence->plane(0)[i]);
      sum += weight * std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
      total += weight;
    }
  }
  return total > 0 ? sum / total : 0.0;
}

double BeyondRange(const image::Image& rgb) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < rgb.pixel_count(); ++i) {
    bool beyond = false;
    for (int c = 0; c < 3; ++c) beyond |= rgb.plane(c)[i] < -kBeyond || rgb.plane(c)[i] > 1.0F + kBeyond;
    count += beyond ? 1 : 0;
  }
  return static_cast<double>(count) / static_cast<double>(rgb.pixel_count());
}

// The confidence as a grey picture of a display.
image::Image Grey(const image::Image* confidence, const image::Image& like) {
  image::Image out(like.size(), like.channels(), like.color_space());
  for (int c = 0; c < out.channel_count(); ++c) {
    auto plane = out.plane(c);
    if (confidence == nullptr) {
      std::fill(plane.begin(), plane.end(), 1.0F);
    } else {
      std::copy_n(confidence->plane(0).begin(), plane.size(), plane.begin());
    }
  }
  return out;
}

}  // namespace

void SendTargets(const JobContext& context, const Scratch& scratch, const DisplayView& view,
                 const training::TrainingData& data, const training::TrainingOptions& options) {
  const auto send = [&](const dataset::Pair& pair, const char* scope) {
    context.ThrowIfStopped();
    const auto target = dataset::BuildTarget(pair, options.recovery, options.network.matrix, options.luma_match);
    const auto truth = image::YCbCrToRgb(target.truth, options.network.matrix);
    const auto* confidence = pair.confidence ? &*pair.confidence : nullptr;
    const auto measure = [&](const char* name, double value) {
      context.events.Send(Measure{name, value, "target", scope, {}, pair.frame});
    };
    if (Holds(options.recovery, 0) || Holds(options.recovery, 1)) {
      const double held = dataset::HeldPlaneDifference(target, options.recovery);
      measure("held_plane_difference", held);
      if (held > 0.0) {
        throw std::logic_error("the target of frame " + std::to_string(pair.frame) + " changes a held plane");
      }
    }
    measure("learned_plane_difference", LearnedDifference(target, options.recovery, confidence));
    measure("beyond_range_share", BeyondRange(truth));
    const auto source = view.Show(pair.source);
    const std::vector<validation::SheetRow> rows{
        {source, view.Show(pair.reference), view.Show(truth), Grey(confidence, source)}};
    scratch.SendPicture("target_sheet", validation::ComposeSheet(rows, kSheetPicture_px),
                        static_cast<std::uint32_t>(pair.frame));
  };
  for (const auto& pair : data.pairs) send(pair, "training");
  for (const auto& pair : data.held_out) send(pair, "validation");
}

}  // namespace interneg::jobs
