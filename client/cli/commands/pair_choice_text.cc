#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/document_text.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

std::string Heading(const v1::PairChoice& choice) {
  const auto held_out = std::count_if(choice.pairs().begin(), choice.pairs().end(),
                                      [](const v1::ChosenPair& pair) { return pair.held_out(); });
  return fmt::format("{} pairs for a {}: {} to train on, {} held out", choice.pairs_size(), cli::Word(choice.scope()),
                     choice.pairs_size() - held_out, held_out);
}

std::string Why(const v1::ChosenPair& pair) {
  if (pair.best_for().empty()) return fmt::format("{}", fmt::join(pair.covers(), ", "));
  const std::string best = fmt::format("most {}", fmt::join(pair.best_for(), ", "));
  return pair.covers().empty() ? best : fmt::format("{}; shows {}", best, fmt::join(pair.covers(), ", "));
}

cli::Listing Pairs(const v1::PairChoice& choice) {
  cli::Listing listing{{{"FRAME"},
                        {"PARTNER"},
                        {"ROLE"},
                        {"PLACE"},
                        {"VALUE", cli::Shown::kWide},
                        {"WHY", cli::Shown::kBelow},
                        {"COMPROMISES", cli::Shown::kBelow}},
                       {}};
  for (const v1::ChosenPair& pair : choice.pairs()) {
    const std::string frame = std::to_string(pair.source_frame());
    listing.rows.push_back(
        {{frame, std::to_string(pair.reference_frame()), pair.held_out() ? "held out" : "train", pair.placement(),
          fmt::format("{:.3f}", pair.value()), Why(pair), fmt::format("{}", fmt::join(pair.compromises(), "; "))},
         frame,
         {}});
  }
  return listing;
}

// "hue: covered red, skin; not covered blue; missing violet", a line a group.
void AddCoverage(const v1::PairChoice& choice, std::vector<std::string>& lines) {
  std::vector<std::string> groups;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> names;
  for (const v1::CoveredKind& kind : choice.coverage()) {
    if (names.count(kind.group()) == 0) groups.push_back(kind.group());
    names[kind.group()][kind.presence()].push_back(kind.name());
  }
  for (const std::string& group : groups) {
    std::vector<std::string> parts;
    for (const char* presence : {"covered", "not covered", "missing"}) {
      if (const auto found = names[group].find(presence); found != names[group].end())
        parts.push_back(fmt::format("{} {}", presence, fmt::join(found->second, ", ")));
    }
    lines.push_back(fmt::format("Coverage, {}: {}", group, fmt::join(parts, "; ")));
  }
}

// A line a reason, the most frequent first.
void AddRejections(const v1::PairChoice& choice, std::vector<std::string>& lines) {
  std::map<std::string, std::vector<int>> frames_by_reason;
  for (const v1::RejectedFrame& frame : choice.rejected())
    for (const std::string& reason : frame.reasons()) frames_by_reason[reason].push_back(frame.source_frame());
  std::vector<std::pair<std::string, std::vector<int>>> reasons(frames_by_reason.begin(), frames_by_reason.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  for (auto& [reason, frames] : reasons)
    lines.push_back(fmt::format("Rejected: {} for {} ({})", frames.size(), reason, cli::FrameRangeText(frames)));
}

}  // namespace

DocumentText TextOf(const v1::PairChoice& choice) {
  DocumentText text{Heading(choice), Pairs(choice), {}};
  AddCoverage(choice, text.lines);
  AddRejections(choice, text.lines);
  for (const std::string& note : choice.notes()) text.lines.push_back("Note: " + note);
  return text;
}

}  // namespace interneg::commands
