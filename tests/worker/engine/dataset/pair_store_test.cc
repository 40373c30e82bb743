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

// One cell of one pair is hard, all others are easy.
DifficultyMap OneHardCell(int pairs, image::Size frame, const SeenMiss& hard) {
  DifficultyMap map(pairs, frame);
  std::vector<SeenMiss> seen;
  for (int pair = 0; pair < pairs; ++pair) {
    for (int y = 0; y < frame.height_px; ++y) {
      for (int x = 0; x < frame.width_px; ++x) seen.push_back({pair, 1.0 * x, 1.0 * y, 0.0});
    }
  }
  for (SeenMiss& s : seen) s.miss = 1e-6;
  map.Learn(seen);
  map.Learn(std::vector<SeenMiss>{hard});
  return map;
}

TEST(PairStore, PatchesDrawnByDifficultyLieInTheFrameAndHoldThePlaceInTheirMiddle) {
  const image::Size frame{160, 120};
  const SeenMiss hard{1, 100, 60, 1.0};
  const DifficultyMap map = OneHardCell(2, frame, hard);
  for (const double scale : {0.0, 0.2}) {
    PairStore even(Telling(2, 120, 160), at::kCPU, StoreFormat::kFloat32, 5);
    PairStore guided(Telling(2, 120, 160), at::kCPU, StoreFormat::kFloat32, 5);
    const auto around = [&](PairStore& store, const DifficultyMap* difficulty) {
      const Patches patches = store.Draw({600, 32, {scale, 0.0, true}, 1, difficulty});
      int found = 0;
      for (std::size_t i = 0; i < patches.places.size(); ++i) {
        const PatchPlace& p = patches.places[i];
        const double x0 = std::min(p.x_first, p.x_first + 31 * p.x_step), width = 32 * std::abs(p.x_step);
        EXPECT_GE(x0, 0.0);
        EXPECT_LE(x0 + width, 160.0 + 1.0);
        EXPECT_GE(p.y_first, 0.0);
        const auto tile = patches.input[static_cast<std::int64_t>(i)];
        EXPECT_EQ(tile[0][0][0].item<float>(), static_cast<float>(patches.pairs[i]));
        EXPECT_NEAR(tile[2][4][7].item<float>(), std::clamp(p.x_first + 7 * p.x_step, 0.0, 159.0), 1e-3);
        const bool holds = x0 <= 100 && x0 + width >= 100 && p.y_first <= 60 && p.y_first + 32 * p.y_step >= 60;
        found += patches.pairs[i] == 1 && holds ? 1 : 0;
      }
      return found;
    };
    EXPECT_GT(around(guided, &map), around(even, nullptr)) << scale;
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
