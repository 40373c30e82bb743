// Draws a textured disc that swings over a patterned ground at the time of each field, weaves the fields as a camera or
// a telecine does, and asks what was drawn.
#include "worker/engine/frames/field_structure.h"

#include <cmath>
#include <functional>
#include <random>

#include <gtest/gtest.h>

namespace interneg::frames {
namespace {

constexpr int kWidth = 112, kHeight = 80;

float Scene(double x, double y, double time) {
  const double cx = 56 + 30 * std::sin(0.2 * time), cy = 40 + 14 * std::cos(0.13 * time);
  const double ground = 0.4 + 0.15 * std::sin(0.5 * x) * std::sin(0.7 * y);
  const double distance = std::hypot(x - cx, y - cy);
  const double inside = 1 / (1 + std::exp(1.5 * (distance - 20)));
  const double disc = 0.75 + 0.2 * std::sin(0.6 * (x - cx) + 0.3 * (y - cy));
  return static_cast<float>(ground + inside * (disc - ground));
}

struct Field {
  double top, bottom;  // times, in film or field units
};

FieldStructure Recognise(int frames, const std::function<Field(int)>& times, double noise = 0.01) {
  std::mt19937 random(11);
  std::normal_distribution<float> grain(0.F, static_cast<float>(noise));
  FieldObserver observer;
  for (int frame = 0; frame < frames; ++frame) {
    image::Image picture({kWidth, kHeight}, {"R", "G", "B"}, "s");
    const Field at = times(frame);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const float value = Scene(x, y, y % 2 == 0 ? at.top : at.bottom) + grain(random);
        for (int c = 0; c < 3; ++c) picture.plane(c)[static_cast<std::size_t>(y * kWidth + x)] = value;
      }
    }
    observer.Add(picture);
  }
  return observer.Structure();
}

TEST(FieldStructure, OfWholePicturesIsProgressive) {
  const auto found = Recognise(20, [](int frame) { return Field{1.0 * frame, 1.0 * frame}; });
  EXPECT_EQ(found.kind, FieldKind::kProgressive) << found.evidence;
  EXPECT_GT(found.confidence, 0.5) << found.evidence;
}

TEST(FieldStructure, OfAnimationOnTwosIsProgressive) {
  const auto found = Recognise(24, [](int frame) { return Field{1.0 * (frame / 2), 1.0 * (frame / 2)}; });
  EXPECT_EQ(found.kind, FieldKind::kProgressive) << found.evidence;
}

TEST(FieldStructure, OfFieldsOfTheirOwnTimeIsInterlacedInItsOrder) {
  const auto top = Recognise(20, [](int frame) { return Field{frame + 0.0, frame + 0.5}; });
  EXPECT_EQ(top.kind, FieldKind::kInterlaced) << top.evidence;
  EXPECT_EQ(top.order, FieldOrder::kTopFirst);
  EXPECT_GT(top.confidence, 0.5) << top.evidence;
  const auto bottom = Recognise(20, [](int frame) { return Field{frame + 0.5, frame + 0.0}; });
  EXPECT_EQ(bottom.kind, FieldKind::kInterlaced) << bottom.evidence;
  EXPECT_EQ(bottom.order, FieldOrder::kBottomFirst);
}

// AA BB BC CD DD, begun at any of its five frames.
TEST(FieldStructure, OfTelecinedFilmIs32InItsPhase) {
  constexpr int kFirst[] = {0, 1, 1, 2, 3}, kSecond[] = {0, 1, 2, 3, 3};
  for (int phase = 0; phase < 5; ++phase) {
    for (const bool top_first : {true, false}) {
      const auto found = Recognise(22, [&](int frame) {
        const int at = frame + phase, cycle = 4 * (at / 5);
        const Field field{1.0 * (cycle + kFirst[at % 5]), 1.0 * (cycle + kSecond[at % 5])};
        return top_first ? field : Field{field.bottom, field.top};
      });
      EXPECT_EQ(found.kind, FieldKind::kPulldown32) << phase << ' ' << found.evidence;
      EXPECT_EQ(found.phase, phase) << found.evidence;
      EXPECT_EQ(found.order, top_first ? FieldOrder::kTopFirst : FieldOrder::kBottomFirst) << found.evidence;
      EXPECT_GT(found.confidence, 0.4) << found.evidence;
    }
  }
}

TEST(FieldStructure, OfFilmWhosePicturesStraddleFramesIs22) {
  const auto top = Recognise(20, [](int frame) { return Field{1.0 * frame, frame + 1.0}; });
  EXPECT_EQ(top.kind, FieldKind::kPulldown22) << top.evidence;
  EXPECT_EQ(top.order, FieldOrder::kTopFirst);
  const auto bottom = Recognise(20, [](int frame) { return Field{frame + 1.0, 1.0 * frame}; });
  EXPECT_EQ(bottom.kind, FieldKind::kPulldown22) << bottom.evidence;
  EXPECT_EQ(bottom.order, FieldOrder::kBottomFirst);
}

TEST(FieldStructure, OfAStillOrNoiseIsUnknownOrWithoutConfidence) {
  const auto still = Recognise(
      20,
      [](int) {
        return Field{0, 0};
      },
      0.0);
  EXPECT_EQ(still.kind, FieldKind::kUnknown);
  EXPECT_EQ(still.confidence, 0.0);
  const auto noise = Recognise(
      20,
      [](int) {
        return Field{0, 0};
      },
      0.05);
  EXPECT_TRUE(noise.kind == FieldKind::kUnknown || noise.confidence < 0.3) << noise.evidence;
  EXPECT_FALSE(noise.evidence.empty());
}

TEST(FieldStructure, RefusesPicturesOfAnotherSize) {
  FieldObserver observer;
  observer.Add(image::Image({32, 32}, {"Y"}, "s"));
  EXPECT_THROW(observer.Add(image::Image({32, 30}, {"Y"}, "s")), std::invalid_argument);
  EXPECT_EQ(observer.Structure().kind, FieldKind::kUnknown);
}

}  // namespace
}  // namespace interneg::frames
