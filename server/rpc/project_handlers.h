// ProjectService.
#ifndef INTERNEG_SERVER_RPC_PROJECT_HANDLERS_H_
#define INTERNEG_SERVER_RPC_PROJECT_HANDLERS_H_

#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/catalog_book.h"

namespace interneg::rpc {

// Both outlive the table.
void AddProjectMethods(scheduling::CatalogBook& catalog, Gate& gate, MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_PROJECT_HANDLERS_H_
