// Moves files between this worker and the server's artifact store; a broken transfer goes on where it ended.
#ifndef INTERNEG_WORKER_SESSION_ARTIFACT_TRANSFER_H_
#define INTERNEG_WORKER_SESSION_ARTIFACT_TRANSFER_H_

#include <string>

#include "interneg/v1/artifact.pb.h"
#include "worker/session/connection.h"
#include "worker/spool/artifact_cache.h"

namespace interneg::session {

// One try to bring `path` to the server; asks first what the server has and sends the rest. NOT_FOUND with "no such
// file" and DATA_LOSS mean that the file is not (or no longer) the one that `begin` describes; other errors are the
// server's. Blocks; `cancellation` ends it.
grpc::Status UploadFile(Connection& connection, Cancellation& cancellation, const v1::BeginUploadRequest& begin,
                        const std::string& path);

// One try to bring an artifact into the cache, whole and verified. ABORTED: another thread is fetching it.
grpc::Status DownloadIntoCache(Connection& connection, Cancellation& cancellation, spool::ArtifactCache& cache,
                               const std::string& sha256);

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ARTIFACT_TRANSFER_H_
