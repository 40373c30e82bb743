#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/benchmarks/engine_core/measures.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/model.h"

namespace interneg::benchmarks {
namespace {

// PSNR over Cb, Cr; `first` is the plane of Cb in `output`.
double ChromaPsnr(const image::Image& output, int first, const image::Image& truth) {
  double error = 0;
  for (int c = 0; c < 2; ++c) {
    const auto a = output.plane(first + c), b = truth.plane(1 + c);
    for (std::size_t i = 0; i < a.size(); ++i) error += std::pow(static_cast<double>(a[i]) - b[i], 2);
  }
  return -10 * std::log10(error / (2.0 * static_cast<double>(output.pixel_count())));
}

}  // namespace

bool MeasureTimeToQuality(const std::string& name, const Fade& fade, double seconds, std::uint64_t seed,
                          const model::Device& device, int threads) {
  const Film film = DrawFilm({640, 360}, fade, seed);
  training::TrainingOptions options;
  options.network = model::DescribeNetwork(model::NetworkKind::kGrid, model::NetworkSize::kMedium,
                                           model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
  options.time_limit = std::chrono::duration<double>(seconds);
  options.seed = seed;
  options.device = device;
  options.threads = threads;
  options.folder = std::filesystem::temp_directory_path() / ("interneg_engine_core_" + name);
  training::TrainingCallbacks callbacks;
  callbacks.validation = [&](const training::ValidationPoint& point) {
    std::printf("  step %5lld  held-out: closed form %.2f dB, model %.2f dB\n", static_cast<long long>(point.step),
                point.closed_form_db, point.model_db);
    std::fflush(stdout);
  };
  callbacks.notice = [](const training::Notice& notice) { std::printf("  %s\n", notice.text.c_str()); };
  const auto result = training::Train(options, film.data, callbacks, std::atomic<bool>(false));
  const auto trained = model::LoadModel(result.model, device, model::Precision::kAuto);
  const auto baseline = trained.Baseline();
  double untouched = 0, closed = 0, recovered = 0;
  for (const auto& pair : film.test) {
    const auto truth = image::RgbToYCbCr(pair.reference, image::YCbCrMatrix::kBt709);
    untouched += ChromaPsnr(image::RgbToYCbCr(pair.source, image::YCbCrMatrix::kBt709), 1, truth);
    closed += ChromaPsnr(baseline->Recover(pair.source), 0, truth);
    recovered += ChromaPsnr(trained.Recover(pair.source), 0, truth);
  }
  const auto count = static_cast<double>(film.test.size());
  std::printf(
      "%s, seed %llu: untouched %.2f, closed form %.2f, model %.2f dB; +%.2f over the closed form, +%.2f over "
      "the source; %lld steps in %.1f s of %.0f s\n",
      name.c_str(), static_cast<unsigned long long>(seed), untouched / count, closed / count, recovered / count,
      (recovered - closed) / count, (recovered - untouched) / count, static_cast<long long>(result.steps_done),
      result.elapsed.count(), seconds);
  std::filesystem::remove_all(options.folder);
  return recovered / count >= closed / count - 0.1;
}

}  // namespace interneg::benchmarks
