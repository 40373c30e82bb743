#include "worker/engine/model/network_description.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace interneg::model {
namespace {

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

TEST(NetworkDescription, JsonGoesBothWays) {
  for (const auto size : {NetworkSize::kSmall, NetworkSize::kMedium, NetworkSize::kLarge}) {
    for (const auto kind :
         {NetworkKind::kClosedForm, NetworkKind::kGrid, NetworkKind::kUNet, NetworkKind::kNafnet, NetworkKind::kLut}) {
      const auto d = DescribeNetwork(kind, size, FreePlanes::kChroma, image::YCbCrMatrix::kBt601);
      EXPECT_EQ(ParseNetworkDescription(ToJson(d)), d);
    }
  }
}

TEST(NetworkDescription, GridsRecoverChromaOnly) {
  EXPECT_THROW(DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kLuma, kMatrix),
               std::invalid_argument);
}

TEST(NetworkDescription, OnlyNafnetsSpeakOfBlocks) {
  const auto text = [](NetworkKind kind) {
    return ToJson(DescribeNetwork(kind, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix));
  };
  EXPECT_NE(text(NetworkKind::kNafnet).find("blocks"), std::string::npos);
  EXPECT_EQ(text(NetworkKind::kUNet).find("blocks"), std::string::npos)
      << "older engines refuse fields they do not know";
}

TEST(NetworkDescription, HostileTextIsRefused) {
  const std::string good =
      ToJson(DescribeNetwork(NetworkKind::kGrid, NetworkSize::kSmall, FreePlanes::kChroma, kMatrix));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"), std::string("{}"), with("grid", "transformer"),
        with("\"width\":16", "\"width\":100000"), with("\"width\":16", "\"width\":-1"),
        with("\"bins\":8", "\"bins\":0"), with("\"width\":16", "\"width\":16.5"),
        with("\"width\":16", "\"width\":16,\"code\":\"x\""), with("\"levels\":3", "\"levels\":30"),
        with("\"width\":16", "\"width\":16,\"blocks\":-1"), std::string(100000, '[')}) {
    EXPECT_THROW(ParseNetworkDescription(text), std::invalid_argument) << text.substr(0, 80);
  }
}

TEST(NetworkDescription, TilesAlignToWhatTheNetworkHalves) {
  for (const auto kind : {NetworkKind::kGrid, NetworkKind::kUNet, NetworkKind::kNafnet}) {
    for (const auto size : {NetworkSize::kSmall, NetworkSize::kMedium, NetworkSize::kLarge}) {
      const auto d = DescribeNetwork(kind, size, FreePlanes::kChroma, kMatrix);
      EXPECT_EQ(TileAlignment_px(d) % (d.shrink << d.levels), 0);
      EXPECT_EQ(TileAlignment_px(d), kind == NetworkKind::kGrid ? 64 : 32);
      EXPECT_EQ(Halo_px(d) % TileAlignment_px(d), 0);
      EXPECT_GT(Halo_px(d), 0);
    }
  }
}

TEST(NetworkDescription, TheSpatialUNetCostsAboutAHundredKiloMacs) {
  const auto d = DescribeNetwork(NetworkKind::kUNet, NetworkSize::kMedium, FreePlanes::kLuma, kMatrix);
  EXPECT_GT(KiloMacsPerPixel(d), 60.0);
  EXPECT_LT(KiloMacsPerPixel(d), 140.0);
}

}  // namespace
}  // namespace interneg::model
