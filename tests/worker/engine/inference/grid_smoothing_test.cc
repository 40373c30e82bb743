// Frames of a pattern that moves by whole cells under grain, through a model with made-up weights: what smoothing must
// keep (luma, chunks, cuts) and what it must lower (changes along the motion).
#include "worker/engine/inference/grid_smoothing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "tests/worker/engine/inference/drawn_render.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/inference/render_pipeline.h"

namespace interneg::inference {
namespace {

const std::atomic<bool> kGoOn = false;

constexpr int kCell_px = 8;  // of the grid; the drawn pattern moves by one a frame

image::MotionField OneCell(const image::Image& from, const image::Image& to, float dx) {
  EXPECT_EQ(from.size(), to.size());
  image::MotionField field{from.size(), {}, {}};
  field.dx_px.assign(from.pixel_count(), dx);
  field.dy_px.assign(from.pixel_count(), 0.0F);
  return field;
}

// Which of two lumas of the drawn film is the later one follows from where its pattern lies; tests that move forward
// and backward estimate both ways by trying.
image::MotionField Estimated(const image::Image& from, const image::Image& to) {
  const auto difference = [&](float dx) {
    double sum = 0;
    for (int y = 0; y < from.height_px(); ++y) {
      for (int x = 2; x < from.width_px() - 2; ++x) {
        sum += std::abs(from.values()[static_cast<std::size_t>(y * from.width_px() + x)] -
                        image::BilinearAt(to.values(), to.size(), static_cast<float>(x) + dx, static_cast<float>(y)));
      }
    }
    return sum;
  };
  float best = 0;
  for (const float dx : {-1.0F, 1.0F}) {
    if (difference(dx) < difference(best)) best = dx;
  }
  return OneCell(from, to, best);
}

class Smoothing : public testing::Test {
 protected:
  Smoothing() {
    for (int frame = 1; frame <= kFrames; ++frame) {
      drawn_.Put(frame, DrawnFrame(DrawnRender::kSize, frame, 1.0 * kCell_px * frame, 0.02F));
    }
  }

  // Renders them into `folder`, smoothed by that strength (0: not), and returns the frames that were written.
  std::vector<int> Render(const std::string& folder, std::vector<int> frames, double strength) {
    const auto writer = drawn_.WriterFor(folder);
    auto plan = drawn_.PlanFor(model_, writer, std::move(frames));
    if (strength > 0) plan.smoothing = {strength, film_, Estimated};
    std::vector<int> written;
    RenderCallbacks callbacks;
    callbacks.written = [&](const ComposedFrame& frame, const frames::WrittenFrame&) {
      written.push_back(frame.frame);
    };
    callbacks.failed = [&](int frame, const frames::FrameError&) { written.push_back(-frame); };
    EXPECT_EQ(inference::Render(plan, callbacks, kGoOn).end, RenderEnd::kFinished);
    return written;
  }

  image::Image PlanesOf(const std::string& folder, int frame) const {
    return image::RgbToYCbCr(drawn_.Rendered(folder, frame), image::YCbCrMatrix::kBt709);
  }

  // Mean change of chroma from frame to frame along the pattern's motion.
  double ChangeAlongMotion(const std::string& folder) const {
    double sum = 0, count = 0;
    for (int frame = 1; frame < kFrames; ++frame) {
      const auto now = PlanesOf(folder, frame), next = PlanesOf(folder, frame + 1);
      for (int c = 1; c < 3; ++c) {
        for (int y = 0; y < now.height_px(); ++y) {
          for (int x = 0; x + kCell_px < now.width_px(); ++x) {
            const auto i = static_cast<std::size_t>(y * now.width_px() + x);
            sum += std::abs(now.plane(c)[i] - next.plane(c)[i + kCell_px]);
            ++count;
          }
        }
      }
    }
    return sum / count;
  }

  static constexpr int kFrames = 9;
  DrawnRender drawn_{0};
  model::Model model_ = DrawnModel(model::NetworkKind::kGrid);
  std::vector<int> film_ = {1, 2, 3, 4, 5, 6, 7, 8, 9};
};

TEST_F(Smoothing, LowersWhatChangesAlongTheMotionAndHoldsLuma) {
  Render("plain", film_, 0);
  EXPECT_THAT(Render("smooth", film_, 1), testing::ElementsAreArray(film_));
  EXPECT_LT(ChangeAlongMotion("smooth"), 0.95 * ChangeAlongMotion("plain"));
  for (const int frame : film_) {
    const auto plain = PlanesOf("plain", frame), smooth = PlanesOf("smooth", frame);
    for (std::size_t i = 0; i < plain.pixel_count(); ++i) ASSERT_NEAR(plain.plane(0)[i], smooth.plane(0)[i], 1e-6);
  }
}

// A film is rendered in chunks by several workers: frames beside a chunk are read, so that nobody sees where it ends.
TEST_F(Smoothing, PixelsDoNotDependOnHowTheFilmIsDivided) {
  Render("whole", film_, 0.7);
  EXPECT_THAT(Render("parts", {1, 2, 3, 4}, 0.7), testing::ElementsAre(1, 2, 3, 4));
  Render("parts", {5}, 0.7);
  Render("parts", {6, 9}, 0.7);
  Render("parts", {7, 8}, 0.7);
  for (const int frame : film_) {
    const auto whole = drawn_.Rendered("whole", frame), parts = drawn_.Rendered("parts", frame);
    EXPECT_TRUE(std::ranges::equal(whole.values(), parts.values())) << "frame " << frame;
  }
}

TEST_F(Smoothing, FrameThatCannotBeReadEndsTheShotForItsNeighbours) {
  Render("until", {1, 2, 3}, 1);
  std::filesystem::remove(drawn_.FileOf(4));
  EXPECT_THAT(Render("broken", film_, 1), testing::ElementsAre(1, 2, 3, -4, 5, 6, 7, 8, 9));
  film_ = {1, 2, 3};
  Render("alone", film_, 1);
  const auto broken = drawn_.Rendered("broken", 3), alone = drawn_.Rendered("alone", 3);
  EXPECT_TRUE(std::ranges::equal(broken.values(), alone.values()));
  EXPECT_FALSE(std::ranges::equal(drawn_.Rendered("until", 3).values(), alone.values()));
}

TEST_F(Smoothing, AFrameWhosePredictionIsNotFiniteFailsAlone) {
  model_ = ModelThatOverflowsOnWhite();
  image::Image white(DrawnRender::kSize, {"R", "G", "B"}, "");
  std::ranges::fill(white.values(), 1.0F);
  drawn_.Put(4, white);
  EXPECT_THAT(Render("ruined", film_, 1), testing::ElementsAre(1, 2, 3, -4, 5, 6, 7, 8, 9));
  film_ = {1, 2, 3};
  Render("alone", film_, 1);
  EXPECT_TRUE(std::ranges::equal(drawn_.Rendered("ruined", 3).values(), drawn_.Rendered("alone", 3).values()));
}

TEST_F(Smoothing, StopsAtACut) {
  for (int frame = 5; frame <= kFrames; ++frame) {
    auto other = DrawnFrame(DrawnRender::kSize, frame, 1.0 * kCell_px * frame, 0.02F);
    for (float& v : other.values()) v = 1.0F - 0.4F * v;
    drawn_.Put(frame, other);
  }
  Render("joined", film_, 1);
  film_ = {1, 2, 3, 4};
  Render("first", film_, 1);
  for (const int frame : film_) {
    const auto joined = drawn_.Rendered("joined", frame), first = drawn_.Rendered("first", frame);
    EXPECT_TRUE(std::ranges::equal(joined.values(), first.values())) << "frame " << frame;
  }
}

TEST_F(Smoothing, OtherNetworksAreRefusedByName) {
  model_ = DrawnModel(model::NetworkKind::kUNet);
  try {
    Render("refused", film_, 0.5);
    FAIL() << "not refused";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("unet"), testing::HasSubstr("without smoothing")));
  }
}

TEST_F(Smoothing, FramesOutOfTheFilmsOrderAreRefused) {
  EXPECT_THROW(Render("refused", {3, 2}, 0.5), std::invalid_argument);
  EXPECT_THROW(Render("refused", {12}, 0.5), std::invalid_argument);
}

TEST(GridSmoothing, StrengthIsAboveZeroAndNotAboveOne) {
  EXPECT_THROW(GridSmoothing(0.0, Estimated), std::invalid_argument);
  EXPECT_THROW(GridSmoothing(1.1, Estimated), std::invalid_argument);
  EXPECT_THROW(GridSmoothing(std::nan(""), Estimated), std::invalid_argument);
  EXPECT_NO_THROW(GridSmoothing(1.0, Estimated));
}

TEST(CellLuma, IsTheMeanOfEachCellWithTheEdgeRepeated) {
  constexpr int kWide_px = 3 * kCell_px / 2;
  image::Image rgb({kWide_px, kCell_px}, {"R", "G", "B"}, "");
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < kWide_px * kCell_px; ++i) {
      rgb.plane(c)[static_cast<std::size_t>(i)] = i % kWide_px < kCell_px ? 0.25F : 0.75F;
    }
  }
  const auto network = model::DescribeNetwork(model::NetworkKind::kGrid, model::NetworkSize::kSmall,
                                              model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
  const auto luma = CellLuma(rgb, network, {3, 1});
  EXPECT_NEAR(luma.values()[0], 0.25, 1e-6);
  EXPECT_NEAR(luma.values()[1], 0.75, 1e-6);
  EXPECT_NEAR(luma.values()[2], 0.75, 1e-6);
}

}  // namespace
}  // namespace interneg::inference
