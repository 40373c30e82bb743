#include "server/rpc/job_fields.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/media_record.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {

using scheduling::JobFacts;

absl::Status Wrong(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, what));
}

bool JobFrames::MayHold(int frame) const {
  return frames.empty() || std::binary_search(frames.begin(), frames.end(), frame);
}

absl::StatusOr<JobFrames> ReadSource(const std::string& field, const v1::FrameSource& source, Extent extent,
                                     JobFacts& facts) {
  auto location = ParseSequence(field + ".path", source.path());
  if (!location.ok()) return location.status();
  JobFrames read{*std::move(location), {}};
  if (!source.range().empty()) {
    auto frames = ParseFrameRange(field + ".range", source.range());
    if (!frames.ok()) return frames.status();
    read.frames = *std::move(frames);
  } else if (extent == Extent::kNamed) {
    return Wrong(field + ".range", "is missing; write the frames, for example 1001-1049");
  }
  if (auto s = CheckReading(field, source); !s.ok()) return s;
  facts.roots.push_back(read.location.root);
  return read;
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

absl::Status RequireInside(const std::string& field, int frame, const JobFrames& source, std::string_view source_field,
                           const std::string& range) {
  if (source.MayHold(frame)) return absl::OkStatus();
  return Wrong(field, fmt::format("frame {} lies outside {}.range {}", frame, source_field, range));
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

}  // namespace interneg::rpc
