// smoothing_gain --checkpoint FILE --source PATTERN --truth PATTERN --range RANGE --output-dir FOLDER [--strengths
// 0,0.5,1]
//
// Renders a film whose truth is known with each strength of temporal smoothing, and prints one JSON object a strength:
// the mean TemporalDifference of Cb and Cr along the truth's own motion (of its luma, where that is visible), of result
// and truth, the flicker that this is, the flicker of means over 9 × 9 pixels, the chroma PSNR against the truth, and
// the seconds that computing took. `tests/benchmarks/render_speed/smoothing` calls it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/color/color_config.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/model/model.h"
#include "worker/engine/preparation/motion_between.h"
#include "worker/engine/validation/flicker.h"

namespace interneg::benchmarks {
namespace {

// What `interneg-engine simulate fade` writes, and recovery_quality trains on.
constexpr char kSpace[] = "sRGB - Texture";

struct Options {
  std::string checkpoint, source, truth, range, output_dir;
  std::vector<double> strengths = {0.0, 0.5, 1.0};
};

struct Figures {
  double result = 0, truth = 0;              // mean change along the motion
  double result_means = 0, truth_means = 0;  // the same of means over kMean_px, which is what wavers without grain
  double squared_error = 0;
};

constexpr int kMean_px = 9;

std::chrono::duration<double> Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

image::Image PlaneOf(const image::Image& planes, int plane) {
  image::Image one(planes.size(), {planes.channels()[static_cast<std::size_t>(plane)]}, planes.color_space());
  std::copy(planes.plane(plane).begin(), planes.plane(plane).end(), one.values().begin());
  return one;
}

image::Image ChromaOf(const image::Image& planes) {
  image::Image chroma(planes.size(), {"Cb", "Cr"}, planes.color_space());
  for (int c = 0; c < 2; ++c) std::ranges::copy(planes.plane(c + 1), chroma.plane(c).begin());
  return chroma;
}

// Each plane's mean over kMean_px pixels a side, as far as the picture goes.
image::Image Means(const image::Image& planes) {
  image::Image rows = planes, out = planes;
  const int width = planes.width_px(), height = planes.height_px(), radius = kMean_px / 2;
  const auto mean = [&](std::span<const float> from, int i, int length, std::size_t start, std::size_t step) {
    const int first = std::max(0, i - radius), last = std::min(length - 1, i + radius);
    float sum = 0;
    for (int k = first; k <= last; ++k) sum += from[start + static_cast<std::size_t>(k) * step];
    return sum / static_cast<float>(last - first + 1);
  };
  const auto across = static_cast<std::size_t>(width);
  for (int c = 0; c < planes.channel_count(); ++c) {
    for (std::size_t i = 0; i < planes.pixel_count(); ++i) {
      rows.plane(c)[i] = mean(planes.plane(c), static_cast<int>(i % across), width, i / across * across, 1);
    }
    for (std::size_t i = 0; i < planes.pixel_count(); ++i) {
      out.plane(c)[i] = mean(rows.plane(c), static_cast<int>(i / across), height, i % across, across);
    }
  }
  return out;
}

double SquaredError(const image::Image& a, const image::Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double difference = double{a.values()[i]} - double{b.values()[i]};
    sum += difference * difference;
  }
  return sum / static_cast<double>(a.values().size());
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : o_(options),
        roots_(frames::Roots::WholeFileSystem()),
        frames_(frames::FrameRange::Parse(options.range).frames()),
        transform_(config_, kSpace, color::TrainingRoute::kDisplayDirect),
        model_(model::LoadModel(options.checkpoint, {}, model::ResolvePrecision(model::Precision::kAuto, {}))) {}

  void Run(double strength) const {
    const auto source = Sequence(o_.source);
    frames::WriteOptions writing;
    writing.encoding = frames::SampleEncoding::kFloat;
    const frames::FrameWriter writer(roots_, roots_.Locate(o_.output_dir, Here()),
                                     frames::FramePattern::Parse("s.%04d.exr"), writing);
    inference::RenderPlan plan{source,
                               transform_,
                               transform_,
                               model_,
                               writer,
                               frames_,
                               source.Probe(frames_.front()).size,
                               std::int64_t{2} << 30};
    if (strength > 0) plan.smoothing = {strength, frames_, preparation::MotionBetween};
    plan.clock = Now;
    const std::atomic<bool> go_on = false;
    const auto seconds = inference::Render(plan, {}, go_on).seconds;
    Print(strength, Judged(), seconds.compute / static_cast<double>(frames_.size()));
  }

 private:
  static std::string Here() { return std::filesystem::current_path().string(); }

  frames::FrameSequence Sequence(const std::string& pattern) const { return {roots_, roots_.Locate(pattern, Here())}; }

  image::Image Planes(const frames::FrameSequence& from, int frame) const {
    return image::RgbToYCbCr(transform_.ToTraining(from.Read(frame, transform_.space()).rgb).rgb,
                             model_.description().matrix);
  }

  Figures Judged() const {
    const auto truth = Sequence(o_.truth), result = Sequence(o_.output_dir + "/s.%04d.exr");
    Figures sums;
    auto now = Planes(truth, frames_.front());
    auto ours = ChromaOf(Planes(result, frames_.front()));
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      sums.squared_error += SquaredError(ours, ChromaOf(now)) / static_cast<double>(frames_.size());
      if (i + 1 == frames_.size()) break;
      auto next = Planes(truth, frames_[i + 1]);
      auto ours_next = ChromaOf(Planes(result, frames_[i + 1]));
      const auto motion = preparation::MotionBetween(PlaneOf(now, 0), PlaneOf(next, 0));
      const auto visible = validation::VisibleShare(now, next, motion);
      const double share = 1.0 / static_cast<double>(frames_.size() - 1);
      sums.result += share * validation::TemporalDifference(ours, ours_next, motion, visible);
      sums.truth += share * validation::TemporalDifference(ChromaOf(now), ChromaOf(next), motion, visible);
      sums.result_means += share * validation::TemporalDifference(Means(ours), Means(ours_next), motion, visible);
      sums.truth_means +=
          share * validation::TemporalDifference(Means(ChromaOf(now)), Means(ChromaOf(next)), motion, visible);
      now = std::move(next);
      ours = std::move(ours_next);
    }
    return sums;
  }

  static void Print(double strength, const Figures& f, double compute_seconds) {
    std::printf(
        "{\"strength\": %.3g, \"change\": %.6f, \"truth_change\": %.6f, \"flicker\": %.6f, \"flicker_of_means\": %.6f, "
        "\"chroma_psnr_db\": %.3f, \"compute_seconds\": %.4f}\n",
        strength, f.result, f.truth, validation::Flicker(f.result, f.truth),
        validation::Flicker(f.result_means, f.truth_means), -10.0 * std::log10(f.squared_error), compute_seconds);
    std::fflush(stdout);
  }

  const Options& o_;
  const frames::Roots roots_;
  const std::vector<int> frames_;
  const color::ColorConfig config_ = color::ColorConfig::BuiltIn();
  const color::TrainingTransform transform_;
  const model::Model model_;
};

Options Parsed(int argc, char** argv) {
  Options o;
  CLI::App app("What temporal smoothing gains and costs on a film whose truth is known");
  app.add_option("--checkpoint", o.checkpoint)->required();
  app.add_option("--source", o.source)->required();
  app.add_option("--truth", o.truth)->required();
  app.add_option("--range", o.range)->required();
  app.add_option("--output-dir", o.output_dir)->required();
  app.add_option("--strengths", o.strengths)->delimiter(',');
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

}  // namespace
}  // namespace interneg::benchmarks

int main(int argc, char** argv) try {
  const auto options = interneg::benchmarks::Parsed(argc, argv);
  interneg::model::PrepareToCompute(0);
  const interneg::benchmarks::Bench bench(options);
  for (const double strength : options.strengths) bench.Run(strength);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "smoothing_gain: %s\n", error.what());
  return 1;
}
