#include "client/cli/commands/crop_option.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "client/cli/commands/element_options.h"

namespace interneg::commands {
namespace {

// The nearest even numbers inward.
v1::PictureArea EvenInward(const v1::PictureArea& area) {
  v1::PictureArea even;
  even.set_x_px(area.x_px() + area.x_px() % 2);
  even.set_y_px(area.y_px() + area.y_px() % 2);
  const int right = area.x_px() + area.width_px(), bottom = area.y_px() + area.height_px();
  even.set_width_px(right - right % 2 - even.x_px());
  even.set_height_px(bottom - bottom % 2 - even.y_px());
  return even;
}

struct KeyedText {
  std::optional<int> frame;
  std::string area;
};

absl::StatusOr<KeyedText> SplitKey(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return KeyedText{{}, text};
  int frame = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, frame);
  if (error != std::errc() || end != text.data() + colon) {
    return absl::InvalidArgumentError(fmt::format(
        "--crop: \"{}\" begins with no frame; write FRAME:X,Y,WIDTH,HEIGHT, for example 1001:64,32,1920,1036", text));
  }
  return KeyedText{frame, text.substr(colon + 1)};
}

absl::Status AddKey(int frame, const v1::PictureArea& area, v1::AlignJob& align) {
  for (const v1::CropKey& key : align.crop_keys()) {
    if (key.source_frame() == frame)
      return absl::InvalidArgumentError(fmt::format("--crop: frame {} has two crops; give it one", frame));
  }
  v1::CropKey& key = *align.add_crop_keys();
  key.set_source_frame(frame);
  *key.mutable_area() = area;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::PictureArea> ParseCrop(const std::string& option, const std::string& text) {
  int numbers[4] = {};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  bool four = true;
  for (int i = 0; i < 4 && four; ++i) {
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    four = error == std::errc() && (i == 3 ? next == end : next != end && *next == ',');
    at = next + 1;
  }
  if (!four) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: \"{}\" is not four whole numbers; write X,Y,WIDTH,HEIGHT, for example 64,32,1920,1036", option, text));
  }
  constexpr int kGreatest_px = 1 << 20;
  const bool beyond = std::any_of(std::begin(numbers), std::end(numbers), [](int n) { return n > kGreatest_px; });
  if (numbers[0] < 0 || numbers[1] < 0 || numbers[2] <= 0 || numbers[3] <= 0 || beyond) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {} lies outside the picture; its corner counts from 0,0 and its size from 2,2", option, text));
  }
  v1::PictureArea area;
  area.set_x_px(numbers[0]);
  area.set_y_px(numbers[1]);
  area.set_width_px(numbers[2]);
  area.set_height_px(numbers[3]);
  const auto odd = [](int number) { return number % 2 != 0; };
  if (std::any_of(std::begin(numbers), std::end(numbers), odd)) {
    return absl::InvalidArgumentError(fmt::format("{}: {} has odd numbers, and colour needs even ones; write {}",
                                                  option, text, CropText(EvenInward(area))));
  }
  return area;
}

std::string CropText(const v1::PictureArea& crop) {
  return fmt::format("{},{},{},{}", crop.x_px(), crop.y_px(), crop.width_px(), crop.height_px());
}

absl::Status FillCrops(const std::vector<std::string>& texts, v1::AlignJob& align) {
  if (texts.empty()) return absl::OkStatus();
  align.clear_crop();
  align.clear_crop_keys();
  for (const std::string& text : texts) {
    const auto keyed = SplitKey(text);
    if (!keyed.ok()) return keyed.status();
    const auto area = ParseCrop("--crop", keyed->area);
    if (!area.ok()) return area.status();
    if (keyed->frame) {
      if (const absl::Status status = AddKey(*keyed->frame, *area, align); !status.ok()) return status;
      continue;
    }
    if (texts.size() > 1) {
      return absl::InvalidArgumentError(fmt::format(
          "--crop: {} names no frame and is not the only one; give one crop for all frames, or each a frame: "
          "1001:{}",
          text, text));
    }
    *align.mutable_crop() = *area;
  }
  return absl::OkStatus();
}

absl::Status CheckCropKeys(const v1::AlignJob& align) {
  for (const v1::CropKey& key : align.crop_keys()) {
    const auto inside =
        FramesWithin("--crop", std::to_string(key.source_frame()), align.source(), "the source's range");
    if (!inside.ok()) return inside.status();
  }
  return absl::OkStatus();
}

absl::Status FillRenderCrop(const std::string& text, v1::RenderJob& render) {
  if (text.empty()) return absl::OkStatus();
  if (text == "none") {
    render.set_whole_frame(true);
    return absl::OkStatus();
  }
  const auto area = ParseCrop("--render-crop", text);
  if (!area.ok()) return area.status();
  *render.mutable_render_crop() = *area;
  return absl::OkStatus();
}

}  // namespace interneg::commands
