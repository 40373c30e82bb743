#include "worker/engine/matching/judgement_opencv.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/matching/places_opencv.h"

namespace interneg::matching {
namespace {

// Times the stillest neighbours' distance, and nats: the odds of MatchOptions::report_probability (docs/decisions/0021).
constexpr double kAlike = 1.5, kIndifferent = 4.0;

std::vector<double> ReferenceSteps(const PairCosts& pairs) {
  std::vector<double> steps;
  for (const Scene& scene : pairs.scenes) {
    for (int j = 1; j < scene.reference.rows; ++j) steps.push_back(Apart(scene.reference, j, j - 1));
  }
  return steps;
}

// How far apart, in nats, two frames of one side are that show no movement: the stillest tenth of its neighbours, and
// never more than kMostAlike.
double Stillest(std::vector<double> steps) {
  constexpr double kMostAlike = 8.0;
  std::erase_if(steps, [](double d) { return d <= 1e-6; });
  if (steps.empty()) return 0.0;
  const auto tenth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 10);
  std::nth_element(steps.begin(), tenth, steps.end());
  return std::min(*tenth, kMostAlike);
}

// The squared distance of neighbours, of all cells, that noise makes: of the stillest twentieth.
double StillStep(const cv::Mat1f& rows) {
  std::vector<double> steps;
  for (int i = 1; i < rows.rows; ++i) steps.push_back(cv::norm(rows.row(i), rows.row(i - 1), cv::NORM_L2SQR));
  std::erase_if(steps, [](double d) { return d <= 1e-6; });
  if (steps.empty()) return 0.0;
  const auto twentieth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 20);
  std::nth_element(steps.begin(), twentieth, steps.end());
  return *twentieth;
}

}  // namespace

Judgement::Judgement(const PairCosts& pairs, const PathCosts& costs, const ShotRows& rows)
    : pairs_(pairs), costs_(costs), rows_(rows), still_(Stillest(ReferenceSteps(pairs))), source_still_(StillStep(rows.source)) {}

void Judgement::Run(int begin, int end, const std::vector<int>& path, std::vector<FrameEvidence>& out) const {
  const auto posterior = Posteriors(pairs_.band, costs_, begin, end);
  std::vector<double> residuals;
  for (int i = begin; i < end; ++i) residuals.push_back(pairs_.squared[static_cast<std::size_t>(i) * pairs_.band.width + (path[i] - pairs_.band.first[i])]);
  const double usual = Median(std::move(residuals));
  for (int i = begin; i < end; ++i) {
    out[i] = Judge(i, path[i] - pairs_.band.first[i], posterior.data() + static_cast<std::size_t>(i - begin) * pairs_.band.width, usual);
  }
}

FrameEvidence Judgement::Judge(int row, int best, const float* p, double usual) const {
  const Band& band = pairs_.band;
  const Scene& scene = pairs_.scene(row);
  const int width = band.width, first = band.first[row];
  FrameEvidence e;
  e.reference = first + best;
  e.residual = pairs_.squared[static_cast<std::size_t>(row) * width + best];
  e.nats = Nats(row, e.reference);
  e.movement = MovementTo(row, e.reference, usual);
  e.score = Score(row, e.reference);
  int low = best, high = best;
  while (low > 0 && Same(row, low - 1, best, p)) --low;
  while (high + 1 < width && Same(row, high + 1, best, p)) ++high;
  e.alike_first = first + low;
  e.alike_last = first + high;
  double second = kNever;
  for (int k = 0; k < width; ++k) {
    if (k >= low && k <= high) {
      e.probability += p[k];
      continue;
    }
    second = std::min<double>(second, band.at(row, k));
    if (p[k] > e.rival) e.rival = p[k], e.rival_reference = first + k;
  }
  e.margin = second >= kNever ? 1.0 : std::clamp(1.0 - std::sqrt(band.at(row, best) / std::max(second, 1e-9)), 0.0, 1.0);
  Neighbours(row, best, e);
  e.lean = LeanOf(scene, row, e.reference);
  return e;
}

// Not told apart by the evidence, and not to be told apart by looking at the two. What only the habit of the steps
// decides is not evidence.
bool Judgement::Same(int row, int k, int best, const float* p) const {
  const Scene& scene = pairs_.scene(row);
  if (scene.reference.rows == 0) return false;
  if (p[k] < .005F && pairs_.band.at(row, k) - pairs_.band.at(row, best) > kIndifferent) return false;
  const int first = pairs_.band.first[row] - scene.first_column;
  return Apart(scene.reference, first + k, first + best) <= kAlike * still_ + kIndifferent;
}

// By the noise about the row: that of its own may be what makes it another frame.
double Judgement::Nats(int row, int column) const {
  const Scene& scene = pairs_.scene(row);
  if (scene.source.rows == 0) return 0.0;
  const int i = row - scene.first_row;
  const cv::Mat1f x = scene.source.row(i) - scene.drifts.row(i);
  return .5 * kTrust * scene.weave.Squared(i, x, scene.reference.row(column - scene.first_column)) / scene.noise[static_cast<std::size_t>(i)];
}

// By more than half of what the reference moves there from frame to frame. Of a large movement all cells are asked: it shows what
// no pair's directions hold. Of a small one, how far it goes along the way that the reference goes.
Movement Judgement::MovementTo(int row, int column, double usual) const {
  constexpr double kLarge = 8.0;  // of what grain does to a step: more than a jump in the gate
  if (row < 1) return Movement::kUnclear;
  const double still = std::min(source_still_, usual);
  const auto from = [&](int k) { return k < 0 || k >= rows_.reference.rows ? 1e9 : cv::norm(rows_.reference.row(k), rows_.reference.row(column), cv::NORM_L2SQR); };
  const double step = std::min(from(column - 1), from(column + 1));
  const double gone = cv::norm(rows_.source.row(row), rows_.source.row(row - 1), cv::NORM_L2SQR) - still;
  if (step < 1e9 && step > kLarge * still && gone > .5 * step) return Movement::kMoved;
  return MovementAlong(row, column);
}

Movement Judgement::MovementAlong(int row, int column) const {
  // A mixture goes half way, and is neither: .2 about that, as much as makes a frame mixed. Of a step of 8 deviations of the
  // noise, half is told from none by three (each is √2 / 8 of it); 3 deviations are noise.
  constexpr double kLeastStep = 8.0, kMoved = .7, kStood = .3, kStill = 3.0;
  const Scene& scene = pairs_.scene(row);
  const int i = row - scene.first_row, j = column - scene.first_column;
  if (scene.source.rows == 0 || i < 1) return Movement::kUnclear;
  const double noise = std::sqrt(scene.noise[static_cast<std::size_t>(i)]), least = kLeastStep * noise;
  const cv::Mat1f gone = scene.source.row(i) - scene.source.row(i - 1);
  double step = 1e9, share = 0.0;
  for (const int k : {j, j + 1}) {  // the shorter of the reference's steps to and from the column that stands out of the noise
    if (k < 1 || k >= scene.reference.rows) continue;
    const cv::Mat1f whole = scene.reference.row(k) - scene.reference.row(k - 1);
    cv::Mat1f way = whole.clone();
    scene.weave.Remove(i, {way[0], static_cast<std::size_t>(way.cols)});
    const double length = std::sqrt(std::max(0.0, way.dot(whole)));
    if (length > least && length < step) step = length, share = way.dot(gone) / (length * length);
  }
  if (step >= 1e9) return Movement::kUnclear;
  // A small share of a step over missing frames may be a frame's.
  const bool stood = share < kStood && share * step < kStill * std::sqrt(2.0) * noise;
  return share > kMoved ? Movement::kMoved : stood ? Movement::kStood : Movement::kUnclear;
}

double Judgement::Score(int row, int column) const {
  const cv::Mat1f s = rows_.source.row(row), r = rows_.reference.row(column);
  const double length = cv::norm(s) * cv::norm(r);
  return length > 0 ? std::clamp(s.dot(r) / length, 0.0, 1.0) : 0.0;
}

void Judgement::Neighbours(int row, int best, FrameEvidence& e) const {
  const Band& band = pairs_.band;
  e.nearby.assign(2 * kNearby + 1, kNever);
  for (int d = -kNearby; d <= kNearby; ++d) {
    if (best + d >= 0 && best + d < band.width) e.nearby[d + kNearby] = band.at(row, best + d) - band.at(row, best);
  }
}

}  // namespace interneg::matching
