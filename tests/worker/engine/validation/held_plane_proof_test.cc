// The proofs must be hard to fool: every test that shows a good file proven has one beside it in which a single pixel's
// luma was moved by one code value, and which must fail.
#include "worker/engine/validation/held_plane_proof.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/composition.h"
#include "worker/engine/validation/quantisation_bound.h"

namespace interneg::validation {
namespace {

using color::TrainingRoute;
using color::TrainingTransform;
using frames::SampleEncoding;
using image::YCbCrMatrix;

constexpr unsigned kSeed = 20260;

image::Image Noise(image::Size size, const std::string& space, float low, float high) {
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> value(low, high);
  image::Image noise(size, {"R", "G", "B"}, space);
  for (float& v : noise.values()) v = value(random);
  return noise;
}

// The original's Y with other chroma, as a chroma job composes it.
image::Image Recolored(const image::Image& rgb) {
  const auto planes = image::RgbToYCbCr(rgb, YCbCrMatrix::kBt709);
  auto cb = planes;
  for (float& v : cb.plane(1)) v = -0.7F * v + 0.01F;
  for (float& v : cb.plane(2)) v = 0.3F * v - 0.02F;
  return color::ComposeChroma(rgb.size(), planes.plane(0), cb.plane(1), cb.plane(2), YCbCrMatrix::kBt709,
                              rgb.color_space())
      .rgb;
}

float ToHalfAndBack(float value) {
  if (value == 0.0F) return value;
  const double step = 2.0 * frames::HalfStep(value, SampleEncoding::kHalf);
  return static_cast<float>(std::nearbyint(value / step) * step);
}

float Stored(float value, SampleEncoding encoding) {
  if (encoding == SampleEncoding::kHalf) return ToHalfAndBack(value);
  if (encoding == SampleEncoding::kFloat) return value;
  const double codes = std::pow(2.0, frames::BitsOf(encoding)) - 1.0;
  return static_cast<float>(std::nearbyint(std::clamp(double{value}, 0.0, 1.0) * codes) / codes);
}

// A file as some encoding stores it, written from what was composed and read back.
struct File {
  TrainingTransform delivery;
  color::TrainingImage original;
  image::Image pixels;

  WrittenProof Prove(SampleEncoding encoding, FileKind kind = FileKind::kLossless) const {
    return ProveWritten(pixels, original, delivery, encoding, kind, HeldPlanes::kLuma, YCbCrMatrix::kBt709);
  }
};

File WriteFile(const std::string& space, TrainingRoute route, image::Image source_pixels, SampleEncoding encoding) {
  const auto config = color::ColorConfig::BuiltIn();
  TrainingTransform in(config, source_pixels.color_space(), route);
  auto original = in.ToTraining(source_pixels);
  TrainingTransform out(config, space, route);
  auto pixels = out.DeliverHoldingLuma(Recolored(original.rgb), original, YCbCrMatrix::kBt709).rgb;
  for (float& v : pixels.values()) v = Stored(v, encoding);
  return {std::move(out), std::move(original), std::move(pixels)};
}

File DisplayFile(SampleEncoding encoding) {
  const auto space = color::ColorConfig::BuiltIn().Rec709Gamma24();
  return WriteFile(space, TrainingRoute::kDisplayDirect, Noise({40, 70}, space, 0.F, 1.F), encoding);
}

// One pixel's green moved by one unit of the encoding: its luma moves by about .7 of a unit.
void BreakOnePixel(File& file, SampleEncoding encoding) {
  float& green = file.pixels.plane(1)[1234];
  green += static_cast<float>(2.0 * frames::HalfStep(green, encoding)) * (green < 0.5F ? 1.F : -1.F);
}

TEST(HeldPlaneProof, ComposedHoldsWithinAMillionth) {
  const auto original = Noise({64, 48}, image::kTrainingDisplay, 0.F, 4.F);
  const auto proof = ProveComposed(Recolored(original), original, HeldPlanes::kLuma, YCbCrMatrix::kBt709);
  EXPECT_TRUE(proof.proven) << proof.error;
  EXPECT_LE(proof.error, 1e-6);
}

TEST(HeldPlaneProof, ComposedSeesOnePixelOff) {
  const auto original = Noise({64, 48}, image::kTrainingDisplay, 0.F, 1.F);
  auto composed = Recolored(original);
  composed.plane(1)[77] += 4e-6F;
  EXPECT_FALSE(ProveComposed(composed, original, HeldPlanes::kLuma, YCbCrMatrix::kBt709).proven);
  composed.plane(1)[77] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(ProveComposed(composed, original, HeldPlanes::kLuma, YCbCrMatrix::kBt709).proven);
}

TEST(HeldPlaneProof, HeldChromaIsComparedInBothPlanes) {
  const auto original = Noise({16, 16}, image::kTrainingDisplay, 0.F, 1.F);
  for (const int plane : {1, 2}) {
    auto planes = image::RgbToYCbCr(original, YCbCrMatrix::kBt709);
    for (float& v : planes.plane(0)) v *= 0.9F;
    EXPECT_TRUE(ProveComposed(image::YCbCrToRgb(planes, YCbCrMatrix::kBt709), original, HeldPlanes::kChroma,
                              YCbCrMatrix::kBt709)
                    .proven);
    planes.plane(plane)[3] += 1e-5F;
    EXPECT_FALSE(ProveComposed(image::YCbCrToRgb(planes, YCbCrMatrix::kBt709), original, HeldPlanes::kChroma,
                               YCbCrMatrix::kBt709)
                     .proven);
  }
}

TEST(HeldPlaneProof, NothingHeldIsNothingProven) {
  const auto picture = Noise({16, 16}, image::kTrainingDisplay, 0.F, 1.F);
  EXPECT_THROW(ProveComposed(picture, picture, HeldPlanes::kNothing, YCbCrMatrix::kBt709), std::invalid_argument);
}

TEST(HeldPlaneProof, DisplayFilesAreProvenInEveryEncoding) {
  for (const auto encoding :
       {SampleEncoding::kUint8, SampleEncoding::kUint16, SampleEncoding::kHalf, SampleEncoding::kFloat}) {
    const auto proof = DisplayFile(encoding).Prove(encoding);
    EXPECT_TRUE(proof.proven) << NameOf(encoding) << " error " << proof.error << " share " << proof.share_of_bound;
  }
}

// The proof looks at all corners of few pixels only; what it says must be what all corners of all pixels say.
double ShareByAllCorners(const File& file, SampleEncoding encoding, HeldPlanes held) {
  const QuantisationBound quantisation(file.delivery, encoding, YCbCrMatrix::kBt709);
  const auto rgb = file.delivery.ToTrainingWithScale(file.pixels, file.original.highlight_scale);
  const auto ours = image::RgbToYCbCr(rgb, YCbCrMatrix::kBt709);
  const auto theirs = image::RgbToYCbCr(file.original.rgb, YCbCrMatrix::kBt709);
  const std::vector<int> planes = held == HeldPlanes::kLuma ? std::vector{0} : std::vector{1, 2};
  constexpr std::array<unsigned, 8> kAll = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto bound = quantisation.For(file.pixels, file.original.highlight_scale, rgb, planes, kAll);
  double worst = 0;
  for (const int plane : planes) {
    for (std::size_t i = 0; i < rgb.pixel_count(); ++i) {
      const double error = std::abs(double{ours.plane(plane)[i]} - double{theirs.plane(plane)[i]});
      worst = std::max(worst, error / (bound.plane(plane)[i] +
                                       quantisation.Noise(theirs.plane(plane)[i], LargestChannel(rgb, i))));
    }
  }
  return worst;
}

TEST(HeldPlaneProof, ShareIsTheGreatestByAllCornersOfAllPixels) {
  const auto config = color::ColorConfig::BuiltIn();
  const struct {
    std::string space;
    TrainingRoute route;
    float low, high;
  } cases[] = {{config.Rec709Gamma24(), TrainingRoute::kDisplayDirect, 0.F, 1.F},
               {config.Aces2065(), TrainingRoute::kAcesCct, -0.01F, 1.F},
               {config.Aces2065(), TrainingRoute::kRec709Odt, 0.F, 2.F}};
  for (const auto& c : cases) {
    const auto file = WriteFile(c.space, c.route, Noise({97, 150}, c.space, c.low, c.high), SampleEncoding::kHalf);
    for (const auto held : {HeldPlanes::kLuma, HeldPlanes::kChroma}) {
      const auto proof = ProveWritten(file.pixels, file.original, file.delivery, SampleEncoding::kHalf,
                                      FileKind::kLossless, held, YCbCrMatrix::kBt709);
      const double share = ShareByAllCorners(file, SampleEncoding::kHalf, held);
      EXPECT_NEAR(proof.share_of_bound, share, 1e-4 * share) << c.space << " " << NameOf(c.route);
    }
  }
}

TEST(HeldPlaneProof, OneCodeValueOffInOnePixelFails) {
  for (const auto encoding : {SampleEncoding::kUint8, SampleEncoding::kUint16, SampleEncoding::kHalf}) {
    auto file = DisplayFile(encoding);
    BreakOnePixel(file, encoding);
    BreakOnePixel(file, encoding);
    const auto proof = file.Prove(encoding);
    EXPECT_FALSE(proof.proven) << NameOf(encoding) << " share " << proof.share_of_bound;
  }
}

TEST(HeldPlaneProof, FloatFileOffByAFewMillionthsFails) {
  auto file = DisplayFile(SampleEncoding::kFloat);
  file.pixels.plane(1)[1234] += 5e-5F;
  EXPECT_FALSE(file.Prove(SampleEncoding::kFloat).proven);
}

TEST(HeldPlaneProof, NotANumberIsNeverProven) {
  auto file = DisplayFile(SampleEncoding::kHalf);
  file.pixels.plane(0)[9] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(file.Prove(SampleEncoding::kHalf).proven);
  EXPECT_FALSE(file.Prove(SampleEncoding::kHalf, FileKind::kLossy).proven);
}

TEST(HeldPlaneProof, DisplaySourceDeliveredAsScenLinearHalfIsProven) {
  const auto config = color::ColorConfig::BuiltIn();
  auto file = WriteFile(config.Aces2065(), TrainingRoute::kDisplayDirect,
                        Noise({40, 70}, config.Rec709Gamma24(), 0.F, 1.F), SampleEncoding::kHalf);
  const auto proof = file.Prove(SampleEncoding::kHalf);
  EXPECT_TRUE(proof.proven) << "error " << proof.error << " share " << proof.share_of_bound;
  for (int i = 0; i < 4; ++i) BreakOnePixel(file, SampleEncoding::kHalf);
  EXPECT_FALSE(file.Prove(SampleEncoding::kHalf).proven);
}

// Colours as lettering, cartoons and test charts have them: channels at 0, at 1 and just beside them, where gamma is
// steepest.
image::Image Saturated(image::Size size, const std::string& space) {
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> between(0.F, 1.F);
  image::Image picture(size, {"R", "G", "B"}, space);
  for (float& v : picture.values()) {
    const float which = between(random);
    v = which < 0.4F ? 0.F : which < 0.6F ? 1.F : which < 0.8F ? 0.03F * between(random) : between(random);
  }
  return picture;
}

struct Chain {
  std::string source_space;
  TrainingRoute route;
  std::string output_space;
};

std::vector<Chain> Chains() {
  const auto config = color::ColorConfig::BuiltIn();
  std::vector<Chain> chains;
  for (const auto& output : {config.Aces2065(), config.AcesCg(), config.AcesCct(), config.Rec709Gamma24()}) {
    chains.push_back({config.Rec709Gamma24(), TrainingRoute::kDisplayDirect, output});
    chains.push_back({config.LinearRec709(), TrainingRoute::kRec709Odt, output});
    chains.push_back({config.LinearRec709(), TrainingRoute::kLinearClamp, output});
    chains.push_back({config.AcesCg(), TrainingRoute::kAcesCct, output});
  }
  return chains;
}

TEST(HeldPlaneProof, SaturatedColoursAreProvenInEverySpace) {
  for (const auto& chain : Chains()) {
    const auto picture = Saturated({64, 64}, chain.source_space);
    for (const auto encoding : {SampleEncoding::kHalf, SampleEncoding::kFloat}) {
      const auto proof = WriteFile(chain.output_space, chain.route, picture, encoding).Prove(encoding);
      EXPECT_TRUE(proof.proven) << chain.source_space << " by " << NameOf(chain.route) << " to " << chain.output_space
                                << " in " << NameOf(encoding) << ", seed " << kSeed << ": error " << proof.error
                                << ", share " << proof.share_of_bound;
    }
  }
}

// What protects a saturated colour must not shield its neighbours: here a middle grey whose green is two units off.
TEST(HeldPlaneProof, BoundOfSaturatedColoursIsNoOneElses) {
  const auto config = color::ColorConfig::BuiltIn();
  auto picture = Saturated({64, 64}, config.Rec709Gamma24());
  for (int c = 0; c < 3; ++c) picture.plane(c)[1234] = 0.5F;
  auto file = WriteFile(config.Aces2065(), TrainingRoute::kDisplayDirect, picture, SampleEncoding::kHalf);
  float& green = file.pixels.plane(1)[1234];
  green += static_cast<float>(4.0 * frames::HalfStep(green, SampleEncoding::kHalf));
  EXPECT_FALSE(file.Prove(SampleEncoding::kHalf).proven);
}

TEST(HeldPlaneProof, SceneSourceThroughTheOdtIsProven) {
  const auto config = color::ColorConfig::BuiltIn();
  auto file = WriteFile(config.Aces2065(), TrainingRoute::kRec709Odt, Noise({40, 70}, config.AcesCg(), 0.02F, 2.F),
                        SampleEncoding::kHalf);
  const auto proof = file.Prove(SampleEncoding::kHalf);
  EXPECT_TRUE(proof.proven) << "error " << proof.error << " share " << proof.share_of_bound;
  file.pixels.plane(1)[1234] *= 1.02F;
  EXPECT_FALSE(file.Prove(SampleEncoding::kHalf).proven);
}

TEST(HeldPlaneProof, ErrorOfALossyFileIsReportedAndNotJudged) {
  auto file = DisplayFile(SampleEncoding::kUint16);
  EXPECT_TRUE(file.Prove(SampleEncoding::kUint16, FileKind::kLossy).proven);
  for (float& v : file.pixels.values()) v += 1.0F / 255.0F;
  const auto proof = file.Prove(SampleEncoding::kUint16, FileKind::kLossy);
  EXPECT_TRUE(proof.proven);
  EXPECT_NEAR(proof.error, 1.0 / 255.0, 1e-4);
  EXPECT_NEAR(proof.share_of_bound, 2.0, 0.1);
}

}  // namespace
}  // namespace interneg::validation
