// TokenBook on PostgreSQL.
#ifndef INTERNEG_SERVER_STORAGE_TOKENS_H_
#define INTERNEG_SERVER_STORAGE_TOKENS_H_

#include <string>

#include "server/scheduling/token_book.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Tokens final : public scheduling::TokenBook {
 public:
  explicit Tokens(Context& context) : context_(context) {}

  absl::StatusOr<scheduling::Token> Create(const scheduling::Actor& actor,
                                           const scheduling::TokenRequest& request) override;
  absl::StatusOr<scheduling::Token> Authenticate(const std::string& secret_sha256) override;
  absl::Status RequireStanding(const std::string& token_id) override;
  absl::StatusOr<scheduling::Paged<scheduling::Token>> List(const scheduling::Page& page) override;
  absl::StatusOr<scheduling::Token> Revoke(const scheduling::Actor& actor, const std::string& token_id) override;
  absl::StatusOr<scheduling::Token> Ensure(const scheduling::Actor& actor,
                                           const scheduling::TokenRequest& request) override;
  absl::Status RecordRefusal(const scheduling::Actor& actor, const std::string& what,
                             const std::string& reason) override;

 private:
  absl::Status Check(const scheduling::TokenRequest& request) const;
  absl::StatusOr<scheduling::Token> CreateWithin(Transaction& transaction, const scheduling::Actor& actor,
                                                 const scheduling::TokenRequest& request) const;

  Context& context_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_TOKENS_H_
