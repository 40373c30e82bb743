// artifacts::Catalog on PostgreSQL.
#ifndef INTERNEG_SERVER_STORAGE_ARTIFACT_CATALOG_H_
#define INTERNEG_SERVER_STORAGE_ARTIFACT_CATALOG_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/artifacts/catalog.h"
#include "server/storage/context.h"

namespace interneg::storage {

class ArtifactCatalog final : public artifacts::Catalog {
 public:
  explicit ArtifactCatalog(Context& context) : context_(context) {}

  absl::StatusOr<std::string> StoreMarker(std::string_view proposed) override;
  absl::StatusOr<artifacts::BeginResult> BeginUpload(std::string_view upload_id, std::string_view principal,
                                                     const artifacts::Owner& owner,
                                                     const artifacts::Description& description) override;
  absl::StatusOr<artifacts::Upload> FindUpload(std::string_view upload_id) override;
  absl::Status CommitUpload(std::string_view upload_id, const std::function<absl::Status()>& link_file) override;
  absl::Status DiscardUpload(std::string_view upload_id) override;
  absl::StatusOr<std::vector<std::string>> UploadsBefore(artifacts::Time before, int limit) override;
  absl::StatusOr<std::vector<std::string>> UnreferencedBefore(artifacts::Time before, int limit) override;
  absl::StatusOr<bool> RemoveFile(std::string_view sha256, artifacts::Time before,
                                  const std::function<absl::Status()>& unlink_file) override;
  absl::StatusOr<artifacts::Description> FindReadable(std::string_view sha256,
                                                      const artifacts::Reader& reader) override;
  absl::StatusOr<std::vector<artifacts::Reference>> ListOfJob(std::string_view job_id, std::string_view kind,
                                                              std::int64_t after, int limit) override;

 private:
  Context& context_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_ARTIFACT_CATALOG_H_
