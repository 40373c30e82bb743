#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <regex>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/artifact_download.h"
#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/digest.h"

namespace interneg::commands {
namespace {

namespace fs = std::filesystem;

struct ListOptions {
  std::string job;
  std::string kind;
};

// A checkpoint does not know whether it is the best; its training does.
absl::StatusOr<std::string> BestCheckpoint(Context& context, const std::vector<v1::Artifact>& artifacts,
                                           const std::string& job_id) {
  const auto is_checkpoint = [](const v1::Artifact& artifact) { return artifact.kind() == "checkpoint"; };
  if (std::none_of(artifacts.begin(), artifacts.end(), is_checkpoint)) return std::string();
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto job = FetchJob(**connection, job_id);
  if (!job.ok()) return job.status();
  return job->best_checkpoint_sha256();
}

absl::StatusOr<ExitCode> List(Context& context, const ListOptions& options) {
  v1::ListArtifactsRequest request;
  request.set_job_id(options.job);
  request.set_kind(options.kind);
  const auto artifacts = ListShown(context, &v1::ArtifactService::Stub::ListArtifacts, request,
                                   &v1::ListArtifactsResponse::mutable_artifacts);
  if (!artifacts.ok()) return artifacts.status();
  const auto best = BestCheckpoint(context, *artifacts, options.job);
  if (!best.ok()) return best.status();
  cli::PrintListing(ListArtifacts(context, *artifacts, *best), context.style(), context.out());
  return ExitCode::kOk;
}

// A file that arrives: its bytes so far, and their digest.
class PartialFile {
 public:
  explicit PartialFile(fs::path path) : path_(std::move(path)) {
    std::ifstream before(path_, std::ios::binary);
    std::string block(1 << 20, '\0');
    while (before.read(block.data(), static_cast<std::streamsize>(block.size())) || before.gcount() > 0) {
      const auto count = static_cast<std::size_t>(before.gcount());
      digest_.Add(std::string_view(block).substr(0, count));
      size_ += count;
    }
    out_.open(path_, std::ios::binary | std::ios::app);
  }

  bool Add(const std::string& bytes) {
    digest_.Add(bytes);
    size_ += bytes.size();
    return static_cast<bool>(out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())));
  }
  bool Close() {
    out_.close();
    return static_cast<bool>(out_);
  }
  bool good() const { return static_cast<bool>(out_); }
  std::uint64_t size() const { return size_; }
  std::string Digest() { return digest_.Hex(); }

 private:
  fs::path path_;
  std::ofstream out_;
  cli::Sha256 digest_;
  std::uint64_t size_ = 0;
};

absl::Status CannotWrite(const fs::path& path) {
  return absl::InternalError(fmt::format("--to: {} cannot be written: {}", path.string(), std::strerror(errno)));
}

struct DownloadOptions {
  std::string sha256;
  std::string to;
};

absl::StatusOr<ExitCode> Download(Context& context, const DownloadOptions& options) {
  if (!std::regex_match(options.sha256, std::regex("[0-9a-f]{64}")))
    return absl::InvalidArgumentError(
        "artifact: give the 64 lower-case hex digits that `interneg artifact list JOB` shows");
  fs::path target = options.to.empty() ? fs::path(options.sha256) : fs::path(options.to);
  target = (context.environment().working_folder / target).lexically_normal();
  std::error_code error;
  if (fs::is_directory(target, error)) target /= options.sha256;
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  // The rest of a download that broke is taken up; the whole is verified before it gets its name.
  const fs::path partial = target.string() + ".part";
  PartialFile file(partial);
  if (!file.good()) return CannotWrite(partial);
  const absl::Status status = ReceiveArtifact(**connection, options.sha256, file.size(), [&](const std::string& bytes) {
    return file.Add(bytes) ? absl::OkStatus() : CannotWrite(partial);
  });
  if (!status.ok()) {
    if (file.size() == 0 || absl::IsOutOfRange(status)) fs::remove(partial, error);
    return status;
  }
  if (!file.Close()) return CannotWrite(partial);
  const std::uint64_t size = file.size();
  if (file.Digest() != options.sha256) {
    fs::remove(partial, error);
    return WrongHash(options.sha256);
  }
  fs::rename(partial, target, error);
  if (error) return CannotWrite(target);
  const cli::Json document = {
      {"sha256", options.sha256}, {"file", target.string()}, {"sizeBytes", std::to_string(size)}};
  cli::PrintRecord({{{"file"}, {"bytes"}}, {{{target.string(), std::to_string(size)}, target.string(), document}}},
                   context.style(), context.out());
  return ExitCode::kOk;
}

}  // namespace

void AddArtifactCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("artifact", "Checkpoints, contact sheets, pictures, documents of the stages");
  const auto list_options = std::make_shared<ListOptions>();
  CLI::App& list = table.Verb(noun, "list", "List a job's artifacts, and which checkpoint is the best",
                              [list_options](Context& context) { return List(context, *list_options); });
  list.add_option("job", list_options->job, "Id of the job")->required();
  list.add_option("--kind", list_options->kind,
                  "checkpoint, contact_sheet, preview, validation_sheet, before_after, difference_sheet, target_sheet, "
                  "media_report, element_map, frame_map, pair_choice, alignment, lut")
      ->type_name("KIND");

  const auto options = std::make_shared<DownloadOptions>();
  CLI::App& download = table.Verb(noun, "download", "Fetch an artifact and verify it",
                                  [options](Context& context) { return Download(context, *options); });
  download.add_option("artifact", options->sha256, "SHA-256")->required();
  download.add_option("--to", options->to, "File or folder (the SHA-256, here)")->type_name("PATH");
}

}  // namespace interneg::commands
