// What of a preparation is refused before a worker sees it. The engine owns the rules
// (worker/engine/preparation/step.h) and holds every job against them again; a contract test keeps the two alike.
#ifndef INTERNEG_SERVER_RPC_PREPARATION_CHECK_H_
#define INTERNEG_SERVER_RPC_PREPARATION_CHECK_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "interneg/v1/job_spec.pb.h"

namespace interneg::rpc {

enum class PreparedSide { kSource, kChromaReference, kSpatialReference };

// Inclusive limits of a number, as both are named in preparation.proto.
struct PreparationRange {
  const char* step;
  const char* field;
  double least;
  double most;
};
// Of every number of a step but tones and curves, whose limits depend on other fields and which the engine checks
// alone.
std::span<const PreparationRange> PreparationRanges();

using PreparationSteps = google::protobuf::RepeatedPtrField<v1::PreparationStep>;

// Errors: INVALID_ARGUMENT that begins with `field` and names the step by place and name: a step that is none, one that
// the side refuses, one out of order, a number outside its range.
absl::Status CheckPreparation(std::string_view field, const PreparationSteps& steps, PreparedSide side);

// Both sides of a recovery, as `prefix`sourcePreparation and `prefix`referencePreparation.
absl::Status CheckPreparations(const std::string& prefix, v1::Recovery recovery, const PreparationSteps& source,
                               const PreparationSteps& reference);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_PREPARATION_CHECK_H_
