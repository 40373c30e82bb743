// Where a picture shows its grain alone; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_FLAT_BLOCKS_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_FLAT_BLOCKS_H_

#include <cstddef>
#include <opencv2/core.hpp>
#include <vector>

namespace interneg::validation {

inline constexpr int kFlatBlock_px = 32;
inline constexpr std::size_t kEnoughBlocks = 8;

struct FlatBlock {
  std::size_t frame;
  cv::Rect area;
  double gradient, level;
};

// The blocks of a frame, side by side, whose mean luma is neither within 3 % of black nor of white, with the mean
// gradient under a blur of σ 4 px.
std::vector<FlatBlock> BlocksOf(const cv::Mat1f& luma, std::size_t frame);

// The fifth of least gradient, but eight where there are so many; flattest first.
std::vector<FlatBlock> Flattest(std::vector<FlatBlock> blocks);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_FLAT_BLOCKS_H_
