#include "worker/engine/validation/sheet.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace interneg::validation {
namespace {

image::Image Flat(image::Size size, float value) {
  image::Image flat(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (float& v : flat.values()) v = value;
  return flat;
}

TEST(Sheet, RowsStandBelowEachOtherInTheirOrder) {
  const std::vector<SheetRow> rows = {{Flat({10, 6}, .1F), Flat({10, 6}, .2F), Flat({10, 6}, .3F)},
                                      {Flat({10, 6}, .4F), Flat({10, 6}, .5F), Flat({10, 6}, 1.6F)}};
  const auto sheet = ComposeSheet(rows, 100);
  EXPECT_EQ(sheet.size(), (image::Size{38, 16}));
  EXPECT_FLOAT_EQ(sheet.plane(0)[0], .1F);
  EXPECT_FLOAT_EQ(sheet.plane(1)[28], .3F);
  EXPECT_FLOAT_EQ(sheet.plane(2)[11], 0.F);
  EXPECT_FLOAT_EQ(sheet.plane(0)[15 * 38 + 37], 1.F) << "limited to [0, 1]";
}

TEST(Sheet, WidePicturesAreAveragedDown) {
  auto picture = Flat({8, 4}, 0.F);
  for (int c = 0; c < 3; ++c) picture.plane(c)[0] = 1.F;
  const auto sheet = ComposeSheet(std::vector<SheetRow>{{picture}}, 4);
  EXPECT_EQ(sheet.size(), (image::Size{4, 2}));
  EXPECT_FLOAT_EQ(sheet.plane(0)[0], 0.25F);
}

TEST(Sheet, DifferentPicturesAreRefused) {
  EXPECT_THROW(ComposeSheet(std::vector<SheetRow>{}, 4), std::invalid_argument);
  EXPECT_THROW(ComposeSheet(std::vector<SheetRow>{{Flat({8, 4}, 0), Flat({8, 5}, 0)}}, 4), std::invalid_argument);
}

TEST(Sheet, BeforeStandsLeftOfAfter) {
  const auto split = SplitBeforeAfter(Flat({8, 2}, .25F), Flat({8, 2}, .75F));
  EXPECT_FLOAT_EQ(split.plane(0)[0], .25F);
  EXPECT_FLOAT_EQ(split.plane(0)[4], 1.F);
  EXPECT_FLOAT_EQ(split.plane(0)[7], .75F);
}

}  // namespace
}  // namespace interneg::validation
