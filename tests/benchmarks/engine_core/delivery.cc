// delivery_benchmark: what delivering through the inverse of the Rec.709 ODT costs, as a multiple of one way into the
// training domain in the same run. Muted colours return at once; saturated ones are corrected and moved toward grey.
#include <chrono>
#include <cstdio>
#include <random>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/training_transform.h"

namespace interneg::benchmarks {
namespace {

constexpr image::Size kSize{1280, 720};

enum class Palette { kMuted, kSaturated };

image::Image Draw(Palette palette) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(0.F, 1.F), tint(-.12F, .12F);
  image::Image picture(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
    const float grey = .15F + .7F * value(random);
    for (int c = 0; c < 3; ++c) picture.plane(c)[i] = palette == Palette::kMuted ? grey + tint(random) : value(random);
  }
  return picture;
}

template <typename Work>
double SecondsOf(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Measure(const char* name, Palette palette) {
  const color::TrainingTransform way(color::ColorConfig::BuiltIn(), "ACES2065-1", color::TrainingRoute::kRec709Odt);
  color::TrainingImage original;
  original.rgb = Draw(palette);
  color::HeldLumaDelivery delivery;
  const double out =
      SecondsOf([&] { delivery = way.DeliverHoldingLuma(original.rgb, original, image::YCbCrMatrix::kBt709); });
  const double in = SecondsOf([&] { way.ToTrainingWithScale(delivery.rgb, {}); });
  std::printf("%-10s delivery %.1f times one way in (%.2f s, %.2f s); %zu pixels limited, %zu unheld\n", name, out / in,
              out, in, delivery.limited.size(), delivery.unheld.size());
}

}  // namespace
}  // namespace interneg::benchmarks

int main() {
  interneg::benchmarks::Measure("muted", interneg::benchmarks::Palette::kMuted);
  interneg::benchmarks::Measure("saturated", interneg::benchmarks::Palette::kSaturated);
}
