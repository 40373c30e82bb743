#include "worker/engine/color/odt_inverse.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace interneg::color {
namespace {

constexpr int kCorrections = 8;
constexpr int kBisections = 10;
constexpr float kReturned = 2e-6F;  // what fp32 leaves between a display value and its return

// Pixels taken out of a picture, r g b r g b …: what the display shall show, the scene found for it, what that shows.
struct Tries {
  std::vector<float> shown, scene, back;
};

float Distance(const float* a, const float* b) {
  float largest = 0.0F;
  for (int c = 0; c < 3; ++c) {
    const float difference = std::abs(a[c] - b[c]);
    if (!(difference <= largest)) largest = difference;  // a NaN is the farthest of all
  }
  return largest;
}

void Ask(const std::vector<float>& asked, std::vector<float>& scene, std::vector<float>& back,
         const Processor& to_display, const Processor& to_scene) {
  scene = asked;
  to_scene.ApplyPixels(scene);
  back = scene;
  to_display.ApplyPixels(back);
}

// Each round asks again only for the pixels that have not returned yet: most need one or two corrections, and a few never
// return at all.
void Invert(Tries& tries, const Processor& to_display, const Processor& to_scene) {
  Ask(tries.shown, tries.scene, tries.back, to_display, to_scene);
  std::vector<float> asked = tries.shown, scene, back = tries.back;
  std::vector<std::size_t> open(tries.shown.size() / 3);  // the pixels in `asked`, by their place in `tries`
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (int step = 0; step < kCorrections; ++step) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const std::size_t at = 3 * open[i];
      if (Distance(&tries.shown[at], &tries.back[at]) <= kReturned) continue;
      for (std::size_t c = 0; c < 3; ++c) asked[3 * kept + c] = asked[3 * i + c] + (tries.shown[at + c] - back[3 * i + c]);
      open[kept++] = open[i];
    }
    if (kept == 0) return;
    open.resize(kept);
    asked.resize(3 * kept);
    Ask(asked, scene, back, to_display, to_scene);
    for (std::size_t i = 0; i < kept; ++i) {
      const std::size_t at = 3 * open[i];
      const float best = Distance(&tries.shown[at], &tries.back[at]);
      const float now = Distance(&tries.shown[at], &back[3 * i]);
      if (!(now < best || std::isnan(best))) continue;
      std::copy_n(&scene[3 * i], 3, &tries.scene[at]);
      std::copy_n(&back[3 * i], 3, &tries.back[at]);
    }
  }
}

double Luma(const image::LumaWeights& k, const float* rgb) { return k.kr * rgb[0] + k.kg * rgb[1] + k.kb * rgb[2]; }

struct Pixels {
  std::vector<std::size_t> at;
  Tries tries;
};

void Store(image::Image& picture, std::size_t pixel, const float* rgb) {
  for (int c = 0; c < 3; ++c) picture.plane(c)[pixel] = rgb[c];
}

// Inverts the whole picture into `scene` and gives the pixels that needed correction, already corrected in it.
Pixels InvertAll(const image::Image& rgb, image::Image& scene, const Processor& to_display, const Processor& to_scene) {
  scene = rgb;
  to_scene.Apply(scene);
  image::Image back = scene;
  to_display.Apply(back);
  Pixels hard;
  const auto shown = rgb.values();
  const auto returned = std::as_const(back).values();
  const std::size_t count = rgb.pixel_count();
  for (std::size_t i = 0; i < count; ++i) {
    const float asked[3] = {shown[i], shown[count + i], shown[2 * count + i]};
    const float got[3] = {returned[i], returned[count + i], returned[2 * count + i]};
    if (Distance(asked, got) <= kReturned) continue;
    hard.at.push_back(i);
    hard.tries.shown.insert(hard.tries.shown.end(), asked, asked + 3);
  }
  if (hard.at.empty()) return hard;
  Invert(hard.tries, to_display, to_scene);
  for (std::size_t i = 0; i < hard.at.size(); ++i) Store(scene, hard.at[i], &hard.tries.scene[3 * i]);
  return hard;
}

class TowardGrey {
 public:
  TowardGrey(const Pixels& hard, const image::LumaWeights& weights, double tolerance)
      : weights_(weights), tolerance_(tolerance) {
    for (std::size_t i = 0; i < hard.at.size(); ++i) {
      const float* asked = &hard.tries.shown[3 * i];
      const double luma = Luma(weights_, asked);
      if (Returned(luma, &hard.tries.back[3 * i])) continue;
      at_.push_back(hard.at[i]);
      luma_.push_back(luma);
      asked_.insert(asked_.end(), asked, asked + 3);
    }
  }

  // Stores each pixel of the given factors whose luma returns; tells which those were.
  std::vector<char> Try(const std::vector<double>& factors, image::Image& scene, const Processor& to_display,
                        const Processor& to_scene) const {
    Tries tries;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const double luma = luma_[i / 3];
      tries.shown.push_back(static_cast<float>(luma + factors[i / 3] * (asked_[i] - luma)));
    }
    Invert(tries, to_display, to_scene);
    std::vector<char> good(at_.size());
    for (std::size_t i = 0; i < at_.size(); ++i) {
      good[i] = Returned(luma_[i], &tries.back[3 * i]);
      if (good[i]) Store(scene, at_[i], &tries.scene[3 * i]);
    }
    return good;
  }

  // For the pixels that are still unsettled: the original's own colours. Those that show the luma are stored, and settled.
  void TakeOriginals(std::vector<char>& settled, std::span<const DarkPixel> dark, image::Image& scene,
                     const Processor& to_display) const {
    std::vector<std::size_t> left;
    std::vector<float> own;
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const auto found = std::ranges::lower_bound(dark, at_[i], {}, &DarkPixel::at);
      if (settled[i] || found == dark.end() || found->at != at_[i]) continue;
      left.push_back(i);
      own.insert(own.end(), found->scene.begin(), found->scene.end());
    }
    if (left.empty()) return;
    std::vector<float> back = own;
    to_display.ApplyPixels(back);
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!Returned(luma_[left[i]], &back[3 * i])) continue;
      Store(scene, at_[left[i]], &own[3 * i]);
      settled[left[i]] = 1;
    }
  }

  std::size_t size() const { return at_.size(); }
  std::size_t PlaceOf(std::size_t i) const { return at_[i]; }

 private:
  bool Returned(double luma, const float* back) const {
    return std::abs(luma - Luma(weights_, back)) <= tolerance_ * std::max(1.0, std::abs(luma));
  }

  image::LumaWeights weights_;
  double tolerance_;
  std::vector<std::size_t> at_;
  std::vector<double> luma_;
  std::vector<float> asked_;
};

}  // namespace

image::Image InvertOdt(const image::Image& rgb, const Processor& to_display, const Processor& to_scene) {
  image::Image scene;
  InvertAll(rgb, scene, to_display, to_scene);
  return scene;
}

std::vector<DarkPixel> DarkPixelsOf(const image::Image& scene, const image::Image& display) {
  std::vector<DarkPixel> dark;
  const std::size_t count = display.pixel_count();
  const auto shown = display.values(), light = scene.values();
  for (const auto matrix : {image::YCbCrMatrix::kBt709, image::YCbCrMatrix::kBt601, image::YCbCrMatrix::kBt2020}) {
    const auto weights = image::WeightsOf(matrix);
    for (std::size_t i = 0; i < count; ++i) {
      const float rgb[3] = {shown[i], shown[count + i], shown[2 * count + i]};
      if (Luma(weights, rgb) < kDarkLuma) dark.push_back({i, {light[i], light[count + i], light[2 * count + i]}});
    }
  }
  std::ranges::sort(dark, {}, &DarkPixel::at);
  const auto twice = std::ranges::unique(dark, {}, &DarkPixel::at);
  dark.erase(twice.begin(), twice.end());
  return dark;
}

HeldInverse InvertOdtHoldingLuma(const image::Image& rgb, std::span<const DarkPixel> dark, const Processor& to_display,
                                 const Processor& to_scene, image::YCbCrMatrix matrix, double tolerance) {
  HeldInverse out;
  const Pixels hard = InvertAll(rgb, out.scene, to_display, to_scene);
  const TowardGrey seekers(hard, image::WeightsOf(matrix), tolerance);
  if (seekers.size() == 0) return out;

  std::vector<double> low(seekers.size(), 0.0), high(seekers.size(), 1.0), middle(seekers.size());
  auto settled = seekers.Try(low, out.scene, to_display, to_scene);
  for (int step = 0; step < kBisections; ++step) {
    for (std::size_t i = 0; i < middle.size(); ++i) middle[i] = 0.5 * (low[i] + high[i]);
    const auto good = seekers.Try(middle, out.scene, to_display, to_scene);
    for (std::size_t i = 0; i < middle.size(); ++i) {
      (good[i] ? low[i] : high[i]) = middle[i];
      settled[i] = settled[i] || good[i];
    }
  }
  seekers.TakeOriginals(settled, dark, out.scene, to_display);
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    (settled[i] ? out.limited : out.unheld).push_back(seekers.PlaceOf(i));
  }
  return out;
}

}  // namespace interneg::color
