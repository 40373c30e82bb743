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

// ITU-T H.273 table 3, by libav's names: the camera curves of SD and HD video, whose displays follow BT.1886.
bool IsVideoGamma(const std::string& transfer) {
  for (const char* known : {"", "bt709", "smpte170m", "smpte240m", "bt470m", "bt470bg", "iec61966-2-1", "iec61966-2-4"}) {
    if (transfer == known) return true;
  }
  return false;
}

std::string SpaceOfMovie(const ColorConfig& config, const FileColorFacts& facts, const std::string& file) {
  if (!IsVideoGamma(facts.transfer)) Refuse(file, "the movie states the transfer '" + facts.transfer + "'");
  // The green of BT.709, BT.601 (both) and SMPTE 240M lies near y .6; P3's and BT.2020's far above it.
  if (facts.chromaticities && facts.chromaticities->green_y > 0.65F) {
    Refuse(file, "the movie states primaries wider than BT.709 (green " + std::to_string(facts.chromaticities->green_x) +
                     ", " + std::to_string(facts.chromaticities->green_y) + ")");
  }
  return config.Rec709Gamma24();
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
  if (facts.format == "movie") return !facts.transfer.empty();
  return facts.format == "dpx" || (facts.format == "openexr" && facts.chromaticities.has_value());
}

std::string DefaultSpace(const ColorConfig& config, const FileColorFacts& facts, const std::string& file) {
  if (facts.format == "openexr") return SpaceOfExr(config, facts, file);
  if (facts.format == "movie") return SpaceOfMovie(config, facts, file);
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
