#include "worker/engine/color/processor.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "worker/engine/color/config_contents.h"

namespace interneg::color {
namespace {

// Composes what can be composed without loss, but neither approximates powers nor inverts LUTs by another LUT: the proof
// that a held plane was written as it was read has only the file's own rounding to spare.
constexpr auto kOptimization = ocio::OPTIMIZATION_LOSSLESS;
constexpr std::size_t kLeastBand = std::size_t{1} << 15;
constexpr unsigned kMostThreads = 8;

}  // namespace

Processor::Processor(const ColorConfig& config, const ocio::ConstTransformRcPtr& transform, Direction direction,
                     const std::string& what) {
  try {
    const auto built = config.contents().config->getProcessor(
        transform, direction == Direction::kForward ? ocio::TRANSFORM_DIR_FORWARD : ocio::TRANSFORM_DIR_INVERSE);
    if (built->isNoOp()) return;
    processor_ = built->getOptimizedCPUProcessor(ocio::BIT_DEPTH_F32, ocio::BIT_DEPTH_F32, kOptimization);
  } catch (const ocio::Exception& error) {
    throw ColorError(what + ": OCIO configuration " + config.description() + ": " + error.what());
  }
}

void Processor::Apply(image::Image& rgb) const {
  if (!processor_) return;
  float* const r = rgb.plane(0).data();
  float* const g = rgb.plane(1).data();
  float* const b = rgb.plane(2).data();
  ForBands(rgb.pixel_count(), [&](std::size_t begin, std::size_t end) {
    ocio::PlanarImageDesc band(r + begin, g + begin, b + begin, nullptr, static_cast<long>(end - begin), 1);
    processor_->apply(band);
  });
}

void Processor::ApplyPixels(std::span<float> interleaved_rgb) const {
  if (!processor_ || interleaved_rgb.empty()) return;
  ForBands(interleaved_rgb.size() / 3, [&](std::size_t begin, std::size_t end) {
    ocio::PackedImageDesc band(interleaved_rgb.data() + 3 * begin, static_cast<long>(end - begin), 1, 3);
    processor_->apply(band);
  });
}

void ForBands(std::size_t count, const std::function<void(std::size_t begin, std::size_t end)>& work) {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  const std::size_t bands = std::clamp<std::size_t>(count / kLeastBand, 1, cores);
  std::vector<std::exception_ptr> failures(bands);
  const auto run = [&](std::size_t band) {
    try {
      work(count * band / bands, count * (band + 1) / bands);
    } catch (...) {
      failures[band] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t band = 1; band < bands; ++band) threads.emplace_back(run, band);
    run(0);
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

void RequireRgb(const image::Image& rgb, const char* function) {
  if (rgb.channel_count() != 3) {
    throw std::invalid_argument(std::string(function) + ": three planes are needed, got " +
                                std::to_string(rgb.channel_count()));
  }
}

}  // namespace interneg::color
