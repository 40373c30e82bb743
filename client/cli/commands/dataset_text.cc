#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/preparation_options.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

std::string Role(const v1::DatasetPair& pair) {
  return pair.held_out() ? "held out" : "train";
}

std::string Reference(const v1::DatasetPair& pair) {
  return pair.reference_kind() == v1::REFERENCE_KIND_CONSTRUCTED ? "constructed" : "direct";
}

cli::Listing Pairs(const v1::DatasetContent& content) {
  cli::Listing listing{{{"FRAME"},
                        {"PARTNER"},
                        {"ROLE"},
                        {"REFERENCE"},
                        {"TIMECODE", cli::Shown::kWide},
                        {"CITATION", cli::Shown::kBelow},
                        {"COMPROMISES", cli::Shown::kBelow},
                        {"NOTE", cli::Shown::kBelow}},
                       {}};
  for (const v1::DatasetPair& pair : content.pairs()) {
    const std::string frame = std::to_string(pair.source_frame());
    listing.rows.push_back(
        {{frame, std::to_string(pair.reference_frame()), Role(pair), Reference(pair), pair.timecode(), pair.citation(),
          fmt::format("{}", fmt::join(pair.compromises(), "; ")), pair.note()},
         frame,
         {}});
  }
  return listing;
}

std::string Heading(const v1::DatasetVersion& dataset) {
  const int held_out = dataset.held_out_size();
  const int all = dataset.content().pairs_size();
  const std::string state = dataset.state() == v1::DATASET_STATE_DRAFT
                                ? fmt::format("draft at revision {}", dataset.revision())
                                : fmt::format("version {}, locked", dataset.version());
  return fmt::format("{}, {}: {} recovery of {}; {} to train on, {} held out{}", dataset.name(), state,
                     cli::Word(dataset.recovery()), dataset.shot(), all - held_out, held_out,
                     all == 0 ? "" : fmt::format(" ({:.0f} %)", 100.0 * held_out / all));
}

using Steps = google::protobuf::RepeatedPtrField<v1::PreparationStep>;

std::string StepsText(const Steps& steps) {
  std::vector<std::string> texts;
  for (const v1::PreparationStep& step : steps) texts.push_back(PreparationText(step));
  return fmt::format("{}", fmt::join(texts, " then "));
}

std::string FramesText(const v1::FrameSource& frames, const std::string& media_id) {
  return frames.path().empty() ? media_id : fmt::format("{} {} ({})", frames.path(), frames.range(), media_id);
}

std::string ColorText(const v1::DatasetContent& content) {
  if (!content.has_color()) return {};
  const v1::ColorSettings& color = content.color();
  std::vector<std::string> parts;
  if (color.domain() != v1::TRAINING_DOMAIN_UNSPECIFIED) parts.push_back("domain " + cli::Word(color.domain()));
  if (color.matrix() != v1::YCBCR_MATRIX_UNSPECIFIED) parts.push_back("matrix " + cli::Word(color.matrix()));
  if (!color.working_space().empty()) parts.push_back("working space " + color.working_space());
  if (!color.config().empty()) parts.push_back("configuration " + color.config());
  if (color.allow_linear_clamp()) parts.push_back("linear clamp allowed");
  return parts.empty() ? "the defaults" : fmt::format("{}", fmt::join(parts, ", "));
}

// What a content says beside its pairs: name and text, empty where it says nothing.
std::vector<std::pair<std::string, std::string>> Settings(const v1::DatasetContent& content) {
  return {{"recovery", cli::Word(content.recovery())},
          {"source", FramesText(content.source(), content.source_media_id())},
          {"reference", FramesText(content.reference(), content.reference_media_id())},
          {"alignment", content.alignment_sha256()},
          {"crop", content.has_crop() ? CropText(content.crop()) : ""},
          {"colour", ColorText(content)},
          {"source preparation", StepsText(content.source_preparation())},
          {"reference preparation", StepsText(content.reference_preparation())}};
}

std::string PairText(const v1::DatasetPair& pair) {
  std::string text = fmt::format("{} on {}, {}", pair.source_frame(), pair.reference_frame(), Role(pair));
  if (pair.reference_kind() == v1::REFERENCE_KIND_CONSTRUCTED) text += ", constructed";
  if (!pair.timecode().empty()) text += ", at " + pair.timecode();
  if (!pair.citation().empty()) text += ", from " + pair.citation();
  if (!pair.compromises().empty()) text += fmt::format(", {}", fmt::join(pair.compromises(), "; "));
  if (!pair.note().empty()) text += ", note: " + pair.note();
  return text;
}

std::map<int, std::string> PairTexts(const v1::DatasetContent& content) {
  std::map<int, std::string> texts;
  for (const v1::DatasetPair& pair : content.pairs()) texts[pair.source_frame()] = PairText(pair);
  return texts;
}

void AddChange(const std::string& thing, const std::string& before, const std::string& after,
               std::vector<DatasetChange>& changes) {
  if (before == after) return;
  const char* what = before.empty() ? "added" : after.empty() ? "removed" : "changed";
  changes.push_back({what, thing, before, after});
}

}  // namespace

DocumentText TextOf(const v1::DatasetVersion& dataset) {
  DocumentText text{Heading(dataset), Pairs(dataset.content()), {}};
  for (const auto& [name, value] : Settings(dataset.content())) {
    if (value.empty() || name == "recovery") continue;
    std::string title = name;
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    text.lines.push_back(fmt::format("{}: {}", title, value));
  }
  if (!dataset.note().empty()) text.lines.push_back("Note: " + dataset.note());
  if (!dataset.sha256().empty()) text.lines.push_back("SHA-256: " + dataset.sha256());
  text.lines.push_back("Id: " + dataset.dataset_version_id());
  return text;
}

std::vector<DatasetChange> DiffOf(const v1::DatasetContent& before, const v1::DatasetContent& after) {
  std::vector<DatasetChange> changes;
  auto of_before = PairTexts(before), of_after = PairTexts(after);
  std::set<int> frames;
  for (const auto* texts : {&of_before, &of_after})
    for (const auto& [frame, text] : *texts) frames.insert(frame);
  for (const int frame : frames) AddChange(fmt::format("pair {}", frame), of_before[frame], of_after[frame], changes);
  const auto settings_before = Settings(before), settings_after = Settings(after);
  for (std::size_t i = 0; i < settings_before.size(); ++i)
    AddChange(settings_before[i].first, settings_before[i].second, settings_after[i].second, changes);
  return changes;
}

}  // namespace interneg::commands
