#include "server/rpc/token_handlers.h"

#include "interneg/v1/token.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr std::chrono::hours kDefaultLife{24 * 90};

v1::Role ToWire(scheduling::Role role) {
  switch (role) {
    case scheduling::Role::kViewer:
      return v1::ROLE_VIEWER;
    case scheduling::Role::kArtist:
      return v1::ROLE_ARTIST;
    case scheduling::Role::kSupervisor:
      return v1::ROLE_SUPERVISOR;
    case scheduling::Role::kAdmin:
      return v1::ROLE_ADMIN;
    case scheduling::Role::kWorker:
      return v1::ROLE_WORKER;
  }
  return v1::ROLE_UNSPECIFIED;
}

absl::StatusOr<scheduling::Role> ReadRole(v1::Role role) {
  switch (role) {
    case v1::ROLE_VIEWER:
      return scheduling::Role::kViewer;
    case v1::ROLE_ARTIST:
      return scheduling::Role::kArtist;
    case v1::ROLE_SUPERVISOR:
      return scheduling::Role::kSupervisor;
    case v1::ROLE_ADMIN:
      return scheduling::Role::kAdmin;
    case v1::ROLE_WORKER:
      return scheduling::Role::kWorker;
    default:
      return absl::InvalidArgumentError("role: viewer, artist, supervisor, admin or worker is expected");
  }
}

v1::Token ToWire(const scheduling::Token& token) {
  v1::Token wire;
  wire.set_token_id(token.token_id);
  wire.set_principal(token.principal);
  wire.set_role(ToWire(token.role));
  wire.set_project_id(token.project_id);
  Put(token.created_at, wire.mutable_create_time());
  Put(token.expires_at, wire.mutable_expire_time());
  if (token.revoked_at) Put(*token.revoked_at, wire.mutable_revoke_time());
  return wire;
}

class TokenHandlers {
 public:
  TokenHandlers(scheduling::TokenBook& tokens, const scheduling::Clock& clock, scheduling::Entropy& entropy)
      : tokens_(tokens), clock_(clock), entropy_(entropy) {}

  absl::StatusOr<v1::CreateTokenResponse> Create(const Principal& principal,
                                                 const v1::CreateTokenRequest& request) const {
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    auto role = ReadRole(request.role());
    if (!role.ok()) return role.status();
    if (request.principal().empty())
      return absl::InvalidArgumentError("principal: is missing; name who gets the token");
    if (auto s = CheckText("principal", request.principal(), 255); !s.ok()) return s;
    const auto expires = request.has_expire_time() ? ToInstant(request.expire_time()) : clock_.Now() + kDefaultLife;
    if (expires <= clock_.Now()) return absl::InvalidArgumentError("expire_time: lies in the past");
    const std::string secret = scheduling::NewSecret(entropy_);
    auto token = tokens_.Create(principal.actor(), {*request_id, artifacts::Sha256Hex(secret), request.principal(),
                                                    *role, request.project_id(), expires});
    if (!token.ok()) return token.status();
    v1::CreateTokenResponse response;
    *response.mutable_token() = ToWire(*token);
    response.set_secret(secret);
    return response;
  }

  absl::StatusOr<v1::ListTokensResponse> List(const Principal&, const v1::ListTokensRequest& request) const {
    auto page = ReadPage("ListTokens", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto tokens = tokens_.List(*page);
    if (!tokens.ok()) return tokens.status();
    v1::ListTokensResponse response;
    for (const auto& token : tokens->rows) *response.add_tokens() = ToWire(token);
    response.set_next_page_token(PageToken("ListTokens", tokens->next));
    return response;
  }

  absl::StatusOr<v1::RevokeTokenResponse> Revoke(const Principal& principal,
                                                 const v1::RevokeTokenRequest& request) const {
    auto token = tokens_.Revoke(principal.actor(), request.token_id());
    if (!token.ok()) return token.status();
    v1::RevokeTokenResponse response;
    *response.mutable_token() = ToWire(*token);
    return response;
  }

 private:
  scheduling::TokenBook& tokens_;
  const scheduling::Clock& clock_;
  scheduling::Entropy& entropy_;
};

absl::StatusOr<v1::GetIdentityResponse> GetIdentity(const Principal& principal, const v1::GetIdentityRequest&) {
  v1::GetIdentityResponse response;
  response.set_principal(principal.token.principal);
  *response.add_roles() = ToWire(principal.token);
  return response;
}

}  // namespace

void AddTokenMethods(scheduling::TokenBook& tokens, const scheduling::Clock& clock, scheduling::Entropy& entropy,
                     MethodTable& table) {
  const TokenHandlers handlers(tokens, clock, entropy);
  table.AddUnary<v1::CreateTokenRequest, v1::CreateTokenResponse>(
      "TokenService/CreateToken", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.Create(who, what); });
  table.AddUnary<v1::ListTokensRequest, v1::ListTokensResponse>(
      "TokenService/ListTokens", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
  table.AddUnary<v1::RevokeTokenRequest, v1::RevokeTokenResponse>(
      "TokenService/RevokeToken", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.Revoke(who, what); });
  table.AddUnary<v1::GetIdentityRequest, v1::GetIdentityResponse>("TokenService/GetIdentity", Audience::kEveryone,
                                                                  &GetIdentity);
}

}  // namespace interneg::rpc
