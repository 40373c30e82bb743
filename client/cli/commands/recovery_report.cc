#include "client/cli/commands/recovery_report.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "client/cli/commands/document_text.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

using Measures = std::vector<const v1::Measure*>;

// Measures of one name and subject → one value.
std::optional<double> ValueOf(const Measures& measures, std::optional<std::uint32_t> best_step) {
  const auto step_of = [](const v1::Measure& m) { return m.has_step() ? static_cast<long>(m.step()) : -1L; };
  long wanted = std::numeric_limits<long>::min();
  for (const v1::Measure* m : measures) wanted = std::max(wanted, step_of(*m));
  if (best_step && std::any_of(measures.begin(), measures.end(),
                               [&](const v1::Measure* m) { return step_of(*m) == static_cast<long>(*best_step); }))
    wanted = static_cast<long>(*best_step);
  std::optional<double> whole;
  double sum = 0;
  int count = 0;
  for (const v1::Measure* m : measures) {
    if (step_of(*m) != wanted) continue;
    if (!m->has_frame()) whole = m->value();
    if (m->has_frame()) sum += m->value(), ++count;
  }
  if (whole) return whole;
  if (count == 0) return std::nullopt;
  return sum / count;
}

struct Words {
  std::string label;
  std::string unit;
};

// `chroma_psnr_db` → "chroma PSNR", "dB".
Words WordsFor(const std::string& name) {
  static const std::map<std::string, Words> known = {{"chroma_psnr_db", {"Chroma PSNR", "dB"}},
                                                     {"luma_psnr_db", {"Luma PSNR", "dB"}},
                                                     {"psnr_db", {"PSNR", "dB"}},
                                                     {"free_planes_psnr_db", {"Free planes PSNR", "dB"}},
                                                     {"delta_e2000", {"ΔE2000", ""}},
                                                     {"delta_e2000_mean", {"ΔE2000, mean", ""}},
                                                     {"delta_e2000_p95", {"ΔE2000, 95th percentile", ""}}};
  if (const auto found = known.find(name); found != known.end()) return found->second;
  // A figure that this client does not know yet: its name ends in its unit.
  static constexpr std::string_view kDecibel = "_db";
  const bool decibel =
      name.size() > kDecibel.size() && name.compare(name.size() - kDecibel.size(), std::string::npos, kDecibel) == 0;
  std::string label = decibel ? name.substr(0, name.size() - kDecibel.size()) : name;
  std::replace(label.begin(), label.end(), '_', ' ');
  return {label, decibel ? "dB" : ""};
}

std::vector<std::string> SubjectsOf(const std::vector<Figure>& figures) {
  std::vector<std::string> subjects;
  for (const char* known : {"model", "baseline", "untouched"}) {
    if (std::any_of(figures.begin(), figures.end(), [&](const Figure& f) { return f.subjects.count(known) != 0; }))
      subjects.emplace_back(known);
  }
  return subjects;
}

std::string FigureTable(const std::vector<Figure>& figures) {
  const auto subjects = SubjectsOf(figures);
  std::string text = fmt::format("  {:<26}", "");
  for (const std::string& subject : subjects) text += fmt::format("{:>12}", subject);
  text += '\n';
  for (const Figure& figure : figures) {
    const Words words = WordsFor(figure.name);
    if (std::none_of(subjects.begin(), subjects.end(), [&](const auto& s) { return figure.subjects.count(s) != 0; }))
      continue;
    text += fmt::format("  {:<26}", words.label);
    for (const std::string& subject : subjects) {
      const auto value = figure.subjects.find(subject);
      text += value == figure.subjects.end() ? fmt::format("{:>12}", "-") : fmt::format("{:>12.2f}", value->second);
    }
    text += words.unit.empty() ? "\n" : ' ' + words.unit + '\n';
  }
  return text;
}

std::string HeldPlaneText(const HeldPlaneSummary& held) {
  // A frame whose plane is not held as it should be has an error; one without error and proof holds nothing.
  const bool holds = held.proven > 0 || held.failed == held.frames;
  std::string text = holds ? fmt::format(
                                 "Held plane: proven on {} of {} frames; composed within {:.1e} (allowed 1e-6), "
                                 "written within {:.2f} of the format's quantisation.\n",
                                 held.proven, held.frames, held.worst_composed_error, held.worst_share_of_bound)
                           : std::string("Held plane: none; this recovery makes luma and chroma anew.\n");
  if (held.failed > 0)
    text += fmt::format("{} frames could not be rendered or proven; see `interneg job frames`.\n", held.failed);
  if (held.mean_gamut_scaled_share > 0)
    text += fmt::format("Chroma scaled toward grey to stay in gamut: {:.2f} % of the pixels.\n",
                        100 * held.mean_gamut_scaled_share);
  return text;
}

std::string RenderedRange(const std::vector<v1::RenderedFrame>& frames) {
  std::vector<int> numbers;
  for (const v1::RenderedFrame& frame : frames)
    if (frame.error().empty()) numbers.push_back(frame.frame());
  return numbers.empty() ? "none" : cli::FrameRangeText(std::move(numbers));
}

enum class Role { kTrained, kHeldOut };

// Frames of one role that are trained or judged with: an unusable pair is left out.
std::vector<int> UsedFrames(const v1::Alignment& alignment, Role role) {
  std::vector<int> frames;
  for (const v1::AlignedPair& pair : alignment.pairs())
    if (pair.held_out() == (role == Role::kHeldOut) && pair.verdict() != "unusable")
      frames.push_back(pair.source_frame());
  return frames;
}

// The dataset's; of a training without one, the alignment's.
std::vector<int> FramesOf(const RecoveryOutcome& outcome, Role role) {
  const auto& frames = role == Role::kHeldOut ? outcome.dataset.held_out() : outcome.dataset.pairs();
  if (frames.empty() && outcome.alignment) return UsedFrames(*outcome.alignment, role);
  return {frames.begin(), frames.end()};
}

std::string DatasetText(const v1::DatasetVersion& dataset) {
  if (dataset.sha256().empty()) return "no dataset version";
  if (dataset.name().empty()) return "the dataset version of hash " + dataset.sha256();
  return fmt::format("dataset {} version {}", dataset.name(), dataset.version());
}

// What was found on the way to the training, and how to see more of it.
std::string StagesText(const RecoveryOutcome& outcome) {
  const v1::Alignment& alignment = *outcome.alignment;
  std::string text = fmt::format("Pairs:      trained on {}, held out {}; {}\n",
                                 cli::FrameRangeText(FramesOf(outcome, Role::kTrained)),
                                 cli::FrameRangeText(FramesOf(outcome, Role::kHeldOut)), DatasetText(outcome.dataset));
  if (const v1::AlignedPair* worst = WorstPair(alignment))
    text += fmt::format("Alignment:  worst pair {}\n", PairText(*worst));
  const auto look = [&](const char* part, const char* command) {
    if (const auto job = outcome.jobs.find(part); job != outcome.jobs.end())
      text += fmt::format("Look at:    interneg {} {}\n", command, job->second.job_id());
  };
  look("match", "match get");
  look("curate", "dataset suggestion");
  look("align", "align get");
  return text;
}

cli::Json StagesJson(const RecoveryOutcome& outcome) {
  cli::Json json = {{"pairs", FramesOf(outcome, Role::kTrained)}, {"heldOut", FramesOf(outcome, Role::kHeldOut)}};
  if (const v1::AlignedPair* worst = WorstPair(*outcome.alignment)) json["worstAlignment"] = cli::ToJson(*worst);
  return json;
}

}  // namespace

std::vector<Figure> FiguresOf(const std::vector<v1::Measure>& measures, const std::string& scope,
                              std::optional<std::uint32_t> best_step) {
  std::vector<std::string> names;
  std::map<std::string, std::map<std::string, Measures>> grouped;
  for (const v1::Measure& measure : measures) {
    if (measure.scope() != scope) continue;
    if (grouped.count(measure.name()) == 0) names.push_back(measure.name());
    grouped[measure.name()][measure.subject()].push_back(&measure);
  }
  std::vector<Figure> figures;
  for (const std::string& name : names) {
    Figure figure{name, {}};
    for (const auto& [subject, group] : grouped[name])
      if (const auto value = ValueOf(group, best_step)) figure.subjects[subject] = *value;
    figures.push_back(std::move(figure));
  }
  return figures;
}

HeldPlaneSummary SummariseHeldPlane(const std::vector<v1::RenderedFrame>& frames) {
  HeldPlaneSummary summary;
  double scaled = 0;
  for (const v1::RenderedFrame& frame : frames) {
    ++summary.frames;
    if (!frame.error().empty()) {
      ++summary.failed;
      continue;
    }
    if (frame.proven()) ++summary.proven;
    summary.worst_composed_error = std::max(summary.worst_composed_error, frame.composed_error());
    summary.worst_share_of_bound = std::max(summary.worst_share_of_bound, frame.written_share_of_bound());
    scaled += frame.gamut_scaled_share();
  }
  if (summary.frames > summary.failed) summary.mean_gamut_scaled_share = scaled / (summary.frames - summary.failed);
  return summary;
}

std::string ReportText(const RecoveryOutcome& outcome) {
  std::string text;
  for (const auto& [scope, heading] :
       {std::pair{"validation", "Validation, on the held-out frames"}, std::pair{"test", "Test"}}) {
    const auto figures = FiguresOf(outcome.measures, scope, outcome.best_step);
    if (figures.empty()) continue;
    const std::string frames = scope == std::string("validation")
                                   ? ' ' + cli::FrameRangeText(FramesOf(outcome, Role::kHeldOut))
                                   : std::string();
    text += fmt::format("{}{}\n{}", heading, frames, FigureTable(figures));
  }
  if (outcome.alignment) text += StagesText(outcome);
  if (!outcome.frames.empty()) text += HeldPlaneText(SummariseHeldPlane(outcome.frames));
  text += fmt::format("Frames:     {} ({})\n", outcome.output, RenderedRange(outcome.frames));
  for (const v1::Artifact& artifact : outcome.artifacts) {
    if (artifact.kind() == "before_after" || artifact.kind() == "validation_sheet")
      text +=
          fmt::format("{:<11} interneg artifact download {} --to {}\n",
                      artifact.kind() == "before_after" ? "Picture:" : "Sheet:", artifact.sha256(), artifact.name());
  }
  const v1::Job& train = outcome.jobs.at("train");
  if (!train.best_checkpoint_sha256().empty()) text += fmt::format("Checkpoint: {}\n", train.best_checkpoint_sha256());
  std::string jobs;
  for (const char* part : kParts)
    if (const auto job = outcome.jobs.find(part); job != outcome.jobs.end())
      jobs += fmt::format("{}{} {}", jobs.empty() ? "" : ", ", part, job->second.job_id());
  text += fmt::format("Jobs:       {}\n", jobs);
  return text;
}

cli::Json ReportJson(const RecoveryOutcome& outcome) {
  const HeldPlaneSummary held = SummariseHeldPlane(outcome.frames);
  cli::Json json = {{"output", outcome.output}};
  if (outcome.alignment) json["found"] = StagesJson(outcome);
  if (!outcome.alignment || !outcome.dataset.sha256().empty()) json["dataset"] = cli::ToJson(outcome.dataset);
  json["jobs"] = cli::Json::object();
  for (const char* part : kParts)
    if (const auto job = outcome.jobs.find(part); job != outcome.jobs.end())
      json["jobs"][part] = cli::ToJson(job->second);
  for (const char* scope : {"validation", "test"}) {
    for (const Figure& figure : FiguresOf(outcome.measures, scope, outcome.best_step))
      json[scope][figure.name] = figure.subjects;
  }
  json["heldPlane"] = {{"frames", held.frames},
                       {"proven", held.proven},
                       {"failed", held.failed},
                       {"worstComposedError", held.worst_composed_error},
                       {"worstWrittenShareOfBound", held.worst_share_of_bound},
                       {"meanGamutScaledShare", held.mean_gamut_scaled_share}};
  json["frames"] = cli::Json::array();
  for (const v1::RenderedFrame& frame : outcome.frames) json["frames"].push_back(cli::ToJson(frame));
  json["artifacts"] = cli::Json::array();
  for (const v1::Artifact& artifact : outcome.artifacts) json["artifacts"].push_back(cli::ToJson(artifact));
  return json;
}

}  // namespace interneg::commands
