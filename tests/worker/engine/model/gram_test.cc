#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "worker/engine/model/gram_torch.h"

namespace interneg::model {
namespace {

// Whole tiles and lanes and what is left over of them, one chunk of values and several.
TEST(AddGram, AddsTheProductsOfAllRowsWithAllRows) {
  torch::manual_seed(3);
  const auto options = at::TensorOptions().dtype(at::kDouble);
  for (const std::int64_t k : {1, 4, 5, 129}) {
    for (const std::int64_t n : {1, 7, 8, 512, 513, 1100}) {
      const at::Tensor rows = at::randn({k, n}, options), weight = at::rand({n}, options);
      const at::Tensor before = at::randn({k, k}, options);
      at::Tensor sums = before.clone();
      AddGram(rows, weight, sums);
      const at::Tensor expected = before + (rows * weight).matmul(rows.t());
      EXPECT_LT((sums - expected).abs().max().item<double>(), 1e-10) << k << " rows of " << n;
    }
  }
}

TEST(AddGram, RefusesOtherShapes) {
  const at::Tensor rows = at::zeros({3, 5}, at::kDouble);
  at::Tensor sums = at::zeros({3, 3}, at::kDouble), small = at::zeros({2, 2}, at::kDouble);
  EXPECT_THROW(AddGram(rows, at::zeros({4}, at::kDouble), sums), c10::Error);
  EXPECT_THROW(AddGram(rows, at::zeros({5}, at::kDouble), small), c10::Error);
}

}  // namespace
}  // namespace interneg::model
