#include "worker/engine/model/polynomial_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/moments.h"
#include "worker/engine/model/polynomial_map.h"
#include "worker/engine/model/softness_torch.h"

namespace interneg::model {
namespace {

constexpr image::Size kSize{61, 43};

// Smooth but varied colours, different in each frame.
image::Image Colours(int frame) {
  image::Image image(kSize, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < kSize.width_px; ++x) {
      const int i = y * kSize.width_px + x;
      image.plane(0)[i] = 0.5F + 0.45F * std::sin(0.37F * static_cast<float>(x) + 0.9F * static_cast<float>(frame));
      image.plane(1)[i] = 0.3F * std::sin(0.29F * static_cast<float>(y) + 0.11F * static_cast<float>(x * frame));
      image.plane(2)[i] = 0.3F * std::cos(0.41F * static_cast<float>(x + y) + 0.5F * static_cast<float>(frame));
    }
  }
  return image;
}

enum class Fade { kEven, kUneven };

image::Image Faded(const image::Image& in, Fade fade) {
  image::Image out = in;
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < kSize.width_px; ++x) {
      const int i = y * kSize.width_px + x;
      const float l = in.plane(0)[i], b = in.plane(1)[i], r = in.plane(2)[i];
      const float place = static_cast<float>(2 * x + 1) / kSize.width_px - 1;
      const float share = fade == Fade::kUneven ? 1 + 0.5F * place * place : 1.0F;
      out.plane(1)[i] = share * (0.02F + 0.8F * b - 0.3F * r * l + 0.4F * b * b * r);
      out.plane(2)[i] = share * (0.5F * r - 0.1F * l * l * l * l + 0.2F * b * l);
    }
  }
  return out;
}

struct Frames {
  std::vector<image::Image> inputs, truths;
  std::vector<FitFrame> fit() const {
    std::vector<FitFrame> out;
    for (std::size_t i = 0; i < inputs.size(); ++i) out.push_back({&inputs[i], &truths[i], nullptr});
    return out;
  }
};

Frames Draw(Fade fade) {
  Frames frames;
  for (int i = 0; i < 3; ++i) {
    frames.inputs.push_back(Colours(i));
    frames.truths.push_back(Faded(frames.inputs.back(), fade));
  }
  return frames;
}

double LargestError(const PolynomialMap& map, const image::Image& input, const image::Image& truth) {
  std::vector<float> cb(input.pixel_count()), cr(input.pixel_count());
  Apply(map, input.plane(0), input.plane(1), input.plane(2), {0, 0, kSize, kSize}, {cb, cr});
  double largest = 0;
  for (std::size_t i = 0; i < cb.size(); ++i) {
    largest = std::max<double>(largest, std::abs(cb[i] - truth.plane(1)[i]));
    largest = std::max<double>(largest, std::abs(cr[i] - truth.plane(2)[i]));
  }
  return largest;
}

// Of a frame of 2K a few hundred thousand pixels are looked at, and count for all.
TEST(Moments, OfALargeFrameAreOfTheSizeOfAllPixels) {
  const auto drawn = [](image::Size size) {
    image::Image image(size, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
    for (std::size_t i = 0; i < image.pixel_count(); ++i) {
      const double x = (static_cast<double>(i % size.width_px) + 0.5) / size.width_px;
      const double y = (static_cast<double>(i / size.width_px) + 0.5) / size.height_px;
      image.plane(0)[i] = static_cast<float>(0.5 + 0.4 * std::sin(9.0 * x + 3.0 * y));
      image.plane(1)[i] = static_cast<float>(0.3 * std::cos(7.0 * y));
      image.plane(2)[i] = static_cast<float>(0.3 * std::sin(5.0 * x));
    }
    return image;
  };
  const image::Image small = drawn({512, 389}), large = drawn({2048, 1556});
  PolynomialMap map;
  map.spatial_degree = 1;
  constexpr double kOfHalfAPixel = 1e-3;  // by which the pixels that are looked at may lie beside the middle
  const auto a = Accumulate({&small, &small, nullptr}, map), b = Accumulate({&large, &large, nullptr}, map);
  EXPECT_EQ(b.weight, 2048.0 * 1556.0);
  ASSERT_EQ(a.a.size(), b.a.size());
  for (std::size_t i = 0; i < a.a.size(); ++i) EXPECT_NEAR(b.a[i] / b.weight, a.a[i] / a.weight, kOfHalfAPixel) << i;
  for (int k = 0; k < 2; ++k) {
    for (int i = 0; i < a.size; ++i) EXPECT_NEAR(b.b[k][i] / b.weight, a.b[k][i] / a.weight, kOfHalfAPixel) << i;
    EXPECT_NEAR(b.c[k] / b.weight, a.c[k] / a.weight, kOfHalfAPixel);
  }
}

TEST(SoftenedEvery, IsSoftenedWhereItIsLookedAt) {
  at::manual_seed(8);
  const at::Tensor planes = at::rand({1, 3, 41, 53});
  for (const Softness softness : {Softness{0, 0}, Softness{1.3, 0.8}, Softness{0, 2}, Softness{3, 0}}) {
    for (const auto& [step, first_x, first_y] : {std::array<std::int64_t, 3>{1, 0, 0}, {2, 1, 3}, {8, 4, 13}}) {
      const at::Tensor all = Softened(planes, softness).slice(2, first_y, {}, step).slice(3, first_x, {}, step);
      const at::Tensor some = SoftenedEvery(planes, softness, {step, first_x, first_y});
      ASSERT_EQ(some.sizes(), all.sizes()) << step;
      EXPECT_LE((some - all).abs().max().item<float>(), 1e-6F) << step;
    }
  }
}

TEST(ClosedForm, RecoversAPolynomialWithinItsDegree) {
  const Frames frames = Draw(Fade::kEven);
  const PolynomialFits fits = FitPolynomials(frames.fit());
  const image::Image unseen = Colours(7);
  EXPECT_LT(LargestError(fits.closed_form, unseen, Faded(unseen, Fade::kEven)), 2e-3);
  EXPECT_LT(LargestError(fits.first_guess, unseen, Faded(unseen, Fade::kEven)), 5e-3);
}

TEST(FirstGuess, FollowsAFadeThatVariesOverTheFrame) {
  const Frames frames = Draw(Fade::kUneven);
  const PolynomialFits fits = FitPolynomials(frames.fit());
  EXPECT_EQ(fits.closed_form.spatial_degree, 0);
  EXPECT_EQ(fits.first_guess.spatial_degree, 2);
  const image::Image unseen = Colours(7), truth = Faded(unseen, Fade::kUneven);
  EXPECT_LT(LargestError(fits.first_guess, unseen, truth), 0.25 * LargestError(fits.closed_form, unseen, truth));
}

// One colour lies at the left edge alone, where the pairs show it, and in another frame at the right.
TEST(FirstGuess, MapsAColourWhereNoPairShowsItAsElsewhere) {
  Frames frames = Draw(Fade::kUneven);
  const auto mark = [](image::Image& image, int first) {
    for (int y = 10; y < 30; ++y) {
      for (int x = first; x < first + 4; ++x) {
        const int i = y * kSize.width_px + x;
        image.plane(0)[i] = 0.3F, image.plane(1)[i] = -0.4F, image.plane(2)[i] = 0.48F;
      }
    }
  };
  std::vector<image::Image> confidences;
  for (auto& input : frames.inputs) {
    mark(input, 1);
    confidences.emplace_back(kSize, std::vector<std::string>{"W"}, "");
    for (int i = 0; i < static_cast<int>(input.pixel_count()); ++i) {
      confidences.back().plane(0)[i] = i % kSize.width_px < 52 ? 1.0F : 0.0F;
    }
  }
  frames.truths.clear();
  for (const auto& input : frames.inputs) frames.truths.push_back(Faded(input, Fade::kUneven));
  auto fit = frames.fit();
  for (std::size_t i = 0; i < fit.size(); ++i) fit[i].confidence = &confidences[i];
  const PolynomialFits fits = FitPolynomials(fit);
  image::Image unseen = Colours(7);
  mark(unseen, 56);
  const image::Image truth = Faded(unseen, Fade::kUneven);
  EXPECT_LT(LargestError(fits.first_guess, unseen, truth), 0.25);
}

// Radians a pixel, across and down.
struct Texture {
  float across = 0.6F, down = 0.5F;
};
constexpr Texture kFinerThanAGaussianOf1Px{2.2F, 1.9F};

// Texture over a smooth sweep of colour; on the truth lies a cast that follows the sweep, as uneven light may.
Frames DrawUnderACast(const Texture& wave = {}) {
  constexpr float kSlope = 0.8F;
  Frames frames = Draw(Fade::kEven);
  for (std::size_t f = 0; f < frames.inputs.size(); ++f) {
    for (int i = 0; i < static_cast<int>(frames.inputs[f].pixel_count()); ++i) {
      const auto x = static_cast<float>(i % kSize.width_px), y = static_cast<float>(i / kSize.width_px);
      const float sweep = std::sin(0.12F * x), texture = 0.12F * std::sin(wave.across * x + wave.down * y + static_cast<float>(f));
      frames.inputs[f].plane(1)[i] = 0.2F * sweep + texture;
      frames.truths[f].plane(1)[i] = kSlope * (0.2F * sweep + texture) - 0.15F * sweep;
    }
  }
  return frames;
}

// How much of a small change of Cb a map passes on to Cb, in the mean over a picture.
double SlopeOf(const PolynomialMap& map, const image::Image& input) {
  constexpr float kChange = 0.01F;
  std::vector<float> low(input.pixel_count()), high(low), other(low), more(input.plane(1).begin(), input.plane(1).end());
  for (float& value : more) value += kChange;
  Apply(map, input.plane(0), input.plane(1), input.plane(2), {0, 0, kSize, kSize}, {low, other});
  Apply(map, input.plane(0), more, input.plane(2), {0, 0, kSize, kSize}, {high, other});
  double sum = 0;
  for (std::size_t i = 0; i < low.size(); ++i) sum += (high[i] - low[i]) / kChange;
  return sum / static_cast<double>(low.size());
}

TEST(FirstGuess, HasTheSlopeThatDetailShowsUnderASmoothCast) {
  const Frames frames = DrawUnderACast();
  const PolynomialFits fits = FitPolynomials(frames.fit());
  EXPECT_NEAR(SlopeOf(fits.first_guess, frames.inputs[0]), 0.8, 0.2);
  EXPECT_LT(SlopeOf(fits.closed_form, frames.inputs[0]), 0.4);
}

TEST(FirstGuess, HasTheSlopeThatTheFinestDetailOfSharpPairsShows) {
  const Frames frames = DrawUnderACast(kFinerThanAGaussianOf1Px);
  EXPECT_NEAR(SlopeOf(FitPolynomials(frames.fit()).first_guess, frames.inputs[0]), 0.8, 0.2);
}

// The picture, `across` times side by side and `down` times below each other.
image::Image Repeated(const image::Image& tile, int across, int down) {
  image::Image out({tile.width_px() * across, tile.height_px() * down}, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < static_cast<int>(out.pixel_count()); ++i) {
      const int x = i % out.width_px() % tile.width_px(), y = i / out.width_px() % tile.height_px();
      out.plane(c)[i] = tile.plane(c)[y * tile.width_px() + x];
    }
  }
  return out;
}

// Large pictures are summed in steps, and the detail of sharp ones beside all their pixels.
TEST(FirstGuess, DetailCountsAlikeInPicturesOfEverySize) {
  const Frames frames = DrawUnderACast();
  const image::Image input = Repeated(frames.inputs[0], 8, 6), truth = Repeated(frames.truths[0], 8, 6);
  const FitFrame small{&frames.inputs[0], &frames.truths[0], nullptr}, large{&input, &truth, nullptr};
  const double slope = SlopeOf(FitPolynomials({&small, 1}).first_guess, frames.inputs[0]);
  EXPECT_NEAR(SlopeOf(FitPolynomials({&large, 1}).first_guess, frames.inputs[0]), slope, 0.05);
}

TEST(FirstGuess, LetteringDoesNotReachBeyondItsMask) {
  Frames frames = Draw(Fade::kEven);
  image::Image confidence(kSize, {"W"}, "");
  for (int i = 0; i < static_cast<int>(confidence.pixel_count()); ++i) {
    const int x = i % kSize.width_px, y = i / kSize.width_px;
    const bool lettering = y >= 20 && y < 30 && x >= 15 && x < 45;
    confidence.plane(0)[i] = lettering ? 0.0F : 1.0F;
    for (image::Image& truth : frames.truths) {
      if (lettering) truth.plane(1)[i] = x % 4 < 2 ? 0.5F : -0.5F;
    }
  }
  auto fit = frames.fit();
  for (FitFrame& frame : fit) frame.confidence = &confidence;
  const image::Image unseen = Colours(7);
  EXPECT_LT(LargestError(FitPolynomials(fit).first_guess, unseen, Faded(unseen, Fade::kEven)), 0.02);
}

// What a video copy keeps of the truths' colour.
Frames DrawSoft(Fade fade, const Softness& softness) {
  Frames frames = Draw(fade);
  for (image::Image& truth : frames.truths)
    truth = ToImage(Softened(ToTensor(truth), softness).squeeze(0), {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  return frames;
}

TEST(ClosedForm, OfASoftTruthIsSharp) {
  const Softness softness{2.0, 1.0};
  const Frames frames = DrawSoft(Fade::kEven, softness);
  const image::Image unseen = Colours(7), truth = Faded(unseen, Fade::kEven);
  EXPECT_LT(LargestError(FitPolynomials(frames.fit(), softness).closed_form, unseen, truth), 3e-3);
  EXPECT_GT(LargestError(FitPolynomials(frames.fit()).closed_form, unseen, truth), 0.03);
}

TEST(FirstGuess, OfASoftTruthIsSharpAndFollowsThePlace) {
  const Softness softness{1.0, 1.0};
  const Frames frames = DrawSoft(Fade::kUneven, softness);
  const PolynomialFits fits = FitPolynomials(frames.fit(), softness);
  EXPECT_EQ(fits.first_guess.spatial_degree, 2);
  const image::Image unseen = Colours(7), truth = Faded(unseen, Fade::kUneven);
  EXPECT_LT(LargestError(fits.first_guess, unseen, truth), 0.25 * LargestError(fits.closed_form, unseen, truth));
}

TEST(FirstGuess, AFrameAloneGetsNoSpatialTerms) {
  const Frames frames = Draw(Fade::kUneven);
  const auto fit = frames.fit();
  EXPECT_EQ(FitPolynomials(std::span(fit).first(1)).first_guess.spatial_degree, 0);
}

TEST(ClosedForm, PixelsWithoutConfidenceDoNotCount) {
  Frames frames = Draw(Fade::kEven);
  image::Image confidence(kSize, {"W"}, "");
  for (float& v : confidence.values()) v = 1.0F;
  for (int i = 0; i < 400; ++i) {
    confidence.plane(0)[i] = 0.0F;
    for (auto& truth : frames.truths) truth.plane(1)[i] = 0.5F;
  }
  auto fit = frames.fit();
  for (auto& frame : fit) frame.confidence = &confidence;
  const image::Image unseen = Colours(7), truth = Faded(unseen, Fade::kEven);
  EXPECT_LT(LargestError(FitPolynomials(fit).closed_form, unseen, truth), 3e-3);
  EXPECT_GT(LargestError(FitPolynomials(frames.fit()).closed_form, unseen, truth), 3e-3);
}

TEST(ClosedForm, ConstantChromaIsFitWithoutHarm) {
  Frames frames = Draw(Fade::kEven);
  for (auto& input : frames.inputs) {
    std::ranges::fill(input.plane(1), 0.0F);
    std::ranges::fill(input.plane(2), 0.0F);
  }
  const PolynomialFits fits = FitPolynomials(frames.fit());
  for (const double w : fits.closed_form.weights) EXPECT_TRUE(std::isfinite(w));
  for (const double w : fits.first_guess.weights) EXPECT_TRUE(std::isfinite(w));
}

TEST(PolynomialMap, AWindowEqualsItsPartOfTheFrame) {
  const Frames frames = Draw(Fade::kUneven);
  const PolynomialMap map = FitPolynomials(frames.fit()).first_guess;
  const image::Image whole = Colours(2);
  std::vector<float> cb(whole.pixel_count()), cr(whole.pixel_count());
  Apply(map, whole.plane(0), whole.plane(1), whole.plane(2), {0, 0, kSize, kSize}, {cb, cr});
  const image::Rectangle area{13, 9, {17, 11}};
  const image::Image part = image::Crop(whole, area);
  std::vector<float> b(part.pixel_count()), r(part.pixel_count());
  Apply(map, part.plane(0), part.plane(1), part.plane(2), {13, 9, area.size, kSize}, {b, r});
  for (int y = 0; y < 11; ++y) {
    for (int x = 0; x < 17; ++x) EXPECT_EQ(b[y * 17 + x], cb[(9 + y) * kSize.width_px + 13 + x]);
  }
  EXPECT_THROW(Apply(map, part.plane(0), part.plane(1), part.plane(2), {0, 0, kSize, kSize}, {b, r}),
               std::invalid_argument);
}

TEST(FitPolynomials, FramesOfDifferentSizesAreRefused) {
  Frames frames = Draw(Fade::kEven);
  frames.truths[1] = image::Image({5, 5}, {"Y", "Cb", "Cr"}, "");
  EXPECT_THROW(FitPolynomials(frames.fit()), std::invalid_argument);
  EXPECT_THROW(FitPolynomials({}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::model
