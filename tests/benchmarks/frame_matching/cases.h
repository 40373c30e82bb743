// Synthetic edits of one film: what a source and a reference made of it, frame by frame.
#ifndef INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_CASES_H_
#define INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_CASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/benchmarks/frame_matching/film.h"

namespace interneg::benchmarks {

struct Case {
  std::string name;
  Edit source, reference;
};

// One to one; cuts dropped, shortened and reordered on both sides; drops; repeats; both; 24→25 by a repeat and by
// blending; 25→24; 18→25; 16→24; 20→24; 20→25; 24→29.97; 3:2 woven and inverse-telecined; reference as source of a
// cadence; everything at once; no overlap; one frame.
std::vector<Case> MakeCases(const Film& film, std::uint64_t seed);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_CASES_H_
