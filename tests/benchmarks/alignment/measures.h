// What the benchmark asks of the solve, and of OpenCV's ECC beside it.
#ifndef INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_MEASURES_H_
#define INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_MEASURES_H_

#include <string>
#include <vector>

#include "tests/benchmarks/alignment/clips.h"
#include "tests/benchmarks/alignment/elements.h"

namespace interneg::benchmarks {

// One pair that was not given up: how far it is off, and what the solve said of itself; the unit is the solve's.
struct Told {
  double rms_px = 0.0;
  double greatest_px = 0.0;
  double estimated_px = 0.0;
  double there_and_back_px = 0.0;
  bool solved = false;
};

// Beside OpenCV's ECC, which takes most of the time, or not.
enum class Rival { kEcc, kNone };

struct AccuracyOptions {
  double bar_px = 0.1;
  bool verbose = false;
  Rival rival = Rival::kEcc;
};

// Prints one line; true when the class's bars are met. Adds what each pair's solve told to `told`.
bool MeasureAccuracy(const CaseClass& what, const std::vector<Moment>& moments, const AccuracyOptions& options,
                     std::vector<Told>& told);

// Prints how the estimates lie beside the errors; true when their RMS is at most a fifth below the errors', and no solved
// pair is off by more than three times its estimate and .2 pixels.
bool MeasureCalibration(const std::vector<Told>& told);

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
