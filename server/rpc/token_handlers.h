// TokenService.
#ifndef INTERNEG_SERVER_RPC_TOKEN_HANDLERS_H_
#define INTERNEG_SERVER_RPC_TOKEN_HANDLERS_H_

#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/token_book.h"

namespace interneg::rpc {

// All outlive the table.
void AddTokenMethods(scheduling::TokenBook& tokens, const scheduling::Clock& clock, scheduling::Entropy& entropy,
                     MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_TOKEN_HANDLERS_H_
