#include "worker/engine/frames/exr_metadata.h"

#include <algorithm>
#include <cmath>

namespace interneg::frames {
namespace {

constexpr char kTimecode[] = "smpte:TimeCode";
constexpr char kKeycode[] = "smpte:KeyCode";
constexpr char kRate[] = "FramesPerSecond";
constexpr char kReel[] = "reelName";
constexpr char kChromaticities[] = "chromaticities";

// DPX states its rate as a float: 23.976 stands for 24000/1001.
std::optional<Rational> RateOf(float rate) {
  if (!(rate > 0.5F && rate < 1000.0F)) return std::nullopt;
  const int whole = static_cast<int>(std::lround(rate));
  if (std::abs(rate - static_cast<float>(whole)) < 0.001F) return Rational{whole, 1};
  const int above = static_cast<int>(std::ceil(rate));
  if (std::abs(rate - static_cast<float>(above) * 1000.0F / 1001.0F) < 0.005F) return Rational{above * 1000, 1001};
  return Rational{static_cast<int>(std::lround(rate * 1000.0F)), 1000};
}

std::optional<Rational> RateIn(const OIIO::ImageSpec& spec) {
  if (const auto* rate = spec.find_attribute(kRate); rate && rate->type() == OIIO::TypeRational) {
    const int* pair = static_cast<const int*>(rate->data());
    if (pair[0] > 0 && pair[1] > 0) return Rational{pair[0], pair[1]};
  }
  for (const char* name : {kRate, "dpx:FrameRate", "dpx:TemporalFrameRate"}) {
    if (const auto rate = RateOf(spec.get_float_attribute(name, 0.0F))) return rate;
  }
  return std::nullopt;
}

}  // namespace

FrameMetadata MetadataOf(const OIIO::ImageSpec& spec) {
  FrameMetadata metadata;
  if (const auto* found = spec.find_attribute(kTimecode); found && found->type() == OIIO::TypeTimeCode) {
    const auto* words = static_cast<const std::uint32_t*>(found->data());
    if (words[0] != 0xFFFFFFFFU) metadata.timecode = std::array<std::uint32_t, 2>{words[0], words[1]};
  }
  if (const auto* found = spec.find_attribute(kKeycode); found && found->type() == OIIO::TypeKeyCode) {
    std::array<int, 7> numbers{};
    std::copy_n(static_cast<const int*>(found->data()), numbers.size(), numbers.begin());
    metadata.keycode = numbers;
  }
  metadata.frame_rate = RateIn(spec);
  metadata.reel = std::string(spec.get_string_attribute(kReel));
  return metadata;
}

void PutMetadata(OIIO::ImageSpec& spec, const FrameMetadata& metadata) {
  if (metadata.timecode) spec.attribute(kTimecode, OIIO::TypeTimeCode, metadata.timecode->data());
  if (metadata.keycode) spec.attribute(kKeycode, OIIO::TypeKeyCode, metadata.keycode->data());
  if (metadata.frame_rate) {
    const int pair[2] = {metadata.frame_rate->numerator, metadata.frame_rate->denominator};
    spec.attribute(kRate, OIIO::TypeRational, pair);
  }
  if (!metadata.reel.empty()) spec.attribute(kReel, metadata.reel);
}

std::optional<color::Chromaticities> ChromaticitiesIn(const OIIO::ImageSpec& spec) {
  const auto* found = spec.find_attribute(kChromaticities);
  if (!found || found->type().basetype != OIIO::TypeDesc::FLOAT || found->type().basevalues() != 8) return std::nullopt;
  const float* v = static_cast<const float*>(found->data());
  return color::Chromaticities{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]};
}

void PutChromaticities(OIIO::ImageSpec& spec, const color::Chromaticities& c) {
  const float v[8] = {c.red_x, c.red_y, c.green_x, c.green_y, c.blue_x, c.blue_y, c.white_x, c.white_y};
  spec.attribute(kChromaticities, OIIO::TypeDesc(OIIO::TypeDesc::FLOAT, 8), v);
}

}  // namespace interneg::frames
