#include "worker/engine/inference/frame_recovery.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/worker/engine/model/limited_allocator.h"
#include "worker/engine/frames/frame_error.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/model_torch.h"

namespace interneg::inference {
namespace {

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;
constexpr std::int64_t kPlenty_bytes = std::int64_t{1} << 32;

image::Image Scene(int width_px, int height_px) {
  image::Image image({width_px, height_px}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < height_px; ++y) {
      for (int x = 0; x < width_px; ++x) {
        image.plane(c)[static_cast<std::size_t>(y * width_px + x)] =
            0.5F + 0.2F * std::sin(0.05F * static_cast<float>((c + 1) * x) + 0.08F * static_cast<float>(y)) +
            0.1F * std::sin(0.7F * static_cast<float>(x * (c + 2) + y * 3));
      }
    }
  }
  return image;
}

// Weights at random, but for a change that is seen and small.
model::Model Made(model::FreePlanes free, std::map<std::string, std::string> metadata = {}, double weight = 0.15) {
  auto description = model::DescribeNetwork(
      free == model::FreePlanes::kChroma ? model::NetworkKind::kGrid : model::NetworkKind::kUNet,
      model::NetworkSize::kSmall, free, kMatrix);
  description.width = 4;
  description.levels = 1;
  auto parts = std::make_unique<model::Model::Implementation>(
      model::Model::Implementation{description, std::move(metadata), {}, model::Network(description, 3), {},
                                   model::Precision::kFloat32, at::Device(at::kCPU)});
  at::manual_seed(4);
  for (const auto& parameter : parts->network.Parameters())
    *parameter.slot = at::randn_like(*parameter.slot).mul_(weight);
  model::PrepareToCompute(1);
  return model::Model(std::move(parts));
}

RecoveredFrame Recover(const model::Model& model, const image::Image& source, const DetailOptions& options,
                       std::int64_t memory_bytes = kPlenty_bytes,
                       const std::optional<image::Rectangle>& area = std::nullopt) {
  FrameRecovery recovery(model, memory_bytes, [](const std::string&) {}, options);
  return recovery.Recover(source, source, area);
}

double Largest(const image::Image& a, const image::Image& b, int plane) {
  double largest = 0;
  for (std::size_t i = 0; i < a.pixel_count(); ++i)
    largest = std::max(largest, std::abs(double{a.plane(plane)[i]} - b.plane(plane)[i]));
  return largest;
}

TEST(FrameRecovery, HalvesItsTilesWhenTheDeviceRunsOutOfMemoryAndKeepsThem) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto source = Scene(512, 384);
  std::size_t whole_bytes = 0;
  RecoveredFrame whole;
  {
    const model::LimitedAllocator watched;
    whole = Recover(model, source, {});
    whole_bytes = watched.largest_seen();
  }
  std::string notices;
  FrameRecovery recovery(model, kPlenty_bytes, [&](const std::string& text) { notices += text + "\n"; });
  const model::LimitedAllocator limited(whole_bytes - 1);
  for (int frame = 0; frame < 2; ++frame) {
    const auto tiled = recovery.Recover(source);
    EXPECT_EQ(recovery.tile_px(), 256);
    for (int c = 0; c < 3; ++c) EXPECT_LE(Largest(tiled.rgb, whole.rgb, c), 1e-6);
  }
  EXPECT_EQ(notices, "out of memory: going on with tiles of 256 px\n") << "said once";
}

// As frames of a device are, on the CPU.
TEST(FrameRecovery, FramesBegunAheadAreComposedAsThoseRecoveredAtOnce) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto first = Scene(96, 64), second = Scene(64, 48);
  const image::Rectangle area{8, 8, {40, 32}};
  FrameRecovery recovery(model, kPlenty_bytes, [](const std::string&) {});
  const auto begun = recovery.Begin(first), next = recovery.Begin(second);
  const auto one = recovery.Finish(begun, first), other = recovery.Finish(next, second, area);
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(Largest(one.rgb, Recover(model, first, {}).rgb, c), 0.0);
    EXPECT_EQ(Largest(other.rgb, Recover(model, second, {}, kPlenty_bytes, area).rgb, c), 0.0);
  }
  const auto ruined = Made(model::FreePlanes::kLuma, {}, 1e30);
  FrameRecovery of_ruin(ruined, kPlenty_bytes, [](const std::string&) {});
  EXPECT_THROW(of_ruin.Finish(of_ruin.Begin(first), first), frames::FrameError);
}

TEST(FrameRecovery, SaysSoWhenNotEvenTheSmallestTileFits) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto source = Scene(64, 48);
  const auto planes_bytes = source.values().size_bytes();
  std::string notices;
  FrameRecovery recovery(model, kPlenty_bytes, [&](const std::string& text) { notices += text + "\n"; });
  const model::LimitedAllocator limited(planes_bytes);  // the frame itself, and nothing of the network's four planes
  EXPECT_THROW(recovery.Recover(source), model::OutOfMemory);
  EXPECT_EQ(notices, "out of memory: going on with tiles of 32 px\n");
}

// It would come out as film without colour, and with its luma proven.
TEST(FrameRecovery, APredictionThatIsNotFiniteIsRefused) {
  for (const auto free : {model::FreePlanes::kLuma, model::FreePlanes::kAll}) {
    const auto model = Made(free, {}, 1e30);
    try {
      Recover(model, Scene(64, 48), {});
      FAIL() << "a frame was made of it";
    } catch (const frames::FrameError& error) {
      EXPECT_EQ(error.fault(), frames::FrameFault::kBadPixels);
      EXPECT_NE(std::string(error.what()).find("the model's output is not finite"), std::string::npos) << error.what();
    }
  }
}

TEST(FrameRecovery, StrengthsOfOneChangeNotABit) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto source = Scene(120, 88);
  const auto plain = ComposeRecovered(source, model.Recover(source), model.description());
  const auto recovered = Recover(model, source, {});
  EXPECT_TRUE(std::ranges::equal(recovered.rgb.values(), plain.rgb.values()));
  EXPECT_GT(Largest(recovered.rgb, source, 1), 0.01);  // it does predict something
}

TEST(FrameRecovery, StrengthsOfNothingGiveTheSourceBack) {
  for (const auto free : {model::FreePlanes::kLuma, model::FreePlanes::kAll}) {
    const auto source = Scene(120, 88);
    const auto out = image::RgbToYCbCr(Recover(Made(free), source, {{0, 0, 0, 0}}).rgb, kMatrix);
    EXPECT_LT(Largest(out, image::RgbToYCbCr(source, kMatrix), 0), 1e-6);
  }
}

TEST(FrameRecovery, HeldChromaStaysHeldAtAnyStrength) {
  const auto source = Scene(120, 88);
  const auto out =
      image::RgbToYCbCr(Recover(Made(model::FreePlanes::kLuma), source, {{2, 0.3, 0.7, 0}}).rgb, kMatrix);
  const auto original = image::RgbToYCbCr(source, kMatrix);
  for (const int plane : {1, 2}) EXPECT_LT(Largest(out, original, plane), 1e-6);
}

TEST(FrameRecovery, StrengthsAndMapAreTheSameInTiles) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto source = Scene(400, 300);
  const DetailOptions options{{0.5, 1.5, 0.2, 0.8}, InventedDetailMap::kOn};
  const auto whole = Recover(model, source, options);
  const auto tiled = Recover(model, source, options, 1 << 20);
  for (int plane = 0; plane < 3; ++plane) EXPECT_LT(Largest(whole.rgb, tiled.rgb, plane), 1e-6);
  EXPECT_LT(Largest(whole.invented->map, tiled.invented->map, 0), 1e-4);
}

TEST(FrameRecovery, OfAnAreaTheMapIsTheWholeFramesInsideIt) {
  const auto model = Made(model::FreePlanes::kLuma);
  const auto source = Scene(160, 96);
  const DetailOptions options{{}, InventedDetailMap::kOn};
  const auto whole = Recover(model, source, options);
  const auto part = Recover(model, source, options, kPlenty_bytes, image::Rectangle{32, 16, {64, 48}});
  EXPECT_EQ(part.invented->map.plane(0)[40 * 160 + 50], whole.invented->map.plane(0)[40 * 160 + 50]);
  EXPECT_EQ(part.invented->map.plane(0)[0], 0.0F);
  EXPECT_FALSE(Recover(model, source, {}).invented.has_value());
}

TEST(FrameRecovery, SaysSoWhereTheModelDoesNotTellWhatItsPairsTaught) {
  const DetailOptions options{{}, InventedDetailMap::kOn};
  std::string said;
  const auto listen = [&](const std::string& text) { said += text; };
  const auto old = Made(model::FreePlanes::kLuma);
  FrameRecovery(old, kPlenty_bytes, listen, options);
  EXPECT_NE(said.find("pairs taught"), std::string::npos);
  said.clear();
  const auto told = Made(model::FreePlanes::kLuma, {{model::kDetailSupportKey, model::DetailSurvey().Result().ToJson()}});
  FrameRecovery(told, kPlenty_bytes, listen, options);
  EXPECT_EQ(said, "");
}

TEST(FrameRecovery, RefusesDetailOfAModelThatHoldsLuma) {
  const auto model = Made(model::FreePlanes::kChroma);
  const auto make = [&](const DetailOptions& options) { FrameRecovery(model, kPlenty_bytes, {}, options); };
  EXPECT_NO_THROW(make({}));
  EXPECT_THROW(make({{0.5, 1, 1, 1}}), std::invalid_argument);
  EXPECT_THROW(make({{}, InventedDetailMap::kOn}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::inference
