#include "worker/engine/preparation/prepare.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <stdexcept>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::preparation {
namespace {

constexpr image::Size kSize{320, 200};
constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

double Shading(int x, int y) {
  const double u = (x - 150.0) / 320, v = (y - 80.0) / 200;
  return .12 * std::exp(-3 * (u * u + v * v)) - .05 * u;
}

image::Image Shaded(const image::Image& picture) {
  return Drawn(picture.size(), [&](int c, int x, int y) {
    return static_cast<float>(picture.plane(c)[static_cast<std::size_t>(y) * picture.width_px() + x] + Shading(x, y));
  });
}

cv::Mat1f LowPassed(const image::Image& picture, int plane, double sigma) {
  const auto values = picture.plane(plane);
  const cv::Mat1f view(picture.height_px(), picture.width_px(), const_cast<float*>(values.data()));
  cv::Mat1f out;
  cv::GaussianBlur(view, out, cv::Size(), sigma, sigma, cv::BORDER_REFLECT);
  return out;
}

double LargestLowDifference(const image::Image& a, const image::Image& b, double sigma) {
  double most = 0.0;
  const auto ya = image::RgbToYCbCr(a, kMatrix), yb = image::RgbToYCbCr(b, kMatrix);
  for (int p = 0; p < 3; ++p)
    most = std::max(most, cv::norm(LowPassed(ya, p, sigma), LowPassed(yb, p, sigma), cv::NORM_INF));
  return most;
}

// What a Gaussian of 3 pixels leaves.
double LargestDetailDifference(const image::Image& a, const image::Image& b) {
  double most = 0.0;
  for (int c = 0; c < 3; ++c) {
    const cv::Mat1f la = LowPassed(a, c, 3), lb = LowPassed(b, c, 3);
    for (std::size_t i = 0; i < a.pixel_count(); ++i) {
      const double da = a.plane(c)[i] - la(static_cast<int>(i)), db = b.plane(c)[i] - lb(static_cast<int>(i));
      most = std::max(most, std::abs(da - db));
    }
  }
  return most;
}

image::Image Matched(const Step& step, const image::Image& picture, const Partner& partner) {
  return Preparation({step}, Role::kSpatialReference).Apply(std::span(&picture, 1), 0, partner);
}

// The partner is soft, as the source of a spatial recovery is: its shading must come over, its blur must not.
TEST(LumaMatch, BringsTheShadingOverAndLeavesDetailAlone) {
  const auto sharp = DrawShot(0, kSize);
  auto soft = Shaded(sharp);
  for (int c = 0; c < 3; ++c) {
    const cv::Mat1f blurred = LowPassed(soft, c, 1.2);
    std::copy(blurred.begin(), blurred.end(), soft.plane(c).begin());
  }
  EXPECT_GT(LargestLowDifference(sharp, soft, 24), 15.0 / 255);
  const auto out = Matched(LumaMatch{}, sharp, {&soft, nullptr});
  const double low = 255 * LargestLowDifference(out, soft, 24), detail = 255 * LargestDetailDifference(out, sharp);
  std::cout << "luma match: low frequencies " << low << " of 255 apart, detail changed by " << detail << "\n";
  EXPECT_LT(low, 1.0);
  EXPECT_LT(detail, 0.25);
  const auto before = image::RgbToYCbCr(sharp, kMatrix), after = image::RgbToYCbCr(out, kMatrix);
  for (std::size_t i = 0; i < sharp.pixel_count(); i += 7) {
    ASSERT_NEAR(before.plane(1)[i], after.plane(1)[i], 1e-6);
    ASSERT_NEAR(before.plane(2)[i], after.plane(2)[i], 1e-6);
  }
}

TEST(LumaMatch, AGainFieldUndoesShadingThatMultiplies) {
  const auto even = DrawShot(0, kSize);
  const auto light = [](int x, int y) {
    return 1.0 - .4 * ((x - 160.0) * (x - 160.0) / 25600 + (y - 100.0) * (y - 100.0) / 40000);
  };
  const auto vignetted = Drawn(kSize, [&](int c, int x, int y) {
    return static_cast<float>(even.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x] * light(x, y));
  });
  const auto out = Matched(LumaMatch{1, 24, LumaMatchMode::kGain}, vignetted, {&even, nullptr});
  const auto y_out = image::RgbToYCbCr(out, kMatrix), y_even = image::RgbToYCbCr(even, kMatrix);
  double most = 0.0;
  for (int y = 24; y < 176; ++y) {
    for (int x = 24; x < 296; ++x) {
      const auto i = static_cast<std::size_t>(y) * kSize.width_px + x;
      most = std::max(most, std::abs(static_cast<double>(y_out.plane(0)[i]) - y_even.plane(0)[i]));
    }
  }
  std::cout << "luma match, gain: " << 255 * most << " of 255 apart, a sigma away from the borders\n";
  EXPECT_LT(most, 4.0 / 255);
  EXPECT_LT(cv::norm(LowPassed(y_out, 0, 24), LowPassed(y_even, 0, 24), cv::NORM_INF), 1.0 / 255);
}

// The partner covers the left two thirds and is black elsewhere: without the weight its black would be matched.
TEST(LumaMatch, WhereThePartnerHasNoWeightItDoesNotCount) {
  const auto picture = DrawShot(0, kSize);
  auto partner = Drawn(kSize, [&](int c, int x, int y) {
    return x < 210 ? picture.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x] + .05F : 0.0F;
  });
  image::Image weight(kSize, {"weight"}, "");
  for (std::size_t i = 0; i < weight.pixel_count(); ++i) weight.plane(0)[i] = i % kSize.width_px < 210 ? 1.0F : 0.0F;
  const auto out = Matched(LumaMatch{}, picture, {&partner, &weight});
  for (std::size_t i = 0; i < picture.pixel_count(); ++i)
    ASSERT_NEAR(out.plane(1)[i] - picture.plane(1)[i], .05, 1e-3) << i % 320;
}

TEST(ColourMatch, AMatrixIsFoundAndOutliersAreNotFollowed) {
  const auto picture = DrawShot(0, kSize);
  const auto wanted = Drawn(kSize, [&](int c, int x, int y) {
    const auto i = static_cast<std::size_t>(y) * kSize.width_px + x;
    const float r = picture.plane(0)[i], g = picture.plane(1)[i], b = picture.plane(2)[i];
    if (x > 290) return .9F;  // a burned-in logo
    return c == 0 ? .8F * r + .1F * g + .02F : c == 1 ? .05F * r + .9F * g - .03F * b : .1F * g + .7F * b + .05F;
  });
  const auto out = Matched(ColourMatch{}, picture, {&wanted, nullptr});
  double most = 0.0;
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
      if (i % 320 < 280) most = std::max(most, std::abs(static_cast<double>(out.plane(c)[i]) - wanted.plane(c)[i]));
    }
  }
  std::cout << "colour match: " << 255 * most << " of 255 apart\n";
  EXPECT_LT(most, 1.5 / 255);
}

TEST(ColourMatch, StatisticsAndFieldReachTheirTargets) {
  const auto picture = DrawShot(0, kSize);
  const auto wanted = Drawn(kSize, [&](int c, int x, int y) {
    return .1F * static_cast<float>(c) + .7F * picture.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x];
  });
  const auto out = Matched(ColourMatch{1, ColourFit::kStatistics}, picture, {&wanted, nullptr});
  EXPECT_GT(Psnr_db(out, wanted), 60.0);
  const auto shaded = Shaded(picture);
  const auto field = Matched(ColourMatch{1, ColourFit::kField, 24}, picture, {&shaded, nullptr});
  EXPECT_LT(LargestLowDifference(field, shaded, 24), 1.0 / 255);
  EXPECT_LT(LargestDetailDifference(field, picture), 0.25 / 255);
}

TEST(Match, StrengthZeroIsBitForBitAndHalfIsHalfway) {
  const auto picture = DrawShot(0, kSize);
  const auto shaded = Shaded(picture);
  EXPECT_TRUE(SameBits(Matched(LumaMatch{0}, picture, {&shaded, nullptr}), picture));
  EXPECT_TRUE(SameBits(Matched(ColourMatch{0}, picture, {&shaded, nullptr}), picture));
  const auto whole = Matched(LumaMatch{1}, picture, {&shaded, nullptr}),
             half = Matched(LumaMatch{.5}, picture, {&shaded, nullptr});
  for (std::size_t i = 0; i < 1000; ++i)
    EXPECT_NEAR(half.plane(0)[i], .5F * (picture.plane(0)[i] + whole.plane(0)[i]), 1e-5);
}

TEST(Match, APartnerThatDoesNotFitIsRefused) {
  const auto picture = DrawShot(0, kSize), small = DrawShot(0, {160, 100});
  auto log = picture;
  log.set_color_space(image::kTrainingLog);
  const image::Image nothing(kSize, {"weight"}, "");
  EXPECT_THROW(Matched(LumaMatch{}, picture, {}), std::invalid_argument);
  EXPECT_THROW(Matched(LumaMatch{}, picture, {&small, nullptr}), std::invalid_argument);
  EXPECT_THROW(Matched(ColourMatch{}, picture, {&log, nullptr}), std::invalid_argument);
  EXPECT_THROW(Matched(ColourMatch{}, picture, {&picture, &nothing}), std::invalid_argument);
  EXPECT_THROW(Matched(LumaMatch{}, picture, {&picture, &nothing}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::preparation
