#include "worker/engine/training/least_squares_start_torch.h"

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

constexpr std::int64_t kWidth = 80, kHeight = 64;

at::Tensor Softened(const at::Tensor& planes) {
  return at::avg_pool2d(at::replication_pad2d(planes.unsqueeze(0), {1, 1, 1, 1}), 3, 1).squeeze(0);
}

// A truth of fine detail in Y and its soft copy; chroma alike.
dataset::StoredPlanes SoftPair(std::uint64_t seed) {
  at::manual_seed(seed);
  const at::Tensor chroma = at::full({2, kHeight, kWidth}, 0.1);
  const at::Tensor luma = 0.3 + 0.4 * Softened(at::rand({1, kHeight, kWidth}));
  return {at::cat({Softened(luma), chroma}), luma, {}};
}

model::Network Fresh(model::NetworkKind kind, model::FreePlanes free, std::uint64_t seed) {
  auto description = model::DescribeNetwork(kind, model::NetworkSize::kSmall, free, image::YCbCrMatrix::kBt709);
  description.width = 6;
  description.levels = 1;
  if (kind == model::NetworkKind::kNafnet) description.blocks = 1;
  return {description, seed};
}

double Miss(const model::Network& network, const dataset::StoredPlanes& pair) {
  const at::NoGradGuard no_gradients;
  const at::Tensor input = pair.input.unsqueeze(0);
  const auto count = pair.truth.size(0);
  const at::Tensor output = input.narrow(1, 0, count) + network.Correct(input, {model::Place{}}, at::kFloat);
  return (output - pair.truth.unsqueeze(0))
      .narrow(2, 4, kHeight - 8)
      .narrow(3, 4, kWidth - 8)
      .square()
      .mean()
      .item<double>();
}

dataset::PairStore Store(const std::vector<dataset::StoredPlanes>& pairs) {
  return {pairs, at::kCPU, dataset::StoreFormat::kFloat32, 5};
}

TEST(LeastSquaresStart, SharpensBeforeTheFirstStep) {
  for (const auto kind : {model::NetworkKind::kUNet, model::NetworkKind::kNafnet}) {
    auto network = Fresh(kind, model::FreePlanes::kLuma, 1);
    const auto unseen = SoftPair(9);
    const double before = Miss(network, unseen);
    auto store = Store({SoftPair(1), SoftPair(2)});
    StartByLeastSquares(network, store, {0, 1}, 0.0);
    EXPECT_LT(Miss(network, unseen), 0.97 * before) << model::NameOf(kind);
  }
}

// One pass tells all features: with the last layer's weights they are the correction.
TEST(Features, AreWhatTheLastLayerReads) {
  for (const auto kind : {model::NetworkKind::kUNet, model::NetworkKind::kNafnet}) {
    auto network = Fresh(kind, model::FreePlanes::kAll, 1);
    at::manual_seed(3);
    at::Tensor weight, bias;
    for (const auto& parameter : network.Parameters()) {
      if (parameter.name.ends_with(".last.weight")) weight = *parameter.slot = at::randn_like(*parameter.slot);
      if (parameter.name.ends_with(".last.bias")) bias = *parameter.slot = at::randn_like(*parameter.slot);
    }
    const at::NoGradGuard no_gradients;
    const at::Tensor input = at::rand({2, 3, kHeight, kWidth});
    const at::Tensor features = network.Features(input, {{}, {}}, at::kFloat);
    EXPECT_TRUE(at::allclose(at::conv2d(features, weight, bias, 1, 1),
                             network.Correct(input, {model::Place{}, model::Place{}}, at::kFloat), 1e-4, 1e-4))
        << model::NameOf(kind);
    EXPECT_EQ(network.Features(at::rand({1, 3, 33, 47}), {{}}, at::kFloat).sizes().vec(),
              (std::vector<std::int64_t>{1, weight.size(1), 33, 47}));
  }
}

TEST(LeastSquaresStart, GivesTheSameWeightsAgainAndLeavesTheStoreAsItWas) {
  auto one = Fresh(model::NetworkKind::kUNet, model::FreePlanes::kLuma, 1);
  auto store = Store({SoftPair(1), SoftPair(2)});
  const auto before = store.state();
  StartByLeastSquares(one, store, {0, 1}, 0.0);
  EXPECT_EQ(store.state().random, before.random);
  EXPECT_EQ(store.state().order, before.order);
  auto other = Fresh(model::NetworkKind::kUNet, model::FreePlanes::kLuma, 1);
  StartByLeastSquares(other, store, {0, 1}, 0.0);
  const auto a = one.Parameters(), b = other.Parameters();
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(at::equal(*a[i].slot, *b[i].slot)) << a[i].name;
}

TEST(LeastSquaresStart, PlacesWithoutConfidenceTeachNothing) {
  std::vector<dataset::StoredPlanes> pairs = {SoftPair(1), SoftPair(2)}, ruined = pairs;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].weight = at::ones({1, kHeight, kWidth});
    pairs[i].weight.narrow(2, 20, 20).zero_();
    ruined[i].weight = pairs[i].weight;
    ruined[i].truth = pairs[i].truth.clone();
    ruined[i].truth.narrow(2, 20, 20).add_(2.0);
  }
  auto one = Fresh(model::NetworkKind::kUNet, model::FreePlanes::kLuma, 1);
  auto two = Fresh(model::NetworkKind::kUNet, model::FreePlanes::kLuma, 1);
  auto store = Store(pairs), ruined_store = Store(ruined);
  StartByLeastSquares(one, store, {0, 1}, 0.0);
  StartByLeastSquares(two, ruined_store, {0, 1}, 0.0);
  EXPECT_NEAR(Miss(one, pairs[0]), Miss(two, pairs[0]), 1e-7);
}

TEST(LeastSquaresStart, WhatHasLearntAlreadyIsLeftAlone) {
  auto network = Fresh(model::NetworkKind::kUNet, model::FreePlanes::kLuma, 1);
  auto store = Store({SoftPair(1), SoftPair(2)});
  for (const auto& parameter : network.Parameters()) {
    if (parameter.name.ends_with(".last.weight")) parameter.slot->fill_(0.01);
  }
  StartByLeastSquares(network, store, {0, 1}, 0.0);
  for (const auto& parameter : network.Parameters()) {
    if (!parameter.name.ends_with(".last.weight")) continue;
    EXPECT_TRUE(at::equal(*parameter.slot, at::full_like(*parameter.slot, 0.01)));
  }
}

}  // namespace
}  // namespace interneg::training
