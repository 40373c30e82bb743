#include "worker/engine/dataset/pair_store_torch.h"

#include <algorithm>
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
    const Patches patches = store.Draw(4, 16, {0.0, 0.0, true});
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
    const Patches patches = store.Draw(2, 24, {0.2, 0.0, true});
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
  const Patches patches = store.Draw(8, 16, {0.0, 0.1, false});
  EXPECT_TRUE(at::equal(patches.input.narrow(1, 1, 2), patches.truth));
}

TEST(PairStore, EachRoundGoesThroughAllPairs) {
  PairStore store(Telling(5, 8, 8), at::kCPU, StoreFormat::kFloat32, 2);
  for (int round = 0; round < 10; ++round) {
    auto pairs = store.Draw(5, 8, {}).pairs;
    std::sort(pairs.begin(), pairs.end());
    EXPECT_EQ(pairs, (std::vector<int>{0, 1, 2, 3, 4}));
  }
}

TEST(PairStore, ContinuesFromItsWrittenState) {
  PairStore store(Telling(3, 40, 60), at::kCPU, StoreFormat::kFloat32, 5);
  store.Draw(4, 16, {0.1, 0.0, true});
  PairStore again(Telling(3, 40, 60), at::kCPU, StoreFormat::kFloat32, 99);
  again.Restore(store.state());
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(at::equal(store.Draw(4, 16, {0.1, 0.0, true}).input, again.Draw(4, 16, {0.1, 0.0, true}).input));
  }
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
  const Patches patches = store.Draw(2, 32, {});
  EXPECT_EQ(patches.input.sizes().vec(), (std::vector<std::int64_t>{2, 3, 9, 32}));
  EXPECT_EQ(patches.input.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace interneg::dataset
