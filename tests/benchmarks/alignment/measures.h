// What the benchmark asks of the solve, and of OpenCV's ECC beside it.
#ifndef INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_MEASURES_H_
#define INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_MEASURES_H_

#include <string>
#include <vector>

#include "tests/benchmarks/alignment/clips.h"
#include "tests/benchmarks/alignment/elements.h"

namespace interneg::benchmarks {

// Prints one line; true when the class's bars are met.
bool MeasureAccuracy(const CaseClass& what, const std::vector<Moment>& moments, double bar_px, bool verbose);

// Pairs of different clips: true when none comes back solved.
bool MeasureUnrelated(const std::vector<Moment>& moments);

// Unrelated, mirrored, turned, stretched, black: true when each is refused for its reason.
bool MeasureRefusals(const std::vector<Moment>& moments);

// Two real transfers of a shot, whose truth nobody knows: prints consistency and the distance from frame on frame.
void MeasureRealPair(const std::string& data);

// Seconds for a pair of 2048 pixels width; true when under two.
bool MeasureSpeed(const std::vector<Moment>& moments);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_MEASURES_H_
