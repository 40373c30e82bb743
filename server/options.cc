#include "server/options.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace interneg::server {
namespace {

struct Texts {
  std::string listen = "127.0.0.1:7600";
  std::string http_listen = "127.0.0.1:7601";
  double lease_seconds = 15;
  bool leave_migrations = false;
};

void AddOptions(CLI::App& app, Options& options, Texts& texts) {
  app.add_option("--listen", texts.listen, "Address for gRPC (host:port, [v6]:port or unix:/path)")
      ->envname("INTERNEG_LISTEN")
      ->capture_default_str();
  app.add_option("--http-listen", texts.http_listen, "Address for HTTP: health, metrics, Connect")
      ->envname("INTERNEG_HTTP_LISTEN")
      ->capture_default_str();
  app.add_option("--database", options.database, "PostgreSQL, as libpq takes it (host=… dbname=… or a URI)")
      ->envname("INTERNEG_DATABASE")
      ->required();
  app.add_option("--artifact-dir", options.artifact_dir, "Folder of the artifact store")
      ->envname("INTERNEG_ARTIFACT_DIR");
  app.add_option("--tls-cert", options.tls_cert_file, "Certificate chain (PEM); required off loopback")
      ->envname("INTERNEG_TLS_CERT");
  app.add_option("--tls-key", options.tls_key_file, "The certificate's key (PEM)")->envname("INTERNEG_TLS_KEY");
  app.add_option("--tls-client-ca", options.tls_client_ca_file, "Demand client certificates of this CA for gRPC (PEM)")
      ->envname("INTERNEG_TLS_CLIENT_CA");
  app.add_option("--credentials-dir", options.credentials_dir,
                 "Keep an admin's and a worker's token here (admin.token, worker.token; mode 0600)")
      ->envname("INTERNEG_CREDENTIALS_DIR");
  app.add_option("--lease-seconds", texts.lease_seconds, "How long an attempt lives without a heartbeat")
      ->envname("INTERNEG_LEASE_SECONDS")
      ->check(CLI::Range(1.0, 3600.0))
      ->capture_default_str();
  app.add_option("--database-connections", options.database_connections, "Connections to PostgreSQL")
      ->envname("INTERNEG_DATABASE_CONNECTIONS")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads that answer gRPC calls")
      ->envname("INTERNEG_THREADS")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--max-message-bytes", options.largest_request_bytes, "Largest request")
      ->envname("INTERNEG_MAX_MESSAGE_BYTES")
      ->check(CLI::Range(1 << 16, 8 << 20))
      ->capture_default_str();
  app.add_option("--log-level", options.log_level, "trace, debug, info, warn, error or off")
      ->envname("INTERNEG_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  app.add_option("--port-file", options.port_file, "Write the ports here once they are listened on");
  app.add_flag("--no-migrate", texts.leave_migrations, "Do not bring the database's schema up to date at the start");
}

absl::Status CheckTls(const Options& options) {
  if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
    return absl::InvalidArgumentError("--tls-cert, --tls-key: give both, or neither");
  }
  if (!options.tls_client_ca_file.empty() && options.tls_cert_file.empty()) {
    return absl::InvalidArgumentError("--tls-client-ca: needs --tls-cert and --tls-key");
  }
  if (!options.tls_cert_file.empty()) return absl::OkStatus();
  for (const auto& [name, address] : {std::pair<const char*, const rpc::ListenAddress&>{"--listen", options.listen},
                                      {"--http-listen", options.http_listen}}) {
    if (address.local()) continue;
    return absl::InvalidArgumentError(
        fmt::format("{}: {} can be reached from other machines, for which TLS is required; give --tls-cert and "
                    "--tls-key, or listen on 127.0.0.1",
                    name, address.host));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ReadOptions(int argc, const char* const* argv, EarlyEnd& early_end) {
  Options options;
  Texts texts;
  CLI::App app("Interneg's scheduler, artifact store and API", "interneg-server");
  app.set_version_flag("--version", INTERNEG_VERSION);
  AddOptions(app, options, texts);
  const CLI::App* migrate = app.add_subcommand("migrate", "Bring the database's schema up to date, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has codes of its own for each kind of mistake; ours is one for usage.
    early_end.exit_code = app.exit(error) == 0 ? 0 : 2;
    return absl::CancelledError("usage");
  }
  options.lease = std::chrono::milliseconds(static_cast<long>(texts.lease_seconds * 1000));
  if (migrate->parsed()) {
    options.migrations = Options::Migrations::kOnly;
    return options;
  }
  if (texts.leave_migrations) options.migrations = Options::Migrations::kLeave;
  if (options.artifact_dir.empty()) return absl::InvalidArgumentError("--artifact-dir: is missing");
  auto listen = rpc::ParseListenAddress("--listen", texts.listen);
  if (!listen.ok()) return listen.status();
  auto http_listen = rpc::ParseListenAddress("--http-listen", texts.http_listen);
  if (!http_listen.ok()) return http_listen.status();
  options.listen = *std::move(listen);
  options.http_listen = *std::move(http_listen);
  if (auto tls = CheckTls(options); !tls.ok()) return tls;
  return options;
}

}  // namespace interneg::server
