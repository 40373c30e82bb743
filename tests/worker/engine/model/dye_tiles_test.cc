#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/worker/engine/model/drawn_dyes.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/dye_samples_torch.h"
#include "worker/engine/model/dye_tiles_torch.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"

namespace interneg::model {
namespace {

constexpr int kColumns = 15, kRows = 11;

// How many samples tell each of the control values.
at::Tensor Told(image::Size size, std::size_t frames) {
  const image::Image picture(size, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  const std::vector<FitFrame> pairs(frames, FitFrame{&picture, &picture, nullptr});
  at::Tensor told = at::zeros({kRows, kColumns}, at::kDouble);
  for (const DyeTile& tile : DyeTiles(pairs, {}, 0.0, kColumns, kRows, image::YCbCrMatrix::kBt709))
    told += tile.sample_down.sum(0).unsqueeze(1) * tile.sample_across.sum(0).unsqueeze(0);
  return told;
}

// A scene has some twenty pairs, a sequence up to sixty; the outermost values reach a sixth into the frame's last cell.
TEST(DyeTiles, TellEveryPartOfThePictureHoweverManyFramesThereAre) {
  for (const image::Size size : {image::Size{640, 360}, image::Size{720, 576}, image::Size{2048, 1152}}) {
    for (const std::size_t frames : {1, 4, 9, 20, 33, 48, 64, 200}) {
      const at::Tensor told = Told(size, frames);
      const at::Tensor inner = told.narrow(0, 1, kRows - 2).narrow(1, 1, kColumns - 2);
      SCOPED_TRACE(testing::Message() << frames << " frames of " << size.width_px << "x" << size.height_px);
      EXPECT_GT(inner.min().item<double>(), 10.0);
      EXPECT_GT(told.min().item<double>(), 0.0);
    }
  }
}

TEST(DyeTiles, AreAsManyForManyFramesAsForAFew) {
  const double few = Told({1920, 1080}, 4).sum().item<double>(), many = Told({1920, 1080}, 200).sum().item<double>();
  EXPECT_NEAR(many / few, 1.0, 0.01);
}

TEST(DyeTiles, OfASmallPictureShowAllOfIt) {
  const double samples = Told({150, 100}, 2).sum().item<double>();
  EXPECT_GE(samples, 2 * 50 * 34.0);  // every third pixel, and where tiles lap over each other twice
}

// One formula is fitted, another graph of it is rendered and exported.
TEST(DyeTiles, AreMadeOfWhatIsRendered) {
  constexpr image::Size kSize{150, 100};
  constexpr auto kMatrix = image::YCbCrMatrix::kBt709;
  const DyeMap map = DrawnDyes();
  at::manual_seed(5);
  const image::Image rgb = ToImage(at::rand({1, 3, kSize.height_px, kSize.width_px}), {"R", "G", "B"}, "");
  const image::Image picture = image::RgbToYCbCr(rgb, kMatrix);
  const at::Tensor rendered = ApplyDyes(map, ToTensor(picture), {0, 0, kSize, kSize}).squeeze(0);
  // The truth tells where a tile's samples lie: each pixel's is its own place.
  image::Image places = picture;
  for (std::size_t i = 0; i < places.pixel_count(); ++i) {
    places.plane(1)[i] = static_cast<float>(i % kSize.width_px);
    places.plane(2)[i] = static_cast<float>(i / kSize.width_px);
  }
  const FitFrame frame{&picture, &places, nullptr};
  const auto tiles = DyeTiles({&frame, 1}, {}, 0.0, map.columns, map.rows, map.matrix);
  ASSERT_FALSE(tiles.empty());
  for (const DyeTile& tile : tiles) {
    const at::Tensor fitted = Evaluate(map, tile, Derivatives::kNo).chroma;
    const at::Tensor x = tile.truth[0].to(at::kLong), y = tile.truth[1].to(at::kLong);
    const at::Tensor same = rendered.view({2, -1}).index_select(1, (y * kSize.width_px + x).flatten());
    EXPECT_LE((fitted.flatten(1) - same).abs().max().item<float>(), 2e-5F);
  }
}

}  // namespace
}  // namespace interneg::model
