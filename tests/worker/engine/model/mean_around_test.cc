#include <utility>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "worker/engine/model/mean_around_torch.h"

namespace interneg::model {
namespace {

at::Tensor Pooled(const at::Tensor& planes, int radius_px) {
  const at::Tensor edged = at::replication_pad2d(planes, {radius_px, radius_px, radius_px, radius_px});
  return at::avg_pool2d(edged, 2 * radius_px + 1, 1);
}

TEST(MeanAround, IsTheMeanOfTheSquareWithItsEdgesRepeated) {
  at::manual_seed(6);
  for (const int radius_px : {0, 1, 2, 5}) {
    for (const auto& [h, w] : {std::pair{1, 1}, {3, 70}, {70, 3}, {37, 53}}) {
      const at::Tensor planes = at::rand({1, 2, h, w}) - 0.5;
      const at::Tensor means = MeanAround(planes, radius_px);
      ASSERT_EQ(means.sizes(), planes.sizes());
      EXPECT_LE((means - Pooled(planes, radius_px)).abs().max().item<float>(), 1e-6F) << radius_px << " " << h << "x" << w;
    }
  }
}

TEST(MeanAround, OfAPartIsThatOfTheWhole) {
  at::manual_seed(7);
  const at::Tensor planes = at::rand({1, 2, 64, 96});
  const at::Tensor part = MeanAround(planes.narrow(2, 10, 40).narrow(3, 20, 50), 2);
  const at::Tensor whole = MeanAround(planes, 2).narrow(2, 12, 36).narrow(3, 22, 46);
  EXPECT_TRUE(at::equal(part.narrow(2, 2, 36).narrow(3, 2, 46), whole));
}

}  // namespace
}  // namespace interneg::model
