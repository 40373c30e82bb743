#include "worker/engine/model/dye_fit.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/softness_torch.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::model {
namespace {

constexpr image::Size kSize{256, 160};
constexpr int kFrames = 6;
constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

struct Print {
  image::Image faded, clean;  // Y, Cb, Cr
};

Print FadedPrint(int frame, simulation::Evenness evenness = simulation::Evenness::kUneven) {
  simulation::FadeOptions options;
  options.retention = {.3, 1, .8};
  options.evenness = evenness;
  const auto clean = simulation::DrawDemoScene(kSize, frame, kFrames);
  return {image::RgbToYCbCr(simulation::FadeFrame(clean, options, frame), kMatrix), image::RgbToYCbCr(clean, kMatrix)};
}

std::vector<Print> Pairs() {
  std::vector<Print> pairs;
  for (const int frame : {0, 2, 3, 5}) pairs.push_back(FadedPrint(frame));
  return pairs;
}

std::vector<FitFrame> FitFramesOf(const std::vector<Print>& pairs) {
  std::vector<FitFrame> frames;
  for (const Print& pair : pairs) frames.push_back({&pair.faded, &pair.clean, nullptr});
  return frames;
}

double Psnr(const FirstGuess& guess, const Print& print) {
  const at::Tensor told = ApplyFirstGuess(guess, ToTensor(print.faded), {0, 0, kSize, kSize});
  return -10.0 * std::log10((told - ToTensor(print.clean).narrow(1, 1, 2)).square().mean().item<double>());
}

image::Image Soft(const image::Image& ycbcr, const Softness& softness) {
  image::Image out = ycbcr;
  const at::Tensor soft = Softened(ToTensor(ycbcr), softness);
  for (int c = 1; c < 3; ++c)
    std::copy_n(soft[0][c].contiguous().data_ptr<float>(), ycbcr.pixel_count(), out.plane(c).begin());
  return out;
}

TEST(FitDyes, TellsAFrameOfAnUnevenlyFadedPrintBetterThanAPolynomial) {
  const auto pairs = Pairs();
  const auto frames = FitFramesOf(pairs);
  const auto maps = FitDyes(frames, {}, kMatrix);
  ASSERT_FALSE(maps.empty());
  const Print unseen = FadedPrint(1);
  const double polynomial_db = Psnr(FitPolynomials(frames).first_guess, unseen), dyes_db = Psnr(maps.back(), unseen);
  RecordProperty("polynomial_db", std::to_string(polynomial_db));
  RecordProperty("dyes_db", std::to_string(dyes_db));
  EXPECT_GT(dyes_db, polynomial_db + 6.0);
  EXPECT_GT(dyes_db, 46.0);
}

TEST(FitDyes, OfSoftTruthsIsSharp) {
  const Softness softness{1.2, 0.9};
  auto pairs = Pairs();
  for (Print& pair : pairs) pair.clean = Soft(pair.clean, softness);
  const auto frames = FitFramesOf(pairs);
  const Print unseen = FadedPrint(1);
  const auto told = FitDyes(frames, softness, kMatrix), untold = FitDyes(frames, {}, kMatrix);
  ASSERT_FALSE(told.empty());
  EXPECT_GT(Psnr(told.back(), unseen), Psnr(untold.back(), unseen) + 3.0);
  EXPECT_GT(Psnr(told.back(), unseen), 42.0);
}

// A title burned into all truths, sharp or as soft as they are: then its colour lies beyond its edges, too.
TEST(FitDyes, WhatIsNotTrustedDoesNotCount) {
  for (const Softness softness : {Softness{}, Softness{1.2, 0.9}}) {
    auto pairs = Pairs();
    std::vector<image::Image> trust;
    for (Print& pair : pairs) {
      image::Image confidence(kSize, {"confidence"}, "");
      std::fill(confidence.plane(0).begin(), confidence.plane(0).end(), 1.0F);
      for (int y = 54; y < 106; ++y) {
        for (int x = 34; x < 206; ++x) {
          const auto i = static_cast<std::size_t>(y) * kSize.width_px + x;
          confidence.plane(0)[i] = 0.0F;
          const bool title = y >= 60 && y < 100 && x >= 40 && x < 200;  // the confidence covers what softening spreads
          if (title) pair.clean.plane(1)[i] = 0.4F;
        }
      }
      if (!softness.is_sharp()) pair.clean = Soft(pair.clean, softness);
      trust.push_back(std::move(confidence));
    }
    auto frames = FitFramesOf(pairs);
    const auto misled = FitDyes(frames, softness, kMatrix);
    for (std::size_t i = 0; i < frames.size(); ++i) frames[i].confidence = &trust[i];
    const auto told = FitDyes(frames, softness, kMatrix);
    ASSERT_FALSE(told.empty() || misled.empty());
    const double told_db = Psnr(told.back(), FadedPrint(1)), misled_db = Psnr(misled.back(), FadedPrint(1));
    SCOPED_TRACE(softness.is_sharp() ? "sharp" : "soft");
    EXPECT_GT(told_db, 40.0);
    EXPECT_GT(told_db, misled_db + 3.0);
  }
}

TEST(FitDyes, IsTheSameOnEveryNumberOfThreads) {
  const auto pairs = Pairs();
  const auto frames = FitFramesOf(pairs);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = FitDyes(frames, {}, kMatrix);
  at::set_num_threads(2);
  const auto two = FitDyes(frames, {}, kMatrix);
  at::set_num_threads(threads);
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].gain, two[i].gain);
    EXPECT_EQ(ConstantsOf(one[i]), ConstantsOf(two[i]));
  }
}

TEST(FitDyes, TooFewSamplesTellNothing) {
  image::Image small({40, 30}, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  const FitFrame frame{&small, &small, nullptr};
  EXPECT_TRUE(FitDyes({&frame, 1}, {}, kMatrix).empty());
  EXPECT_THROW(FitDyes({}, {}, kMatrix), std::invalid_argument);
}

TEST(FitDyes, OfColourlessFramesLeavesGreyGrey) {
  image::Image grey(kSize, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (std::size_t i = 0; i < grey.pixel_count(); ++i)
    grey.plane(0)[i] = static_cast<float>(i % kSize.width_px) / static_cast<float>(kSize.width_px);
  const FitFrame frame{&grey, &grey, nullptr};
  const std::vector<FitFrame> frames(4, frame);
  const auto maps = FitDyes(frames, {}, kMatrix);
  ASSERT_FALSE(maps.empty());
  for (const DyeMap& map : maps) {
    EXPECT_NO_THROW(RequireUsable(map));
    EXPECT_LE(ApplyDyes(map, ToTensor(grey), {0, 0, kSize, kSize}).abs().max().item<float>(), 2e-3F);
  }
}

}  // namespace
}  // namespace interneg::model
