#include "server/rpc/job_document.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "interneg/v1/job_spec.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/dataset_content.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/known_fields.h"
#include "server/rpc/location.h"
#include "server/rpc/media_record.h"
#include "server/rpc/preparation_check.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {
namespace {

using scheduling::JobFacts;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, what));
}

struct Source {
  Location location;
  std::vector<int> frames;
};

// Collects the roots of what it reads into the facts.
absl::StatusOr<Source> ReadSource(const std::string& field, const v1::FrameSource& source, JobFacts& facts) {
  auto location = ParseSequence(field + ".path", source.path());
  if (!location.ok()) return location.status();
  if (source.range().empty()) return Wrong(field + ".range", "is missing; write the frames, for example 1001-1049");
  auto frames = ParseFrameRange(field + ".range", source.range());
  if (!frames.ok()) return frames.status();
  if (auto s = CheckMovieReading(field, source); !s.ok()) return s;
  facts.roots.push_back(location->root);
  return Source{*std::move(location), *std::move(frames)};
}

absl::Status ReadColor(const std::string& field, const v1::ColorSettings& color, JobFacts& facts) {
  if (!color.config_sha256().empty() && !artifacts::IsSha256Hex(color.config_sha256())) {
    return Wrong(field + ".configSha256", "must be 64 lower-case hexadecimal digits");
  }
  if (color.config().empty()) return absl::OkStatus();
  auto config = ParseLocation(field + ".config", color.config());
  if (!config.ok()) return config.status();
  facts.roots.push_back(config->root);
  return absl::OkStatus();
}

absl::Status RequireInside(const std::string& field, int frame, const Source& source, std::string_view source_field,
                           const std::string& range) {
  if (std::binary_search(source.frames.begin(), source.frames.end(), frame)) return absl::OkStatus();
  return Wrong(field, fmt::format("frame {} lies outside {}.range {}", frame, source_field, range));
}

// Each of a frame that is trained on or held out, and in the reference's range.
absl::StatusOr<std::map<int, int>> ReadPartners(const v1::TrainJob& train, const Source& reference) {
  std::map<int, int> partners;
  const auto names = [](const auto& frames, int frame) {
    return std::find(frames.begin(), frames.end(), frame) != frames.end();
  };
  for (int i = 0; i < train.partners_size(); ++i) {
    const v1::SetPartner& pair = train.partners(i);
    const std::string field = fmt::format("train.partners[{}]", i);
    if (!names(train.pairs(), pair.source_frame()) && !names(train.held_out(), pair.source_frame())) {
      return Wrong(field + ".sourceFrame",
                   fmt::format("frame {} is neither trained on nor held out", pair.source_frame()));
    }
    if (auto s = RequireInside(field + ".referenceFrame", pair.reference_frame(), reference, "reference",
                               train.reference().range());
        !s.ok()) {
      return s;
    }
    if (!partners.emplace(pair.source_frame(), pair.reference_frame()).second) {
      return Wrong(field, fmt::format("frame {} is named before; a frame has one partner", pair.source_frame()));
    }
  }
  return partners;
}

absl::Status CheckPairs(const v1::TrainJob& train, const Source& source, const Source& reference) {
  // The alignment names pairs and partners; only the engine can look into it.
  const bool aligned = train.has_alignment();
  if (train.pairs_size() < 2 && !(aligned && train.pairs().empty())) {
    return Wrong("train.pairs", fmt::format("at least two pairs are needed, {} given; add frames whose colour is known",
                                            train.pairs_size()));
  }
  const auto partners = ReadPartners(train, reference);
  if (!partners.ok()) return partners.status();
  std::set<int> used;
  const auto check = [&](const char* list, int index, int frame) -> absl::Status {
    const std::string field = fmt::format("train.{}[{}]", list, index);
    if (auto s = RequireInside(field, frame, source, "source", train.source().range()); !s.ok()) return s;
    const auto& range = train.reference().range();
    const bool alike = !aligned && partners->find(frame) == partners->end();
    if (auto s = RequireInside(field, frame, reference, "reference", range); alike && !s.ok()) return s;
    if (used.insert(frame).second) return absl::OkStatus();
    return Wrong(field, fmt::format("frame {} is named before; a frame is trained on or held out, once", frame));
  };
  for (int i = 0; i < train.pairs_size(); ++i) {
    if (auto s = check("pairs", i, train.pairs(i)); !s.ok()) return s;
  }
  for (int i = 0; i < train.held_out_size(); ++i) {
    if (auto s = check("heldOut", i, train.held_out(i)); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status CheckTraining(const v1::TrainingSettings& training, const Source& source) {
  if (training.time_limit_seconds() < 0) return Wrong("train.training.timeLimitSeconds", "must not be negative");
  if (training.learning_rate() < 0 || training.learning_rate() > 1) {
    return Wrong("train.training.learningRate", "must lie between 0 and 1; 0 takes the recipe's");
  }
  if (training.steps() > 0 && training.time_limit_seconds() > 0) {
    return Wrong("train.training.timeLimitSeconds", "give steps or a time limit, not both");
  }
  if (training.has_preview_frame() &&
      !std::binary_search(source.frames.begin(), source.frames.end(), training.preview_frame())) {
    return Wrong("train.training.previewFrame",
                 fmt::format("frame {} lies outside source.range", training.preview_frame()));
  }
  return absl::OkStatus();
}

absl::Status ReadInput(const std::string& field, const std::string& role, const char* kind,
                       const v1::StageInput& input, JobFacts& facts) {
  scheduling::JobInput out{role, kind, input.sha256(), input.job_id(), field};
  if (input.origin_case() == v1::StageInput::ORIGIN_NOT_SET) return Wrong(field, "give sha256 or jobId");
  if (!out.sha256.empty() && !artifacts::IsSha256Hex(out.sha256)) {
    return Wrong(field + ".sha256", "must be 64 lower-case hexadecimal digits");
  }
  if (out.sha256.empty() && !scheduling::IsUuid(out.job_id)) {
    return Wrong(field + ".jobId", fmt::format("\"{}\" is no job's id", out.job_id));
  }
  facts.inputs.push_back(std::move(out));
  return absl::OkStatus();
}

// Reports are read, and no media.
absl::Status ReadComparison(const v1::ProbeJob& probe, JobFacts& facts) {
  if (probe.media_size() > 0) return Wrong("probe.media", "give media, or a comparison of reports, not both");
  const auto& elements = probe.comparison().elements();
  if (elements.size() < 2) {
    return Wrong("probe.comparison.elements", fmt::format("two or more are expected, {} given", elements.size()));
  }
  std::set<std::string> names;
  for (int i = 0; i < elements.size(); ++i) {
    const std::string field = fmt::format("probe.comparison.elements[{}]", i);
    if (elements[i].name().empty() || !names.insert(elements[i].name()).second) {
      return Wrong(field + ".name", "each element needs a name of its own");
    }
    if (auto s = CheckConformOffsets(field + ".conformOffsets", elements[i].conform_offsets()); !s.ok()) return s;
    if (auto s = ReadInput(field + ".report", fmt::format("report_{}", i), "media_report", elements[i].report(), facts);
        !s.ok()) {
      return s;
    }
    if (!elements[i].has_frame_map()) continue;
    if (i == 0) return Wrong(field + ".frameMap", "the first element's numbers are those that all share; leave it out");
    if (elements[i].conform_offsets_size() > 0) {
      return Wrong(field + ".frameMap", "give conform offsets or a frame map, not both");
    }
    if (auto s = ReadInput(field + ".frameMap", fmt::format("frame_map_{}", i), "frame_map", elements[i].frame_map(),
                           facts);
        !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

absl::Status ReadProbe(const v1::ProbeJob& probe, JobFacts& facts) {
  facts.kind = scheduling::JobKind::kProbe;
  if (probe.has_comparison()) return ReadComparison(probe, facts);
  if (probe.media_size() < 1 || probe.media_size() > 2) {
    return Wrong("probe.media", fmt::format("one medium, or a source and its reference, are expected; {} are given",
                                            probe.media_size()));
  }
  for (int i = 0; i < probe.media_size(); ++i) {
    const std::string field = fmt::format("probe.media[{}]", i);
    auto source = ReadSource(field, probe.media(i), facts);
    if (!source.ok()) return source.status();
    for (int k = 0; k < probe.decoded_frames_size(); ++k) {
      if (auto inside = RequireInside(fmt::format("probe.decodedFrames[{}]", k), probe.decoded_frames(k), *source,
                                      fmt::format("media[{}]", i), probe.media(i).range());
          !inside.ok()) {
        return inside;
      }
    }
  }
  if (probe.has_output()) {
    auto place = ParseFrameFiles("probe.output.path", probe.output().path());
    if (!place.ok()) return place.status();
    facts.roots.push_back(place->root);
  }
  return ReadColor("probe.color", probe.color(), facts);
}

absl::Status ReadTrain(const v1::TrainJob& train, JobFacts& facts) {
  facts.kind = scheduling::JobKind::kTrain;
  if (train.recovery() == v1::RECOVERY_UNSPECIFIED) {
    return Wrong("train.recovery",
                 "RECOVERY_CHROMA, RECOVERY_SPATIAL, RECOVERY_COMBINED or RECOVERY_DIRECT is expected");
  }
  auto source = ReadSource("train.source", train.source(), facts);
  if (!source.ok()) return source.status();
  auto reference = ReadSource("train.reference", train.reference(), facts);
  if (!reference.ok()) return reference.status();
  if (auto s = CheckPairs(train, *source, *reference); !s.ok()) return s;
  if (auto s = CheckTraining(train.training(), *source); !s.ok()) return s;
  if (!train.dataset_sha256().empty() && !artifacts::IsSha256Hex(train.dataset_sha256())) {
    return Wrong("train.datasetSha256", "must be 64 lower-case hexadecimal digits");
  }
  if (train.has_alignment()) {
    if (auto s = ReadInput("train.alignment", "alignment", "alignment", train.alignment(), facts); !s.ok()) return s;
  }
  if (train.has_crop()) {
    if (auto s = CheckCrop("train.crop", train.crop()); !s.ok()) return s;
  }
  if (auto s = CheckPreparations("train.", train.recovery(), train.source_preparation(), train.reference_preparation());
      !s.ok()) {
    return s;
  }
  if (const double share = train.tolerance().chroma_bandwidth(); !(share >= 0 && share <= 1)) {
    return Wrong("train.tolerance.chromaBandwidth", fmt::format("{} is given; 0 to 1 is expected", share));
  }
  return ReadColor("train.color", train.color(), facts);
}

absl::Status ReadOutput(const v1::RenderOutput& output, JobFacts& facts) {
  auto location = ParseFrameFiles("render.output.path", output.path());
  if (!location.ok()) return location.status();
  facts.roots.push_back(location->root);
  facts.output_root = location->root;
  const auto slash = location->path.rfind('/');
  facts.output_folder = slash == std::string::npos ? "" : location->path.substr(0, slash);
  // However it is spelled: two renders must not publish to one place under two names of it.
  facts.output_name =
      CanonicalSequenceName(slash == std::string::npos ? location->path : location->path.substr(slash + 1));
  facts.replacement = output.replace() ? scheduling::Replacement::kReplace : scheduling::Replacement::kRefuse;
  for (const auto& [name, value] : output.attributes()) {
    if (name.empty() || name.size() > 255 || value.size() > 65'536) {
      return Wrong("render.output.attributes",
                   fmt::format("\"{}\": a name of 1–255 bytes and a value of at most 64 KiB "
                               "are expected",
                               name));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadRender(const v1::RenderJob& render, JobFacts& facts) {
  facts.kind = scheduling::JobKind::kRender;
  auto source = ReadSource("render.source", render.source(), facts);
  if (!source.ok()) return source.status();
  facts.frames = source->frames;
  switch (render.model_case()) {
    case v1::RenderJob::kCheckpointSha256:
      if (!artifacts::IsSha256Hex(render.checkpoint_sha256())) {
        return Wrong("render.checkpointSha256", "must be 64 lower-case hexadecimal digits");
      }
      facts.checkpoint_sha256 = render.checkpoint_sha256();
      break;
    case v1::RenderJob::kTrainJobId:
      if (!scheduling::IsUuid(render.train_job_id())) {
        return Wrong("render.trainJobId", fmt::format("\"{}\" is no job's id", render.train_job_id()));
      }
      facts.train_job_id = render.train_job_id();
      break;
    case v1::RenderJob::MODEL_NOT_SET:
      return Wrong("render", "a model is missing; give checkpointSha256 or trainJobId");
  }
  facts.chunk_frames = render.chunk_frames();
  if (render.has_render_crop()) {
    if (render.whole_frame()) return Wrong("render.wholeFrame", "renderCrop is given as well; leave one of the two out");
    if (auto s = CheckCrop("render.renderCrop", render.render_crop()); !s.ok()) return s;
  }
  if (auto s = ReadOutput(render.output(), facts); !s.ok()) return s;
  return ReadColor("render.color", render.color(), facts);
}

// What every stage before training has: two elements and their colour.
template <typename Job>
absl::Status ReadElements(const std::string& name, const Job& job, scheduling::JobKind kind, JobFacts& facts) {
  facts.kind = kind;
  if (auto source = ReadSource(name + ".source", job.source(), facts); !source.ok()) return source.status();
  if (auto reference = ReadSource(name + ".reference", job.reference(), facts); !reference.ok()) {
    return reference.status();
  }
  return ReadColor(name + ".color", job.color(), facts);
}

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
    return Wrong("baseline.recovery", "a LUT and a polynomial map colours: use RECOVERY_CHROMA, the only one they can stand in for");
  }
  if (auto s = ReadElements("baseline", baseline, scheduling::JobKind::kBaseline, facts); !s.ok()) return s;
  if (baseline.lut_size() != 0 && (baseline.lut_size() < 17 || baseline.lut_size() > 65)) {
    return Wrong("baseline.lutSize", fmt::format("17 to 65 points are expected, {} given", baseline.lut_size()));
  }
  if (!baseline.has_alignment()) return absl::OkStatus();
  return ReadInput("baseline.alignment", "alignment", "alignment", baseline.alignment(), facts);
}

absl::Status ReadKind(const v1::JobSpec& spec, JobFacts& facts) {
  switch (spec.kind_case()) {
    case v1::JobSpec::kProbe:
      return ReadProbe(spec.probe(), facts);
    case v1::JobSpec::kTrain:
      return ReadTrain(spec.train(), facts);
    case v1::JobSpec::kRender:
      return ReadRender(spec.render(), facts);
    case v1::JobSpec::kMatch:
      return ReadMatch(spec.match(), facts);
    case v1::JobSpec::kCurate:
      return ReadCurate(spec.curate(), facts);
    case v1::JobSpec::kAlign:
      return ReadAlign(spec.align(), facts);
    case v1::JobSpec::kBaseline:
      return ReadBaseline(spec.baseline(), facts);
    case v1::JobSpec::KIND_NOT_SET:
      break;
  }
  return Wrong("spec", "one of probe, train, render, match, curate, align and baseline is expected");
}

}  // namespace

absl::StatusOr<JobDocument> ReadJobDocument(const v1::JobSpec& spec) {
  if (auto known = RequireKnown(spec, ""); !known.ok()) return known;
  if (spec.schema() < 1 || spec.schema() > kJobSchema) {
    return Wrong("schema", fmt::format("{} is given; this server knows version {}", spec.schema(), kJobSchema));
  }
  JobDocument document;
  document.facts.job_schema = spec.schema();
  if (auto read = ReadKind(spec, document.facts); !read.ok()) return read;
  auto& roots = document.facts.roots;
  std::sort(roots.begin(), roots.end());
  roots.erase(std::unique(roots.begin(), roots.end()), roots.end());
  auto json = CanonicalJson(spec);
  if (!json.ok()) return json.status();
  document.json = *std::move(json);
  document.sha256 = artifacts::Sha256Hex(document.json);
  return document;
}

}  // namespace interneg::rpc
