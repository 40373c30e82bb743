#include "worker/engine/jobs/element_comparison.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/validation/best_elements.h"

namespace interneg::jobs {
namespace {

frames::FrameRange ParseRange(const std::string& text, const std::string& what) {
  try {
    return frames::FrameRange::Parse(text);
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(what + ": " + error.what(), "write ranges as 1001-1049, 1,5,9 or 1-100x5");
  }
}

// By own number: what is added to reach the shared one.
class Conform {
 public:
  explicit Conform(const MeasuredElement& element) {
    for (const auto& offset : element.conform_offsets) {
      const std::string what = "conform offset of '" + element.name + "'";
      if (offset.frames.empty()) {
        Require(!all_, what + ": two of them are for all frames");
        all_ = offset.add;
        continue;
      }
      const auto frames = ParseRange(offset.frames, what);
      for (const int frame : frames.frames()) {
        Require(some_.emplace(frame, offset.add).second, what + ": frame " + std::to_string(frame) + " is moved twice");
      }
    }
    Require(!all_ || some_.empty(), "conform offset of '" + element.name + "': one is for all frames, others for some");
  }
  int operator()(int frame) const {
    const auto found = some_.find(frame);
    return frame + (found != some_.end() ? found->second : all_.value_or(0));
  }

 private:
  static void Require(bool holds, const std::string& what) {
    if (!holds) throw BadInput(what, "give each frame one offset");
  }
  std::optional<int> all_;
  std::map<int, int> some_;
};

struct PlacedFrame {
  int added = 0;  // to its own number
  const document::MeasuredShot* shot = nullptr;
  friend bool operator==(const PlacedFrame&, const PlacedFrame&) = default;
};

// An element in the shared numbering: every frame that can be read and belongs to a shot.
struct Placed {
  const MeasuredElement* element = nullptr;
  std::map<int, PlacedFrame> frames;
};

// By own number: the shot of every frame that can be read.
std::map<int, const document::MeasuredShot*> ReadableFrames(const MeasuredElement& element) {
  if (element.report.shots.empty()) {
    throw BadInput("element '" + element.name + "': its report has no measures", "measure it: interneg media measure");
  }
  std::set<int> unreadable;
  for (const auto& frame : element.report.unreadable) unreadable.insert(frame.frame);
  std::map<int, const document::MeasuredShot*> frames;
  for (const int frame : ParseRange(element.report.present, "frames of '" + element.name + "'").Sorted()) {
    if (unreadable.contains(frame)) continue;
    for (const auto& shot : element.report.shots) {
      if (frame >= shot.first && frame <= shot.last) frames[frame] = &shot;
    }
  }
  return frames;
}

Placed Place(const MeasuredElement& element) {
  const Conform conform(element);
  Placed placed{&element, {}};
  for (const auto& [frame, shot] : ReadableFrames(element))
    placed.frames[conform(frame)] = {conform(frame) - frame, shot};
  return placed;
}

std::string PathOf(const std::optional<FrameSource>& frames) { return frames ? frames->path : std::string(); }

// Film frames of a tape and the tape's own are numbered differently.
bool SameNumbers(const std::optional<FrameSource>& a, const std::optional<FrameSource>& b) {
  return a && b && a->path == b->path && a->pulldown == b->pulldown;
}

// Own frames by the first element's, as the map pairs them; several of the first's may have one partner.
std::map<int, int> OwnByFirst(const MeasuredElement& element, const MeasuredElement& first) {
  const std::string from = PathOf(element.frame_map->source), to = PathOf(element.frame_map->reference);
  const std::string own_path = PathOf(element.report.frames), first_path = PathOf(first.report.frames);
  const auto& map = *element.frame_map;
  const auto joins = [&](const auto& source, const auto& reference) {
    return SameNumbers(map.source, source) && SameNumbers(map.reference, reference);
  };
  const bool forward = joins(first.report.frames, element.report.frames);
  if (!forward && !joins(element.report.frames, first.report.frames)) {
    throw BadInput(
        "element '" + element.name + "': its frame map is of " + from + " and " + to + ", not of " + first_path +
            " and " + own_path + " as their reports read them",
        "match it with the first element, both read as they were measured (--pulldown), or name that one first");
  }
  if (!element.conform_offsets.empty()) {
    throw BadInput("element '" + element.name + "' has conform offsets and a frame map", "give one of the two");
  }
  std::map<int, int> own;
  for (const auto& frame : element.frame_map->frames) {
    const bool sure = frame.state == MatchState::kMatched || frame.state == MatchState::kHeld;
    if (!sure || !frame.reference) continue;
    own[forward ? frame.source : *frame.reference] = forward ? *frame.reference : frame.source;
  }
  return own;
}

Placed PlaceByMap(const MeasuredElement& element, const MeasuredElement& first, std::vector<std::string>& notes) {
  const Conform conform(first);
  const auto readable = ReadableFrames(element);
  Placed placed{&element, {}};
  std::set<int> paired;
  for (const auto& [of_first, own] : OwnByFirst(element, first)) {
    const auto found = readable.find(own);
    if (found == readable.end()) continue;
    placed.frames[conform(of_first)] = {0, found->second};
    paired.insert(own);
  }
  if (paired.size() < readable.size()) {
    notes.push_back(element.name + ": " + std::to_string(readable.size() - paired.size()) + " of " +
                    std::to_string(readable.size()) + " frames have no partner in " + first.name +
                    " and lie in no section");
  }
  return placed;
}

struct Section {
  int first = 0;
  int last = 0;
};

// Where the shots lie in the shared numbering; a shot that its offsets tear apart is as many sections.
std::vector<Section> SectionsOf(const Placed& placed) {
  std::vector<Section> sections;
  PlacedFrame before;
  for (const auto& [frame, it] : placed.frames) {
    if (it != before) sections.push_back({frame, frame});
    sections.back().last = frame;
    before = it;
  }
  return sections;
}

std::vector<Section> AllSections(const std::vector<Placed>& elements) {
  std::vector<Section> all;
  for (const auto& placed : elements) {
    std::vector<Section> beside;
    for (const auto& section : SectionsOf(placed)) {
      const bool overlaps = std::any_of(all.begin(), all.end(), [&](const Section& other) {
        return section.first <= other.last && other.first <= section.last;
      });
      if (!overlaps) beside.push_back(section);
    }
    all.insert(all.end(), beside.begin(), beside.end());
  }
  std::sort(all.begin(), all.end(), [](const Section& a, const Section& b) { return a.first < b.first; });
  return all;
}

validation::ElementMeasures MeasuresOf(const document::MeasuredShot& shot) {
  validation::ElementMeasures out;
  out.size = {shot.width_px, shot.height_px};
  out.frames = static_cast<int>(ParseRange(shot.measured_frames, "measured frames").size());
  if (const auto& e = shot.edges) out.edges = validation::EdgeResolution{e->mtf50, e->mtf10, e->sharpness, e->edges};
  if (const auto& s = shot.spectrum) out.spectrum = validation::SpectralResolution{s->limit, s->slope};
  if (const auto& d = shot.damage) {
    out.damage = {d->specks_a_frame, d->specks_a_megapixel, d->scratches_a_frame, d->instability_px, d->frames};
  }
  out.color = {shot.color_first, shot.color_second};
  return out;
}

// The measured shot that shares most frames with the section; null when none that was measured does.
const document::MeasuredShot* ShotWithin(const Placed& placed, const Section& section) {
  std::map<const document::MeasuredShot*, int> shared;
  const document::MeasuredShot* most = nullptr;
  for (auto at = placed.frames.lower_bound(section.first); at != placed.frames.end() && at->first <= section.last;
       ++at) {
    const auto* shot = at->second.shot;
    if (shot->measured_frames.empty()) continue;
    if (++shared[shot] > (most == nullptr ? 0 : shared[most])) most = shot;
  }
  return most;
}

document::ElementSection Compare(const Section& section, const std::vector<Placed>& elements) {
  const auto within = [&](const Placed& placed) {
    return std::pair(placed.frames.lower_bound(section.first), placed.frames.upper_bound(section.last));
  };
  std::set<int> frames;
  for (const auto& placed : elements) {
    const auto [begin, end] = within(placed);
    for (auto at = begin; at != end; ++at) frames.insert(at->first);
  }
  document::ElementSection out;
  out.first = section.first;
  out.last = section.last;
  validation::Shot shot{std::to_string(section.first) + "-" + std::to_string(section.last), {}};
  for (const auto& placed : elements) {
    const auto [begin, end] = within(placed);
    const auto& name = placed.element->name;
    const double completeness = static_cast<double>(std::distance(begin, end)) / static_cast<double>(frames.size());
    const auto* measured = ShotWithin(placed, section);
    out.elements.push_back({name, completeness, measured == nullptr ? "" : measured->measured_frames});
    shot.elements.push_back({name, completeness, std::nullopt});
    if (measured != nullptr) shot.elements.back().measures = MeasuresOf(*measured);
    if (measured == nullptr && completeness > 0) {
      out.not_judged.push_back(name + ": none of its frames here was measured");
    }
  }
  const auto judged = validation::BestElements(std::span(&shot, 1)).front();
  for (const auto& best : judged.best) {
    out.best.push_back({std::string(validation::NameOf(best.dimension)), best.element, best.figure, best.second,
                        best.second_figure, best.clear, best.reason});
  }
  out.not_judged.insert(out.not_judged.end(), judged.not_judged.begin(), judged.not_judged.end());
  return out;
}

// Numbers that nobody shares are rather an offset that nobody recorded than footage that nobody else has.
void NoteStrangers(const std::vector<Placed>& elements, std::vector<std::string>& notes) {
  for (const auto& placed : elements) {
    const bool shares = std::any_of(elements.begin(), elements.end(), [&](const Placed& other) {
      return &other != &placed && std::any_of(placed.frames.begin(), placed.frames.end(),
                                              [&](const auto& frame) { return other.frames.contains(frame.first); });
    });
    if (shares) continue;
    notes.push_back(placed.element->name +
                    " shares no frame number with the others: record what the conform added to " +
                    "its frames (interneg media set --conform-offset), or name a match of the two (--match)");
  }
}

}  // namespace

document::ElementMap CompareElements(const std::vector<MeasuredElement>& elements) {
  if (elements.size() < 2) {
    throw BadInput("probe.comparison.elements: " + std::to_string(elements.size()) + " given",
                   "name two or more, to compare");
  }
  std::set<std::string> names;
  std::vector<Placed> placed;
  document::ElementMap map;
  map.schema = document::kMediaReportSchema;
  for (const auto& element : elements) {
    if (!names.insert(element.name).second) {
      throw BadInput("probe.comparison.elements: '" + element.name + "' is there twice", "give each a name of its own");
    }
    if (element.frame_map && placed.empty()) {
      throw BadInput("element '" + element.name + "': the first element has a frame map",
                     "its numbers are those that all share; leave the map out");
    }
    placed.push_back(element.frame_map ? PlaceByMap(element, elements.front(), map.notes) : Place(element));
    map.elements.push_back(element.name);
  }
  for (const auto& section : AllSections(placed)) map.sections.push_back(Compare(section, placed));
  NoteStrangers(placed, map.notes);
  return map;
}

EngineResult RunComparison(const JobContext& context, const ElementComparison& comparison, const StageInputs& inputs,
                           const std::filesystem::path& scratch_folder) {
  std::vector<MeasuredElement> elements;
  for (std::size_t i = 0; i < comparison.elements.size(); ++i) {
    const auto& asked = comparison.elements[i];
    const std::string field = "probe.comparison.elements[" + std::to_string(i) + "]";
    const auto report = inputs.ReadMediaReport(asked.report, field + ".report", "report_" + std::to_string(i));
    if (!report) throw BadInput(field + ".report: is missing", "name the report of the element's measures");
    if (asked.medium >= report->media.size()) {
      throw BadInput(field + ".medium: " + std::to_string(asked.medium) + " is given, the report is on " +
                         std::to_string(report->media.size()) + " media",
                     "count from 0");
    }
    auto map = inputs.ReadFrameMap(asked.frame_map, field + ".frameMap", "frame_map_" + std::to_string(i));
    elements.push_back({asked.name, report->media[asked.medium], asked.conform_offsets, std::move(map)});
  }
  const auto map = CompareElements(elements);
  const Scratch scratch(scratch_folder, context.events);
  SendDocument(context, scratch, "element_map", document::ToJson(map));
  for (const auto& note : map.notes) context.events.Warn(note);
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
