// Fields that several kinds of job have: frames, colour, documents of earlier stages.
#ifndef INTERNEG_SERVER_RPC_JOB_FIELDS_H_
#define INTERNEG_SERVER_RPC_JOB_FIELDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "interneg/v1/job_spec.pb.h"
#include "server/rpc/job_document.h"
#include "server/rpc/location.h"

namespace interneg::rpc {

// INVALID_ARGUMENT: "field: what".
absl::Status Wrong(std::string_view field, std::string_view what);

// kWhole: without a range it is all that there is, which only the engine can see.
enum class Extent { kNamed, kWhole };

struct JobFrames {
  Location location;
  // Empty: all that there are.
  std::vector<int> frames;

  bool MayHold(int frame) const;
};

// These collect the roots and inputs of what they read into the facts. Errors: INVALID_ARGUMENT begins with the field.
absl::StatusOr<JobFrames> ReadSource(const std::string& field, const v1::FrameSource& source, Extent extent,
                                     scheduling::JobFacts& facts);
absl::Status ReadColor(const std::string& field, const v1::ColorSettings& color, scheduling::JobFacts& facts);
absl::Status ReadInput(const std::string& field, const std::string& role, const char* kind,
                       const v1::StageInput& input, scheduling::JobFacts& facts);

absl::Status RequireInside(const std::string& field, int frame, const JobFrames& source, std::string_view source_field,
                           const std::string& range);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_FIELDS_H_
