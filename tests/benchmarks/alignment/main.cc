// alignment_benchmark [--data FOLDER] [--verbose] [--without-ecc]: the solve against known geometry, OpenCV's
// findTransformECC beside it.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "tests/benchmarks/alignment/measures.h"

namespace interneg::benchmarks {
namespace {

using alignment::TransformKind;
using simulation::GrainGauge;

constexpr image::Size kPal{720, 576};
constexpr double kWidePal = 64.0 / 45.0;

struct Bar {
  CaseClass what;
  double px;
};

std::vector<Bar> Classes() {
  const CaseClass video{.reference_size = kPal, .reference_pixel_aspect = kWidePal, .mpeg2 = true, .text = true};
  std::vector<Bar> bars;
  const auto add = [&](CaseClass what, const char* name, double px) {
    what.name = name;
    bars.push_back({std::move(what), px});
  };
  add({.kind = TransformKind::kTranslation, .scale_from = 1, .scale_to = 1, .rotation_deg = 0}, "weave", .10);
  add({}, "weave, scale 1-5 %", .10);
  add({.rotation_deg = 2.0}, "rotation to 2 degrees", .10);
  CaseClass what = video;
  what.scale_from = 1.06, what.scale_to = 1.12;
  add(what, "overscan 3-6 %, MPEG-2, text", .10);
  what.source_size = {1280, 720}, what.rotation_deg = 1.0, what.grain = GrainGauge::k16mm;
  add(what, "the same, 1280, 16 mm grain", .10);
  what.source_size = {2048, 1152};
  add(what, "the same, 2048", .10);
  what.source_size = {640, 360}, what.retention = "nearly-dead";
  add(what, "nearly dead, 640, MPEG-2", .10);
  add({.reference_size = {1920, 1080}}, "reference 3 times finer", .10);
  add({.invert_green = true}, "green inverted", .10);
  add({.luma_only = true}, "luma alone", .10);
  add({.kind = TransformKind::kAffine, .corners = 0.0}, "affine", .10);
  add({.kind = TransformKind::kHomography, .corners = .01}, "corners 1 %", .20);
  what = video;
  what.kind = TransformKind::kHomography, what.corners = .015, what.scale_from = 1.04, what.scale_to = 1.09;
  add(what, "corners 1.5 %, MPEG-2, text", .20);
  return bars;
}

}  // namespace

bool RunAll(const std::string& data, AccuracyOptions options) {
  const auto moments = Moments(data);
  std::printf(
      "%zu moments%s; errors in pixels of the source, or of the reference where that is coarser by 1.5; 1 thread\n",
      moments.size(), HasFfmpeg() ? "" : " (no ffmpeg program: blocks quantised in its place)");
  bool met = true;
  std::vector<Told> told;
  for (const auto& bar : Classes()) {
    options.bar_px = bar.px;
    met &= MeasureAccuracy(bar.what, moments, options, told);
  }
  met &= MeasureCalibration(told);
  MeasureRealPair(data);
  met &= MeasureUnrelated(moments);
  met &= MeasureRefusals(moments);
  met &= MeasureSpeed(moments);
  return met;
}

}  // namespace interneg::benchmarks

int main(int argc, char** argv) {
  std::string data;
  interneg::benchmarks::AccuracyOptions options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
      data = argv[++i];
    } else if (std::strcmp(argv[i], "--verbose") == 0) {
      options.verbose = true;
    } else if (std::strcmp(argv[i], "--without-ecc") == 0) {
      options.rival = interneg::benchmarks::Rival::kNone;
    } else {
      std::fprintf(stderr, "usage: alignment_benchmark [--data FOLDER] [--verbose] [--without-ecc]\n");
      return 2;
    }
  }
  cv::setNumThreads(1);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    const bool met = interneg::benchmarks::RunAll(data, options);
    std::printf("bars: %s\n", met ? "met" : "NOT met");
    return met ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "alignment_benchmark: %s\n", error.what());
    return 1;
  }
}
