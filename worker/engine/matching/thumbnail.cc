#include "worker/engine/matching/thumbnail.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace interneg::matching {
namespace {

constexpr std::array<char, 4> kMark{'I', 'N', 'T', 'H'};
constexpr std::uint16_t kVersion = 1;
constexpr float kMostLuma = 2.0F;
constexpr float kRed = .10F, kGreen = .85F, kBlue = .05F;

int PlaneNamed(const image::Image& picture, const char* name, int otherwise) {
  const auto& names = picture.channels();
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? otherwise : static_cast<int>(at - names.begin());
}

float Limited(float value, Transfer transfer) {
  const float positive = value > 0.0F ? std::min(value, 64.0F) : 0.0F;  // a NaN fails the comparison
  return std::min(transfer == Transfer::kSceneLinear ? std::pow(positive, 1.0F / 2.4F) : positive, kMostLuma);
}

cv::Mat1f LumaOf(const image::Image& picture, Transfer transfer) {
  cv::Mat1f luma(picture.height_px(), picture.width_px());
  const bool colour = picture.channel_count() >= 3 && PlaneNamed(picture, "Y", -1) < 0;
  if (!colour) {
    const auto y = picture.plane(std::max(0, PlaneNamed(picture, "Y", 0)));
    std::transform(y.begin(), y.end(), luma.begin(), [&](float v) { return Limited(v, transfer); });
    return luma;
  }
  const auto r = picture.plane(PlaneNamed(picture, "R", 0)), g = picture.plane(PlaneNamed(picture, "G", 1)),
             b = picture.plane(PlaneNamed(picture, "B", 2));
  for (std::size_t i = 0; i < r.size(); ++i) {
    luma(static_cast<int>(i / luma.cols), static_cast<int>(i % luma.cols)) =
        kRed * Limited(r[i], transfer) + kGreen * Limited(g[i], transfer) + kBlue * Limited(b[i], transfer);
  }
  return luma;
}

template <typename T>
void Put(std::vector<std::byte>& out, T value) {
  using Bits = std::conditional_t<sizeof(T) == 2, std::uint16_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;
  const auto bits = std::bit_cast<Bits>(value);
  for (std::size_t k = 0; k < sizeof(T); ++k) out.push_back(static_cast<std::byte>((bits >> (8 * k)) & 0xFF));
}

template <typename T>
T Take(std::span<const std::byte>& from) {
  using Bits = std::conditional_t<sizeof(T) == 2, std::uint16_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;
  Bits bits = 0;
  for (std::size_t k = 0; k < sizeof(T); ++k) bits = static_cast<Bits>(bits | (static_cast<Bits>(from[k]) << (8 * k)));
  from = from.subspan(sizeof(T));
  return std::bit_cast<T>(bits);
}

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("thumbnail: " + what + "; make it again from its frame");
}

}  // namespace

Thumbnail MakeThumbnail(const image::Image& picture, std::int64_t frame, Transfer transfer) {
  if (picture.empty()) throw std::invalid_argument("MakeThumbnail: the picture is empty");
  const cv::Mat1f luma = LumaOf(picture, transfer);
  cv::Mat1f small;
  // INTER_AREA averages only when it shrinks; a side that grows is interpolated.
  cv::resize(luma, small, cv::Size(Thumbnail::kWidth, Thumbnail::kHeight), 0, 0, cv::INTER_AREA);
  return {frame, picture.size(), std::vector<float>(small.begin(), small.end())};
}

Level LevelOf(const Thumbnail& thumbnail) {
  double sum = 0.0, squares = 0.0;
  for (const float v : thumbnail.luma) sum += v, squares += static_cast<double>(v) * v;
  const double n = std::max<double>(1.0, static_cast<double>(thumbnail.luma.size())), mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
}

std::vector<std::byte> Serialise(const Thumbnail& thumbnail) {
  if (thumbnail.luma.size() != Thumbnail::kCells) Refuse("it has " + std::to_string(thumbnail.luma.size()) + " cells");
  const auto [low, high] = std::minmax_element(thumbnail.luma.begin(), thumbnail.luma.end());
  std::vector<std::byte> out;
  out.reserve(kSerialisedBytes);
  for (const char c : kMark) out.push_back(static_cast<std::byte>(c));
  Put(out, kVersion);
  Put(out, static_cast<std::uint16_t>(Thumbnail::kWidth));
  Put(out, static_cast<std::uint16_t>(Thumbnail::kHeight));
  Put(out, std::uint16_t{0});
  Put(out, thumbnail.frame);
  Put(out, static_cast<std::uint32_t>(thumbnail.picture.width_px));
  Put(out, static_cast<std::uint32_t>(thumbnail.picture.height_px));
  Put(out, *low);
  Put(out, *high);
  const double step = (static_cast<double>(*high) - *low) / 65535.0;
  for (const float v : thumbnail.luma) {
    Put(out, static_cast<std::uint16_t>(step > 0.0 ? std::lround((static_cast<double>(v) - *low) / step) : 0));
  }
  return out;
}

Thumbnail ParseThumbnail(std::span<const std::byte> bytes) {
  if (bytes.size() != kSerialisedBytes) {
    Refuse(std::to_string(bytes.size()) + " bytes instead of " + std::to_string(kSerialisedBytes));
  }
  if (!std::equal(kMark.begin(), kMark.end(), bytes.begin(), [](char c, std::byte b) { return static_cast<std::byte>(c) == b; })) {
    Refuse("it does not begin with INTH");
  }
  bytes = bytes.subspan(kMark.size());
  if (const auto version = Take<std::uint16_t>(bytes); version != kVersion) {
    Refuse("version " + std::to_string(version) + " is not known");
  }
  const auto width = Take<std::uint16_t>(bytes), height = Take<std::uint16_t>(bytes), zero = Take<std::uint16_t>(bytes);
  if (width != Thumbnail::kWidth || height != Thumbnail::kHeight || zero != 0) Refuse("its grid is not 64x48");
  Thumbnail out;
  out.frame = Take<std::int64_t>(bytes);
  const auto picture_width = Take<std::uint32_t>(bytes), picture_height = Take<std::uint32_t>(bytes);
  if (picture_width == 0 || picture_height == 0 || picture_width > 1'000'000 || picture_height > 1'000'000) {
    Refuse("its picture's size cannot be");
  }
  out.picture = {static_cast<int>(picture_width), static_cast<int>(picture_height)};
  const auto low = Take<float>(bytes), high = Take<float>(bytes);
  if (!(low >= 0.0F && low <= high && high <= kMostLuma)) Refuse("its range of values cannot be");
  const double step = (static_cast<double>(high) - low) / 65535.0;
  out.luma.resize(Thumbnail::kCells);
  for (float& v : out.luma) v = static_cast<float>(low + step * Take<std::uint16_t>(bytes));
  return out;
}

}  // namespace interneg::matching
