#include "server/rpc/render_document.h"

#include <string>

#include <fmt/format.h>

#include "server/rpc/dataset_content.h"
#include "server/rpc/job_fields.h"
#include "server/rpc/job_model.h"
#include "server/rpc/location.h"

namespace interneg::rpc {
namespace {

absl::Status ReadOutput(const v1::RenderOutput& output, scheduling::JobFacts& facts) {
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

// Not so of a number that is none.
bool Lies(double value, double least, double most) { return value >= least && value <= most; }

absl::Status CheckStrengths(const v1::DetailStrengths& detail) {
  const auto check = [](const char* name, bool given, double value) -> absl::Status {
    if (!given || Lies(value, 0, 4)) return absl::OkStatus();
    return Wrong(fmt::format("render.detail.{}", name), fmt::format("{} is given; 0 to 4 is expected", value));
  };
  if (auto s = check("fine", detail.has_fine(), detail.fine()); !s.ok()) return s;
  if (auto s = check("middle", detail.has_middle(), detail.middle()); !s.ok()) return s;
  if (auto s = check("coarse", detail.has_coarse(), detail.coarse()); !s.ok()) return s;
  return check("grain", detail.has_grain(), detail.grain());
}

}  // namespace

absl::Status ReadRender(const v1::RenderJob& render, scheduling::JobFacts& facts) {
  facts.kind = scheduling::JobKind::kRender;
  auto source = ReadSource("render.source", render.source(), Extent::kNamed, facts);
  if (!source.ok()) return source.status();
  facts.frames = source->frames;
  switch (render.model_case()) {
    case v1::RenderJob::kCheckpointSha256:
      if (auto s = ReadCheckpoint("render.checkpointSha256", render.checkpoint_sha256(), facts); !s.ok()) return s;
      break;
    case v1::RenderJob::kTrainJobId:
      if (auto s = ReadTrainJob("render.trainJobId", render.train_job_id(), facts); !s.ok()) return s;
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
  if (auto s = CheckStrengths(render.detail()); !s.ok()) return s;
  if (!Lies(render.temporal_smoothing(), 0, 1)) {
    return Wrong("render.temporalSmoothing",
                 fmt::format("{} is given; 0 to 1 is expected", render.temporal_smoothing()));
  }
  if (auto s = ReadOutput(render.output(), facts); !s.ok()) return s;
  return ReadColor("render.color", render.color(), facts);
}

}  // namespace interneg::rpc
