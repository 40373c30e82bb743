#include "worker/engine/inference/invented_detail.h"

#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::inference {
namespace {

constexpr image::Size kSize{128, 96};
constexpr std::size_t kPixels = 128 * 96;

std::vector<float> Grainy(float sigma, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> grain(0.5F, sigma);
  std::vector<float> out(kPixels);
  for (float& v : out) v = grain(random);
  return out;
}

std::vector<float> Times(std::vector<float> plane, float gain) {
  for (float& v : plane) v = 0.5F + gain * (v - 0.5F);
  return plane;
}

model::DetailSupport TaughtTwice() {
  const auto source = Grainy(0.01F, 1);
  model::DetailSurvey survey;
  survey.Add(source, Times(source, 2), {}, kSize);
  return survey.Result();
}

TEST(InventedDetail, ThereIsNoneInTheSourceItself) {
  const auto source = Grainy(0.01F, 2);
  const auto found = FindInventedDetail(source, source, kSize, nullptr);
  EXPECT_EQ(found.mean, 0.0);
  EXPECT_EQ(found.share, 0.0);
  EXPECT_EQ(found.map.channels(), std::vector<std::string>{"invented.Y"});
}

TEST(InventedDetail, WhatThePairsTaughtIsNotInvented) {
  const auto support = TaughtTwice();
  const auto source = Grainy(0.01F, 3);
  EXPECT_LT(FindInventedDetail(source, Times(source, 2), kSize, &support).mean, 0.02);
  EXPECT_GT(FindInventedDetail(source, Times(source, 2), kSize, nullptr).mean, 0.6);  // nothing known: beyond the source
}

TEST(InventedDetail, IsFoundWhereTheOutputHasMoreThanThePairsTaught) {
  const auto support = TaughtTwice();
  const auto source = Grainy(0.01F, 4);
  auto output = Times(source, 2);
  const auto texture = Grainy(0.15F, 5);
  for (std::size_t i = 0; i < kPixels; ++i) {
    if (i % 128 < 32) output[i] += texture[i] - 0.5F;
  }
  const auto found = FindInventedDetail(source, output, kSize, &support);
  EXPECT_GT(found.map.plane(0)[48 * 128 + 12], 0.8F);
  EXPECT_LT(found.map.plane(0)[48 * 128 + 90], 0.1F);
  EXPECT_NEAR(found.share, 0.27, 0.06);  // a quarter, and what the windows reach beyond it
}

TEST(InventedDetail, TheUnseeableIsNotCounted) {
  const std::vector<float> flat(kPixels, 0.5F);
  EXPECT_LT(FindInventedDetail(flat, Grainy(0.0004F, 6), kSize, nullptr).mean, 0.1);
}

TEST(InventedDetail, OnlyTheAreaCounts) {
  const std::vector<float> flat(kPixels, 0.5F);
  const image::Rectangle area{16, 16, {32, 32}};
  const auto found = FindInventedDetail(flat, Grainy(0.05F, 7), kSize, nullptr, area);
  EXPECT_EQ(found.map.plane(0)[0], 0.0F);
  EXPECT_GT(found.map.plane(0)[20 * 128 + 20], 0.9F);
  EXPECT_EQ(found.share, 1.0);
  EXPECT_THROW(FindInventedDetail(flat, flat, kSize, nullptr, image::Rectangle{100, 0, {64, 64}}),
               std::invalid_argument);
}

}  // namespace
}  // namespace interneg::inference
