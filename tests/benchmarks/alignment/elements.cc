#include "tests/benchmarks/alignment/elements.h"

#include <cmath>
#include <random>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::benchmarks {
namespace {

using alignment::Compose;
using alignment::Point;
using alignment::Transform;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  // The standard distributions differ between libraries; this does not.
  double Between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() >> 11) / 9007199254740992.0;
  }

 private:
  std::mt19937_64 random_;
};

// Source pixels → reference pixels: frame on frame in square pixels, then the drawn differences.
Transform DrawTruth(const CaseClass& what, image::Size source, Dice& dice) {
  const Point centre{.5 * (source.width_px - 1), .5 * (source.height_px - 1)};
  const double aspect = what.source_pixel_aspect;
  const Transform square = Transform::ScaleAndShift(aspect, 1, 0, 0);
  const auto turned = alignment::FromSimilarity(
      {dice.Between(-what.shift_px, what.shift_px), dice.Between(-what.shift_px, what.shift_px),
       dice.Between(what.scale_from, what.scale_to), dice.Between(-what.rotation_deg, what.rotation_deg)},
      {centre.x * aspect, centre.y});
  const Transform moved = Compose(Compose(square, turned), square.Inverse());
  auto corners = alignment::CornersOf(source);
  for (auto& corner : corners) {
    const double reach = what.corners * source.width_px;
    corner = {corner.x + dice.Between(-reach, reach), corner.y + dice.Between(-reach, reach)};
  }
  const Transform keystone =
      what.corners > 0 ? alignment::FromFourPoints(alignment::CornersOf(source), corners) : Transform();
  const double by_width =
      what.reference_size.width_px * what.reference_pixel_aspect / (source.width_px * what.source_pixel_aspect);
  const double by_height = static_cast<double>(what.reference_size.height_px) / source.height_px;
  const double scale = std::max(by_width, by_height);
  const double sx = scale * what.source_pixel_aspect / what.reference_pixel_aspect;
  const Transform frame = Transform::ScaleAndShift(sx, scale, .5 * (what.reference_size.width_px - 1) - sx * centre.x,
                                                   .5 * (what.reference_size.height_px - 1) - scale * centre.y);
  return Compose(Compose(keystone, moved), frame);
}

void BurnText(image::Image& picture) {
  cv::Mat1f plane[3];
  for (int c = 0; c < 3; ++c) plane[c] = cv::Mat1f(picture.height_px(), picture.width_px(), picture.plane(c).data());
  const double size = picture.height_px() / 500.0;
  for (auto& p : plane) {
    cv::putText(p, "WHO WROTE THIS LINE?", {picture.width_px() / 5, picture.height_px() * 85 / 100},
                cv::FONT_HERSHEY_DUPLEX, size, cv::Scalar(.95), 2, cv::LINE_AA);
    cv::putText(p, "tv", {picture.width_px() * 85 / 100, picture.height_px() / 8}, cv::FONT_HERSHEY_DUPLEX, size,
                cv::Scalar(.8), 2, cv::LINE_AA);
  }
}

image::Image Luma(const image::Image& rgb) {
  const auto ycc = image::RgbToYCbCr(rgb, image::YCbCrMatrix::kBt709);
  image::Image out(rgb.size(), {"Y"}, rgb.color_space());
  std::copy(ycc.plane(0).begin(), ycc.plane(0).end(), out.plane(0).begin());
  return out;
}

}  // namespace

Elements Make(const CaseClass& what, const Moment& moment, std::uint64_t seed) {
  Dice dice(seed);
  const auto& clean = moment.middle();
  const image::Size size{what.source_size.width_px,
                         static_cast<int>(std::lround(what.source_size.width_px * what.source_pixel_aspect *
                                                      clean.height_px() / clean.width_px()))};
  const Transform to_clean = alignment::FrameToFrame(size, clean.size());
  Elements out;
  out.truth = DrawTruth(what, size, dice);
  out.source =
      image::ClampedToUnit(alignment::Resample(clean, to_clean, size, alignment::ResampleFilter::kLanczos3).picture);
  simulation::FadeOptions fade{simulation::ParseRetention(what.retention)};
  fade.evenness = simulation::Evenness::kUneven;
  fade.grain = what.grain;
  fade.seed = seed;
  out.source = simulation::FadeFrame(out.source, fade, 1);
  const Transform reference_to_clean = Compose(out.truth.Inverse(), to_clean);
  const auto seen = [&](const image::Image& frame) {
    image::Image reference = image::ClampedToUnit(
        alignment::Resample(frame, reference_to_clean, what.reference_size, alignment::ResampleFilter::kLanczos3)
            .picture);
    reference = simulation::VideoReference(
        reference, {.grade = simulation::DrawGradeShift(seed), .luma_bandwidth = 1.0, .noise = .002}, 0);
    if (what.text) BurnText(reference);
    return reference;
  };
  if (what.mpeg2) {
    std::vector<image::Image> references;
    for (const auto& frame : moment.frames) references.push_back(seen(frame));
    out.reference = Mpeg2(references)[references.size() / 2];
  } else {
    out.reference = seen(clean);
  }
  if (what.invert_green) {
    for (float& v : out.reference.plane(1)) v = 1.F - v;
  }
  if (what.luma_only) {
    out.source = Luma(out.source);
    out.reference = Luma(out.reference);
  }
  return out;
}

}  // namespace interneg::benchmarks
