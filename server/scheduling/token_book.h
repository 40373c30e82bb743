// Credentials. Only the SHA-256 of a secret is ever stored or compared.
#ifndef INTERNEG_SERVER_SCHEDULING_TOKEN_BOOK_H_
#define INTERNEG_SERVER_SCHEDULING_TOKEN_BOOK_H_

#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "server/scheduling/clock.h"
#include "server/scheduling/page.h"
#include "server/scheduling/state.h"

namespace interneg::scheduling {

struct Token {
  std::string token_id;
  std::string principal;
  Role role = Role::kViewer;
  // Set for viewer, artist and supervisor; empty for admin and worker.
  std::string project_id;
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> revoked_at;
};

struct TokenRequest {
  std::string request_id;
  // Lower-case hex SHA-256 of the secret that the caller made.
  std::string secret_sha256;
  std::string principal;
  Role role = Role::kViewer;
  std::string project_id;
  Instant expires_at;
};

class TokenBook {
 public:
  virtual ~TokenBook() = default;

  // Errors: INVALID_ARGUMENT (role and project do not fit, expiry in the past, empty principal), NOT_FOUND (project),
  // ALREADY_EXISTS (the request id was used: a secret is shown once).
  virtual absl::StatusOr<Token> Create(const Actor& actor, const TokenRequest& request) = 0;

  // The token that a presented secret stands for. Errors: UNAUTHENTICATED (unknown, expired, revoked; the message
  // says which only when the secret was right).
  virtual absl::StatusOr<Token> Authenticate(const std::string& secret_sha256) = 0;

  // Whether a token that was authenticated before still holds; for streams that live long. Errors: UNAUTHENTICATED.
  virtual absl::Status RequireStanding(const std::string& token_id) = 0;

  // Newest first.
  virtual absl::StatusOr<Paged<Token>> List(const Page& page) = 0;
  // Revoking a revoked token changes nothing. Errors: NOT_FOUND.
  virtual absl::StatusOr<Token> Revoke(const Actor& actor, const std::string& token_id) = 0;

  // Makes sure that a token with this secret stands, for the first start of a stack (the file of mode 0600 on the
  // local machine): found by hash, made when absent, its expiry moved to `request.expires_at` when that is later.
  // Errors: as Create; FAILED_PRECONDITION when it was revoked.
  virtual absl::StatusOr<Token> Ensure(const Actor& actor, const TokenRequest& request) = 0;

  // Records that `actor` was refused `what` (a method or resource), for the audit.
  virtual absl::Status RecordRefusal(const Actor& actor, const std::string& what, const std::string& reason) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_TOKEN_BOOK_H_
