#include "tests/worker/engine/color/color_fixtures.h"

#include <cmath>
#include <fstream>

namespace interneg::color {

std::string WriteOcioV1(const std::filesystem::path& folder) {
  constexpr int kSteps = 65536;
  std::ofstream lut(folder / "srgb.spi1d");
  lut << "Version 1\nFrom 0.0 1.0\nLength " << kSteps << "\nComponents 1\n{\n";
  lut.precision(10);
  for (int i = 0; i < kSteps; ++i) {
    const double v = i / (kSteps - 1.0);
    lut << (v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4)) << "\n";
  }
  lut << "}\n";
  std::ofstream(folder / "config.ocio") << kOcioV1;
  return (folder / "config.ocio").string();
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-color-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

}  // namespace interneg::color
