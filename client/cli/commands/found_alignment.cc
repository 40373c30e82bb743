#include "client/cli/commands/found_alignment.h"

#include <utility>

#include "client/cli/commands/artifact_download.h"
#include "client/cli/digest.h"

namespace interneg::commands {
namespace {

absl::StatusOr<v1::Alignment> Parse(const StageDocument& document) {
  v1::Alignment alignment;
  if (const absl::Status s = ReadDocument(document, "alignment", alignment); !s.ok()) return s;
  return alignment;
}

}  // namespace

absl::StatusOr<FoundAlignment> FindAlignment(cli::Connection& connection, const std::string& option,
                                             const std::string& job_id) {
  auto stage = FetchStage(connection, option, job_id, v1::JOB_KIND_ALIGN);
  if (!stage.ok()) return stage.status();
  const auto document = FetchDocument(connection, stage->job, "alignment");
  if (!document.ok()) return document.status();
  auto alignment = Parse(*document);
  if (!alignment.ok()) return alignment.status();
  return FoundAlignment{*std::move(stage), cli::Sha256Hex(document->text), *std::move(alignment)};
}

absl::StatusOr<v1::Alignment> FetchAlignment(cli::Connection& connection, const v1::Job& align) {
  const auto document = FetchDocument(connection, align, "alignment");
  if (!document.ok()) return document.status();
  return Parse(*document);
}

absl::StatusOr<v1::Alignment> ReadAlignment(cli::Connection& connection, const std::string& sha256) {
  auto text = ReadArtifact(connection, sha256);
  if (!text.ok()) return text.status();
  return Parse({*std::move(text), {}});
}

}  // namespace interneg::commands
