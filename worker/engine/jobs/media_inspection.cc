#include "worker/engine/jobs/media_inspection.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/frames/media_facts.h"
#include "worker/engine/frames/parity.h"
#include "worker/engine/jobs/colour_presence.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/media_facts_document.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/output_plan.h"
#include "worker/engine/jobs/progress.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/shot_measures.h"
#include "worker/engine/jobs/stage_input.h"
#include "worker/engine/jobs/whole_pictures.h"

namespace interneg::jobs {
namespace {

struct Inspected {
  Medium medium;  // color_fault: also when its space is known, and no way leads from it
  frames::MediaFacts facts;
  document::MediumReport report;
};

// A medium that cannot be opened is told of too.
struct Looked {
  document::MediumReport report;
  std::optional<Inspected> inspected;  // none: report.unusable says why

  // Why its pictures cannot be judged; empty: they can.
  const std::string& WhyUnseen() const { return inspected ? inspected->medium.color_fault : report.unusable; }
};

frames::MediaFacts InspectFrames(const JobContext& context, const Medium& medium, const MediaInspection& inspection) {
  frames::MediaQuestions questions;
  questions.range = medium.range;
  questions.hashes = inspection.frame_hashes ? frames::Measuring::kMeasure : frames::Measuring::kSkip;
  int told = -1;
  return frames::Inspect(medium.sequence, questions, [&](int done, int of) {
    context.ThrowIfStopped();
    if (std::exchange(told, done) == done) return;
    context.events.Send(EngineProgress{
        "inspecting the " + medium.name, static_cast<std::uint32_t>(done), static_cast<std::uint32_t>(of), 0, {}, 0});
  });
}

// Of the frames to be decoded, those whose pixels are there are read once; what is wrong with one is kept beside what
// its header already told.
void Decode(const JobContext& context, const std::vector<std::int32_t>& wanted, Inspected& inspected) {
  std::set<int> broken;
  for (const auto& frame : inspected.facts.unreadable) broken.insert(frame.frame);
  std::vector<int> frames;
  for (const int frame : inspected.facts.range.Sorted()) {
    const bool asked = wanted.empty() || std::find(wanted.begin(), wanted.end(), frame) != wanted.end();
    if (asked && !broken.contains(frame)) frames.push_back(frame);
  }
  Progress progress(context, "decoding the " + inspected.medium.name, frames.size());
  for (const int frame : frames) {
    context.ThrowIfStopped();
    try {
      inspected.medium.Read(frame);
    } catch (const frames::FrameError& error) {
      if (error.fault() == frames::FrameFault::kStorage) throw;
      inspected.report.unreadable.push_back({frame, error.what()});
    }
    progress.Advance();
  }
}

void MeasureMedium(const JobContext& context, const ColorPlan& color, const MediaInspection& inspection,
             Inspected& inspected) {
  const auto wanted =
      inspection.measured_frames == 0 ? static_cast<std::uint32_t>(kMeasuredFrames) : inspection.measured_frames;
  auto present = inspected.medium;
  present.range = inspected.facts.range;
  auto measured = MeasureShots(context, present, color, static_cast<int>(wanted), inspected.facts.fields);
  inspected.report.shots = std::move(measured.shots);
  auto& unreadable = inspected.report.unreadable;
  for (const int frame : measured.unreadable) {
    const auto is_this = [&](const document::UnreadableFrame& other) { return other.frame == frame; };
    if (std::none_of(unreadable.begin(), unreadable.end(), is_this)) {
      unreadable.push_back({frame, "its pixels cannot be read"});
    }
  }
}

void FindColorRoute(const ColorPlan& color, Medium& medium) {
  if (!medium.color_fault.empty()) return;
  try {
    TrainingTransformOf(medium, color);
  } catch (const JobError& error) {
    medium.color_fault = std::string(error.what()) + "; " + error.remedy();
  }
}

Inspected InspectMedium(const JobContext& context, const ProbeJob& job, std::size_t at, const ColorPlan& color) {
  const std::string name = job.media.size() == 1 ? "medium" : at == 0 ? "source" : "reference";
  const auto& source = job.media[at];
  auto medium = OpenMedium(context, source, name, "probe.media[" + std::to_string(at) + "]", color.config,
                           MissingFrames::kTolerate, UnknownSpace::kReport);
  FindColorRoute(color, medium);
  context.events.Inform(name + ": " + TextOf(medium));
  SendWarnings(context, medium);
  const auto inspection = job.inspection.value_or(MediaInspection());
  auto facts = InspectFrames(context, medium, inspection);
  Inspected out{std::move(medium), std::move(facts), {}};
  out.report = ToDocument(out.facts, out.medium.frames);
  out.report.recommendations = FieldAdvice(out.facts, out.medium.frames);
  out.report.color_space = out.medium.space;
  out.report.color_space_assumed = IsSpaceAssumed(source, out.medium.facts);
  // Looking for shots reads every frame: nothing is left to decode then.
  if (job.measure && out.medium.color_fault.empty()) {
    MeasureMedium(context, color, inspection, out);
  } else {
    Decode(context, job.decoded_frames, out);
  }
  std::sort(out.report.unreadable.begin(), out.report.unreadable.end(),
            [](const auto& a, const auto& b) { return a.frame < b.frame; });
  return out;
}

// What is wrong with the medium is a finding; what is wrong with the job, its colour settings or a disk is not.
Looked LookAt(const JobContext& context, const ProbeJob& job, std::size_t at, const ColorPlan& color) try {
  Looked looked;
  looked.inspected = InspectMedium(context, job, at, color);
  looked.report = looked.inspected->report;
  return looked;
} catch (const std::exception& error) {
  const auto failure = FailureOf(error);
  if (failure.kind != FailureKind::kBadInput) throw;
  document::MediumReport report;
  report.frames = job.media[at];
  report.unusable = failure.message + (failure.remedy.empty() ? "" : "; " + failure.remedy);
  return {std::move(report), std::nullopt};
}

void AddFaults(const Inspected& inspected, std::vector<std::string>& faults) {
  const std::string name = inspected.medium.name + " " + inspected.facts.name + ": ";
  const auto& report = inspected.report;
  if (!report.missing.empty()) {
    faults.push_back(name + "frames " + report.missing + " are missing; copy them, or name the range without them");
  }
  if (!inspected.facts.unlike.empty()) {
    faults.push_back(name + "frames " + inspected.facts.unlike.ToString() +
                     " have another size or other channels than the first one; make them alike, or leave them out");
  }
  if (!report.unreadable.empty()) {
    std::vector<int> frames;
    for (const auto& frame : report.unreadable) frames.push_back(frame.frame);
    faults.push_back(name + "frames " + frames::FrameRange::Of(std::move(frames)).ToString() +
                     " cannot be read; the first: " + report.unreadable.front().reason);
  }
}

void AddParity(const std::vector<Looked>& media, document::MediaReport& report) {
  if (media.size() < 2 || !media[0].inspected || !media[1].inspected) return;
  const auto parity = frames::Compare(media[0].inspected->facts, media[1].inspected->facts);
  report.differences = ToDocument(parity);
  for (const auto& difference : parity.differences) {
    if (difference.severity == frames::Severity::kMustBeEqual) report.faults.push_back(difference.text);
  }
}

void Tell(const JobContext& context, const document::MediaReport& report) {
  for (const auto& medium : report.media) {
    for (const auto& note : medium.notes) context.events.Inform(medium.frames->path + ": " + note);
    for (const auto& advice : medium.recommendations) context.events.Inform(medium.frames->path + ": " + advice);
  }
  for (const auto& difference : report.differences) {
    context.events.Inform(difference.severity + ": " + difference.text);
  }
}

// Before any medium is looked at: a fault of the job is no medium's.
void RequireMeasurable(const MediaInspection& inspection) {
  constexpr std::uint32_t kMost = 100;
  if (inspection.measured_frames <= kMost) return;
  throw BadInput("probe.inspection.measuredFrames: " + std::to_string(inspection.measured_frames) + " is given",
                 "up to 100 are kept in memory at once; 5 tell what a shot is worth");
}

}  // namespace

EngineResult RunInspection(const JobContext& context, const ProbeJob& job,
                           const std::filesystem::path& scratch_folder) {
  if (job.measure) RequireMeasurable(job.inspection.value_or(MediaInspection()));
  const auto color = PlanColor(job.color, "probe.color", context);
  std::vector<Looked> media;
  for (std::size_t i = 0; i < job.media.size(); ++i) media.push_back(LookAt(context, job, i, color));
  const auto* first = media[0].WhyUnseen().empty() ? &media[0].inspected->medium : nullptr;
  if (job.output && first != nullptr) PlanOutput(context, job.output, *first, first->range.Sorted(), color);
  document::MediaReport report;
  report.schema = document::kMediaReportSchema;
  report.color_config_sha256 = color.config.hash();
  for (const auto& looked : media) {
    report.media.push_back(looked.report);
    if (!looked.WhyUnseen().empty()) report.faults.push_back(looked.WhyUnseen());
    if (looked.inspected) AddFaults(*looked.inspected, report.faults);
  }
  if (job.recovery == Recovery::kChroma && first != nullptr && !HasColour(context, *first, color)) {
    report.faults.push_back(std::string(kMonochromeSource) + "; " + kMonochromeRemedy);
  }
  AddParity(media, report);
  // What was measured before stands until something else is.
  for (const auto& looked : media) {
    if (!job.measure || looked.WhyUnseen().empty()) continue;
    throw BadInput("nothing is measured: " + looked.WhyUnseen(), "mend it, or look with media check");
  }
  const Scratch scratch(scratch_folder, context.events);
  SendDocument(context, scratch, "media_report", document::ToJson(report));
  Tell(context, report);
  if (report.faults.empty()) return {EngineOutcome::kSucceeded, std::nullopt, {}};
  const auto more = report.faults.size() - 1;
  throw BadInput("the media cannot be used as they are: " + report.faults.front() +
                     (more == 0 ? "" : " (and " + std::to_string(more) + " more)"),
                 "the report has all that was found");
}

}  // namespace interneg::jobs
