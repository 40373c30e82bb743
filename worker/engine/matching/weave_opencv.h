// How a picture that jumps in the gate differs from itself; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_WEAVE_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_WEAVE_OPENCV_H_

#include <span>

#include <opencv2/core.hpp>

namespace interneg::matching {

// What the picture becomes when it jumps in the gate, to first order: kJumps rows for each kWeaveFrames frames (the last take what is
// left over), the derivatives of their mean by a shift right, a shift down and a turn about the centre. Things that move have
// derivatives of their own in each frame, so that few frames are taken together.
inline constexpr int kWeaveFrames = 4, kJumps = 3;
cv::Mat1f WeaveRows(const cv::Mat1f& frames);

// The jumps of least squares that a frame's difference shows: of `row`, in the coordinates of `weave` (WeaveRows, or their products
// with directions; frame 0 is the first of its first group).
cv::Vec3d JumpOf(const cv::Mat1f& weave, int frame, std::span<const float> difference);
cv::Mat1f RowOfJump(const cv::Mat1f& weave, int frame, const cv::Vec3d& jump);  // what it makes

// The share of each coordinate that such jumps take, whatever a difference is: the diagonal of Wᵀ (W Wᵀ)⁻¹ W of the group, 0..1.
cv::Mat1f LeverageOfJumps(const cv::Mat1f& weave, int frame);

// Lengths of differences x that hold, beside noise of variance 1, a jump of the frame: with D the kJumps rows of one standard
// deviation of it, xᵀ (I + Dᵀ D)⁻¹ x = |x|² − Explained(x), by the Woodbury identity. A jump costs no more than it is likely, and
// frames are told apart by what no jump makes.
class WeaveMetric {
 public:
  WeaveMetric() = default;  // no jumps
  // `deviations`: D of the groups of frames; frame 0 is number `lead` of its group.
  WeaveMetric(cv::Mat1f deviations, int lead);
  void ScaleColumn(int column, double scale);  // of the coordinates; Settle() when all are done
  void Settle();
  double Explained(int frame, std::span<const float> x) const;
  void Remove(int frame, std::span<float> x) const;  // the jump that is expected of x
  double Squared(int frame, const cv::Mat1f& a, const cv::Mat1f& b) const;  // the length of a − b, squared

 private:
  int FirstRow(int frame) const;
  cv::Mat1f deviations_, along_;  // along_: rows v with Σ (v·x)² = Explained(x)
  int lead_ = 0;
};

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_WEAVE_OPENCV_H_
