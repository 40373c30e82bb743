// CatalogBook on PostgreSQL.
#ifndef INTERNEG_SERVER_STORAGE_CATALOG_H_
#define INTERNEG_SERVER_STORAGE_CATALOG_H_

#include <string>

#include "server/scheduling/catalog_book.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Catalog final : public scheduling::CatalogBook {
 public:
  explicit Catalog(Context& context) : context_(context) {}

  absl::StatusOr<scheduling::Project> CreateProject(const scheduling::Actor& actor, const std::string& request_id,
                                                    const scheduling::Project& project) override;
  absl::StatusOr<scheduling::Project> GetProject(const std::string& id_or_name) override;
  absl::StatusOr<scheduling::Paged<scheduling::Project>> ListProjects(const scheduling::VisibleProjects& visible,
                                                                      const scheduling::Page& page) override;
  absl::StatusOr<scheduling::Media> CreateMedia(const scheduling::Actor& actor, const std::string& request_id,
                                                const scheduling::Media& media) override;
  absl::StatusOr<scheduling::Media> GetMedia(const std::string& media_id) override;
  absl::StatusOr<scheduling::Media> UpdateMedia(const scheduling::Actor& actor, const std::string& media_id,
                                                const scheduling::ElementChange& change) override;
  absl::StatusOr<scheduling::Paged<scheduling::Media>> ListMedia(const std::string& project_id,
                                                                 const scheduling::Page& page) override;
  absl::StatusOr<scheduling::DatasetVersion> CreateDatasetVersion(const scheduling::Actor& actor,
                                                                  const std::string& request_id,
                                                                  const scheduling::DatasetVersion& version) override;
  absl::StatusOr<scheduling::DatasetVersion> GetDatasetVersion(const std::string& dataset_version_id) override;
  absl::StatusOr<scheduling::Paged<scheduling::DatasetVersion>> ListDatasetVersions(
      const std::string& project_id, const std::string& name, const scheduling::Page& page) override;
  absl::StatusOr<scheduling::DatasetVersion> EditDatasetDraft(const scheduling::Actor& actor, int revision,
                                                              const scheduling::DatasetVersion& edited) override;
  absl::StatusOr<scheduling::DatasetVersion> LockDatasetDraft(const scheduling::Actor& actor,
                                                              const std::string& dataset_version_id, int revision,
                                                              const std::string& sha256) override;
  absl::Status DiscardDatasetDraft(const scheduling::Actor& actor, const std::string& dataset_version_id,
                                   int revision) override;

 private:
  Context& context_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_CATALOG_H_
