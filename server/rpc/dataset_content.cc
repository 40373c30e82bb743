#include "server/rpc/dataset_content.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/rpc/known_fields.h"
#include "server/rpc/preparation_check.h"
#include "server/rpc/request_check.h"

namespace interneg::rpc {
namespace {

constexpr int kMostPairs = 10'000;
constexpr std::size_t kLongestText = 16'384;
// Along a side; beyond any format, and far from where sums of two overflow.
constexpr int kLargest_px = 1 << 20;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, what));
}

// hh:mm:ss:ff, with ';' before the frames where numbers are dropped.
bool IsTimecode(std::string_view text) {
  if (text.size() != 11) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = i % 3 == 2;
    const bool fits = mark ? text[i] == ':' || (i == 8 && text[i] == ';') : text[i] >= '0' && text[i] <= '9';
    if (!fits) return false;
  }
  return true;
}

absl::Status RequireWithin(int frame, const char* side, const DatasetMedium& medium, int source_frame) {
  if (std::binary_search(medium.frames.begin(), medium.frames.end(), frame)) return absl::OkStatus();
  const std::string whose = frame == source_frame ? "" : fmt::format(" (of the pair {})", source_frame);
  return Wrong("pairs", fmt::format("frame {}{} lies outside the {}'s range {}; choose a frame of that range", frame,
                                    whose, side, medium.source.range()));
}

absl::Status CheckPair(const v1::DatasetPair& pair, const DatasetMedium& source, const DatasetMedium& reference) {
  const int frame = pair.source_frame();
  if (auto s = RequireWithin(frame, "source", source, frame); !s.ok()) return s;
  if (auto s = RequireWithin(pair.reference_frame(), "reference", reference, frame); !s.ok()) return s;
  const std::string field = fmt::format("frame {}", frame);
  if (!pair.timecode().empty() && !IsTimecode(pair.timecode())) {
    return Wrong(field,
                 fmt::format("\"{}\" is no timecode; write hh:mm:ss:ff, for example 01:00:04:12", pair.timecode()));
  }
  if (auto s = CheckText(field + ": citation", pair.citation(), kLongestText); !s.ok()) return s;
  if (auto s = CheckText(field + ": note", pair.note(), kLongestText); !s.ok()) return s;
  for (const std::string& compromise : pair.compromises()) {
    if (auto s = CheckText(field + ": compromise", compromise, kLongestText); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(const v1::DatasetContent& content, const DatasetMedium& source,
                        const DatasetMedium& reference) {
  if (content.pairs_size() > kMostPairs) {
    return Wrong("pairs", fmt::format("{} are given; at most {} are taken", content.pairs_size(), kMostPairs));
  }
  std::set<int> used;
  for (const v1::DatasetPair& pair : content.pairs()) {
    if (auto s = CheckPair(pair, source, reference); !s.ok()) return s;
    if (used.insert(pair.source_frame()).second) continue;
    return Wrong("pairs",
                 fmt::format("frame {} is named twice; a frame is trained on or held out, once", pair.source_frame()));
  }
  return absl::OkStatus();
}

absl::Status Incomplete(std::string_view field, std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("{}: {}", field, what));
}

absl::Status CheckCompletePair(const v1::DatasetPair& pair, bool aligned) {
  const std::string field = fmt::format("frame {}", pair.source_frame());
  if (pair.reference_kind() == v1::REFERENCE_KIND_CONSTRUCTED) {
    if (pair.citation().empty()) {
      return Incomplete(field, "its reference is constructed and names no source; say what it comes from (--cite)");
    }
    if (pair.note().empty()) {
      return Incomplete(field, "its reference is constructed and has no note; say how it was made (--note)");
    }
  }
  if (aligned || pair.source_frame() == pair.reference_frame()) return absl::OkStatus();
  return Incomplete(field, fmt::format("its partner is {}, and without an alignment a partner has its source's number; "
                                       "align the pairs (interneg align run) and name that job (--align)",
                                       pair.reference_frame()));
}

std::vector<int> Frames(const v1::DatasetContent& content, bool held_out) {
  std::vector<int> frames;
  for (const v1::DatasetPair& pair : content.pairs()) {
    if (pair.held_out() == held_out) frames.push_back(pair.source_frame());
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

}  // namespace

absl::Status CheckCrop(std::string_view field, const v1::PictureArea& crop) {
  const auto beyond = [](int number) { return number < 0 || number > kLargest_px; };
  const bool outside = beyond(crop.x_px()) || beyond(crop.y_px()) || beyond(crop.width_px()) ||
                       beyond(crop.height_px()) || crop.width_px() == 0 || crop.height_px() == 0;
  if (outside) {
    return Wrong(field,
                 fmt::format("{},{} {}x{} lies outside the picture; its corner counts from 0,0 and its size from 2x2, "
                             "and no picture is larger than {} pixels",
                             crop.x_px(), crop.y_px(), crop.width_px(), crop.height_px(), kLargest_px));
  }
  const auto even = [](int number) { return number % 2 == 0; };
  if (!even(crop.x_px()) || !even(crop.y_px())) {
    return Wrong(field, fmt::format("{},{} is no even place, which colour needs; give {},{}", crop.x_px(), crop.y_px(),
                                    crop.x_px() + crop.x_px() % 2, crop.y_px() + crop.y_px() % 2));
  }
  if (even(crop.width_px()) && even(crop.height_px())) return absl::OkStatus();
  return Wrong(field, fmt::format("{}x{} is no even size; give {}x{}", crop.width_px(), crop.height_px(),
                                  crop.width_px() - crop.width_px() % 2, crop.height_px() - crop.height_px() % 2));
}

absl::Status CheckContent(const v1::DatasetContent& content, const DatasetMedium& source,
                          const DatasetMedium& reference) {
  if (auto s = RequireKnown(content, "content"); !s.ok()) return s;
  if (content.recovery() == v1::RECOVERY_UNSPECIFIED) {
    return Wrong("recovery", "chroma, spatial, combined or direct is expected");
  }
  if (auto s = CheckPairs(content, source, reference); !s.ok()) return s;
  if (!content.alignment_sha256().empty() && !artifacts::IsSha256Hex(content.alignment_sha256())) {
    return Wrong("alignment_sha256", "must be 64 lower-case hexadecimal digits");
  }
  if (content.has_crop()) {
    if (auto s = CheckCrop("crop", content.crop()); !s.ok()) return s;
  }
  return CheckPreparations("", content.recovery(), content.source_preparation(), content.reference_preparation());
}

absl::Status CheckComplete(const v1::DatasetContent& content, HeldOut held_out) {
  const auto training = TrainingFrames(content);
  if (training.size() < 2) {
    return Incomplete("pairs", fmt::format("at least two pairs to train on are needed, {} given; add frames whose "
                                           "colour is known",
                                           training.size()));
  }
  if (held_out == HeldOut::kRequired && HeldOutFrames(content).empty()) {
    return Incomplete("pairs",
                      fmt::format("none is held out, and a model is chosen by such; hold one out (--hold-out), "
                                  "for example {}",
                                  training[training.size() / 2]));
  }
  for (const v1::DatasetPair& pair : content.pairs()) {
    if (auto s = CheckCompletePair(pair, !content.alignment_sha256().empty()); !s.ok()) return s;
  }
  return absl::OkStatus();
}

std::vector<int> TrainingFrames(const v1::DatasetContent& content) {
  return Frames(content, false);
}

std::vector<int> HeldOutFrames(const v1::DatasetContent& content) {
  return Frames(content, true);
}

void Settle(const DatasetMedium& source, const DatasetMedium& reference, v1::DatasetContent& content) {
  content.set_schema(kContentSchema);
  *content.mutable_source() = source.source;
  *content.mutable_reference() = reference.source;
  std::sort(content.mutable_pairs()->begin(), content.mutable_pairs()->end(),
            [](const v1::DatasetPair& a, const v1::DatasetPair& b) { return a.source_frame() < b.source_frame(); });
}

}  // namespace interneg::rpc
