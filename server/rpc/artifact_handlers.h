// ArtifactService.
#ifndef INTERNEG_SERVER_RPC_ARTIFACT_HANDLERS_H_
#define INTERNEG_SERVER_RPC_ARTIFACT_HANDLERS_H_

#include "server/artifacts/catalog.h"
#include "server/artifacts/file_store.h"
#include "server/artifacts/uploads.h"
#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/job_book.h"

namespace interneg::rpc {

// All outlive the table and its streams.
void AddArtifactMethods(artifacts::Catalog& catalog, artifacts::FileStore& files, artifacts::Uploads& uploads,
                        scheduling::JobBook& jobs, Gate& gate, MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_ARTIFACT_HANDLERS_H_
