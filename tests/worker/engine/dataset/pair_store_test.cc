#include "worker/engine/dataset/pair_store_torch.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::dataset {
namespace {

// Every pixel says where it lies: plane 0 = pair, 1 = row, 2 = column; the truth repeats row and column.
std::vector<StoredPlanes> Telling(int pairs, int height_px, int width_px) {
  std::vector<StoredPlanes> out;
  const auto rows = at::arange(height_px, at::kFloat).view({-1, 1}).expand({height_px, width_px});
  const auto columns = at::arange(width_px, at::kFloat).view({1, -1}).expand({height_px, width_px});
  for (int i = 0; i < pairs; ++i) {
    const auto pair = at::full({height_px, width_px}, static_cast<double>(i));
    out.push_back({at::stack({pair, rows, columns}), at::stack({rows, columns}), at::Tensor()});
  }
  return out;
}

TEST(PairStore, InputTruthAndPlaceOfAPatchAgree) {
  PairStore store(Telling(3, 40, 60), at::kCPU, StoreFormat::kFloat32, 5);
  for (int round = 0; round < 20; ++round) {
    const Patches patches = store.Draw({4, 16, {0.0, 0.0, true}});
    EXPECT_TRUE(at::equal(patches.input.narrow(1, 1, 2), patches.truth));
    for (int i = 0; i < 4; ++i) {
      const auto& place = patches.places[i];
      EXPECT_EQ(patches.input[i][0][0][0].item<float>(), static_cast<float>(patches.pairs[i]));
      EXPECT_EQ(patches.input[i][1][3][0].item<float>(), static_cast<float>(place.y_first + 3 * place.y_step));
      EXPECT_EQ(patches.input[i][2][0][5].item<float>(), static_cast<float>(place.x_first + 5 * place.x_step));
    }
  }
}

TEST(PairStore, ScaledPatchesStayPairedWithinTheFrame) {
  PairStore store(Telling(2, 50, 70), at::kCPU, StoreFormat::kFloat32, 9);
  for (int round = 0; round < 20; ++round) {
    const Patches patches = store.Draw({2, 24, {0.2, 0.0, true}});
    EXPECT_TRUE(at::allclose(patches.input.narrow(1, 1, 2), patches.truth));
    for (int i = 0; i < 2; ++i) {
      const auto& place = patches.places[i];
      const double expected = place.x_first + 7 * place.x_step;
      EXPECT_NEAR(patches.input[i][2][4][7].item<float>(), std::clamp(expected, 0.0, 69.0), 1e-3);
    }
  }
}

TEST(PairStore, ExposureMultipliesBothAlike) {
  PairStore store(Telling(2, 20, 20), at::kCPU, StoreFormat::kFloat32, 9);
  const Patches patches = store.Draw({8, 16, {0.0, 0.1, false}});
  EXPECT_TRUE(at::equal(patches.input.narrow(1, 1, 2), patches.truth));
}

TEST(PairStore, EachRoundGoesThroughAllPairs) {
  PairStore store(Telling(5, 8, 8), at::kCPU, StoreFormat::kFloat32, 2);
  for (int round = 0; round < 10; ++round) {
    auto pairs = store.Draw({5, 8, {}}).pairs;
    std::sort(pairs.begin(), pairs.end());
    EXPECT_EQ(pairs, (std::vector<int>{0, 1, 2, 3, 4}));
  }
}

// Of two pairs of 160 x 120 pixels the lower right quarter of the second is hard, all else is easy.
DifficultyMap OneHardQuarter() {
  DifficultyMap map(2, {160, 120});
  std::vector<SeenMiss> seen;
  for (int pair = 0; pair < 2; ++pair) {
    for (double y = 4; y < 120; y += 8) {
      for (double x = 4; x < 160; x += 8) seen.push_back({pair, x, y, pair == 1 && x > 80 && y > 60 ? 1.0 : 0.01});
    }
  }
  map.Learn(seen);
  return map;
}

TEST(PairStore, PatchesDrawnByDifficultyLieInTheFrameWhereItIsHard) {
  const DifficultyMap map = OneHardQuarter();
  for (const double scale : {0.0, 0.2}) {
    const auto share_of_hard = [&](const DifficultyMap* difficulty) {
      PairStore store(Telling(2, 120, 160), at::kCPU, StoreFormat::kFloat32, 5);
      const Patches patches = store.Draw({800, 32, {scale, 0.0, true}, 1, difficulty});
      int hard = 0;
      for (std::size_t i = 0; i < patches.places.size(); ++i) {
        const PatchPlace& p = patches.places[i];
        const auto tile = patches.input[static_cast<std::int64_t>(i)];
        EXPECT_NEAR(tile[0][0][0].item<float>(), patches.pairs[i], 1e-3);
        EXPECT_NEAR(tile[2][4][7].item<float>(), std::clamp(p.x_first + 7 * p.x_step, 0.0, 159.0), 1e-3);
        EXPECT_NEAR(tile[1][4][7].item<float>(), std::clamp(p.y_first + 4 * p.y_step, 0.0, 119.0), 1e-3);
        const double x = p.x_first + 15.5 * p.x_step, y = p.y_first + 15.5 * p.y_step;
        EXPECT_GE(x - 15.5 * std::abs(p.x_step), -0.5);
        EXPECT_LE(x + 15.5 * std::abs(p.x_step), 159.5);
        hard += patches.pairs[i] == 1 && x > 80 && y > 60 ? 1 : 0;
      }
      return hard / 800.0;
    };
    EXPECT_NEAR(share_of_hard(nullptr), 0.125, 0.04) << scale;
    EXPECT_GT(share_of_hard(&map), 0.19) << scale;  // half of them at 4 of 11 cells, the others at 1 of 8
  }
}

TEST(PairStore, ContinuesFromItsWrittenState) {
  PairStore store(Telling(3, 40, 60), at::kCPU, StoreFormat::kFloat32, 5);
  store.Draw({4, 16, {0.1, 0.0, true}});
  PairStore again(Telling(3, 40, 60), at::kCPU, StoreFormat::kFloat32, 99);
  again.Restore(store.state());
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(at::equal(store.Draw({4, 16, {0.1, 0.0, true}}).input, again.Draw({4, 16, {0.1, 0.0, true}}).input));
  }
}

TEST(PairStore, ReducedPatchesShowAsMuchOfTheFrameWhereItLies) {
  PairStore store(Telling(3, 41, 61), at::kCPU, StoreFormat::kFloat32, 5);
  for (const double scale : {0.0, 0.2}) {
    const Patches patches = store.Draw({12, 16, {scale, 0.0, true}, 2});
    EXPECT_EQ(patches.input.sizes().vec(), (std::vector<std::int64_t>{12, 3, 8, 8}));
    EXPECT_TRUE(at::allclose(patches.input.narrow(1, 1, 2), patches.truth));
    for (int i = 0; i < 12; ++i) {
      const auto& place = patches.places[i];
      EXPECT_NEAR(patches.input[i][2][4][5].item<float>(), std::clamp(place.x_first + 5 * place.x_step, 0.5, 58.5), 1e-3);
      EXPECT_NEAR(patches.input[i][1][4][5].item<float>(), std::clamp(place.y_first + 4 * place.y_step, 0.5, 38.5), 1e-3);
    }
  }
}

TEST(PairStore, AReducedSampleIsTrustedAsItsLeastTrustedPixel) {
  auto planes = Telling(2, 8, 8);
  for (StoredPlanes& pair : planes) pair.weight = at::ones({1, 8, 8});
  planes[0].weight[0][3][5] = 0.25;
  planes[1].weight[0][3][5] = 0.25;
  PairStore store(planes, at::kCPU, StoreFormat::kFloat16, 5);
  const at::Tensor weight = store.Draw({1, 8, {}, 2}).weight;
  EXPECT_EQ(weight[0][0][1][2].item<float>(), 0.25F);
  EXPECT_EQ(weight.sum().item<float>(), 15.25F);
  EXPECT_EQ(store.Draw({1, 8, {}}).weight.sum().item<float>(), 63.25F) << "back at full resolution";
}

TEST(PairStore, RefusesAnOrderThatIsNotItsPairs) {
  PairStore store(Telling(3, 8, 8), at::kCPU, StoreFormat::kFloat32, 5);
  DrawState state = store.state();
  state.order = {0, 1, 1};
  EXPECT_THROW(store.Restore(state), std::invalid_argument);
  state.order = {0, 1, 2};
  state.drawn = 4;
  EXPECT_THROW(store.Restore(state), std::invalid_argument);
}

TEST(PairStore, PatchesOfSmallFramesAreTheFrame) {
  PairStore store(Telling(2, 9, 70), at::kCPU, StoreFormat::kFloat16, 5);
  const Patches patches = store.Draw({2, 32, {}});
  EXPECT_EQ(patches.input.sizes().vec(), (std::vector<std::int64_t>{2, 3, 9, 32}));
  EXPECT_EQ(patches.input.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace interneg::dataset
