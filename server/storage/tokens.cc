#include "server/storage/tokens.h"

namespace interneg::storage {
namespace {

using scheduling::Actor;
using scheduling::Paged;
using scheduling::Role;
using scheduling::Token;
using scheduling::TokenRequest;

constexpr Statement kInsertToken = {
    "insert_token",
    "INSERT INTO token (token_id, secret_sha256, principal, role, project_id, created_by, request_id, expires_at) "
    "VALUES ($1::uuid, $2, $3, $4, NULLIF($5, '')::uuid, $6, $7::uuid, to_timestamp($8::bigint / 1e6)) "
    "ON CONFLICT DO NOTHING RETURNING token_id"};
constexpr Statement kReadToken = {
    "read_token",
    "SELECT token_id, principal, role, project_id, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_us, "
    "  (extract(epoch FROM revoked_at) * 1000000)::bigint AS revoked_us, expires_at <= clock_timestamp() AS expired "
    "FROM token WHERE token_id = $1::uuid"};
constexpr Statement kTokenBySecret = {
    "token_by_secret",
    "SELECT token_id, principal, role, project_id, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_us, "
    "  (extract(epoch FROM revoked_at) * 1000000)::bigint AS revoked_us, expires_at <= clock_timestamp() AS expired "
    "FROM token WHERE secret_sha256 = $1"};
constexpr Statement kListTokens = {
    "list_tokens",
    "SELECT token_id, principal, role, project_id, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_us, "
    "  (extract(epoch FROM revoked_at) * 1000000)::bigint AS revoked_us "
    "FROM token WHERE $1 = '' OR token_id < NULLIF($1, '')::uuid ORDER BY token_id DESC LIMIT $2::integer"};
constexpr Statement kRevokeToken = {
    "revoke_token",
    "UPDATE token SET revoked_at = now() WHERE token_id = $1::uuid AND revoked_at IS NULL RETURNING token_id"};
constexpr Statement kProlongToken = {
    "prolong_token",
    "UPDATE token SET expires_at = greatest(expires_at, to_timestamp($2::bigint / 1e6)) WHERE token_id = $1::uuid"};

Token ToToken(const pqxx::row& row) {
  return {Text(row["token_id"]),   Text(row["principal"]),  Named<Role>(row["role"]),        Text(row["project_id"]),
          Time(row["created_us"]), Time(row["expires_us"]), OptionalTime(row["revoked_us"])};
}

absl::StatusOr<Token> ReadToken(Transaction& transaction, const std::string& token_id) {
  const auto rows = transaction.Run(kReadToken, token_id);
  if (rows.empty()) return NotFound("token", token_id);
  return ToToken(rows[0]);
}

// The token of a row that still holds.
absl::StatusOr<Token> Standing(const pqxx::result& rows) {
  if (rows.empty()) return absl::UnauthenticatedError("the token is not known here");
  if (!rows[0]["revoked_us"].is_null()) return absl::UnauthenticatedError("the token was revoked; ask for a new one");
  if (rows[0]["expired"].as<bool>()) return absl::UnauthenticatedError("the token has expired; ask for a new one");
  return ToToken(rows[0]);
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

absl::Status Tokens::Check(const TokenRequest& request) const {
  if (!scheduling::IsUuid(request.request_id)) return absl::InvalidArgumentError("request_id: must be a UUID");
  if (!IsSha256(request.secret_sha256)) return absl::InvalidArgumentError("secret: its SHA-256 must be 64 hex digits");
  if (request.principal.empty()) return absl::InvalidArgumentError("principal: must not be empty");
  const bool farm_wide = request.role == Role::kAdmin || request.role == Role::kWorker;
  if (farm_wide != request.project_id.empty()) {
    return absl::InvalidArgumentError("project_id: " + std::string(Name(request.role)) +
                                      (farm_wide ? " is a role of the whole farm; leave the project out"
                                                 : " is a role of one project; name it"));
  }
  if (request.expires_at <= context_.around.clock.Now()) {
    return absl::InvalidArgumentError("expire_time: lies in the past");
  }
  return absl::OkStatus();
}

absl::StatusOr<Token> Tokens::CreateWithin(Transaction& transaction, const Actor& actor,
                                           const TokenRequest& request) const {
  KnowPrincipal(transaction, actor.principal);
  KnowPrincipal(transaction, request.principal);
  if (!request.project_id.empty()) {
    if (const absl::Status status = RequireProject(transaction, request.project_id); !status.ok()) return status;
  }
  const auto made = transaction.Run(kInsertToken, context_.NewId(), request.secret_sha256, request.principal,
                                    std::string(Name(request.role)), request.project_id, actor.principal,
                                    request.request_id, Microseconds(request.expires_at));
  if (made.empty()) {
    return absl::AlreadyExistsError("request_id " + request.request_id +
                                    " was used for a token; a secret is shown once: make another with a new id");
  }
  Audit(transaction, actor.principal, "token.create", Text(made[0][0]),
        request.principal + " " + std::string(Name(request.role)));
  return ReadToken(transaction, Text(made[0][0]));
}

absl::StatusOr<Token> Tokens::Create(const Actor& actor, const TokenRequest& request) {
  if (const absl::Status status = Check(request); !status.ok()) return status;
  return context_.pool.Ask<Token>("create a token", [&](Transaction& transaction) {
    return CreateWithin(transaction, actor, request);
  });
}

absl::StatusOr<Token> Tokens::Authenticate(const std::string& secret_sha256) {
  return context_.pool.Read<Token>("authenticate", [&](Transaction& transaction) {
    return Standing(transaction.Run(kTokenBySecret, secret_sha256));
  });
}

absl::Status Tokens::RequireStanding(const std::string& token_id) {
  return context_.pool
      .Read<Token>("check a token",
                   [&](Transaction& transaction) { return Standing(transaction.Run(kReadToken, token_id)); })
      .status();
}

absl::StatusOr<Paged<Token>> Tokens::List(const scheduling::Page& page) {
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  if (!page.after.empty() && !scheduling::IsUuid(page.after)) {
    return absl::InvalidArgumentError("page_token: not one that was given out");
  }
  return context_.pool.Read<Paged<Token>>("list tokens", [&](Transaction& transaction) -> absl::StatusOr<Paged<Token>> {
    Paged<Token> tokens;
    for (const auto& row : transaction.Run(kListTokens, page.after, *size + 1)) {
      if (static_cast<int>(tokens.rows.size()) == *size) {
        tokens.next = tokens.rows.back().token_id;
        break;
      }
      tokens.rows.push_back(ToToken(row));
    }
    return tokens;
  });
}

absl::StatusOr<Token> Tokens::Revoke(const Actor& actor, const std::string& token_id) {
  if (!scheduling::IsUuid(token_id)) return NotFound("token", token_id);
  return context_.pool.Ask<Token>("revoke a token", [&](Transaction& transaction) {
    if (!transaction.Run(kRevokeToken, token_id).empty()) {
      Audit(transaction, actor.principal, "token.revoke", token_id, "");
    }
    return ReadToken(transaction, token_id);
  });
}

absl::StatusOr<Token> Tokens::Ensure(const Actor& actor, const TokenRequest& request) {
  if (const absl::Status status = Check(request); !status.ok()) return status;
  return context_.pool.Ask<Token>("ensure a token", [&](Transaction& transaction) -> absl::StatusOr<Token> {
    const auto rows = transaction.Run(kTokenBySecret, request.secret_sha256);
    if (rows.empty()) return CreateWithin(transaction, actor, request);
    if (!rows[0]["revoked_us"].is_null()) {
      return absl::FailedPreconditionError("the token was revoked; remove its file and start again");
    }
    transaction.Run(kProlongToken, Text(rows[0]["token_id"]), Microseconds(request.expires_at));
    return ReadToken(transaction, Text(rows[0]["token_id"]));
  });
}

absl::Status Tokens::RecordRefusal(const Actor& actor, const std::string& what, const std::string& reason) {
  return context_.pool.Do("record a refusal", [&](Transaction& transaction) {
    Audit(transaction, actor.principal, "refused", what, reason);
    return absl::OkStatus();
  });
}

}  // namespace interneg::storage
