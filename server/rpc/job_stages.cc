#include "server/rpc/job_stages.h"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/rpc/dataset_content.h"
#include "server/rpc/job_fields.h"

namespace interneg::rpc {
namespace {

using scheduling::JobFacts;

// What every stage before training has: two elements and their colour.
template <typename Job>
absl::Status ReadElements(const std::string& name, const Job& job, scheduling::JobKind kind, JobFacts& facts) {
  facts.kind = kind;
  for (const auto& [side, frames] : {std::pair{".source", &job.source()}, std::pair{".reference", &job.reference()}}) {
    if (auto read = ReadSource(name + side, *frames, Extent::kWhole, facts); !read.ok()) return read.status();
  }
  return ReadColor(name + ".color", job.color(), facts);
}

absl::Status CheckAlignCrops(const v1::AlignJob& align) {
  if (align.has_crop() && align.crop_keys_size() > 0) {
    return Wrong("align.cropKeys", "give one crop for all frames, or keys, not both");
  }
  if (align.has_crop()) {
    if (auto s = CheckCrop("align.crop", align.crop()); !s.ok()) return s;
  }
  if (align.has_render_crop()) {
    if (auto s = CheckCrop("align.renderCrop", align.render_crop()); !s.ok()) return s;
  }
  std::set<int> keyed;
  for (int i = 0; i < align.crop_keys_size(); ++i) {
    const v1::CropKey& key = align.crop_keys(i);
    const std::string field = fmt::format("align.cropKeys[{}]", i);
    if (auto s = CheckCrop(field + ".area", key.area()); !s.ok()) return s;
    if (keyed.insert(key.source_frame()).second) continue;
    return Wrong(field, fmt::format("frame {} has two crops; give it one", key.source_frame()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadMatch(const v1::MatchJob& match, JobFacts& facts) {
  if (auto s = ReadElements("match", match, scheduling::JobKind::kMatch, facts); !s.ok()) return s;
  if (!match.has_previous()) return absl::OkStatus();
  return ReadInput("match.previous", "previous", "frame_map", match.previous(), facts);
}

absl::Status ReadCurate(const v1::CurateJob& curate, JobFacts& facts) {
  if (auto s = ReadElements("curate", curate, scheduling::JobKind::kCurate, facts); !s.ok()) return s;
  if (curate.has_frame_map()) {
    if (auto s = ReadInput("curate.frameMap", "frame_map", "frame_map", curate.frame_map(), facts); !s.ok()) return s;
  }
  if (!curate.has_alignment()) return absl::OkStatus();
  return ReadInput("curate.alignment", "alignment", "alignment", curate.alignment(), facts);
}

absl::Status ReadAlign(const v1::AlignJob& align, JobFacts& facts) {
  if (auto s = ReadElements("align", align, scheduling::JobKind::kAlign, facts); !s.ok()) return s;
  if (align.has_pair_choice()) {
    if (align.pairs_size() > 0) return Wrong("align.pairs", "give pairs or a pair choice, not both");
    if (auto s = ReadInput("align.pairChoice", "pair_choice", "pair_choice", align.pair_choice(), facts); !s.ok()) {
      return s;
    }
  } else if (align.pairs_size() == 0) {
    return Wrong("align.pairs", "name at least one pair, or a pair choice");
  }
  if (align.has_frame_map()) {
    if (auto s = ReadInput("align.frameMap", "frame_map", "frame_map", align.frame_map(), facts); !s.ok()) return s;
  }
  if (auto s = CheckAlignCrops(align); !s.ok()) return s;
  if (!align.has_previous()) return absl::OkStatus();
  return ReadInput("align.previous", "previous", "alignment", align.previous(), facts);
}

absl::Status ReadBaseline(const v1::BaselineJob& baseline, JobFacts& facts) {
  if (baseline.recovery() != v1::RECOVERY_CHROMA) {
    return Wrong("baseline.recovery",
                 "a LUT and a polynomial map colours: use RECOVERY_CHROMA, the only one they can stand in for");
  }
  if (auto s = ReadElements("baseline", baseline, scheduling::JobKind::kBaseline, facts); !s.ok()) return s;
  if (baseline.lut_size() != 0 && (baseline.lut_size() < 17 || baseline.lut_size() > 65)) {
    return Wrong("baseline.lutSize", fmt::format("17 to 65 points are expected, {} given", baseline.lut_size()));
  }
  if (!baseline.has_alignment()) return absl::OkStatus();
  return ReadInput("baseline.alignment", "alignment", "alignment", baseline.alignment(), facts);
}

}  // namespace interneg::rpc
