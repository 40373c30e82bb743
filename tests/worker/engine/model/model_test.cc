#include "worker/engine/model/model.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/model/drawn_dyes.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/model_torch.h"
#include "worker/engine/model/stored_model.h"

namespace interneg::model {
namespace {

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

image::Image Scene(int width_px, int height_px) {
  image::Image image({width_px, height_px}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < height_px; ++y) {
      for (int x = 0; x < width_px; ++x) {
        image.plane(c)[y * width_px + x] =
            0.5F + 0.6F * std::sin(0.05F * static_cast<float>((c + 1) * x) + 0.08F * static_cast<float>(y) +
                                   0.9F * std::sin(0.7F * static_cast<float>(x * (c + 2) + y * 3)));
      }
    }
  }
  return image;
}

// One thread: the pictures are small, and idle threads that wait for each other are slow on a busy machine.
class OneThread : public testing::Environment {
 public:
  void SetUp() override { PrepareToCompute(1); }
};
const auto* const kOneThread = testing::AddGlobalTestEnvironment(new OneThread);

ColorCube DrawnLut(int size) {
  ColorCube lut{size, {}, {}};
  for (int node = 0; node < size * size * size; ++node) {
    const auto at = [&](int step) { return static_cast<float>(node / step % size) / static_cast<float>(size - 1); };
    lut.nodes.push_back({at(1) * at(1), 0.5F * at(size) + 0.3F * at(1), 1.0F - at(size * size)});
  }
  lut.shaper = {{0.0F, 0.0F, 0.0F}, {0.6F, 0.7F, 0.5F}, {1.0F, 1.0F, 1.0F}};
  return lut;
}

PolynomialMap Even(int degree, double weight) {
  PolynomialMap map;
  map.spatial_degree = degree;
  map.weights.assign(static_cast<std::size_t>(SpatialTerms(degree)) * kColorTerms * 2, weight);
  return map;
}

// A model with random weights everywhere, so that every path contributes.
enum class Guess { kPolynomial, kDyes };
Model Made(NetworkKind kind, FreePlanes free, Precision precision = Precision::kFloat32,
           Guess guess = Guess::kPolynomial) {
  auto description = DescribeNetwork(kind, NetworkSize::kSmall, free, kMatrix);
  if (Learns(kind)) description.width = 4;
  auto parts = std::make_unique<Model::Implementation>(
      Model::Implementation{description, {}, {}, Network(description, 3), {}, precision, at::Device(at::kCPU)});
  at::manual_seed(4);
  for (const auto& parameter : parts->network.Parameters()) {
    const auto& name = parameter.name;
    if (name.find("last") != std::string::npos) *parameter.slot = at::randn(parameter.slot->sizes()) * 0.02;
    if (name.ends_with(".near") || name.ends_with(".pixel")) *parameter.slot = at::randn(parameter.slot->sizes()) * 0.2;
  }
  parts->fits.closed_form.weights.assign(kColorTerms * 2, 0.01);
  if (guess == Guess::kDyes) {
    parts->fits.first_guess = DrawnDyes();
  } else {
    parts->fits.first_guess = Even(2, 0.005);
  }
  if (kind == NetworkKind::kLut) parts->lut = DrawnLut(description.nodes);
  return Model(std::move(parts));
}

double LargestDifference(const image::Image& a, const image::Image& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    largest = std::max<double>(largest, std::abs(a.values()[i] - b.values()[i]));
  }
  return largest;
}

TEST(Grid, PredictedAndThenSlicedEqualsTheFrameAtOnceAndInTiles) {
  const struct {
    Precision precision;
    image::Image scene;
    double allowed;
  } cases[] = {{Precision::kFloat32, Scene(203, 70), 1e-6}, {Precision::kBfloat16, Scene(96, 40), 5e-3}};
  for (const auto& c : cases) {
    const auto model = Made(NetworkKind::kGrid, FreePlanes::kChroma, c.precision);
    const auto whole = model.Recover(c.scene);
    EXPECT_EQ(LargestDifference(whole, model.Recover(c.scene, model.PredictGrid(c.scene))), 0.0);
    EXPECT_LE(LargestDifference(whole, model.Recover(c.scene, model.PredictGrid(c.scene, {64}), {32})), c.allowed);
  }
}

TEST(Grid, OtherNetworksAndSizesAreRefused) {
  EXPECT_THROW(Made(NetworkKind::kUNet, FreePlanes::kChroma).PredictGrid(Scene(64, 64)), std::invalid_argument);
  const auto model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  EXPECT_THROW(model.Recover(Scene(128, 64), model.PredictGrid(Scene(64, 64))), std::invalid_argument);
}

// The halo is as wide as what an output pixel can depend on, and tiles start where the full frame's cells do; so a
// tile must reproduce the full frame's pixels, at borders, with odd sizes, and for frames smaller than the halo.
TEST(Tiling, EqualsTheFullFrame) {
  const struct {
    NetworkKind kind;
    FreePlanes free;
  } kinds[] = {{NetworkKind::kClosedForm, FreePlanes::kChroma}, {NetworkKind::kLut, FreePlanes::kChroma},
               {NetworkKind::kGrid, FreePlanes::kChroma},       {NetworkKind::kUNet, FreePlanes::kChroma},
               {NetworkKind::kUNet, FreePlanes::kLuma},         {NetworkKind::kUNet, FreePlanes::kAll},
               {NetworkKind::kNafnet, FreePlanes::kChroma},     {NetworkKind::kNafnet, FreePlanes::kAll}};
  for (const auto& [kind, free] : kinds) {
    const Model model = Made(kind, free);
    // The widest lets tiles with the grid's halo leave part of the frame unread.
    for (const image::Size size : {image::Size{37, 23}, image::Size{161, 67}, image::Size{643, 37}}) {
      const image::Image scene = Scene(size.width_px, size.height_px);
      const image::Image whole = model.Recover(scene);
      for (const int tile_px : {20, 96}) {
        if (tile_px == 20 && size.width_px > 200) continue;
        EXPECT_LE(LargestDifference(model.Recover(scene, {tile_px}), whole), 1e-6)
            << NameOf(kind) << " " << NameOf(free) << " " << size.width_px << "x" << size.height_px << " tile "
            << tile_px;
      }
    }
  }
}

TEST(Tiling, EqualsTheFullFrameWhereDyesAreTheFirstGuess) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma, Precision::kFloat32, Guess::kDyes);
  const image::Image scene = Scene(161, 67);
  EXPECT_LE(LargestDifference(model.Recover(scene, {20}), model.Recover(scene)), 1e-6);
}

TEST(Model, OfDyesSurvivesItsFile) {
  const auto description = DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {1, .75}, Precision::kFloat32, at::kCPU};
  parts.fits = {Even(0, 0.01), DrawnDyes()};
  Safetensors content;
  std::vector<at::Tensor> keep;
  AddModel(parts, content, keep);
  const Model model = LoadModel(FormatSafetensors(content), {}, Precision::kFloat32);
  const image::Image scene = Scene(70, 50);
  const Model before(std::make_unique<Model::Implementation>(std::move(parts)));
  EXPECT_EQ(LargestDifference(model.Recover(scene), before.Recover(scene)), 0.0);
}

TEST(Model, DyesThatLackOrBendSomethingAreRefused) {
  const auto description = DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {}, Precision::kFloat32, at::kCPU};
  parts.fits = {Even(0, 0.01), DrawnDyes()};
  Safetensors good;
  std::vector<at::Tensor> keep;
  AddModel(parts, good, keep);
  const auto refused = [&](const char* name, const at::Tensor& tensor) {
    Safetensors bad = good;
    bad.tensors[name] = ViewOf(tensor);
    EXPECT_THROW(LoadModel(FormatSafetensors(bad), {}, Precision::kFloat32), std::invalid_argument) << name;
  };
  Safetensors bad = good;
  bad.tensors.erase(kDyeConstantsTensor);
  EXPECT_THROW(LoadModel(FormatSafetensors(bad), {}, Precision::kFloat32), std::invalid_argument);
  const auto constants = ConstantsOf(DrawnDyes());
  const at::Tensor fine = at::tensor(at::ArrayRef<double>(constants));
  for (const auto& [place, value] : {std::pair{9, 40.0}, {10, 0.0}, {12, -1.0}, {0, std::nan("")}, {13, 1e300}}) {
    const at::Tensor bent = fine.clone();
    bent[place] = value;
    refused(kDyeConstantsTensor, bent);
  }
  const at::Tensor alike = fine.clone();
  alike.narrow(0, 0, 6).fill_(1.0);  // three dyes that absorb the same
  refused(kDyeConstantsTensor, alike);
  refused(kDyeConstantsTensor, fine.narrow(0, 0, 20).clone());
  refused(kDyeGainTensor, at::zeros({3, 3, 9}, at::kDouble));
  refused(kDyeGainTensor, at::zeros({2, 5, 9}, at::kDouble));
  refused(kDyeGainTensor, at::zeros({3, 65, 9}, at::kDouble));
  refused(kDyeGainTensor, at::full({3, 5, 9}, 6.0, at::kDouble));
}

TEST(Tiling, HalvesOfABfloat16FrameStayWithinItsRounding) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma, Precision::kBfloat16);
  const image::Image scene = Scene(300, 90);
  EXPECT_LE(LargestDifference(model.Recover(scene, {64}), model.Recover(scene)), 0.02);
}

// The path of a device of its own, computed on the CPU, where it waits for nothing.
TEST(DeviceQueue, FramesBegunInTurnEqualThoseRecoveredOneByOne) {
  const struct {
    NetworkKind kind;
    FreePlanes free;
  } kinds[] = {{NetworkKind::kClosedForm, FreePlanes::kChroma},
               {NetworkKind::kLut, FreePlanes::kChroma},
               {NetworkKind::kGrid, FreePlanes::kChroma},
               {NetworkKind::kUNet, FreePlanes::kLuma},
               {NetworkKind::kNafnet, FreePlanes::kAll}};
  const image::Image first = Scene(161, 67), second = Scene(96, 40);
  for (const auto& [kind, free] : kinds) {
    const Model model = Made(kind, free);
    EXPECT_FALSE(model.HasDevice());
    const DeviceQueue one = model.MakeQueue(), other = model.MakeQueue();
    for (const RecoverOptions options : {RecoverOptions{0}, RecoverOptions{64}}) {
      const auto begun = model.Begin(first, one, options), next = model.Begin(second, other, options);
      EXPECT_EQ(LargestDifference(model.Finish(begun), model.Recover(first, options)), 0.0) << NameOf(kind);
      EXPECT_EQ(LargestDifference(model.Finish(next), model.Recover(second, options)), 0.0) << NameOf(kind);
    }
  }
}

TEST(DeviceQueue, KeepsColourSpaceAndPlanesAndRefusesWhatRecoverRefuses) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  const DeviceQueue queue = model.MakeQueue();
  const image::Image scene = Scene(64, 48), recovered = model.Recover(scene),
                     finished = model.Finish(model.Begin(scene, queue));
  EXPECT_EQ(finished.color_space(), recovered.color_space());
  EXPECT_EQ(finished.channels(), recovered.channels());
  EXPECT_THROW(model.Begin(image::Image({64, 48}, {"Y"}, image::kTrainingDisplay), queue), std::invalid_argument);
}

TEST(Model, TheSameFrameTwiceGivesIdenticalPixels) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  const image::Image scene = Scene(150, 90);
  EXPECT_EQ(LargestDifference(model.Recover(scene), model.Recover(scene)), 0.0);
}

TEST(Model, NamesThePlanesItRecovers) {
  const image::Image scene = Scene(40, 30);
  EXPECT_EQ(Made(NetworkKind::kGrid, FreePlanes::kChroma).Recover(scene).channels(),
            (std::vector<std::string>{"Cb", "Cr"}));
  EXPECT_EQ(Made(NetworkKind::kUNet, FreePlanes::kLuma).Recover(scene).channels(), (std::vector<std::string>{"Y"}));
  EXPECT_THROW(Made(NetworkKind::kUNet, FreePlanes::kLuma).Recover(image::Image({4, 4}, {"Y"}, "")),
               std::invalid_argument);
}

TEST(Model, SourcesAreClampedForTheNetworkAlone) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  image::Image scene = Scene(64, 64);
  const image::Image clamped = image::ClampedToUnit(scene);
  EXPECT_EQ(LargestDifference(model.Recover(scene), model.Recover(clamped)), 0.0);
}

TEST(Model, SurvivesItsFile) {
  for (const auto kind :
       {NetworkKind::kClosedForm, NetworkKind::kGrid, NetworkKind::kUNet, NetworkKind::kNafnet, NetworkKind::kLut}) {
    const auto description = DescribeNetwork(kind, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
    Model::Implementation parts{description,     {{"note", "n"}},     {},      Network(description, 5),
                                Shares{.5, .75}, Precision::kFloat32, at::kCPU};
    parts.fits.closed_form.weights.assign(kColorTerms * 2, 0.01);
    parts.fits.first_guess = Even(0, 0.02);
    if (kind == NetworkKind::kLut) parts.lut = DrawnLut(description.nodes);
    Safetensors content;
    std::vector<at::Tensor> keep;
    AddModel(parts, content, keep);
    const auto file = FormatSafetensors(content);
    const Model model = LoadModel(file, {}, Precision::kFloat32);
    EXPECT_EQ(model.description(), description);
    EXPECT_EQ(model.metadata().at("note"), "n");
    const image::Image scene = Scene(70, 50);
    const Model before(std::make_unique<Model::Implementation>(std::move(parts)));
    EXPECT_EQ(LargestDifference(model.Recover(scene), before.Recover(scene)), 0.0);
  }
}

// One share was then of all that a model knows beyond the closed form.
TEST(Model, OfAFileWithOneShareItCountsForTheFirstGuessToo) {
  const auto description = DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {1, .25}, Precision::kFloat32, at::kCPU};
  parts.fits.closed_form.weights.assign(kColorTerms * 2, 0.0);
  parts.fits.first_guess = parts.fits.closed_form;
  Safetensors content;
  std::vector<at::Tensor> keep;
  AddModel(parts, content, keep);
  EXPECT_EQ(ReadStoredModel(content).shares, (Shares{1, .25}));
  content.metadata.erase(kGuessKey);
  EXPECT_EQ(ReadStoredModel(content).shares, (Shares{.25, .25}));
  content.metadata[kGuessKey] = "1.5";
  EXPECT_THROW(ReadStoredModel(content), std::invalid_argument);
}

TEST(Model, FilesThatLackOrBendSomethingAreRefused) {
  const auto description = DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {}, Precision::kFloat32, at::kCPU};
  parts.fits.closed_form.weights.assign(kColorTerms * 2, 0.01);
  parts.fits.first_guess = Even(0, 0.02);
  Safetensors good;
  std::vector<at::Tensor> keep;
  AddModel(parts, good, keep);
  const auto refused = [](const Safetensors& content) {
    EXPECT_THROW(LoadModel(FormatSafetensors(content), {}, Precision::kFloat32), std::invalid_argument);
  };
  for (const char* name : {"network.unet.enter.0.weight", "network.guide.b2", "closed_form.weights",
                           "closed_form.range", "first_guess.weights"}) {
    Safetensors bad = good;
    bad.tensors.erase(name);
    refused(bad);
  }
  Safetensors bad = good;
  bad.metadata["interneg.network"] =
      ToJson(DescribeNetwork(NetworkKind::kGrid, NetworkSize::kLarge, FreePlanes::kChroma, kMatrix));
  refused(bad);
  bad = good;
  bad.metadata["interneg.correction"] = "1e9";
  refused(bad);
  bad = good;
  bad.metadata["interneg.format"] = "other";
  refused(bad);
  const at::Tensor nan = at::full({kGuideHidden}, NAN);
  bad = good;
  bad.tensors["network.guide.w2"] = ViewOf(nan);
  refused(bad);
}

TEST(Model, AMapThatFloatsCannotHoldIsRefused) {
  const auto description = DescribeNetwork(NetworkKind::kClosedForm, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {0, 0}, Precision::kFloat32, at::kCPU};
  parts.fits.first_guess = Even(0, 0.02);
  parts.fits.closed_form.weights.assign(kColorTerms * 2, 1e300);
  Safetensors content;
  std::vector<at::Tensor> keep;
  AddModel(parts, content, keep);
  EXPECT_THROW(LoadModel(FormatSafetensors(content), {}, Precision::kFloat32), std::invalid_argument);
}

TEST(Model, ALutIsItsChromaWhateverTheLuma) {
  const Model model = Made(NetworkKind::kLut, FreePlanes::kChroma);
  const image::Image scene = image::ClampedToUnit(Scene(50, 37));
  const image::Image mapped = image::RgbToYCbCr(Apply(DrawnLut(17), scene), kMatrix);
  const image::Image out = model.Recover(scene);
  for (int c = 0; c < 2; ++c) {
    for (std::size_t i = 0; i < out.pixel_count(); ++i) EXPECT_NEAR(out.plane(c)[i], mapped.plane(c + 1)[i], 1e-5);
  }
}

TEST(Model, ALutThatLacksOrBendsSomethingIsRefused) {
  const auto description = DescribeNetwork(NetworkKind::kLut, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix);
  Model::Implementation parts{description, {}, {}, Network(description, 5), {0, 0}, Precision::kFloat32, at::kCPU};
  parts.fits.closed_form.weights.assign(kColorTerms * 2, 0.01);
  parts.fits.first_guess = Even(0, 0.02);
  parts.lut = DrawnLut(17);
  Safetensors good;
  std::vector<at::Tensor> keep;
  AddModel(parts, good, keep);
  const auto refused = [](const Safetensors& content) {
    EXPECT_THROW(LoadModel(FormatSafetensors(content), {}, Precision::kFloat32), std::invalid_argument);
  };
  Safetensors bad = good;
  bad.tensors.erase("lut.nodes");
  refused(bad);
  bad = good;
  bad.metadata["interneg.network"] =
      ToJson(DescribeNetwork(NetworkKind::kLut, NetworkSize::kMedium, FreePlanes::kChroma, kMatrix));
  refused(bad);
  for (const char* name : {"lut.nodes", "lut.shaper"}) {
    for (const at::Tensor& other :
         {at::full({17 * 17 * 17, 3}, NAN), at::ones({1, 3}), at::ones({5, 4}), at::ones({4})}) {
      bad = good;
      bad.tensors[name] = ViewOf(other);
      refused(bad);
    }
  }
}

TEST(Baseline, IsTheClosedFormAlone) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  const auto baseline = model.Baseline();
  ASSERT_TRUE(baseline.has_value());
  EXPECT_EQ(baseline->description().kind, NetworkKind::kClosedForm);
  EXPECT_FALSE(Made(NetworkKind::kUNet, FreePlanes::kLuma).Baseline().has_value());
}

TEST(TileFor, ShrinksWithTheMemoryAndKeepsTheAlignment) {
  const Model model = Made(NetworkKind::kGrid, FreePlanes::kChroma);
  EXPECT_EQ(model.TileFor({640, 360}, 8LL << 30), 0);
  const int small = model.TileFor({4096, 2160}, 200LL << 20), large = model.TileFor({4096, 2160}, 800LL << 20);
  EXPECT_GT(small, 0);
  EXPECT_LE(small, large);
  EXPECT_EQ(small % 32, 0);
  EXPECT_GE(model.TileFor({4096, 2160}, 1), 2 * Halo_px(model.description())) << "the least is worth its halo";
  EXPECT_EQ(model.TileFor({4096, 2160}, 1) % 32, 0);
}

}  // namespace
}  // namespace interneg::model
