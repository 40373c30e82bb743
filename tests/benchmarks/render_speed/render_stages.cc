// render_stages draw | read | network | compute | write | whole: one part of rendering alone, or the pipeline of all,
// in a process of its own, so that who starts it learns its peak memory. `tests/benchmarks/render_speed/run` calls it.
// Prints one JSON object: frames, seconds of wall time and of processor time for them, and of the pipeline its stages'.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/inference/available_memory.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/inference/render_shape.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/model/model.h"

namespace interneg::benchmarks {
namespace {

struct Options {
  std::string what;
  std::string source, output_dir, checkpoint, space;
  std::string range = "1-8";
  int width = 0, height = 0;
  std::uint32_t seed = 1;
  int threads = 0, writers = 0, in_flight = 0;
  std::string precision = "auto";
};

std::chrono::duration<double> Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

double ProcessorSeconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

// Gradients that move, under grain: about as hard to compress as scanned film.
image::Image Drawn(image::Size size, int frame, std::uint32_t seed) {
  image::Image picture(size, {"R", "G", "B"}, "");
  std::minstd_rand random(seed * 7919U + static_cast<std::uint32_t>(frame));
  const float to_unit = 1.0F / static_cast<float>(std::minstd_rand::max());
  for (int c = 0; c < 3; ++c) {
    auto plane = picture.plane(c);
    std::size_t i = 0;
    for (int y = 0; y < size.height_px; ++y) {
      const float down = static_cast<float>(y) / static_cast<float>(size.height_px);
      for (int x = 0; x < size.width_px; ++x, ++i) {
        const float across = static_cast<float>(x + 3 * frame) / static_cast<float>(size.width_px);
        const float light = 0.45F + 0.25F * std::sin(9.0F * across + static_cast<float>(c)) * (1.0F - 0.5F * down);
        const float grain = static_cast<float>(random()) * to_unit + static_cast<float>(random()) * to_unit - 1.0F;
        plane[i] = light + 0.03F * grain;
      }
    }
  }
  return picture;
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : o_(options),
        frames_(frames::FrameRange::Parse(options.range).frames()),
        roots_(frames::Roots::WholeFileSystem()),
        config_(color::ColorConfig::BuiltIn()) {}

  void Draw() const {
    const auto writer = Writer("f.%04d.exr");
    for (const int frame : frames_) writer.Write(frame, Drawn({o_.width, o_.height}, frame, o_.seed), {}, {});
  }

  void Run() {
    model::PrepareToCompute(o_.threads);
    const frames::FrameSequence source(roots_, roots_.Locate(o_.source, Here()));
    const auto space = config_.Resolve(o_.space);
    const color::TrainingTransform transform(config_, space,
                                             color::ChooseRoute(config_, space, color::TrainingDomain::kDisplay));
    if (o_.what == "read") {
      Measure([&](int frame) { transform.ToTraining(source.Read(frame, space).rgb); });
      return;
    }
    const auto model =
        model::LoadModel(o_.checkpoint, {}, model::ResolvePrecision(model::ParsePrecision(o_.precision), {}));
    if (o_.what == "whole") return Whole(source, transform, model);
    const auto original = transform.ToTraining(source.Read(frames_.front(), space).rgb);
    if (o_.what == "network") {
      Measure([&](int) { model.Recover(original.rgb); });
      return;
    }
    inference::FrameRecovery recovery(model, ShapeOf(model, original.rgb.size()).compute_bytes, Ignore);
    if (o_.what == "compute") {
      Measure([&](int) { recovery.Recover(original.rgb); });
      return;
    }
    const auto composed = recovery.Recover(original.rgb).rgb;
    const auto writer = Writer("w.%04d.exr");
    Measure([&](int frame) {
      writer.Write(frame, transform.DeliverHoldingLuma(composed, original, model.description().matrix).rgb, {}, {});
    });
  }

 private:
  static void Ignore(const std::string&) {}
  static std::string Here() { return std::filesystem::current_path().string(); }

  frames::FrameWriter Writer(const char* pattern) const {
    return {roots_, roots_.Locate(o_.output_dir, Here()), frames::FramePattern::Parse(pattern), {}};
  }

  inference::RenderShape ShapeOf(const model::Model& model, image::Size size) const {
    auto shape = inference::ShapeFor(model.description(), size, inference::AvailableMemory_bytes({}) / 2,
                                     o_.threads > 0 ? o_.threads : model::AvailableCores());
    if (o_.writers > 0) shape.writers = o_.writers;
    if (o_.in_flight > 0) shape.frames_in_flight = o_.in_flight;
    return shape;
  }

  // Work that was done once before it is measured.
  void Measure(const std::function<void(int frame)>& work) const {
    work(frames_.front());
    const double begin = Now().count(), processor = ProcessorSeconds();
    for (const int frame : frames_) work(frame);
    Print(Now().count() - begin, ProcessorSeconds() - processor, "");
  }

  void Whole(const frames::FrameSequence& source, const color::TrainingTransform& transform,
             const model::Model& model) const {
    const auto writer = Writer("r.%04d.exr");
    const auto size = source.Probe(frames_.front()).size;
    const auto shape = ShapeOf(model, size);
    inference::RenderPlan plan{source,  transform, transform,           model,         writer,
                               frames_, size,      shape.compute_bytes, shape.writers, shape.frames_in_flight};
    plan.clock = Now;
    const std::atomic<bool> go_on = false;
    const double processor = ProcessorSeconds();
    const auto seconds = inference::Render(plan, {}, go_on).seconds;
    char stages[256];
    std::snprintf(
        stages, sizeof stages,
        ", \"writers\": %d, \"stages\": {\"read\": %.4f, \"compute\": %.4f, \"deliver\": %.4f, \"write\": %.4f}",
        shape.writers, seconds.read, seconds.compute, seconds.deliver, seconds.write);
    Print(seconds.whole, ProcessorSeconds() - processor, stages);
  }

  void Print(double seconds, double processor_seconds, const char* more) const {
    std::printf("{\"frames\": %zu, \"seconds\": %.4f, \"processor_seconds\": %.4f%s}\n", frames_.size(), seconds,
                processor_seconds, more);
  }

  const Options& o_;
  const std::vector<int> frames_;
  const frames::Roots roots_;
  const color::ColorConfig config_;
};

Options Parsed(int argc, char** argv) {
  Options o;
  CLI::App app("One part of rendering, measured alone");
  app.add_option("what", o.what)
      ->required()
      ->check(CLI::IsMember({"draw", "read", "network", "compute", "write", "whole"}));
  app.add_option("--source", o.source);
  app.add_option("--output-dir", o.output_dir);
  app.add_option("--checkpoint", o.checkpoint);
  app.add_option("--space", o.space);
  app.add_option("--range", o.range);
  app.add_option("--width", o.width);
  app.add_option("--height", o.height);
  app.add_option("--seed", o.seed);
  app.add_option("--threads", o.threads);
  app.add_option("--writers", o.writers);
  app.add_option("--in-flight", o.in_flight);
  app.add_option("--precision", o.precision);
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
  using namespace interneg::benchmarks;
  const Options options = Parsed(argc, argv);
  Bench bench(options);
  if (options.what == "draw") {
    bench.Draw();
  } else {
    bench.Run();
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "render_stages: %s\n", error.what());
  return 1;
}
