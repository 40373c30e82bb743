#include "worker/engine/color/color_config.h"

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <sstream>
#include <utility>

#include "worker/engine/color/built_in_config.h"
#include "worker/engine/color/config_contents.h"
#include "worker/engine/color/config_files.h"
#include "worker/engine/color/near_names.h"

namespace interneg::color {
namespace {

std::shared_ptr<const ColorConfig::Contents> Load(const std::string& text, const std::string& folder,
                                                  const std::string& description) {
  auto contents = std::make_shared<ColorConfig::Contents>();
  contents->description = description;
  try {
    std::istringstream in(text);
    const auto config = ocio::Config::CreateFromStream(in)->createEditableCopy();
    // Relative search paths count from the configuration's folder, as they do when OCIO opens the file itself.
    if (!folder.empty()) config->setWorkingDir(folder.c_str());
    config->validate();
    contents->config = config;
  } catch (const ocio::Exception& error) {
    throw ColorError("OCIO configuration " + description + " is not usable: " + error.what());
  }
  contents->hash = HashWithFiles(contents->config, text, folder, description);
  return contents;
}

std::vector<std::string> AllNames(const ocio::ConstConfigRcPtr& config) {
  std::vector<std::string> names;
  const int count = config->getNumColorSpaces(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL);
  for (int i = 0; i < count; ++i) {
    const auto space = config->getColorSpace(
        config->getColorSpaceNameByIndex(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL, i));
    if (space->isData()) continue;
    names.emplace_back(space->getName());
    for (std::size_t a = 0; a < space->getNumAliases(); ++a) names.emplace_back(space->getAlias(a));
  }
  for (int i = 0; i < config->getNumRoles(); ++i) names.emplace_back(config->getRoleName(i));
  return names;
}

std::string FirstKnown(const ColorConfig& config, std::initializer_list<const char*> names, const char* what) {
  for (const char* name : names) {
    if (config.Knows(name)) return config.Resolve(name);
  }
  throw ColorError("OCIO configuration " + config.description() + " has no " + what + " (looked for '" +
                   *names.begin() + "' and its usual other names); choose another configuration");
}

}  // namespace

ColorConfig ColorConfig::BuiltIn() { return ColorConfig(Load(kBuiltInConfig, "", "built-in ACES 1.3")); }

ColorConfig ColorConfig::FromFile(const std::string& path) {
  std::error_code failure;
  const auto file = std::filesystem::canonical(path, failure);
  std::ifstream in(file, std::ios::binary);
  if (failure || !in || std::filesystem::is_directory(file)) {
    throw ColorError("OCIO configuration " + path + " cannot be read: give the path of a .ocio file, or 'builtin'");
  }
  return ColorConfig(Load(std::string(std::istreambuf_iterator<char>(in), {}), file.parent_path().string(), path));
}

ColorConfig ColorConfig::FromText(const std::string& text, const std::string& name) {
  return ColorConfig(Load(text, "", name));
}

ColorConfig ColorConfig::FromOption(const std::string& path_or_builtin) {
  return path_or_builtin.empty() || path_or_builtin == "builtin" ? BuiltIn() : FromFile(path_or_builtin);
}

bool ColorConfig::Knows(std::string_view name) const {
  const auto space = contents_->config->getColorSpace(std::string(name).c_str());
  return space && !space->isData();
}

std::string ColorConfig::Resolve(std::string_view name) const {
  const auto space = contents_->config->getColorSpace(std::string(name).c_str());
  if (space && !space->isData()) return space->getName();
  std::string text = space ? "'" + std::string(name) + "' holds data, not colour, in "
                           : "unknown colour space '" + std::string(name) + "' in ";
  text += "the OCIO configuration " + contents_->description;
  const auto near = NearNames(name, AllNames(contents_->config), 5);
  for (std::size_t i = 0; i < near.size(); ++i) text += (i == 0 ? "; did you mean '" : "', '") + near[i];
  throw ColorError(text + (near.empty() ? "" : "'?"));
}

std::string ColorConfig::Aces2065() const {
  return FirstKnown(*this, {"aces_interchange", "ACES2065-1", "ACES - ACES2065-1", "lin_ap0", "aces"}, "ACES2065-1");
}
std::string ColorConfig::AcesCg() const {
  return FirstKnown(*this, {"ACEScg", "ACES - ACEScg", "lin_ap1"}, "ACEScg");
}
std::string ColorConfig::AcesCct() const {
  return FirstKnown(*this, {"ACEScct", "ACES - ACEScct", "acescct_ap1"}, "ACEScct");
}
std::string ColorConfig::LinearRec709() const {
  return FirstKnown(*this, {"Linear Rec.709 (sRGB)", "Utility - Linear - Rec.709", "Utility - Linear - sRGB",
                            "lin_rec709", "lin_srgb"}, "linear Rec.709");
}
std::string ColorConfig::Rec709Gamma24() const {
  return FirstKnown(*this, {"Gamma 2.4 Rec.709 - Texture", "Utility - Rec.709 - Display",
                            "Utility - Gamma 2.4 - Rec.709 - Texture", "g24_rec709", "rec709_display"},
                    "Rec.709 gamma 2.4 display encoding");
}

std::vector<std::string> ColorConfig::SpaceNames() const {
  std::vector<std::string> names;
  const auto& config = contents_->config;
  const int count = config->getNumColorSpaces(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL);
  for (int i = 0; i < count; ++i) {
    names.emplace_back(config->getColorSpaceNameByIndex(ocio::SEARCH_REFERENCE_SPACE_ALL, ocio::COLORSPACE_ALL, i));
  }
  return names;
}

const std::string& ColorConfig::hash() const { return contents_->hash; }
const std::string& ColorConfig::description() const { return contents_->description; }

bool IsDisplaySpace(const ColorConfig& config, const std::string& space) {
  const auto found = config.contents().config->getColorSpace(space.c_str());
  return found && found->getReferenceSpaceType() == ocio::REFERENCE_SPACE_DISPLAY;
}

std::string DisplayInterchange(const ColorConfig& config) {
  return FirstKnown(config, {"cie_xyz_d65_interchange", "CIE-XYZ-D65"}, "display connection space CIE-XYZ-D65");
}

std::optional<std::string> OdtSpace(const ColorConfig& config) {
  for (const char* name : {"Output - Rec.709", "out_rec709"}) {
    if (config.Knows(name)) return config.Resolve(name);
  }
  return std::nullopt;
}

ocio::ConstViewTransformRcPtr OdtViewTransform(const ColorConfig& config) {
  return config.contents().config->getViewTransform("ACES 1.0 - SDR Video");
}

}  // namespace interneg::color
