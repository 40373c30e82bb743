#include "client/cli/commands/dataset_edits.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/crop_option.h"
#include "client/cli/frame_range.h"

namespace interneg::commands {
namespace {

absl::Status Wrong(std::string_view option, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", option, what));
}

std::optional<int> WholeNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string Pairs(const v1::DatasetContent& content) {
  std::vector<int> frames;
  for (const v1::DatasetPair& pair : content.pairs()) frames.push_back(pair.source_frame());
  return frames.empty() ? "none yet" : cli::FrameRangeText(frames);
}

absl::StatusOr<v1::DatasetPair*> Find(const char* option, int frame, v1::DatasetContent& content) {
  for (v1::DatasetPair& pair : *content.mutable_pairs())
    if (pair.source_frame() == frame) return &pair;
  return Wrong(
      option, fmt::format("frame {} is no pair; the pairs are {}; add it with --add {}", frame, Pairs(content), frame));
}

absl::StatusOr<std::set<int>> FramesOf(const char* option, const std::vector<std::string>& ranges) {
  std::set<int> all;
  for (const std::string& range : ranges) {
    const auto frames = cli::ParseFrameRange(option, range);
    if (!frames.ok()) return frames.status();
    all.insert(frames->begin(), frames->end());
  }
  return all;
}

// Does `edit` to the pair of every frame in the ranges.
template <class Edit>
absl::Status ForFrames(const char* option, const std::vector<std::string>& ranges, v1::DatasetContent& content,
                       const Edit& edit) {
  const auto frames = FramesOf(option, ranges);
  if (!frames.ok()) return frames.status();
  for (const int frame : *frames) {
    const auto pair = Find(option, frame, content);
    if (!pair.ok()) return pair.status();
    edit(**pair);
  }
  return absl::OkStatus();
}

// Does `edit` to the pair of every FRAME=TEXT.
template <class Edit>
absl::Status ForTexts(const char* option, const std::vector<std::string>& texts, v1::DatasetContent& content,
                      const Edit& edit) {
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    const auto frame = WholeNumber(std::string_view(text).substr(0, equals));
    if (equals == std::string::npos || !frame)
      return Wrong(option, fmt::format("\"{0}\" is no FRAME=TEXT; write for example {1} 1012=\"...\"", text, option));
    const auto pair = Find(option, *frame, content);
    if (!pair.ok()) return pair.status();
    edit(**pair, text.substr(equals + 1));
  }
  return absl::OkStatus();
}

int PartnerOf(int frame, const v1::Alignment* alignment) {
  if (alignment == nullptr) return frame;
  for (const v1::AlignedPair& pair : alignment->pairs())
    if (pair.source_frame() == frame) return pair.reference_frame();
  return frame;
}

absl::Status AddPair(int source, int reference, v1::DatasetContent& content) {
  for (const v1::DatasetPair& pair : content.pairs()) {
    if (pair.source_frame() != source) continue;
    return Wrong("--add", fmt::format("frame {0} is a pair already, with {1}; to give it another partner, write it as "
                                      "{0}=REFERENCE",
                                      source, pair.reference_frame()));
  }
  v1::DatasetPair& pair = *content.add_pairs();
  pair.set_source_frame(source);
  pair.set_reference_frame(reference);
  return absl::OkStatus();
}

// Of a pair that is there: whatever else is known of it stays.
bool ChangePartner(int source, int reference, v1::DatasetContent& content) {
  for (v1::DatasetPair& pair : *content.mutable_pairs()) {
    if (pair.source_frame() != source) continue;
    pair.set_reference_frame(reference);
    return true;
  }
  return false;
}

absl::Status AddPairs(const std::string& text, const v1::Alignment* alignment, v1::DatasetContent& content) {
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const std::string part(rest.substr(0, comma));
    if (const auto equals = part.find('='); equals == std::string::npos) {
      const auto frames = cli::ParseFrameRange("--add", part);
      if (!frames.ok()) return frames.status();
      for (const int frame : *frames)
        if (const absl::Status s = AddPair(frame, PartnerOf(frame, alignment), content); !s.ok()) return s;
    } else {
      const auto from = WholeNumber(std::string_view(part).substr(0, equals));
      const auto to = WholeNumber(std::string_view(part).substr(equals + 1));
      if (!from || !to)
        return Wrong("--add", fmt::format("\"{}\" is no SOURCE or SOURCE=REFERENCE; write for example 1012=988", part));
      if (!ChangePartner(*from, *to, content)) {
        if (const absl::Status s = AddPair(*from, *to, content); !s.ok()) return s;
      }
    }
    if (comma == std::string_view::npos) return absl::OkStatus();
    rest.remove_prefix(comma + 1);
  }
}

absl::Status RemovePairs(const std::vector<std::string>& ranges, v1::DatasetContent& content) {
  std::set<int> gone;
  const absl::Status status =
      ForFrames("--remove", ranges, content, [&](const v1::DatasetPair& pair) { gone.insert(pair.source_frame()); });
  if (!status.ok()) return status;
  auto& pairs = *content.mutable_pairs();
  pairs.erase(std::remove_if(pairs.begin(), pairs.end(),
                             [&](const v1::DatasetPair& pair) { return gone.count(pair.source_frame()) != 0; }),
              pairs.end());
  return absl::OkStatus();
}

absl::Status RequireApart(const char* one, const std::vector<std::string>& in_one, const char* other,
                          const std::vector<std::string>& in_other) {
  const auto frames = FramesOf(one, in_one);
  if (!frames.ok()) return frames.status();
  const auto others = FramesOf(other, in_other);
  if (!others.ok()) return others.status();
  for (const int frame : *frames) {
    if (others->count(frame) != 0)
      return Wrong(other, fmt::format("frame {} is also in {}; it can only be one of the two", frame, one));
  }
  return absl::OkStatus();
}

absl::Status SplitPairs(const DatasetEdits& edits, v1::DatasetContent& content) {
  if (const absl::Status s = RequireApart("--hold-out", edits.hold_out, "--train", edits.train); !s.ok()) return s;
  if (const absl::Status s = RequireApart("--constructed", edits.constructed, "--direct", edits.direct); !s.ok())
    return s;
  const auto hold = [](bool held_out) { return [held_out](v1::DatasetPair& p) { p.set_held_out(held_out); }; };
  const auto made = [](v1::ReferenceKind kind) { return [kind](v1::DatasetPair& p) { p.set_reference_kind(kind); }; };
  absl::Status status = ForFrames("--hold-out", edits.hold_out, content, hold(true));
  if (status.ok()) status = ForFrames("--train", edits.train, content, hold(false));
  if (status.ok())
    status = ForFrames("--constructed", edits.constructed, content, made(v1::REFERENCE_KIND_CONSTRUCTED));
  if (status.ok()) status = ForFrames("--direct", edits.direct, content, made(v1::REFERENCE_KIND_UNSPECIFIED));
  return status;
}

absl::Status WriteTexts(const DatasetEdits& edits, v1::DatasetContent& content) {
  using Pair = v1::DatasetPair;
  absl::Status status =
      ForTexts("--cite", edits.cite, content, [](Pair& pair, const std::string& text) { pair.set_citation(text); });
  if (status.ok())
    status = ForTexts("--note", edits.note, content, [](Pair& pair, const std::string& text) { pair.set_note(text); });
  if (status.ok())
    status = ForTexts("--timecode", edits.timecode, content,
                      [](Pair& pair, const std::string& text) { pair.set_timecode(text); });
  if (status.ok())
    status = ForTexts("--compromise", edits.compromise, content, [](Pair& pair, const std::string& text) {
      text.empty() ? pair.clear_compromises() : pair.add_compromises(text);
    });
  return status;
}

}  // namespace

void AddEditOptions(CLI::App& command, DatasetEdits& edits) {
  const auto add = [&](const char* name, std::vector<std::string>& texts, const char* description, const char* type) {
    command.add_option(name, texts, std::string(description) + "; may be repeated")
        ->type_name(type)
        ->expected(1)
        ->take_all();
  };
  add("--add", edits.add, "Pairs to add, a partner's number where it differs: 1012=988, 1020-1022", "PAIRS");
  add("--remove", edits.remove, "Pairs to take out", "RANGE");
  add("--hold-out", edits.hold_out, "Pairs to judge by", "RANGE");
  add("--train", edits.train, "Pairs to train on", "RANGE");
  add("--constructed", edits.constructed, "Pairs whose reference was made; each needs --cite and --note", "RANGE");
  add("--direct", edits.direct, "Pairs whose reference is a frame as it is", "RANGE");
  add("--cite", edits.cite, "What a pair's reference comes from", "FRAME=TEXT");
  add("--note", edits.note, "Note about a pair", "FRAME=TEXT");
  add("--compromise", edits.compromise, "What a pair was accepted in spite of", "FRAME=TEXT");
  add("--timecode", edits.timecode, "A source frame's timecode", "FRAME=HH:MM:SS:FF");
  command.add_option("--crop", edits.crop, "Training crop in source pixels, X,Y,WIDTH,HEIGHT, or none")
      ->type_name("AREA");
  AddPreparationOptions(command, edits.preparation);
}

absl::Status ApplyEdits(const DatasetEdits& edits, const v1::Alignment* alignment,
                        const std::filesystem::path& working_folder, v1::DatasetContent& content) {
  if (const absl::Status s = RemovePairs(edits.remove, content); !s.ok()) return s;
  for (const std::string& text : edits.add)
    if (const absl::Status s = AddPairs(text, alignment, content); !s.ok()) return s;
  if (const absl::Status s = SplitPairs(edits, content); !s.ok()) return s;
  if (const absl::Status s = WriteTexts(edits, content); !s.ok()) return s;
  if (edits.crop == "none") {
    content.clear_crop();
  } else if (!edits.crop.empty()) {
    const auto crop = ParseCrop("--crop", edits.crop);
    if (!crop.ok()) return crop.status();
    *content.mutable_crop() = *crop;
  }
  return FillPreparation(edits.preparation, working_folder, content);
}

v1::DatasetPair NumberedAlike(int frame, PairUse use) {
  v1::DatasetPair pair;
  pair.set_source_frame(frame);
  pair.set_reference_frame(frame);
  pair.set_held_out(use == PairUse::kHoldOut);
  return pair;
}

void FillPartners(const v1::DatasetContent& content, v1::TrainJob& train) {
  for (const v1::DatasetPair& pair : content.pairs()) {
    if (content.alignment_sha256().empty() && pair.source_frame() == pair.reference_frame()) continue;
    v1::SetPartner& partner = *train.add_partners();
    partner.set_source_frame(pair.source_frame());
    partner.set_reference_frame(pair.reference_frame());
  }
}

absl::Status CheckAligned(const v1::DatasetContent& content, const v1::Alignment& alignment) {
  const auto refuse = [](const v1::DatasetPair& pair, const std::string& why) {
    return absl::FailedPreconditionError(fmt::format("frame {}: {}", pair.source_frame(), why));
  };
  for (const v1::DatasetPair& pair : content.pairs()) {
    const auto aligned =
        std::find_if(alignment.pairs().begin(), alignment.pairs().end(),
                     [&](const v1::AlignedPair& other) { return other.source_frame() == pair.source_frame(); });
    if (aligned == alignment.pairs().end()) {
      return refuse(pair,
                    "the alignment does not hold it; align it too (interneg align run) and name that job with "
                    "--align, or leave the frame out");
    }
    if (aligned->reference_frame() != pair.reference_frame()) {
      return refuse(pair,
                    fmt::format("its partner is {}, and the alignment registers it on {}; take that one, or align "
                                "again",
                                pair.reference_frame(), aligned->reference_frame()));
    }
    if (aligned->verdict() == "unusable") {
      return refuse(pair, fmt::format("the alignment finds it unusable ({}); leave it out, or set a key by hand "
                                      "(interneg align key)",
                                      aligned->reason()));
    }
  }
  return absl::OkStatus();
}

}  // namespace interneg::commands
