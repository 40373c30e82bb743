// A supersampled drawing surface in units of the picture's height; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_SCENE_CANVAS_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_SCENE_CANVAS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/image/image.h"

namespace interneg::simulation {

struct Point {
  double x = 0.0, y = 0.0;  // in picture heights, from the upper left corner
};
struct Ink {
  double r = 0.0, g = 0.0, b = 0.0;  // display encoded, 0..1
};
Ink Mix(const Ink& a, const Ink& b, double share_of_b);
Ink Lit(const Ink& ink, double factor);

class SceneCanvas {
 public:
  explicit SceneCanvas(image::Size size);

  double width() const { return width_; }  // in picture heights

  void Polygon(const std::vector<Point>& corners, const Ink& ink);
  void Ellipse(Point centre, double rx, double ry, double degrees, const Ink& ink);
  void Stroke(Point from, Point to, double thickness, const Ink& ink);
  void Text(const std::string& text, Point lower_left, double height, double thickness, const Ink& ink);

  // Colours every sample inside an ellipse by its place in it: u, v in [−1, 1], u² + v² ≤ 1.
  void ShadedEllipse(Point centre, double rx, double ry, const std::function<Ink(double u, double v)>& shade);

  // Colours every sample of the polygon by its place in the picture.
  void ShadedPolygon(const std::vector<Point>& corners, const std::function<Ink(Point at)>& shade);

  // A soft texture in about −1..1 of `cell` (in heights) at its coarsest, drifting by `shift`; sampled by Noise().
  class Texture {
   public:
    Texture(const SceneCanvas& canvas, std::uint64_t seed, double cell, int octaves, Point shift);
    double At(Point p) const;

   private:
    double samples_per_height_;
    cv::Mat1f values_;
  };

  // Averaged down to the picture's size; values limited to 0..1.
  image::Image Finish() const;

 private:
  cv::Point ToSamples(Point p) const;

  image::Size size_;
  double width_;
  double scale_;  // samples a picture height
  cv::Mat3f samples_;
};

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_SCENE_CANVAS_H_
