// What the colour tests share: one-pixel pictures, a small OCIO v1 configuration, and the studio files where present.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_COLOR_COLOR_FIXTURES_H_
#define INTERNEG_TESTS_WORKER_ENGINE_COLOR_COLOR_FIXTURES_H_

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "worker/engine/color/color_config.h"
#include "worker/engine/image/image.h"

namespace interneg::color {

inline image::Image Pixels(std::initializer_list<std::initializer_list<float>> pixels, const std::string& space) {
  image::Image out({static_cast<int>(pixels.size()), 1}, {"R", "G", "B"}, space);
  int x = 0;
  for (const auto& pixel : pixels) {
    int c = 0;
    for (const float v : pixel) out.plane(c++)[x] = v;
    ++x;
  }
  return out;
}

// A configuration of OCIO v1 with the names of ACES 1.2 and no output transform.
inline constexpr char kOcioV1[] = R"(ocio_profile_version: 1
search_path: "."
strictparsing: true
luma: [0.2126, 0.7152, 0.0722]
roles:
  color_picking: Utility - sRGB - Texture
  scene_linear: ACES - ACEScg
  default: ACES - ACES2065-1
displays:
  sRGB:
    - !<View> {name: Raw, colorspace: Utility - Raw}
active_displays: []
active_views: []
colorspaces:
  - !<ColorSpace>
    name: ACES - ACES2065-1
    bitdepth: 32f
    isdata: false
  - !<ColorSpace>
    name: ACES - ACEScg
    bitdepth: 32f
    isdata: false
    to_reference: !<MatrixTransform> {matrix: [0.695452241357452, 0.140678696470294, 0.163869062172254, 0, 0.0447945633720377, 0.859671118456422, 0.0955343181715404, 0, -0.00552588255811354, 0.00402521030597874, 1.00150067225214, 0, 0, 0, 0, 1]}
  - !<ColorSpace>
    name: Utility - Linear - Rec.709
    bitdepth: 32f
    isdata: false
    from_reference: !<MatrixTransform> {matrix: [2.52168618674388, -1.13413098823972, -0.387555198504164, 0, -0.276479914229922, 1.37271908766826, -0.096239173438334, 0, -0.0153780649660342, -0.152975335867399, 1.16835340083343, 0, 0, 0, 0, 1]}
  - !<ColorSpace>
    name: Utility - Rec.709 - Display
    bitdepth: 32f
    isdata: false
    to_reference: !<GroupTransform>
      children:
        - !<ExponentTransform> {value: [2.4, 2.4, 2.4, 1]}
        - !<MatrixTransform> {matrix: [2.52168618674388, -1.13413098823972, -0.387555198504164, 0, -0.276479914229922, 1.37271908766826, -0.096239173438334, 0, -0.0153780649660342, -0.152975335867399, 1.16835340083343, 0, 0, 0, 0, 1], direction: inverse}
  - !<ColorSpace>
    name: Utility - sRGB - Texture
    bitdepth: 32f
    isdata: false
    to_reference: !<GroupTransform>
      children:
        - !<FileTransform> {src: srgb.spi1d, interpolation: linear}
        - !<MatrixTransform> {matrix: [2.52168618674388, -1.13413098823972, -0.387555198504164, 0, -0.276479914229922, 1.37271908766826, -0.096239173438334, 0, -0.0153780649660342, -0.152975335867399, 1.16835340083343, 0, 0, 0, 0, 1], direction: inverse}
  - !<ColorSpace>
    name: Utility - Raw
    bitdepth: 32f
    isdata: true
)";

// Writes kOcioV1 and its LUT (the sRGB curve in 65536 steps) into `folder`; gives the configuration's path.
std::string WriteOcioV1(const std::filesystem::path& folder);

// A fresh folder, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A file of the data that may lie beside the repository; empty when it is not there.
inline std::string SharedFile(const std::string& relative) {
  const char* named = std::getenv("INTERNEG_SHARED_DATA");
  const auto folder = named ? std::filesystem::path(named) : std::filesystem::path(INTERNEG_SOURCE_DIR "/../shared/data");
  return std::filesystem::exists(folder / relative) ? (folder / relative).string() : "";
}
inline constexpr char kNoSharedData[] = "no shared data beside the repository (INTERNEG_SHARED_DATA)";
inline constexpr char kCgConfig[] = "ocio/cg-config-v1.0.0_aces-v1.3_ocio-v2.1.ocio";
inline constexpr char kStudioConfig[] = "ocio/studio-config-v1.0.0_aces-v1.3_ocio-v2.1.ocio";

}  // namespace interneg::color

#endif  // INTERNEG_TESTS_WORKER_ENGINE_COLOR_COLOR_FIXTURES_H_
