#include "worker/engine/simulation/mpeg2_codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/picture_420.h"

namespace interneg::simulation {
namespace {

constexpr image::Size kSize{176, 144};

struct Copy {
  std::vector<Mpeg2Packet> packets;
  std::vector<Picture420> pictures;
  std::size_t bytes = 0;
};

Copy Coded(const std::vector<Picture420>& pictures, int bit_rate) {
  Mpeg2Encoder encoder({kSize, {25, 1}, bit_rate, DisplayAspect::k4To3});
  Mpeg2Decoder decoder;
  Copy copy;
  const auto take = [&](const std::vector<Mpeg2Packet>& packets) {
    for (const auto& packet : packets) {
      for (auto& picture : decoder.Decode(packet)) copy.pictures.push_back(picture);
      copy.packets.push_back(packet);
      copy.bytes += packet.bytes.size();
    }
  };
  for (const auto& picture : pictures) take(encoder.Encode(picture));
  take(encoder.Finish());
  for (auto& picture : decoder.Finish()) copy.pictures.push_back(picture);
  return copy;
}

// One picture that pans by four pixels a frame, under noise that leaves a coder something to throw away.
std::vector<Picture420> Scene(int count) {
  const auto wide = DrawDemoScene({kSize.width_px + 4 * count, kSize.height_px}, 0, 1);
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0.F, .03F);
  std::vector<Picture420> pictures;
  for (int i = 0; i < count; ++i) {
    auto picture = image::Crop(wide, {4 * i, 0, kSize});
    for (float& v : picture.values()) v += noise(random);
    pictures.push_back(ToPicture420(picture));
  }
  return pictures;
}

double LumaPsnr_db(const Picture420& a, const Picture420& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.y.size(); ++i) sum += std::pow(double{a.y[i] * 1.0} - b.y[i], 2);
  return 20 * std::log10(255) - 10 * std::log10(sum / static_cast<double>(a.y.size()) + 1e-9);
}

TEST(Mpeg2, EveryFrameComesBackInOrderAndNearButNotEqual) {
  const auto scene = Scene(20);
  const auto copy = Coded(scene, 800'000);
  ASSERT_EQ(copy.pictures.size(), scene.size());
  for (std::size_t i = 0; i < scene.size(); ++i) {
    EXPECT_GT(LumaPsnr_db(copy.pictures[i], scene[i]), 25) << i;
    EXPECT_NE(copy.pictures[i].y, scene[i].y) << i;
    // Its own frame is nearer than one three frames on.
    if (i + 3 < scene.size()) {
      EXPECT_GT(LumaPsnr_db(copy.pictures[i], scene[i]), LumaPsnr_db(copy.pictures[i], scene[i + 3])) << i;
    }
  }
}

// Once the rate control has seen a few pictures.
TEST(Mpeg2, MoreBitsGiveABetterPicture) {
  const auto scene = Scene(30);
  const auto poor = Coded(scene, 300'000), rich = Coded(scene, 3'000'000);
  EXPECT_LT(2 * poor.bytes, rich.bytes);
  double gain = 0;
  for (std::size_t i = 20; i < 30; ++i) {
    gain += LumaPsnr_db(rich.pictures[i], scene[i]) - LumaPsnr_db(poor.pictures[i], scene[i]);
  }
  EXPECT_GT(gain / 10, 2);
}

TEST(Mpeg2, TheSamePicturesGiveTheSameStream) {
  const auto scene = Scene(8);
  const Mpeg2Settings settings{kSize, {25, 1}, 800'000, DisplayAspect::k4To3};
  const auto one = ProgramStream(settings, Coded(scene, 800'000).packets);
  EXPECT_EQ(one, ProgramStream(settings, Coded(scene, 800'000).packets));
  ASSERT_GT(one.size(), 4U);
  EXPECT_EQ(one.substr(0, 4), std::string("\x00\x00\x01\xBA", 4));  // a pack header, ISO/IEC 13818-1 §2.5.3.3
}

TEST(Mpeg2, WhatCannotBeCodedIsRefused) {
  EXPECT_THROW(Mpeg2Encoder({{721, 576}, {25, 1}, 4'500'000}), std::invalid_argument);
  EXPECT_THROW(Mpeg2Encoder({{16, 16}, {25, 1}, 4'500'000}), std::invalid_argument);
  EXPECT_THROW(Mpeg2Encoder({kSize, {18, 1}, 4'500'000}), std::invalid_argument);
  EXPECT_THROW(Mpeg2Encoder({kSize, {25, 1}, 50'000'000}), std::invalid_argument);
  Mpeg2Encoder encoder({kSize, {25, 1}, 800'000, DisplayAspect::k4To3});
  EXPECT_THROW(encoder.Encode(ToPicture420(DrawDemoScene({64, 64}, 0, 1))), std::invalid_argument);
}

TEST(Picture420, FlatColoursKeepTheirStudioCodes) {
  image::Image red({32, 32}, {"R", "G", "B"}, "s");
  std::fill(red.plane(0).begin(), red.plane(0).end(), 1.F);
  const auto codes = ToPicture420(red);
  // ITU-R BT.601: Y = 16 + 219 · .299; Cb = 128 − 224 · .299 / 1.772; Cr at its end.
  EXPECT_EQ(codes.y[100], 81);
  EXPECT_EQ(codes.cb[100], 90);
  EXPECT_EQ(codes.cr[100], 240);
  const auto back = FromPicture420(codes, "s");
  EXPECT_NEAR(back.plane(0)[100], 1, .01);
  EXPECT_NEAR(back.plane(1)[100], 0, .01);
  EXPECT_THROW(ToPicture420(image::Image({33, 32}, {"R", "G", "B"}, "s")), std::invalid_argument);
}

// A chroma ramp shows where samples are taken to lie: half a pixel of error would move it by half a step.
TEST(Picture420, ChromaComesBackInPlace) {
  image::Image ramp({64, 64}, {"R", "G", "B"}, "s");
  for (std::size_t i = 0; i < ramp.pixel_count(); ++i) {
    const float x = static_cast<float>(i % 64), y = static_cast<float>(i / 64);
    ramp.plane(0)[i] = .2F + .008F * x;
    ramp.plane(1)[i] = .5F;
    ramp.plane(2)[i] = .2F + .008F * y;
  }
  const auto back = FromPicture420(ToPicture420(ramp), "s");
  double right = 0, down = 0;
  for (int y = 8; y < 56; ++y) {
    for (int x = 8; x < 56; ++x) {
      const std::size_t i = static_cast<std::size_t>(y * 64 + x);
      right += (back.plane(0)[i] - ramp.plane(0)[i]) / .008;
      down += (back.plane(2)[i] - ramp.plane(2)[i]) / .008;
    }
  }
  EXPECT_NEAR(right / (48 * 48), 0, .08);
  EXPECT_NEAR(down / (48 * 48), 0, .08);
}

}  // namespace
}  // namespace interneg::simulation
