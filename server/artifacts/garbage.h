// Takes away what nobody refers to any more: uploads that were given up, and files without a reference.
#ifndef INTERNEG_SERVER_ARTIFACTS_GARBAGE_H_
#define INTERNEG_SERVER_ARTIFACTS_GARBAGE_H_

#include <chrono>

#include "absl/status/statusor.h"
#include "server/artifacts/catalog.h"
#include "server/artifacts/file_store.h"

namespace interneg::artifacts {

struct GraceTimes {
  std::chrono::seconds upload = std::chrono::hours(24);
  std::chrono::seconds file = std::chrono::hours(24);
};

struct Collected {
  int uploads = 0;
  int files = 0;
  // Partial files whose row was gone already.
  int leftovers = 0;
  // The first file that could not be removed; it is tried again at the next pass.
  absl::Status trouble;
};

// One pass, bounded to some hundred rows of each sort. An upload that a stream holds is left alone. Safe to run on
// several replicas at once. Errors: those of the catalogue and the store; what was done before one stays done.
absl::StatusOr<Collected> CollectGarbage(Catalog& catalog, const FileStore& files, const GraceTimes& grace, Time now);

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_GARBAGE_H_
