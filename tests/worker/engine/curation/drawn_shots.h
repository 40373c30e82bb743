// Small drawn shots, each unlike the others, for tests of what frames are among their neighbours.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_CURATION_DRAWN_SHOTS_H_
#define INTERNEG_TESTS_WORKER_ENGINE_CURATION_DRAWN_SHOTS_H_

#include <array>
#include <vector>

#include "worker/engine/curation/judgement.h"
#include "worker/engine/image/image.h"

namespace interneg::curation {

inline constexpr image::Size kDrawnSize{160, 90};

// Frame `index` of shot `shot`: discs and texture over a shaded ground, drifting by about a pixel a frame. The colours
// and places of everything follow from the shot's number.
image::Image DrawShot(int shot, double index);

image::Image Scaled(const image::Image& picture, double factor);  // every value
image::Image Mixed(const image::Image& a, const image::Image& b, double share_of_a);
image::Image ShiftedDown(const image::Image& picture, int rows_px);  // edges repeated
image::Image Blurred(const image::Image& picture, int radius_px);    // box, both ways
image::Image Flat(double value);
void Fill(image::Image& picture, const image::Rectangle& area, const std::array<float, 3>& rgb);

// Candidates numbered from 1001. No reference: families come from the pictures' own colours.
std::vector<Candidate> CandidatesOf(const std::vector<image::Image>& pictures);

}  // namespace interneg::curation

#endif  // INTERNEG_TESTS_WORKER_ENGINE_CURATION_DRAWN_SHOTS_H_
