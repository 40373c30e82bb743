#include "worker/engine/color/default_space.h"

#include <cmath>

namespace interneg::color {
namespace {

[[noreturn]] void Refuse(const std::string& file, const std::string& what) {
  throw ColorError(file + ": " + what +
                   ", so its colour space cannot be known; name it with --source-space or --reference-space "
                   "(media add: --space), for example --source-space ACES2065-1");
}

std::string SpaceOfExr(const ColorConfig& config, const FileColorFacts& facts, const std::string& file) {
  if (!facts.chromaticities || SamePrimaries(*facts.chromaticities, kAp0)) return config.Aces2065();
  if (SamePrimaries(*facts.chromaticities, kRec709)) return config.LinearRec709();
  if (SamePrimaries(*facts.chromaticities, kAp1)) return config.AcesCg();
  const auto& c = *facts.chromaticities;
  Refuse(file, "the EXR states chromaticities that are neither AP0, AP1 nor Rec.709 (red " + std::to_string(c.red_x) +
                   ", " + std::to_string(c.red_y) + "; white " + std::to_string(c.white_x) + ", " +
                   std::to_string(c.white_y) + ")");
}

}  // namespace

bool SamePrimaries(const Chromaticities& a, const Chromaticities& b) {
  const float pairs[][2] = {{a.red_x, b.red_x},     {a.red_y, b.red_y},     {a.green_x, b.green_x},
                            {a.green_y, b.green_y}, {a.blue_x, b.blue_x},   {a.blue_y, b.blue_y},
                            {a.white_x, b.white_x}, {a.white_y, b.white_y}};
  for (const auto& [one, other] : pairs) {
    if (!(std::abs(one - other) <= 0.001F)) return false;
  }
  return true;
}

bool StatesItsSpace(const FileColorFacts& facts) {
  return facts.format == "dpx" || (facts.format == "openexr" && facts.chromaticities.has_value());
}

std::string DefaultSpace(const ColorConfig& config, const FileColorFacts& facts, const std::string& file) {
  if (facts.format == "openexr") return SpaceOfExr(config, facts, file);
  if (facts.format == "dpx") {
    if (facts.transfer.find("709") != std::string::npos || facts.transfer.find("274M") != std::string::npos) {
      return config.Rec709Gamma24();
    }
    Refuse(file, facts.transfer.empty() || facts.transfer == "User defined" || facts.transfer == "Undefined"
                     ? "the DPX does not state its transfer characteristic"
                     : "the DPX states the transfer '" + facts.transfer + "'");
  }
  const bool integer = facts.samples == SampleKind::kInteger;
  if (integer && (facts.format == "png" || facts.format == "jpeg" || facts.format == "tiff")) {
    return config.Rec709Gamma24();
  }
  Refuse(file, integer ? "a file of the format '" + facts.format + "' does not state its encoding"
                       : "floating-point samples in the format '" + facts.format + "' do not state their encoding");
}

}  // namespace interneg::color
