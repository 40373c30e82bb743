#include <map>

#include <fmt/format.h>

#include "client/cli/commands/document_text.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

std::string Run(int first, int last) {
  return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
}

std::string Heading(const v1::FrameMap& map) {
  std::map<v1::MatchState, int> counts;
  for (const v1::MappedFrame& frame : map.frames()) ++counts[frame.state()];
  return fmt::format("{} source frames: {} matched, {} held, {} uncertain, {} unmatched", map.frames_size(),
                     counts[v1::MATCH_STATE_MATCHED], counts[v1::MATCH_STATE_HELD], counts[v1::MATCH_STATE_UNCERTAIN],
                     counts[v1::MATCH_STATE_UNMATCHED] + counts[v1::MATCH_STATE_UNSPECIFIED]);
}

// One-to-one: how far the numbers lie apart; pulled: how many reference frames stand for how many of the source's.
std::string Cadence(const v1::MappedSpan& span) {
  if (span.reference_rate() == span.source_rate() || span.source_rate() == 0) return span.cadence();
  return fmt::format("{} {}:{}", span.cadence(), span.reference_rate(), span.source_rate());
}

cli::Listing Spans(const v1::FrameMap& map) {
  cli::Listing listing{{{"SOURCE"},
                        {"REFERENCE"},
                        {"CADENCE"},
                        {"OFFSET"},
                        {"AGREEMENT"},
                        {"SCORE"},
                        {"MOTION", cli::Shown::kWide},
                        {"PHASE", cli::Shown::kWide}},
                       {}};
  for (const v1::MappedSpan& span : map.spans()) {
    const std::string offset = span.cadence() == "one-to-one" ? fmt::format("{:+}", span.offset()) : std::string();
    const std::string source = Run(span.source_first(), span.source_last());
    listing.rows.push_back({{source, Run(span.reference_first(), span.reference_last()), Cadence(span), offset,
                             fmt::format("{:.3f}", span.agreement()), fmt::format("{:.3f}", span.score()),
                             fmt::format("{:.4f}", span.motion()), fmt::format("{:.2f}", span.phase())},
                            source,
                            {}});
  }
  return listing;
}

}  // namespace

DocumentText TextOf(const v1::FrameMap& map) {
  DocumentText text{Heading(map), Spans(map), {}};
  for (const v1::MapGap& gap : map.gaps()) {
    text.lines.push_back(gap.of_reference()
                             ? fmt::format("Gap: reference {} is not in the source", Run(gap.first(), gap.last()))
                             : fmt::format("Gap: source {} has no partner", Run(gap.first(), gap.last())));
  }
  for (const v1::UncertainFrames& frames : map.uncertain())
    text.lines.push_back(fmt::format("Uncertain: {}: {}", Run(frames.first(), frames.last()), frames.reason()));
  if (!map.orientation().empty() && map.orientation() != "upright")
    text.lines.push_back(fmt::format("Orientation: the reference is {}", map.orientation()));
  if (map.edits_size() > 0) text.lines.push_back(fmt::format("Edits by hand: {}", map.edits_size()));
  for (const std::string& note : map.notes()) text.lines.push_back("Note: " + note);
  return text;
}

cli::Listing ListMappedFrames(const v1::FrameMap& map) {
  cli::Listing listing{{{"SOURCE"},
                        {"REFERENCE"},
                        {"STATE"},
                        {"SCORE"},
                        {"MARGIN"},
                        {"PROBABILITY", cli::Shown::kWide},
                        {"HELD", cli::Shown::kWide},
                        {"MIXED", cli::Shown::kWide},
                        {"BY HAND", cli::Shown::kWide}},
                       {}};
  for (const v1::MappedFrame& frame : map.frames()) {
    const std::string source = std::to_string(frame.source());
    const bool held = frame.state() == v1::MATCH_STATE_HELD;
    listing.rows.push_back(
        {{source, frame.has_reference() ? std::to_string(frame.reference()) : std::string(), cli::Word(frame.state()),
          fmt::format("{:.3f}", frame.score()), fmt::format("{:.3f}", frame.margin()),
          fmt::format("{:.3f}", frame.probability()), held ? Run(frame.held_first(), frame.held_last()) : std::string(),
          frame.mixed() ? "mixed" : "", frame.by_hand() ? "by hand" : ""},
         source,
         cli::ToJson(frame)});
  }
  return listing;
}

}  // namespace interneg::commands
