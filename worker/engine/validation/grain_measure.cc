#include <array>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <vector>

#include "worker/engine/validation/element_measures.h"
#include "worker/engine/validation/flat_blocks.h"
#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

constexpr int kBlock_px = kFlatBlock_px;
constexpr int kLags = 12;

std::vector<FlatBlock> BlocksOfAll(std::span<const image::Image> frames) {
  std::vector<FlatBlock> blocks;
  for (std::size_t frame = 0; frame < frames.size(); ++frame) {
    const auto own = BlocksOf(LumaOf(frames[frame]), frame);
    blocks.insert(blocks.end(), own.begin(), own.end());
  }
  return blocks;
}

// The flattest fifth, of the level asked for where there are enough.
std::vector<FlatBlock> Chosen(const std::vector<FlatBlock>& all, double at_level) {
  auto blocks = Flattest(all);
  std::vector<FlatBlock> at;
  for (const auto& block : blocks) {
    if (std::abs(block.level - at_level) <= 0.15) at.push_back(block);
  }
  return at.size() >= kEnoughBlocks ? at : blocks;
}

// Less its mean and its slopes, by least squares; columns and rows of a block are orthogonal.
cv::Mat1f WithoutPlane(const cv::Mat1f& block) {
  constexpr float kMiddle = 0.5F * (kBlock_px - 1);
  constexpr double kSquares = kBlock_px * kBlock_px * (double{kBlock_px} * kBlock_px - 1) / 12.0;
  const auto mean = static_cast<float>(cv::mean(block)[0]);
  double sx = 0, sy = 0;
  for (int y = 0; y < kBlock_px; ++y) {
    for (int x = 0; x < kBlock_px; ++x) {
      sx += (x - kMiddle) * block(y, x);
      sy += (y - kMiddle) * block(y, x);
    }
  }
  cv::Mat1f out(kBlock_px, kBlock_px);
  for (int y = 0; y < kBlock_px; ++y) {
    for (int x = 0; x < kBlock_px; ++x) {
      const double slope = (sx * (x - kMiddle) + sy * (y - kMiddle)) / kSquares;
      out(y, x) = block(y, x) - mean - static_cast<float>(slope);
    }
  }
  return out;
}

// What is grain in a block of one plane; `other` is the neighbouring frame's plane, or empty.
cv::Mat1f ResidualOf(const cv::Mat1f& plane, const cv::Mat1f& other, const cv::Rect& area) {
  if (other.empty()) return WithoutPlane(plane(area));
  const cv::Mat1f difference = (plane(area) - other(area)) * std::sqrt(0.5);
  return WithoutPlane(difference);
}

class Autocorrelation {
 public:
  void Add(const cv::Mat1f& residual) {
    const cv::Rect whole(0, 0, kBlock_px, kBlock_px);
    for (int lag = 0; lag <= kLags; ++lag) {
      const cv::Rect across(0, 0, kBlock_px - lag, kBlock_px), down(0, 0, kBlock_px, kBlock_px - lag);
      const double pairs = static_cast<double>(across.area());
      sum_[lag] += residual(across).dot(residual((across + cv::Point(lag, 0)) & whole)) / pairs;
      sum_[lag] += residual(down).dot(residual((down + cv::Point(0, lag)) & whole)) / pairs;
    }
  }

  double Length_px() const {
    const double wanted = sum_[0] / std::exp(1.0);
    for (int lag = 1; lag <= kLags && sum_[0] > 0; ++lag) {
      if (sum_[lag] <= wanted) return lag - 1 + (sum_[lag - 1] - wanted) / (sum_[lag - 1] - sum_[lag]);
    }
    return sum_[0] > 0 ? kLags : 0.0;
  }

 private:
  std::array<double, kLags + 1> sum_{};
};

}  // namespace

Grain MeasureGrain(std::span<const image::Image> frames, double at_level) {
  RequireFramesOfOneShot(frames);
  const auto blocks = Chosen(BlocksOfAll(frames), at_level);
  Grain grain;
  grain.blocks = static_cast<int>(blocks.size());
  if (blocks.empty()) return grain;
  Autocorrelation correlation;
  for (int plane = 0; plane < 4; ++plane) {  // the channels, then luma
    const auto read = [&](std::size_t i) { return plane < 3 ? PlaneOf(frames[i], plane) : LumaOf(frames[i]); };
    std::vector<float> residuals;
    for (std::size_t frame = 0; frame < frames.size(); ++frame) {
      const cv::Mat1f here = read(frame);
      const std::size_t neighbour = frame + 1 < frames.size() ? frame + 1 : frame - 1;
      const cv::Mat1f other = frames.size() > 1 ? read(neighbour) : cv::Mat1f();
      for (const auto& block : blocks) {
        if (block.frame != frame) continue;
        const cv::Mat1f residual = ResidualOf(here, other, block.area);
        residuals.insert(residuals.end(), residual.begin(), residual.end());
        if (plane == 3) correlation.Add(residual);
      }
    }
    (plane < 3 ? grain.channel[static_cast<std::size_t>(plane)] : grain.luma) = RobustSigma(std::move(residuals));
  }
  for (const auto& block : blocks) grain.level += block.level / static_cast<double>(blocks.size());
  grain.correlation_px = correlation.Length_px();
  return grain;
}

}  // namespace interneg::validation
