#include "worker/engine/model/color_cube.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/conversion.h"

namespace interneg::model {
namespace {

ColorCube Drawn(int size, int shaper_entries) {
  ColorCube cube;
  cube.size = size;
  const auto at = [size](int i) { return static_cast<double>(i) / (size - 1); };
  for (int b = 0; b < size; ++b) {
    for (int g = 0; g < size; ++g) {
      for (int r = 0; r < size; ++r) {
        cube.nodes.push_back({static_cast<float>(.9 * at(r) * at(r) + .1 * at(g)), static_cast<float>(std::sqrt(at(g))),
                              static_cast<float>(.7 * at(b) + .3 * at(r) * at(g))});
      }
    }
  }
  for (int i = 0; i < shaper_entries; ++i) {
    const double v = static_cast<double>(i) / (shaper_entries - 1);
    cube.shaper.push_back(
        {static_cast<float>(std::pow(v, .5)), static_cast<float>(std::pow(v, .6)), static_cast<float>(v)});
  }
  return cube;
}

image::Image Random(int pixels, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(0.F, 1.F);
  image::Image out({pixels, 1}, {"R", "G", "B"}, "s");
  for (float& v : out.values()) v = value(random);
  return out;
}

TEST(ColorCube, NodesAndAffineMapsAreExact) {
  ColorCube cube;
  cube.size = 5;
  for (int i = 0; i < 125; ++i) {
    const float r = .25F * static_cast<float>(i % 5), g = .25F * static_cast<float>(i / 5 % 5),
                b = .25F * static_cast<float>(i / 25);
    cube.nodes.push_back({.5F * r + .25F * g, b, 1.F - g});
  }
  const auto in = Random(200, 3);
  const auto out = Apply(cube, in);
  for (std::size_t i = 0; i < 200; ++i) {
    ASSERT_NEAR(out.plane(0)[i], .5 * in.plane(0)[i] + .25 * in.plane(1)[i], 1e-6);
    ASSERT_NEAR(out.plane(1)[i], in.plane(2)[i], 1e-6);
    ASSERT_NEAR(out.plane(2)[i], 1 - in.plane(1)[i], 1e-6);
  }
}

TEST(ColorCube, InputsAreLimitedAndNanIsBlack) {
  const auto cube = Drawn(9, 0);
  image::Image in({3, 1}, {"R", "G", "B"}, "s");
  const float values[] = {2.F, -1.F, std::nanf("")};
  for (int x = 0; x < 3; ++x) in.plane(0)[x] = values[x];
  const auto out = Apply(cube, in);
  EXPECT_FLOAT_EQ(out.plane(0)[0], .9F);
  EXPECT_FLOAT_EQ(out.plane(0)[1], 0.F);
  EXPECT_FLOAT_EQ(out.plane(0)[2], 0.F);
}

TEST(ColorCube, ATextReadBackIsTheSameCubeWithAndWithoutAShaper) {
  for (const int entries : {0, 16}) {
    const auto cube = Drawn(6, entries);
    const auto text = ToCubeText(cube, "a title");
    EXPECT_EQ(text.find("LUT_1D_SIZE") != std::string::npos, entries > 0);
    const auto back = ParseCubeText(text, "x.cube");
    ASSERT_EQ(back.size, 6);
    ASSERT_EQ(back.shaper.size(), static_cast<std::size_t>(entries));
    for (std::size_t i = 0; i < cube.nodes.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) ASSERT_NEAR(back.nodes[i][c], cube.nodes[i][c], 1e-7);
    }
    for (std::size_t i = 0; i < cube.shaper.size(); ++i) ASSERT_NEAR(back.shaper[i][1], cube.shaper[i][1], 1e-7);
  }
}

// The program that others open the file with is OCIO, or OCIO's own reader inside another: it must see what we see.
TEST(ColorCube, OcioLoadsTheFileAndGivesTheSameColours) {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-cube-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto in = Random(500, 5);
  for (const int entries : {0, 256}) {
    const auto cube = Drawn(17, entries);
    const std::string name = "baseline" + std::to_string(entries) + ".cube";  // OCIO remembers files by their names
    std::ofstream(folder / name) << ToCubeText(cube, "baseline");
    std::ofstream(folder / "config.ocio") << R"(ocio_profile_version: 1
search_path: "."
roles: {default: plain}
displays:
  d:
    - !<View> {name: v, colorspace: plain}
colorspaces:
  - !<ColorSpace>
    name: plain
  - !<ColorSpace>
    name: matched
    from_reference: !<FileTransform> {src: )"
                                          << name << ", interpolation: tetrahedral}\n";
    const auto config = color::ColorConfig::FromFile((folder / "config.ocio").string());
    const auto theirs = color::Conversion(config, "plain", "matched").Apply(in);
    const auto ours = Apply(cube, in);
    for (std::size_t i = 0; i < ours.values().size(); ++i)
      ASSERT_NEAR(theirs.values()[i], ours.values()[i], 2e-6) << entries;
  }
  std::filesystem::remove_all(folder);
}

std::string Refusal(const std::string& text) {
  try {
    ParseCubeText(text, "bad.cube");
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(ColorCube, FilesThatCannotBeUsedAreRefusedByLine) {
  const std::string rows = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
  EXPECT_EQ(Refusal("LUT_3D_SIZE 2\n# note\n\n" + rows), "");
  EXPECT_EQ(Refusal("TITLE \"x\"\r\nDOMAIN_MIN 0 0 0\r\nDOMAIN_MAX 1 1 1\r\nLUT_3D_SIZE 2\r\n" + rows), "");
  EXPECT_NE(Refusal(rows).find("LUT_3D_SIZE"), std::string::npos);
  EXPECT_NE(Refusal("LUT_3D_SIZE 3\n" + rows).find("8 rows"), std::string::npos);
  EXPECT_NE(Refusal("LUT_3D_SIZE 2\nDOMAIN_MAX 2 2 2\n" + rows).find("line 2"), std::string::npos);
  EXPECT_NE(Refusal("LUT_3D_SIZE 2\n0 0 zero\n").find("'zero'"), std::string::npos);
  EXPECT_NE(Refusal("LUT_3D_SIZE 2\n0 0 nan\n").find("line 2"), std::string::npos);
  EXPECT_NE(Refusal("LUT_3D_SIZE 2\nPREVIEW\n").find("PREVIEW"), std::string::npos);
  for (const char* size : {"", "1", "130", "-4", "2 3", "many", "99999999999999999999"}) {
    EXPECT_NE(Refusal(std::string("LUT_3D_SIZE ") + size + "\n" + rows), "") << size;
  }
}

TEST(ColorCube, CubesThatCannotBeUsedAreRefused) {
  auto cube = Drawn(4, 0);
  EXPECT_THROW(ToCubeText(cube, "a \"quoted\" title"), std::invalid_argument);
  EXPECT_THROW(Apply(cube, image::Image({2, 2}, {"Y"}, "s")), std::invalid_argument);
  cube.nodes[5][1] = INFINITY;
  EXPECT_THROW(ToCubeText(cube, "t"), std::invalid_argument);
  cube.nodes.pop_back();
  EXPECT_THROW(RequireUsable(cube), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::model
