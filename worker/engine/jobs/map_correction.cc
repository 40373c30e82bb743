#include "worker/engine/jobs/map_correction.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/frame_map_document.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/matching/map_edits.h"

namespace interneg::jobs {
namespace {

struct Span {
  int first = 0;
  int last = 0;
};

// Runs of frames that follow each other.
std::vector<Span> SpansOf(const std::string& text, const std::string& field) {
  std::vector<Span> spans;
  try {
    for (const int frame : frames::FrameRange::Parse(text).Sorted()) {
      if (spans.empty() || spans.back().last + 1 != frame) spans.push_back({frame, frame});
      spans.back().last = frame;
    }
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(field + ": " + error.what(), "write ranges as 1001-1049, 1,5,9 or 1-100x5");
  }
  return spans;
}

std::vector<matching::MapEdit> Translated(const MapEdit& edit, const std::string& field) {
  if (edit.set.has_value() + edit.unset.has_value() + edit.shift.has_value() != 1) {
    throw BadInput(field + " names no single correction", "give one of set, unset and shift");
  }
  matching::MapEdit out;
  if (edit.set) {
    out.source_first = out.source_last = edit.set->source_frame;
    out.reference = edit.set->reference_frame;
    return {out};
  }
  out.kind = edit.unset ? matching::EditKind::kUnset : matching::EditKind::kShift;
  if (edit.shift) out.shift = edit.shift->by;
  std::vector<matching::MapEdit> all;
  for (const Span& span : edit.unset ? SpansOf(*edit.unset, field + ".unset")
                                     : SpansOf(edit.shift->source_frames, field + ".shift.sourceFrames")) {
    out.source_first = span.first;
    out.source_last = span.last;
    all.push_back(out);
  }
  return all;
}

}  // namespace

void CorrectMap(const std::vector<MapEdit>& edits, Reversal reversal, FrameMap& map) {
  if (edits.empty()) return;
  std::vector<matching::MapEdit> all;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    for (auto& edit : Translated(edits[i], "match.edits[" + std::to_string(i) + "]")) {
      if (reversal == Reversal::kAllow) edit.direction = matching::TimeDirection::kBackwardsAllowed;
      all.push_back(std::move(edit));
    }
  }
  try {
    auto corrected = ToDocument(matching::Apply(FromDocument(map), all));
    corrected.source = std::move(map.source);
    corrected.reference = std::move(map.reference);
    corrected.edits = std::move(map.edits);
    corrected.edits.insert(corrected.edits.end(), edits.begin(), edits.end());
    map = std::move(corrected);
  } catch (const std::invalid_argument& error) {
    throw BadInput(std::string("match.edits: ") + error.what(), "");
  }
}

}  // namespace interneg::jobs
