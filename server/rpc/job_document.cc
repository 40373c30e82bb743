#include "server/rpc/job_document.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "interneg/v1/job_spec.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/job_fields.h"
#include "server/rpc/job_schema.h"
#include "server/rpc/job_stages.h"
#include "server/rpc/known_fields.h"
#include "server/rpc/location.h"
#include "server/rpc/media_record.h"
#include "server/rpc/render_document.h"
#include "server/rpc/train_document.h"

namespace interneg::rpc {
namespace {

using scheduling::JobFacts;

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
