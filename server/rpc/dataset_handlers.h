// DatasetService.
#ifndef INTERNEG_SERVER_RPC_DATASET_HANDLERS_H_
#define INTERNEG_SERVER_RPC_DATASET_HANDLERS_H_

#include "server/artifacts/catalog.h"
#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/catalog_book.h"

namespace interneg::rpc {

// All three outlive the table.
void AddDatasetMethods(scheduling::CatalogBook& catalog, artifacts::Catalog& artifacts, Gate& gate,
                       MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_DATASET_HANDLERS_H_
