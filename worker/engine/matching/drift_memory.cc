#include "worker/engine/matching/drift_memory_opencv.h"

#include <algorithm>
#include <utility>

namespace interneg::matching {
namespace {

constexpr float kWalkRows = 24.0F;    // rows in which the drift walks as far as it is large
constexpr float kLeastDrift = .02F;   // of the noise's variance

}  // namespace

DriftMemory::DriftMemory(const PairCosts& pairs) : pairs_(pairs) {
  fresh_.columns.fill(-1);
  for (Row* row : {&last_, &now_}) {
    for (auto& of_state : *row) of_state.resize(static_cast<std::size_t>(pairs.band.width), fresh_);
  }
}

void DriftMemory::BeginRow(int row) {
  row_ = row;
  std::swap(last_, now_);
  if (const Scene* scene = &pairs_.scene(row); scene != scene_) {
    scene_ = scene;
    fresh_.drift.assign(static_cast<std::size_t>(scene->source.cols), 0.0F);
    fresh_.variance = std::max(kLeastDrift, static_cast<float>(scene->drift));
    for (auto& of_state : last_) {
      for (Estimate& estimate : of_state) Restart(estimate);
    }
  }
}

// A new scene has coordinates of its own: what the path saw of its last rows is learnt again in these.
void DriftMemory::Restart(Estimate& estimate) const {
  estimate.drift = fresh_.drift;
  estimate.variance = fresh_.variance;
  for (int back = kHistory; back >= 1; --back) {
    const int column = estimate.columns[static_cast<std::size_t>(back - 1)];
    if (column >= 0) Learn(estimate, row_ - back, column);
  }
}

void DriftMemory::Learn(Estimate& estimate, int row, int column) const {
  const int i = row - scene_->first_row, j = column - scene_->first_column;
  if (i < 0 || j < 0 || i >= scene_->source.rows || j >= scene_->reference.rows) return;
  const float noise = scene_->noise[static_cast<std::size_t>(i)], gain = estimate.variance / (noise + estimate.variance);
  const float *s = scene_->source[i], *r = scene_->reference[j];
  difference_.resize(estimate.drift.size());
  for (std::size_t k = 0; k < estimate.drift.size(); ++k) difference_[k] = s[k] - r[k] - estimate.drift[k];
  scene_->weave.Remove(i, difference_);
  for (std::size_t k = 0; k < estimate.drift.size(); ++k) estimate.drift[k] += gain * difference_[k];
  estimate.variance = (1 - gain) * estimate.variance + fresh_.variance / kWalkRows;
}

const DriftMemory::Estimate& DriftMemory::At(const Row& row, Place place) const {
  return place.k < 0 ? fresh_ : row[place.state == State::kPaired ? 0 : 1][static_cast<std::size_t>(place.k)];
}

float DriftMemory::Cost(int k, Place from) const {
  const Estimate& estimate = At(last_, from);
  if (scene_->source.rows == 0) return 0.0F;
  const int i = row_ - scene_->first_row, j = pairs_.band.first[static_cast<std::size_t>(row_)] + k - scene_->first_column;
  const float *s = scene_->source[i], *r = scene_->reference[j], *m = estimate.drift.data();
  float squares = 0.0F;
  difference_.resize(estimate.drift.size());
  for (std::size_t c = 0; c < difference_.size(); ++c) {
    const float e = s[c] - r[c] - m[c];
    difference_[c] = e;
    squares += e * e;
  }
  squares = std::max(0.0F, squares - static_cast<float>(scene_->weave.Explained(i, difference_)));
  return static_cast<float>(kTrust) * .5F * squares / (scene_->noise[static_cast<std::size_t>(i)] + estimate.variance);
}

void DriftMemory::Keep(Place now, Place from) {
  Estimate& estimate = now_[now.state == State::kPaired ? 0 : 1][static_cast<std::size_t>(now.k)];
  estimate = At(last_, from);
  const int column = now.state == State::kPaired ? pairs_.band.first[static_cast<std::size_t>(row_)] + now.k : -1;
  std::move_backward(estimate.columns.begin(), estimate.columns.end() - 1, estimate.columns.end());
  estimate.columns.front() = column;
  if (column >= 0 && scene_->source.rows > 0) Learn(estimate, row_, column);
}

}  // namespace interneg::matching
