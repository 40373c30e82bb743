// Two elements of one moment with a known geometry between them.
#ifndef INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_ELEMENTS_H_
#define INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_ELEMENTS_H_

#include <cstdint>
#include <string>

#include "tests/benchmarks/alignment/clips.h"
#include "worker/engine/alignment/solve.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::benchmarks {

struct CaseClass {
  std::string name = "";
  alignment::TransformKind kind = alignment::TransformKind::kSimilarity;
  image::Size source_size{640, 360};  // the shot's width is kept; the height follows its own shape
  image::Size reference_size{640, 360};
  double source_pixel_aspect = 1.0;
  double reference_pixel_aspect = 1.0;
  std::string retention = "severe";
  simulation::GrainGauge grain = simulation::GrainGauge::k35mm;
  double shift_px = 3.0;  // of the source, in each direction at most
  double scale_from = 1.01, scale_to = 1.05;
  double rotation_deg = 0.1;  // at most
  double corners = 0.0;       // share of the width by which each corner moves at most
  bool mpeg2 = false;
  bool text = false;
  bool invert_green = false;
  bool luma_only = false;
};

struct Elements {
  image::Image source;
  image::Image reference;
  alignment::Transform truth;  // source pixels → reference pixels
};

Elements Make(const CaseClass& what, const Moment& moment, std::uint64_t seed);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_ELEMENTS_H_
