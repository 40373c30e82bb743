// Median and debanding: one picture, no neighbours.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::preparation {
namespace {

image::Image Through(const Step& step, const image::Image& picture) {
  return Preparation({step}, Role::kChromaReference).Apply(std::span(&picture, 1), 0);
}

float MedianByHand(std::span<const float> plane, image::Size size, int x, int y, int radius) {
  std::vector<float> values;
  for (int j = -radius; j <= radius; ++j) {
    for (int i = -radius; i <= radius; ++i) {
      const int px = std::clamp(x + i, 0, size.width_px - 1), py = std::clamp(y + j, 0, size.height_px - 1);
      values.push_back(plane[static_cast<std::size_t>(py) * size.width_px + px]);
    }
  }
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

TEST(Median, EqualsSortingEveryWindow) {
  auto picture = Grained(DrawShot(0, {41, 29}), .3, 5, 0);
  // Many equal values: ties must not confuse the ranks.
  for (float& v : picture.plane(2)) v = std::round(v * 4) / 4;
  for (const int size : {2, 3, 5, 10, 17, 63}) {
    const auto out = Through(Median{size}, picture);
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < 29; ++y) {
        for (int x = 0; x<41; x += size> 20 ? 7 : 1) {
          ASSERT_EQ(out.plane(c)[static_cast<std::size_t>(y) * 41 + x],
                    MedianByHand(picture.plane(c), picture.size(), x, y, size / 2))
              << size << " " << x << " " << y;
        }
      }
    }
  }
}

TEST(Median, OfOnePixelIsThePictureItself) {
  const auto picture = Grained(DrawShot(0, {64, 48}), .3, 6, 0);
  EXPECT_TRUE(SameBits(Through(Median{1}, picture), picture));
}

float To8Bit(float v) {
  return std::round(v * 255.0F) / 255.0F;
}

TEST(Deband, StepsOfEightBitsBecomeTheGradientThatTheyWere) {
  const auto gradient = [](int c, int x, int y) {
    return .3F + .02F * static_cast<float>(c) + (static_cast<float>(x) + .6F * static_cast<float>(y)) * .0002F;
  };
  const auto smooth = Drawn({320, 200}, gradient);
  const auto banded = Drawn({320, 200}, [&](int c, int x, int y) { return To8Bit(gradient(c, x, y)); });
  const auto out = Through(Deband{}, banded);
  const auto away_from_borders = [](int x, int y) { return x >= 24 && x < 296 && y >= 24 && y < 176; };
  double step_before = 0, step_after = 0;
  for (std::size_t i = 1; i < 320; ++i) {
    step_before = std::max(step_before, std::abs(static_cast<double>(banded.plane(0)[100 * 320 + i]) -
                                                 banded.plane(0)[100 * 320 + i - 1]));
    step_after = std::max(step_after,
                          std::abs(static_cast<double>(out.plane(0)[100 * 320 + i]) - out.plane(0)[100 * 320 + i - 1]));
  }
  EXPECT_NEAR(step_before, 1.0 / 255, 1e-4);
  EXPECT_LT(step_after, .2 / 255);
  const double gain_db = Psnr_db(out, smooth, away_from_borders) - Psnr_db(banded, smooth, away_from_borders);
  RecordProperty("gain_db", std::to_string(gain_db));
  EXPECT_GT(gain_db, 10.0);
}

TEST(Deband, TexturesAndEdgesStayBitForBit) {
  const auto texture = Drawn({160, 120}, [](int c, int x, int y) {
    return To8Bit(.5F +
                  .012F * std::sin(.9F * static_cast<float>(x) + static_cast<float>(c)) *
                      std::cos(.7F * static_cast<float>(y)) +
                  (x > 80 ? .2F : 0.0F));
  });
  const auto out = Through(Deband{}, texture);
  EXPECT_LT(ChangedShare(out, texture, [](int, int) { return true; }), 1e-9);
  std::size_t touched = 0;
  for (std::size_t i = 0; i < out.values().size(); ++i) touched += out.values()[i] != texture.values()[i];
  EXPECT_LT(static_cast<double>(touched) / static_cast<double>(out.values().size()), .01);
  EXPECT_TRUE(SameBits(Through(Deband{0.0}, texture), texture));
}

}  // namespace
}  // namespace interneg::preparation
