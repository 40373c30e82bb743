#include "worker/engine/jobs/medium.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "worker/engine/color/default_space.h"
#include "worker/engine/frames/media_facts.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

constexpr char kColorRemedy[] =
    "name the space that the pixels are in (--source-space, --reference-space, media add --space), or a configuration "
    "that leads from it (--ocio-config)";

constexpr char kRegistered[] =
    "source and reference must be registered: the same size, pixel aspect and channels, frame by frame; align and crop "
    "the reference to the source first";

frames::FrameRange ParseRange(const std::string& text, const std::string& field) {
  try {
    return frames::FrameRange::Parse(text);
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(field + ": " + error.what(), "write ranges as 1001-1049, 1,5,9 or 1-100x5");
  }
}

frames::FrameRange PresentRange(const frames::FrameSequence& sequence, const std::string& field) {
  auto present = sequence.Present();
  if (present.empty()) {
    throw BadInput(field + ": no file matches " + sequence.location().ToString(),
                   "check folder, name and padding of the pattern");
  }
  return frames::FrameRange::Of(std::move(present));
}

// Options are the engine's own; a registered medium has its space set where it is registered.
std::vector<std::string> WarningsOf(const FrameSource& source, const std::string& name,
                                    const frames::FrameSequence& sequence, const frames::FrameRange& range,
                                    const frames::FrameFacts& facts, const std::string& space) {
  std::vector<std::string> warnings;
  if (source.range.empty()) {
    if (auto holes = frames::HolesIn(range.Sorted()); !holes.empty()) {
      warnings.push_back(name + ": no range is named and " + sequence.location().ToString() + " has gaps: frames " +
                         frames::FrameRange::Of(std::move(holes)).ToString() +
                         " are missing; name the range to have them refused or reported");
    }
  }
  // All of its frames would be taken for the whole of it.
  if (const auto movie = sequence.FactsOfMovie(); movie && movie->is_cut_off && source.range.empty()) {
    warnings.push_back(name + ": " + sequence.location().ToString() + " is cut off: " +
                       std::to_string(movie->frame_count) + " of " + std::to_string(movie->stated_frames) +
                       " frames are there; copy it again, or name the range");
  }
  if (IsSpaceAssumed(source, facts) && !space.empty()) {
    warnings.push_back(name + ": its files do not say their colour space, " + space +
                       " is assumed; name another by " +
                       (name == "medium" ? "" : "--" + name + "-space, or ") + "media add --space");
  }
  return warnings;
}

struct FirstFrame {
  int frame = 0;
  frames::FrameFacts facts;
};

FirstFrame FirstReadable(const frames::FrameSequence& sequence, const frames::FrameRange& range,
                         MissingFrames missing) {
  // The missing frames are named as ranges, before the first header fails to open.
  if (missing == MissingFrames::kRefuse) sequence.RequireAll(range);
  std::exception_ptr first_fault;
  for (const int frame : range.Sorted()) {
    try {
      return {frame, sequence.Probe(frame)};
    } catch (const frames::FrameError&) {
      if (missing == MissingFrames::kRefuse) throw;
      if (!first_fault) first_fault = std::current_exception();
    }
  }
  if (first_fault) std::rethrow_exception(first_fault);
  throw BadInput(sequence.location().ToString() + ": the range is empty", "name at least one frame");
}

std::string SpaceOf(const FrameSource& source, const frames::FrameSequence& sequence, const frames::FrameFacts& facts,
                    int frame, const std::string& field, const color::ColorConfig& config) try {
  if (!source.color_space.empty()) return config.Resolve(source.color_space);
  return config.Resolve(color::DefaultSpace(config, facts.ColorFacts(), sequence.FileOf(frame).ToString()));
} catch (const color::ColorError& error) {
  throw BadInput(field + ".colorSpace: " + error.what(), kColorRemedy);
}

int ColorChannels(const frames::FrameFacts& facts) {
  return static_cast<int>(std::count_if(facts.channels.begin(), facts.channels.end(), [](const std::string& name) {
    return name != "A" && name != "a" && name != "alpha";
  }));
}

std::string SizeText(image::Size size) {
  return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
}

}  // namespace

bool IsSpaceAssumed(const FrameSource& source, const frames::FrameFacts& facts) {
  return source.color_space.empty() && !color::StatesItsSpace(facts.ColorFacts());
}

Medium OpenMedium(const JobContext& context, const std::optional<FrameSource>& source, const std::string& name,
                  const std::string& field, const color::ColorConfig& config, MissingFrames missing,
                  UnknownSpace unknown) {
  if (!source || source->path.empty()) {
    throw BadInput(field + ".path is not given", "name a sequence, e.g. root:sh010/f.%04d.exr");
  }
  frames::FrameSequence sequence(context.roots, context.roots.Locate(source->path, context.current_folder),
                                 OverridesOf(source->movie), PulldownOf(source->pulldown, field + ".pulldown"));
  if (source->movie && !sequence.IsMovie()) {
    throw BadInput(field + ".movie: " + sequence.location().ToString() + " is no movie: files say how they are read",
                   "leave matrix and range out");
  }
  auto range =
      source->range.empty() ? PresentRange(sequence, field + ".path") : ParseRange(source->range, field + ".range");
  auto first = FirstReadable(sequence, range, missing);
  std::string space, color_fault;
  try {
    space = SpaceOf(*source, sequence, first.facts, first.frame, field, config);
  } catch (const JobError& error) {
    if (unknown == UnknownSpace::kRefuse) throw;
    color_fault = std::string(error.what()) + "; " + error.remedy();
  }
  auto warnings = WarningsOf(*source, name, sequence, range, first.facts, space);
  auto named = *source;
  if (named.range.empty()) named.range = range.ToString();
  return {name,  std::move(named), std::move(sequence), std::move(range), std::move(first.facts), std::move(space),
          std::move(warnings), std::move(color_fault)};
}

void SendWarnings(const JobContext& context, const Medium& medium) {
  for (const auto& text : medium.warnings) context.events.Warn(text);
}

void NotesOnce::Add(const std::vector<std::string>& notes) {
  for (const auto& note : notes) {
    if (said_.insert(note).second) events_.Warn(medium_ + ": " + note);
  }
}

void CheckHeaders(const JobContext& context, const Medium& medium, const frames::FrameRange& range) {
  medium.sequence.RequireAll(range);
  EngineProgress progress;
  progress.phase = "checking the " + medium.name;
  progress.total = static_cast<std::uint32_t>(range.size());
  for (const int frame : range.frames()) {
    context.ThrowIfStopped();
    const auto facts = medium.sequence.Probe(frame);
    const auto file = medium.sequence.FileOf(frame).ToString();
    if (facts.size != medium.facts.size) {
      throw BadInput(file + " (frame " + std::to_string(frame) + ") is " + SizeText(facts.size) +
                         ", the first frame is " + SizeText(medium.facts.size),
                     "all frames of a medium must have one size");
    }
    if (ColorChannels(facts) != ColorChannels(medium.facts)) {
      throw BadInput(file + " (frame " + std::to_string(frame) + ") has " + std::to_string(ColorChannels(facts)) +
                         " colour channels, the first frame has " + std::to_string(ColorChannels(medium.facts)),
                     "all frames of a medium must have the same channels");
    }
    ++progress.done;
    if (progress.done % 25 == 0 || progress.done == progress.total) context.events.Send(progress);
  }
}

void CheckParity(const Medium& source, const Medium& reference) {
  const auto differ = [&](const std::string& what, const std::string& ours, const std::string& theirs) {
    throw BadInput("the " + what + " of " + source.name + " and " + reference.name +
                       " differ: " + source.sequence.location().ToString() + " has " + ours + ", " +
                       reference.sequence.location().ToString() + " has " + theirs,
                   kRegistered);
  };
  if (source.facts.size != reference.facts.size) {
    differ("sizes", SizeText(source.facts.size), SizeText(reference.facts.size));
  }
  if (std::abs(source.facts.pixel_aspect - reference.facts.pixel_aspect) > 1e-3) {
    differ("pixel aspects", std::to_string(source.facts.pixel_aspect), std::to_string(reference.facts.pixel_aspect));
  }
  if (ColorChannels(source.facts) != ColorChannels(reference.facts)) {
    differ("colour channels", std::to_string(ColorChannels(source.facts)),
           std::to_string(ColorChannels(reference.facts)));
  }
}

void RequireFrame(const Medium& medium, int frame, const std::string& field) {
  if (medium.range.Contains(frame)) return;
  throw BadInput(field + ": frame " + std::to_string(frame) + " lies outside the " + medium.name + "'s range " +
                     medium.range.ToString(),
                 "choose frames inside the range, or widen it");
}

color::TrainingTransform TrainingTransformOf(const Medium& medium, const ColorPlan& color) try {
  const auto route = color::ChooseRoute(color.config, medium.space, color.domain, color.rendering);
  return {color.config, medium.space, route};
} catch (const color::ColorError& error) {
  throw BadInput(medium.name + " " + medium.sequence.location().ToString() + ": its colour space '" + medium.space +
                     "' has no way into the training domain '" + std::string(color::NameOf(color.domain)) + "': " +
                     error.what(),
                 kColorRemedy);
}

std::string TextOf(const Medium& medium) {
  return std::to_string(medium.range.size()) + " frames " + medium.range.ToString() + ", " +
         SizeText(medium.facts.size) + ", " + medium.facts.format + " " +
         std::string(frames::NameOf(medium.facts.encoding)) + ", " + medium.space;
}

}  // namespace interneg::jobs
