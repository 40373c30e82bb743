#include "worker/engine/jobs/alignment_keys.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/alignment/transform_keys.h"
#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

frames::FrameRange RangeOf(const std::string& text, const std::string& field) {
  try {
    return frames::FrameRange::Parse(text);
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(field + ": " + error.what(), "write frames as 1001-1009,1020");
  }
}

std::string Without(const std::string& manual, const std::string& automatic) {
  if (manual.empty() || automatic.empty()) return manual;
  const auto taken = RangeOf(automatic, "align.automaticFrames");
  std::vector<int> left;
  for (const int frame : RangeOf(manual, "align.manualFrames").Sorted()) {
    if (!taken.Contains(frame)) left.push_back(frame);
  }
  return left.empty() ? "" : frames::FrameRange::Of(left).ToString();
}

alignment::KeyValue ValueOf(const TransformKey& key) {
  if (key.corners_px.empty()) {
    return alignment::SimilarityParameters{key.dx_px, key.dy_px, key.scale == 0 ? 1.0 : key.scale, key.rotation_deg};
  }
  if (key.corners_px.size() != 8) {
    throw BadInput("align.keys: frame " + std::to_string(key.source_frame) + " has " +
                       std::to_string(key.corners_px.size()) + " numbers for its corners",
                   "give x and y of four corners, or none");
  }
  std::array<alignment::Point, 4> corners;
  for (std::size_t i = 0; i < 4; ++i) corners[i] = {key.corners_px[2 * i], key.corners_px[2 * i + 1]};
  return corners;
}

alignment::Transform TransformOf(const AlignedPair& pair) {
  std::array<double, 9> matrix{};
  std::copy_n(pair.transform.begin(), 9, matrix.begin());
  return alignment::Transform(matrix);
}

void TakeKey(const alignment::Transform& transform, AlignedPair& pair) {
  pair.transform = {transform.matrix().begin(), transform.matrix().end()};
  pair.path = "manual";
  pair.status = "solved";
  pair.confidence = 1;
  pair.estimated_rms_px = 0;
  pair.forward_backward_px = 0;
  pair.reason.clear();
}

}  // namespace

void TakeKeys(const AlignJob& job, const std::optional<Alignment>& previous, Alignment& alignment) {
  std::map<int, TransformKey> keys;
  if (previous) {
    for (const auto& key : previous->keys) keys[key.source_frame] = key;
    alignment.manual_frames = previous->manual_frames;
  }
  for (const auto& key : job.keys) keys[key.source_frame] = key;
  for (const auto& [frame, key] : keys) alignment.keys.push_back(key);
  if (!job.manual_frames.empty()) alignment.manual_frames = job.manual_frames;
  alignment.manual_frames = Without(alignment.manual_frames, job.automatic_frames);
}

alignment::Transform UsualTransform(const Alignment& alignment, image::Size source, image::Size reference) {
  std::vector<alignment::Transform> known;
  for (const auto& pair : alignment.pairs) {
    if (pair.status != "failed") known.push_back(TransformOf(pair));
  }
  alignment::Transform best = alignment::FrameToFrame(source, reference);
  double least = -1;
  for (const auto& transform : known) {
    double sum = 0;
    for (const auto& other : known) sum += alignment::DifferenceOver(transform, other, {0, 0, source}).rms_px;
    if (least >= 0 && sum >= least) continue;
    best = transform;
    least = sum;
  }
  return best;
}

void ApplyKeys(image::Size source, const alignment::Transform& usual, Alignment& alignment) {
  if (alignment.manual_frames.empty()) return;
  if (alignment.keys.empty()) {
    throw BadInput("align.manualFrames: no key is set", "set a key first, for example by `interneg align key`");
  }
  alignment::TransformKeys keys(source, usual, alignment::Interpolation::kLinear);
  try {
    for (const auto& key : alignment.keys) keys.Set(key.source_frame, ValueOf(key));
  } catch (const std::invalid_argument& error) {
    throw BadInput(std::string("align.keys: ") + error.what(), "");
  }
  const auto manual = RangeOf(alignment.manual_frames, "align.manualFrames");
  for (auto& pair : alignment.pairs) {
    if (manual.Contains(pair.source_frame)) TakeKey(keys.At(pair.source_frame), pair);
  }
}

}  // namespace interneg::jobs
