#include "worker/engine/matching/places_opencv.h"

#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

constexpr int kCoordinates = 20;
constexpr float kStep = 9.0F;  // of the movement from frame to frame, in standard deviations of the noise

// Reference frames on a line, `kStep` apart; source frames at given places of it, in frames, with a little noise.
Scene SceneOf(const std::vector<float>& places, int reference) {
  Scene scene;
  scene.end = static_cast<int>(places.size());
  scene.source = cv::Mat1f(scene.end, kCoordinates, 1.0F);
  scene.reference = cv::Mat1f(reference, kCoordinates, 0.0F);
  for (int i = 0; i < scene.end; ++i) scene.source(i, 0) = kStep * places[static_cast<std::size_t>(i)];
  for (int j = 0; j < reference; ++j) scene.reference(j, 0) = kStep * static_cast<float>(j);
  scene.noise.assign(places.size(), 1.0F);
  scene.drifts = cv::Mat1f(scene.source.size(), 0.0F);
  return scene;
}

TEST(Places, AFrameThatIsItsPartnerLeansNowhere) {
  const Scene scene = SceneOf({2.0F, 2.1F}, 5);
  EXPECT_EQ(LeanOf(scene, 0, 2).place, 0.0);
  EXPECT_LT(LeanOf(scene, 1, 2).place, .2);
}

TEST(Places, AFrameBetweenTwoOfTheReferenceLiesHalfWay) {
  const Scene scene = SceneOf({2.5F, 2.4F}, 5);
  EXPECT_NEAR(LeanOf(scene, 0, 2).place, .5, .02);
  EXPECT_EQ(LeanOf(scene, 0, 2).neighbour, 3);
  EXPECT_NEAR(LeanOf(scene, 0, 3).place, .5, .02);
  EXPECT_NEAR(LeanOf(scene, 1, 3).place, .6, .02);
}

TEST(Places, AFrameBeyondTheLastOfTheReferenceIsNotThatFrame) {
  const Scene scene = SceneOf({5.0F}, 5);
  EXPECT_NEAR(LeanOf(scene, 0, 4).place, 1.0, .02);
  EXPECT_EQ(LeanOf(scene, 0, 4).neighbour, 4) << "no frame of the reference is nearer";
}

TEST(Places, ARepeatedFrameOfTheReferenceIsSteppedOver) {
  Scene scene = SceneOf({2.0F, 3.0F}, 6);
  scene.reference(3, 0) = scene.reference(2, 0);
  EXPECT_EQ(LeanOf(scene, 0, 3).place, 0.0);
  EXPECT_NEAR(LeanOf(scene, 1, 3).place, .5, .02);
  EXPECT_EQ(LeanOf(scene, 1, 2).neighbour, 4) << "frame 3 shows what frame 2 shows";
}

TEST(Places, AnErrorBesideTheMovementThatIsLargeAgainstItIsNoPartner) {
  Scene scene = SceneOf({2.0F}, 5);
  scene.source(0, 1) = 60.0F;
  EXPECT_GT(LeanOf(scene, 0, 2).astray, .5);
  EXPECT_LT(LeanOf(scene, 0, 2).place, .2) << "it is not on the way to a neighbour";
  scene.source(0, 1) = 4.0F;
  EXPECT_EQ(LeanOf(scene, 0, 2).astray, 0.0) << "noise";
}

}  // namespace
}  // namespace interneg::matching
