// What every book of this module works with.
#ifndef INTERNEG_SERVER_STORAGE_CONTEXT_H_
#define INTERNEG_SERVER_STORAGE_CONTEXT_H_

#include <string>

#include "server/scheduling/clock.h"
#include "server/scheduling/observer.h"
#include "server/scheduling/page.h"
#include "server/scheduling/retry.h"
#include "server/storage/database.h"
#include "server/storage/pool.h"
#include "server/storage/values.h"

namespace interneg::storage {

struct Context {
  DatabaseSettings settings;
  Surroundings around;
  scheduling::RetrySettings retry;
  Pool pool;

  std::string NewId() const { return scheduling::NewId(around.clock.Now(), around.entropy); }
};

// Makes sure that the principal has its row, which others refer to.
void KnowPrincipal(Transaction& transaction, const std::string& principal);

// Records a change, or a refusal, within the transaction that makes it.
void Audit(Transaction& transaction, const std::string& principal, const std::string& action,
           const std::string& subject, const std::string& detail);

// NOT_FOUND unless the project stands.
absl::Status RequireProject(Transaction& transaction, const std::string& project_id);
void KnowShot(Transaction& transaction, const std::string& project_id, const std::string& shot);

absl::Status NotFound(const std::string& what, const std::string& id);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_CONTEXT_H_
