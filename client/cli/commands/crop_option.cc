#include "client/cli/commands/crop_option.h"

#include <charconv>

#include <fmt/format.h>

namespace interneg::commands {

absl::StatusOr<v1::PictureArea> ParseCrop(const std::string& text) {
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
        "--crop: \"{}\" is not four whole numbers; write X,Y,WIDTH,HEIGHT, for example 64,32,1920,1036", text));
  }
  if (numbers[0] < 0 || numbers[1] < 0 || numbers[2] <= 0 || numbers[3] <= 0) {
    return absl::InvalidArgumentError(
        fmt::format("--crop: {} lies outside the picture; its corner counts from 0,0 and its size from 2,2", text));
  }
  if (numbers[2] % 2 != 0 || numbers[3] % 2 != 0) {
    return absl::InvalidArgumentError(fmt::format("--crop: {}x{} is no even size; write {}x{}", numbers[2], numbers[3],
                                                  numbers[2] - numbers[2] % 2, numbers[3] - numbers[3] % 2));
  }
  v1::PictureArea area;
  area.set_x_px(numbers[0]);
  area.set_y_px(numbers[1]);
  area.set_width_px(numbers[2]);
  area.set_height_px(numbers[3]);
  return area;
}

std::string CropText(const v1::PictureArea& crop) {
  return fmt::format("{},{},{},{}", crop.x_px(), crop.y_px(), crop.width_px(), crop.height_px());
}

}  // namespace interneg::commands
