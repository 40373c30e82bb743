#include "worker/engine/validation/sheet.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace interneg::validation {
namespace {

constexpr int kGap_px = 4;

image::Image Reduced(const image::Image& picture, int factor) {
  const image::Size size{std::max(1, picture.width_px() / factor), std::max(1, picture.height_px() / factor)};
  const auto shown = image::ClampedToUnit(picture);
  if (factor == 1) return shown;
  image::Image small(size, picture.channels(), picture.color_space());
  for (int c = 0; c < small.channel_count(); ++c) {
    const auto from = shown.plane(c);
    auto to = small.plane(c);
    for (int y = 0; y < size.height_px; ++y) {
      for (int x = 0; x < size.width_px; ++x) {
        double sum = 0.0;
        for (int dy = 0; dy < factor; ++dy) {
          for (int dx = 0; dx < factor; ++dx) {
            sum += from[static_cast<std::size_t>(y * factor + dy) * picture.width_px() + x * factor + dx];
          }
        }
        to[static_cast<std::size_t>(y) * size.width_px + x] = static_cast<float>(sum / (factor * factor));
      }
    }
  }
  return small;
}

void Paste(image::Image& sheet, const image::Image& picture, int left_px, int top_px) {
  for (int c = 0; c < sheet.channel_count(); ++c) {
    const auto from = picture.plane(c);
    auto to = sheet.plane(c);
    for (int y = 0; y < picture.height_px(); ++y) {
      const auto row = from.subspan(static_cast<std::size_t>(y) * picture.width_px(), picture.width_px());
      std::copy(row.begin(), row.end(),
                to.begin() + static_cast<std::ptrdiff_t>(top_px + y) * sheet.width_px() + left_px);
    }
  }
}

void RequireOneShape(std::span<const SheetRow> rows) {
  if (rows.empty() || rows[0].empty()) throw std::invalid_argument("ComposeSheet: there is nothing to show");
  for (const auto& row : rows) {
    if (row.size() != rows[0].size()) throw std::invalid_argument("ComposeSheet: rows differ in length");
    for (const auto& picture : row) {
      if (picture.size() != rows[0][0].size() || picture.channel_count() != 3) {
        throw std::invalid_argument("ComposeSheet: pictures differ in size or planes");
      }
    }
  }
}

}  // namespace

image::Image ComposeSheet(std::span<const SheetRow> rows, int most_width_px) {
  RequireOneShape(rows);
  const auto& first = rows[0][0];
  // A picture too small for the factor keeps at least one pixel.
  const int wanted = (first.width_px() + most_width_px - 1) / std::max(1, most_width_px);
  const int factor = std::clamp(wanted, 1, std::min(first.width_px(), first.height_px()));
  const image::Size cell{first.width_px() / factor, first.height_px() / factor};
  const int columns = static_cast<int>(rows[0].size()), lines = static_cast<int>(rows.size());
  image::Image sheet(
      {columns * cell.width_px + (columns - 1) * kGap_px, lines * cell.height_px + (lines - 1) * kGap_px},
      first.channels(), first.color_space());
  for (int line = 0; line < lines; ++line) {
    for (int column = 0; column < columns; ++column) {
      Paste(sheet, Reduced(rows[line][column], factor), column * (cell.width_px + kGap_px),
            line * (cell.height_px + kGap_px));
    }
  }
  return sheet;
}

image::Image SplitBeforeAfter(const image::Image& before, const image::Image& after) {
  if (before.size() != after.size() || before.channel_count() != 3 || after.channel_count() != 3) {
    throw std::invalid_argument("SplitBeforeAfter: the pictures differ in size or planes");
  }
  image::Image split = image::ClampedToUnit(before);
  const auto shown = image::ClampedToUnit(after);
  const int middle = split.width_px() / 2;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < split.height_px(); ++y) {
      const std::size_t row = static_cast<std::size_t>(y) * split.width_px();
      for (int x = std::max(0, middle - 1); x < split.width_px(); ++x) {
        split.plane(c)[row + x] = x <= middle ? 1.0F : shown.plane(c)[row + x];
      }
    }
  }
  return split;
}

}  // namespace interneg::validation
