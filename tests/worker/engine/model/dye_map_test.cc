#include "worker/engine/model/dye_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/worker/engine/model/drawn_dyes.h"
#include "worker/engine/model/dye_samples_torch.h"
#include "worker/engine/model/dye_system_torch.h"
#include "worker/engine/model/first_guess_numbers.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"

namespace interneg::model {
namespace {

constexpr image::Size kSize{90, 70};

// R'G'B' within the unit cube, as Y, Cb, Cr.
image::Image Print() {
  image::Image rgb(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < rgb.pixel_count(); ++i) {
      const auto x = static_cast<float>(i % kSize.width_px), y = static_cast<float>(i / kSize.width_px);
      rgb.plane(c)[i] =
          0.5F + 0.45F * std::sin(0.11F * x + 0.17F * y * static_cast<float>(c + 1) + static_cast<float>(c));
    }
  }
  return image::RgbToYCbCr(rgb, image::YCbCrMatrix::kBt709);
}

// dye_map.h by the letter, in double.
std::array<double, 2> ByTheFormula(const DyeMap& map, const image::Image& print, int x_px, int y_px) {
  const image::Image rgb = image::YCbCrToRgb(print, map.matrix);
  const auto weight = [](int pixel, int extent, int controls, int control) {
    return SplineWeight((pixel + .5) / extent * (controls - 3) - control + 1);
  };
  const double black = std::pow(10.0, -map.black);
  const Matrix3 k = AbsorptionsOf(map), inverse = Inverse(k);
  std::array<double, 3> shown{}, grown{}, encoded{};
  for (int c = 0; c < 3; ++c) {
    const double v =
        std::clamp<double>(rgb.plane(c)[static_cast<std::size_t>(y_px) * kSize.width_px + x_px], 1e-6, 1.0);
    shown[c] = -std::log10(black + (1 - black) * std::pow(v, 2.4)) - map.stain[c];
  }
  for (int dye = 0; dye < 3; ++dye) {
    double gain = 0;
    for (int row = 0; row < map.rows; ++row) {
      for (int column = 0; column < map.columns; ++column) {
        gain += map.gain[(static_cast<std::size_t>(dye) * map.rows + row) * map.columns + column] *
                weight(y_px, kSize.height_px, map.rows, row) * weight(x_px, kSize.width_px, map.columns, column);
      }
    }
    for (int c = 0; c < 3; ++c) grown[dye] += inverse[3 * dye + c] * shown[c];
    grown[dye] *= std::exp(gain);
  }
  for (int c = 0; c < 3; ++c) {
    double density = 0;
    for (int dye = 0; dye < 3; ++dye) density += k[3 * c + dye] * grown[dye];
    double light = (std::pow(10.0, -std::clamp(density, -.5, 4.0)) - black) / (1 - black);
    if (light < 5e-4) light = 5e-4 * std::exp(light / 5e-4 - 1);
    encoded[c] = std::pow(light, map.gamma[c] / 2.4);
  }
  std::array<double, 2> chroma = map.offset;
  for (int o = 0; o < 2; ++o) {
    for (int c = 0; c < 3; ++c) chroma[o] += map.to_chroma[3 * o + c] * encoded[c];
  }
  return chroma;
}

TEST(SplineWeight, OfAllControlValuesTogetherIsOne) {
  for (const double u : {0.0, 0.3, 0.5, 1.7, 3.99}) {
    double sum = 0;
    for (int control = 0; control < 7; ++control) sum += SplineWeight(u - control + 1);
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
  EXPECT_DOUBLE_EQ(SplineWeight(0.0), 4.0 / 6.0);
  EXPECT_DOUBLE_EQ(SplineWeight(-1.0), 1.0 / 6.0);
  EXPECT_EQ(SplineWeight(2.0), 0.0);
}

TEST(DyeMap, IsComputedByItsFormula) {
  const DyeMap map = DrawnDyes();
  const image::Image print = Print();
  const at::Tensor out = ApplyDyes(map, ToTensor(print), {0, 0, kSize, kSize});
  for (const auto& [x, y] : {std::pair{0, 0}, {89, 69}, {41, 33}, {7, 60}, {88, 2}}) {
    const auto expected = ByTheFormula(map, print, x, y);
    for (int o = 0; o < 2; ++o) EXPECT_NEAR(out[0][o][y][x].item<double>(), expected[o], 2e-5) << x << ", " << y;
  }
}

// Black, white and beyond them, under gains that drive light below its floor and density to both its limits.
TEST(DyeMap, IsComputedByItsFormulaAtItsEdges) {
  DyeMap map = DrawnDyes();
  const std::size_t half = map.gain.size() / 2;
  for (std::size_t i = 0; i < map.gain.size(); ++i) map.gain[i] = i < half ? 2.5 : -2.5;
  image::Image rgb(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  const float values[] = {0.0F, 1.0F, -0.1F, 1.2F, 0.002F, 0.5F};
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < rgb.pixel_count(); ++i)
      rgb.plane(c)[i] = values[(i / (c == 0 ? 1 : c == 1 ? 6 : 36)) % 6];
  }
  const image::Image print = image::RgbToYCbCr(rgb, image::YCbCrMatrix::kBt709);
  const at::Tensor out = ApplyDyes(map, ToTensor(print), {0, 0, kSize, kSize});
  for (int y = 0; y < kSize.height_px; y += 9) {
    for (int x = 0; x < kSize.width_px; ++x) {
      const auto expected = ByTheFormula(map, print, x, y);
      for (int o = 0; o < 2; ++o) EXPECT_NEAR(out[0][o][y][x].item<double>(), expected[o], 5e-4) << x << ", " << y;
    }
  }
}

// The least black that a fit may come to, and black pixels: what light is left is a number, and so is its slope.
TEST(DyeSamples, OfBlackPixelsAreFiniteAtEveryLimit) {
  const image::Image print(kSize, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  const FitFrame frame{&print, &print, nullptr};
  for (const double gain : {-kMostGain, 0.0, kMostGain}) {
    DyeMap map = DrawnDyes();
    map.black = kBlack.least;
    map.gain.assign(map.gain.size(), gain);
    const auto tiles = DyeTiles({&frame, 1}, {}, 0.0, map.columns, map.rows, map.matrix);
    const DyeSamples samples = Evaluate(map, tiles.front(), Derivatives::kYes);
    EXPECT_TRUE(at::isfinite(samples.chroma).all().item<bool>()) << gain;
    EXPECT_TRUE(at::isfinite(samples.derivatives).all().item<bool>()) << gain;
  }
}

TEST(DyeMap, IsLimitedToWhatIsUsable) {
  DyeMap map = DrawnDyes();
  map.gain[2] = 9;
  map.stain[1] = -7;
  map.black = 0;
  map.gamma[2] = 50;
  map.offset[0] = -11;
  Limit(map);
  EXPECT_NO_THROW(RequireUsable(map));
  EXPECT_EQ(map.gain[2], kMostGain);
  EXPECT_EQ(map.stain[1], kStain.least);
  EXPECT_EQ(map.black, kBlack.least);
  EXPECT_EQ(map.gamma[2], kGamma.most);
  EXPECT_EQ(map.offset[0], kOffset.least);
}

TEST(FirstGuessNumbers, TellWhatTheyWereMadeOf) {
  const DyeMap dyes = DrawnDyes();
  PolynomialMap polynomial;
  polynomial.spatial_degree = 1;
  polynomial.low = {.1, -.2, -.3};
  polynomial.offset = {.5, .6, .7};
  polynomial.weights = {1, 2, 3, 4};
  std::vector<double> numbers;
  AppendNumbers(FirstGuess(dyes), numbers);
  AppendNumbers(FirstGuess(polynomial), numbers);
  auto next = numbers.cbegin();
  const auto first = TakeFirstGuess(next, image::YCbCrMatrix::kBt601), second = TakeFirstGuess(next, {});
  EXPECT_EQ(next, numbers.cend());
  const auto& told = std::get<DyeMap>(first);
  EXPECT_EQ(told.matrix, image::YCbCrMatrix::kBt601);
  EXPECT_EQ(told.columns, dyes.columns);
  EXPECT_EQ(told.rows, dyes.rows);
  EXPECT_EQ(told.gain, dyes.gain);
  EXPECT_EQ(ConstantsOf(told), ConstantsOf(dyes));
  const auto& other = std::get<PolynomialMap>(second);
  EXPECT_EQ(other.spatial_degree, 1);
  EXPECT_EQ(other.low, polynomial.low);
  EXPECT_EQ(other.offset, polynomial.offset);
  EXPECT_EQ(other.weights, polynomial.weights);
}

TEST(DyeMap, AWindowEqualsItsPartOfTheFrame) {
  const DyeMap map = DrawnDyes();
  const at::Tensor print = ToTensor(Print());
  const at::Tensor whole = ApplyDyes(map, print, {0, 0, kSize, kSize});
  const at::Tensor part = print.narrow(2, 11, 37).narrow(3, 23, 50).contiguous();
  const at::Tensor out = ApplyDyes(map, part, {23, 11, {50, 37}, kSize});
  EXPECT_LE((out - whole.narrow(2, 11, 37).narrow(3, 23, 50)).abs().max().item<float>(), 1e-6F);
}

TEST(DyeMap, WhatCannotBeComputedIsRefused) {
  const auto refused = [](auto bend) {
    DyeMap map = DrawnDyes();
    bend(map);
    EXPECT_THROW(RequireUsable(map), std::invalid_argument);
  };
  EXPECT_NO_THROW(RequireUsable(DrawnDyes()));
  refused([](DyeMap& map) { map.gain.pop_back(); });
  refused([](DyeMap& map) { map.gain[3] = std::nan(""); });
  refused([](DyeMap& map) { map.columns = 3; });
  refused([](DyeMap& map) { map.black = 0; });
  refused([](DyeMap& map) { map.overlap.fill(1.0); });
  refused([](DyeMap& map) { map.gamma[1] = 0; });
}

// Of every parameter, softly sampled, against differences of the samples themselves.
TEST(DyeSamples, DerivativesAreThoseOfTheSamples) {
  const DyeMap map = DrawnDyes();
  const image::Image print = Print();
  const FitFrame frame{&print, &print, nullptr};
  const auto tiles = DyeTiles({&frame, 1}, {0.8, 0.6}, 0.5, map.columns, map.rows, map.matrix);
  ASSERT_FALSE(tiles.empty());
  const DyeTile& tile = tiles.front();
  const at::Tensor slopes = Evaluate(map, tile, Derivatives::kYes).derivatives;
  const double step = 1e-3;
  const auto differences = [&](const DyeMap& more, const DyeMap& less) {
    return (Evaluate(more, tile, Derivatives::kNo).chroma - Evaluate(less, tile, Derivatives::kNo).chroma) / (2 * step);
  };
  for (int dye = 0; dye < 3; ++dye) {
    DyeMap more = map, less = map;
    for (std::size_t i = 0; i < map.control_count(); ++i) {
      more.gain[dye * map.control_count() + i] += step;
      less.gain[dye * map.control_count() + i] -= step;
    }
    const at::Tensor seen = differences(more, less), told = slopes.select(1, dye);
    EXPECT_LE((seen - told).abs().max().item<double>(), 2e-3 * (1 + told.abs().max().item<double>())) << "dye " << dye;
  }
  for (int constant = 0; constant < kDyeConstants; ++constant) {
    auto more = ConstantsOf(map), less = more;
    more[constant] += step;
    less[constant] -= step;
    DyeMap above = map, below = map;
    SetConstants(above, more);
    SetConstants(below, less);
    const at::Tensor seen = differences(above, below), told = slopes.select(1, 3 + constant);
    EXPECT_LE((seen - told).abs().max().item<double>(), 2e-3 * (1 + told.abs().max().item<double>()))
        << "constant " << constant;
  }
}

TEST(DyeSystem, ItsGradientIsThatOfTheMiss) {
  DyeMap map = DrawnDyes();
  const image::Image print = Print();
  image::Image truth = print;
  const at::Tensor chroma = ApplyDyes(map, ToTensor(print), {0, 0, kSize, kSize}) + 0.01;
  for (int c = 0; c < 2; ++c)
    std::copy_n(chroma[0][c].contiguous().data_ptr<float>(), print.pixel_count(), truth.plane(c + 1).begin());
  const FitFrame frame{&print, &truth, nullptr};
  const auto tiles = DyeTiles({&frame, 1}, {}, 0.0, map.columns, map.rows, map.matrix);
  const double tolerance = 1e-2, step = 1e-4;
  const DyeSystem system = SystemOf(map, tiles, tolerance);
  const at::Tensor own = ParametersOf(map);
  for (const std::int64_t place : {0L, 17L, 60L, own.numel() - 21, own.numel() - 12, own.numel() - 1}) {
    const auto moved = [&](double by) {
      at::Tensor next = own.clone();
      next[place] += by;
      return MissOf(WithParameters(map, next), tiles, tolerance);
    };
    const double seen = (moved(step) - moved(-step)) / (2 * step), told = system.gradient[place].item<double>();
    EXPECT_NEAR(seen, told, 0.02 * std::abs(told) + 0.05) << "parameter " << place;
  }
}

}  // namespace
}  // namespace interneg::model
