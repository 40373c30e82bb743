#include "worker/engine/training/unseen_places_torch.h"

#include <gtest/gtest.h>

#include "worker/engine/model/softness_torch.h"

namespace interneg::training {
namespace {

constexpr std::int64_t kWidth_px = 240, kHeight_px = 135;

// A first guess that is short by a little, the same everywhere.
struct Drawn {
  at::Tensor guess = 0.4 * (at::rand({2, kHeight_px, kWidth_px}) - 0.5);
  TaughtPlanes taught{guess + 0.03, at::ones({1, kHeight_px, kWidth_px})};
};

class UnseenPlaces : public testing::Test {
 protected:
  void SetUp() override { at::manual_seed(11); }
};

TEST_F(UnseenPlaces, WhatIsSeenStaysAsItIs) {
  const Drawn drawn;
  const auto told = WithUnseenPlaces(drawn.taught, drawn.guess, {});
  EXPECT_TRUE(at::allclose(told.truth, drawn.taught.truth, 0, 1e-6));
  EXPECT_TRUE(at::equal(told.weight, drawn.taught.weight));
}

TEST_F(UnseenPlaces, AreToldTheGuessAndWhatItMissesNearby) {
  Drawn drawn;
  drawn.taught.truth.narrow(2, 220, 20).fill_(0.9);  // whatever stands there is not believed
  drawn.taught.weight.narrow(2, 220, 20).zero_();
  const auto told = WithUnseenPlaces(drawn.taught, drawn.guess, {});
  const at::Tensor told_there = told.truth.narrow(2, 220, 20), guess_there = drawn.guess.narrow(2, 220, 20);
  EXPECT_LT((told_there - guess_there - 0.03).abs().max().item<float>(), 0.01F);
  EXPECT_FLOAT_EQ(told.weight.narrow(2, 220, 20).max().item<float>(), 0.1F);
}

TEST_F(UnseenPlaces, AreToldTheGuessAloneFarFromAllThatIsSeen) {
  Drawn drawn;
  drawn.taught.weight.narrow(2, 60, 180).zero_();
  const auto told = WithUnseenPlaces(drawn.taught, drawn.guess, {});
  EXPECT_LT((told.truth - drawn.guess).narrow(2, 200, 40).abs().max().item<float>(), 1e-4F);
}

TEST_F(UnseenPlaces, AreToldItAsSoftlyAsTheReferenceIs) {
  Drawn drawn;
  const model::Softness softness{1.4, 0.85};
  drawn.taught.truth = model::Softened(drawn.taught.truth.unsqueeze(0), softness).squeeze(0);
  drawn.taught.weight.narrow(1, 100, 35).zero_();
  const auto told = WithUnseenPlaces(drawn.taught, drawn.guess, softness);
  EXPECT_LT((told.truth - drawn.taught.truth).narrow(1, 100, 8).abs().max().item<float>(), 0.02F);
}

}  // namespace
}  // namespace interneg::training
