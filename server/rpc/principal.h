// Who calls: the credential that was presented, as the database knows it. Nothing in a message can change it.
#ifndef INTERNEG_SERVER_RPC_PRINCIPAL_H_
#define INTERNEG_SERVER_RPC_PRINCIPAL_H_

#include "server/scheduling/page.h"
#include "server/scheduling/token_book.h"

namespace interneg::rpc {

struct Principal {
  scheduling::Token token;

  scheduling::Actor actor() const { return {token.principal}; }
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_PRINCIPAL_H_
