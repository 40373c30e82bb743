#include "server/rpc/job_document.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "interneg/v1/job_spec.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/dataset_content.h"
#include "server/rpc/job_fields.h"
#include "server/rpc/job_schema.h"
#include "server/rpc/job_stages.h"
#include "server/rpc/known_fields.h"
#include "server/rpc/location.h"
#include "server/rpc/media_record.h"
#include "server/rpc/preparation_check.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {
namespace {

using scheduling::JobFacts;

// Each of a frame that is trained on or held out, and in the reference's range.
absl::StatusOr<std::map<int, int>> ReadPartners(const v1::TrainJob& train, const JobFrames& reference) {
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

// Without held-out frames the engine takes some midway between the pairs; a renumbered reference's partners of those
// nobody named.
absl::Status RequireHeldOut(const v1::TrainJob& train, const std::map<int, int>& partners) {
  if (train.has_alignment() || train.held_out_size() > 0) return absl::OkStatus();
  for (const auto& [frame, partner] : partners) {
    if (frame == partner) continue;
    return Wrong("train.heldOut",
                 fmt::format("is empty, and train.partners numbers the reference in its own way (frame {} lies on {}); "
                             "name the frames to judge by, with their partners",
                             frame, partner));
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(const v1::TrainJob& train, const JobFrames& source, const JobFrames& reference) {
  // The alignment names pairs and partners; only the engine can look into it.
  const bool aligned = train.has_alignment();
  if (train.pairs_size() < 2 && !(aligned && train.pairs().empty())) {
    return Wrong("train.pairs", fmt::format("at least two pairs are needed, {} given; add frames whose colour is known",
                                            train.pairs_size()));
  }
  const auto partners = ReadPartners(train, reference);
  if (!partners.ok()) return partners.status();
  if (auto s = RequireHeldOut(train, *partners); !s.ok()) return s;
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

absl::Status CheckTraining(const v1::TrainingSettings& training, const JobFrames& source) {
  if (training.time_limit_seconds() < 0) return Wrong("train.training.timeLimitSeconds", "must not be negative");
  if (training.learning_rate() < 0 || training.learning_rate() > 1) {
    return Wrong("train.training.learningRate", "must lie between 0 and 1; 0 takes the recipe's");
  }
  if (training.steps() > 0 && training.time_limit_seconds() > 0) {
    return Wrong("train.training.timeLimitSeconds", "give steps or a time limit, not both");
  }
  if (training.has_preview_frame() && !source.MayHold(training.preview_frame())) {
    return Wrong("train.training.previewFrame",
                 fmt::format("frame {} lies outside source.range", training.preview_frame()));
  }
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
    auto source = ReadSource(field, probe.media(i), Extent::kWhole, facts);
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
  // The alignment says which frames those are.
  const Extent extent = train.has_alignment() ? Extent::kWhole : Extent::kNamed;
  auto source = ReadSource("train.source", train.source(), extent, facts);
  if (!source.ok()) return source.status();
  auto reference = ReadSource("train.reference", train.reference(), extent, facts);
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
  auto source = ReadSource("render.source", render.source(), Extent::kNamed, facts);
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
    if (render.whole_frame())
      return Wrong("render.wholeFrame", "renderCrop is given as well; leave one of the two out");
    if (auto s = CheckCrop("render.renderCrop", render.render_crop()); !s.ok()) return s;
  }
  if (auto s = ReadOutput(render.output(), facts); !s.ok()) return s;
  return ReadColor("render.color", render.color(), facts);
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

absl::StatusOr<JobDocument> ReadJobDocument(const v1::JobSpec& given) {
  if (auto known = RequireKnown(given, ""); !known.ok()) return known;
  if (given.schema() < 1 || given.schema() > kJobSchema) {
    return Wrong("schema", fmt::format("{} is given; this server knows 1 to {}", given.schema(), kJobSchema));
  }
  v1::JobSpec spec = given;
  spec.set_schema(std::max(spec.schema(), LeastSchema(spec)));
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
