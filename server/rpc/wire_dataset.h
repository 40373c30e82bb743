// Dataset versions between the contract and the catalog.
#ifndef INTERNEG_SERVER_RPC_WIRE_DATASET_H_
#define INTERNEG_SERVER_RPC_WIRE_DATASET_H_

#include "absl/status/statusor.h"
#include "interneg/v1/dataset.pb.h"
#include "server/scheduling/catalog_book.h"

namespace interneg::rpc {

v1::DatasetVersion ToWire(const scheduling::DatasetVersion& version);

// Without content and frames, which a list would carry for nothing.
v1::DatasetVersion ToWireInBrief(const scheduling::DatasetVersion& version);

// Of a version that is older than contents, what its columns say.
v1::DatasetContent ContentOf(const scheduling::DatasetVersion& version);

// Pairs whose partner has its source's number.
v1::DatasetPair TrainingPair(int frame);
v1::DatasetPair HeldOutPair(int frame);

// Errors: INVALID_ARGUMENT (unspecified).
absl::StatusOr<scheduling::Recovery> ReadRecovery(v1::Recovery recovery);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WIRE_DATASET_H_
