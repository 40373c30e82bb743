#include "worker/engine/validation/flat_blocks.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace interneg::validation {

std::vector<FlatBlock> BlocksOf(const cv::Mat1f& luma, std::size_t frame) {
  std::vector<FlatBlock> blocks;
  cv::Mat1f smooth, gx, gy, size;
  cv::GaussianBlur(luma, smooth, {0, 0}, 4.0);
  cv::Sobel(smooth, gx, CV_32F, 1, 0);
  cv::Sobel(smooth, gy, CV_32F, 0, 1);
  cv::magnitude(gx, gy, size);
  for (int y = 0; y + kFlatBlock_px <= luma.rows; y += kFlatBlock_px) {
    for (int x = 0; x + kFlatBlock_px <= luma.cols; x += kFlatBlock_px) {
      const cv::Rect area(x, y, kFlatBlock_px, kFlatBlock_px);
      const double level = cv::mean(luma(area))[0];
      if (level < 0.03 || level > 0.97) continue;
      blocks.push_back({frame, area, cv::mean(size(area))[0], level});
    }
  }
  return blocks;
}

std::vector<FlatBlock> Flattest(std::vector<FlatBlock> blocks) {
  std::stable_sort(blocks.begin(), blocks.end(), [](const auto& a, const auto& b) { return a.gradient < b.gradient; });
  blocks.resize(std::min(blocks.size(), std::max(kEnoughBlocks, blocks.size() / 5)));
  return blocks;
}

}  // namespace interneg::validation
