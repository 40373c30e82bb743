#include "worker/engine/matching/cadence.h"

#include <vector>

#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

// Source frame s pairs with the first reference frame that shows it when frame k shows film k·from/to.
std::vector<PairedNumber> Pulled(int count, int to, int from, std::int64_t source_first, std::int64_t reference_first) {
  std::vector<PairedNumber> out;
  std::int64_t last = -1;
  for (int k = 0; k * from / to < count; ++k) {
    const std::int64_t s = source_first + k * from / to, r = reference_first + k;
    if (s == last) {
      out.back().last = r;
    } else {
      out.push_back({s, r, r, r, true});
    }
    last = s;
  }
  return out;
}

TEST(Cadence, OneToOneKnowsItsOffset) {
  std::vector<PairedNumber> frames;
  for (int k = 0; k < 20; ++k) frames.push_back({100 + k, 137 + k, 137 + k, 137 + k, true});
  const auto c = FitCadence(frames, 100, 137);
  EXPECT_EQ(c.kind, CadenceKind::kOneToOne);
  EXPECT_EQ(c.offset, 37);
  EXPECT_DOUBLE_EQ(c.agreement, 1.0);
  EXPECT_EQ(Predict(c, 100, 137, 110).first, 147);
}

TEST(Cadence, TheRatesOfFilmAndVideoAreRecognisedAndPredictEveryFrame) {
  struct Expected {
    int to, from, reference_rate, source_rate;
    CadenceKind kind;
  };
  for (const Expected e : {Expected{25, 24, 25, 24, CadenceKind::kPulled}, Expected{24, 25, 24, 25, CadenceKind::kPulled},
                           Expected{25, 18, 25, 18, CadenceKind::kPulled}, Expected{25, 16, 25, 16, CadenceKind::kPulled},
                           Expected{24, 16, 3, 2, CadenceKind::kPulled}, Expected{30, 24, 5, 4, CadenceKind::kPulldown32}}) {
    const auto frames = Pulled(100, e.to, e.from, 1001, 50);
    const auto c = FitCadence(frames, 1001, 50);
    EXPECT_EQ(c.kind, e.kind) << e.to << ":" << e.from;
    EXPECT_EQ(c.reference_rate, e.reference_rate);
    EXPECT_EQ(c.source_rate, e.source_rate);
    EXPECT_DOUBLE_EQ(c.agreement, 1.0);
    for (const auto& frame : frames) {
      const auto p = Predict(c, 1001, 50, frame.source);
      EXPECT_LE(p.first, frame.last) << frame.source;
      EXPECT_GE(p.last, frame.first) << frame.source;
    }
  }
}

TEST(Cadence, AStillHasNoneAndChanceIsNotALaw) {
  std::vector<PairedNumber> still, wild;
  for (int k = 0; k < 30; ++k) {
    still.push_back({k, 0, 0, 30, false});
    wild.push_back({k, 2 * k - (k % 5) * (k % 3), 0, 0, true});
    wild.back().first = wild.back().last = wild.back().reference;
  }
  EXPECT_EQ(FitCadence(still, 0, 0).kind, CadenceKind::kStill);
  EXPECT_EQ(FitCadence(wild, 0, 0).kind, CadenceKind::kIrregular);
}

}  // namespace
}  // namespace interneg::matching
