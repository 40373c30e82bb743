// Smooths what a `grid` network predicts over neighbouring frames, along the motion of the picture.
//
// The network's own part of a frame is a grid of affine maps of its colours. From frame to frame these maps waver with
// grain and compression although the picture does not; their mean over the frames around, each taken from where the
// motion leads, wavers less. Luma is held by the composition as ever, and the closed form is not touched.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_GRID_SMOOTHING_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_GRID_SMOOTHING_H_

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/image/motion_field.h"
#include "worker/engine/model/coefficient_grid.h"
#include "worker/engine/model/network_description.h"

namespace interneg::inference {

// Frames on either side that take part.
inline constexpr int kSmoothingRadius_frames = 2;

// The motion between two pictures of one plane, "Y", of one size. Must always say the same of the same pictures.
using MotionEstimator = std::function<image::MotionField(const image::Image& from, const image::Image& to)>;

// The luma of a picture R',G',B' averaged over each cell of a network's grid; cells beyond the picture repeat its edge.
image::Image CellLuma(const image::Image& rgb, const model::NetworkDescription& network, image::Size cells);

// The frames of one film by their position in it. A frame d frames away counts strength^d, times how far it is to be
// believed, cell by cell: wholly where the luma along the motion differs by less than kBelieved over 5 × 5 cells, not
// at all from kDisbelieved on or where the motion leads out of the picture, linearly between. Motion to the second
// frame is that to the first and then on. Where the mean of that belief is below kSameShot there is a cut, beyond which
// nothing counts; a frame that is not there, or whose prediction is not finite, ends the shot likewise. So a frame's
// grid depends on the frames within the radius alone, whatever else is rendered. Not synchronised.
class GridSmoothing {
 public:
  static constexpr float kBelieved = 0.015F;
  static constexpr float kDisbelieved = 0.05F;
  static constexpr double kSameShot = 0.25;

  struct Frame {
    model::CoefficientGrid grid;
    image::Image luma;  // CellLuma
  };

  // `strength` in (0, 1]: std::invalid_argument otherwise.
  GridSmoothing(double strength, MotionEstimator motion);

  // Nothing: the frame cannot be read, or its prediction is not finite.
  void Add(int position, std::optional<Frame> frame);
  void ForgetBefore(int position);

  // The smoothed grid. The frame itself was added, and every neighbour within the radius that the film has.
  model::CoefficientGrid At(int position);

 private:
  struct Neighbour {
    const Frame* frame = nullptr;
    image::MotionField motion;
    std::vector<float> weight;
  };

  const Frame* Find(int position) const;
  const image::MotionField& MotionOf(int from, int to);  // next to each other
  void Collect(int position, int step, std::vector<Neighbour>& found);

  const double strength_;
  const MotionEstimator motion_;
  std::map<int, std::optional<Frame>> frames_;
  std::map<std::pair<int, int>, image::MotionField> motions_;  // by the two positions
};

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_GRID_SMOOTHING_H_
