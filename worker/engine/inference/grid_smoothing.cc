#include "worker/engine/inference/grid_smoothing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/image/ycbcr.h"

namespace interneg::inference {
namespace {

// The mean over (2 radius + 1)² pixels as far as the picture goes.
std::vector<float> BoxMean(const std::vector<float>& values, image::Size size, int radius) {
  const auto along = [&](const std::vector<float>& from, int length, int lines, int step, int line_step) {
    std::vector<float> to(from.size());
    for (int line = 0; line < lines; ++line) {
      for (int i = 0; i < length; ++i) {
        const int first = std::max(0, i - radius), last = std::min(length - 1, i + radius);
        float sum = 0;
        for (int k = first; k <= last; ++k) sum += from[static_cast<std::size_t>(line * line_step + k * step)];
        to[static_cast<std::size_t>(line * line_step + i * step)] = sum / static_cast<float>(last - first + 1);
      }
    }
    return to;
  };
  const auto rows = along(values, size.width_px, size.height_px, 1, size.width_px);
  return along(rows, size.height_px, size.width_px, size.width_px, 1);
}

// How far each cell's motion is to be believed, 0 to 1.
std::vector<float> BeliefIn(const image::MotionField& motion, const image::Image& from, const image::Image& to) {
  constexpr int kRadius_cells = 2;
  const image::Size size = from.size();
  std::vector<float> belief(from.pixel_count());
  std::vector<float> inside(from.pixel_count());
  std::size_t i = 0;
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x, ++i) {
      const float at_x = static_cast<float>(x) + motion.dx_px[i], at_y = static_cast<float>(y) + motion.dy_px[i];
      belief[i] = std::abs(from.values()[i] - image::BilinearAt(to.values(), size, at_x, at_y));
      inside[i] = image::Contains(size, at_x, at_y) ? 1.0F : 0.0F;
    }
  }
  belief = BoxMean(belief, size, kRadius_cells);
  for (std::size_t k = 0; k < belief.size(); ++k) {
    const float left =
        (GridSmoothing::kDisbelieved - belief[k]) / (GridSmoothing::kDisbelieved - GridSmoothing::kBelieved);
    belief[k] = inside[k] * std::clamp(left, 0.0F, 1.0F);
  }
  return belief;
}

}  // namespace

image::Image CellLuma(const image::Image& rgb, const model::NetworkDescription& network, image::Size cells) {
  const auto luma = image::RgbToYCbCr(image::ClampedToUnit(rgb), network.matrix);
  const int side = network.shrink;
  image::Image out(cells, {"Y"}, rgb.color_space());
  for (int row = 0; row < cells.height_px; ++row) {
    for (int column = 0; column < cells.width_px; ++column) {
      float sum = 0;
      for (int k = 0; k < side * side; ++k) {
        const int x = std::min(column * side + k % side, rgb.width_px() - 1);
        const int y = std::min(row * side + k / side, rgb.height_px() - 1);
        sum += luma.values()[static_cast<std::size_t>(y) * static_cast<std::size_t>(rgb.width_px()) +
                             static_cast<std::size_t>(x)];
      }
      out.values()[static_cast<std::size_t>(row) * static_cast<std::size_t>(cells.width_px) +
                   static_cast<std::size_t>(column)] = sum / static_cast<float>(side * side);
    }
  }
  return out;
}

GridSmoothing::GridSmoothing(double strength, MotionEstimator motion)
    : strength_(strength), motion_(std::move(motion)) {
  if (!(strength > 0.0 && strength <= 1.0)) {
    throw std::invalid_argument("temporal smoothing: the strength must lie above 0 and not above 1, got " +
                                std::to_string(strength));
  }
}

void GridSmoothing::Add(int position, std::optional<Frame> frame) {
  frames_.insert_or_assign(position, std::move(frame));
}

void GridSmoothing::ForgetBefore(int position) {
  frames_.erase(frames_.begin(), frames_.lower_bound(position));
  std::erase_if(motions_,
                [&](const auto& motion) { return motion.first.first < position || motion.first.second < position; });
}

model::CoefficientGrid GridSmoothing::At(int position) {
  std::vector<Neighbour> found;
  Collect(position, -1, found);
  Collect(position, 1, found);
  std::vector<model::MovedGrid> moved;
  for (const Neighbour& neighbour : found) {
    moved.push_back({neighbour.frame->grid, neighbour.motion, neighbour.weight});
  }
  return Blended(Find(position)->grid, moved);
}

const GridSmoothing::Frame* GridSmoothing::Find(int position) const {
  const auto found = frames_.find(position);
  return found == frames_.end() || !found->second ? nullptr : &*found->second;
}

const image::MotionField& GridSmoothing::MotionOf(int from, int to) {
  const auto known = motions_.find({from, to});
  if (known != motions_.end()) return known->second;
  return motions_.emplace(std::pair(from, to), motion_(Find(from)->luma, Find(to)->luma)).first->second;
}

void GridSmoothing::Collect(int position, int step, std::vector<Neighbour>& found) {
  const Frame* middle = Find(position);
  image::MotionField motion;
  double counts = 1.0;
  for (int away = 1; away <= kSmoothingRadius_frames; ++away) {
    const int there = position + step * away;
    const Frame* frame = Find(there);
    if (frame == nullptr) return;
    const auto& last = MotionOf(there - step, there);
    motion = away == 1 ? last : Chained(motion, last);
    auto weight = BeliefIn(motion, middle->luma, frame->luma);
    const double mean = std::accumulate(weight.begin(), weight.end(), 0.0) / static_cast<double>(weight.size());
    if (mean < kSameShot) return;
    counts *= strength_;
    for (float& w : weight) w *= static_cast<float>(counts);
    found.push_back({frame, motion, std::move(weight)});
  }
}

}  // namespace interneg::inference
