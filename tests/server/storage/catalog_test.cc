#include "tests/server/storage/farm.h"

#include <atomic>
#include <thread>

namespace interneg::storage {
namespace {

using scheduling::Role;
using scheduling::TokenRequest;

TEST_F(Farm, ProjectsMediaAndDatasetVersionsAreMadeOnce) {
  auto& catalog = database_->catalog();
  const std::string request = NewId();
  const auto project = *catalog.CreateProject(actor_, request, {"", "film", "Film", {}});
  EXPECT_EQ(catalog.CreateProject(actor_, request, {"", "film", "Film", {}})->project_id, project.project_id);
  EXPECT_TRUE(absl::IsAlreadyExists(catalog.CreateProject(actor_, NewId(), {"", "film", "", {}}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(catalog.CreateProject(actor_, NewId(), {"", "Film!", "", {}}).status()));
  EXPECT_EQ(catalog.GetProject("film")->project_id, project.project_id);
  EXPECT_EQ(catalog.GetProject(project.project_id)->film_title, "Film");
  EXPECT_EQ(catalog.ListProjects(std::nullopt, {1, ""})->next, "film");

  scheduling::Media media;
  media.project_id = project.project_id;
  media.name = "faded";
  media.frames = {"plates:f.%04d.png", "1-49", ""};
  media.element.gauge = "35mm";
  const auto source = *catalog.CreateMedia(actor_, NewId(), media);
  EXPECT_EQ(catalog.CreateMedia(actor_, NewId(), media)->media_id, source.media_id);
  EXPECT_EQ(catalog.GetMedia(source.media_id)->element.gauge, "35mm");
  media.frames.range = "1-50";
  EXPECT_TRUE(absl::IsAlreadyExists(catalog.CreateMedia(actor_, NewId(), media).status()));

  auto elsewhere = media;
  elsewhere.project_id = project_;
  const std::string once = NewId();
  elsewhere.name = "elsewhere";
  ASSERT_TRUE(catalog.CreateMedia(actor_, once, elsewhere).ok());
  elsewhere.project_id = project.project_id;
  EXPECT_TRUE(absl::IsAlreadyExists(catalog.CreateMedia(actor_, once, elsewhere).status()))
      << "a repeated request must not show another project's medium";

  scheduling::DatasetVersion version;
  version.project_id = project.project_id;
  version.name = "pairs";
  version.source_media_id = version.reference_media_id = source.media_id;
  version.pairs = {1, 17, 33};
  version.held_out = {9};
  version.sha256 = std::string(64, '1');
  const auto first = *catalog.CreateDatasetVersion(actor_, NewId(), version);
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.pairs, version.pairs);
  EXPECT_EQ(catalog.CreateDatasetVersion(actor_, NewId(), version)->dataset_version_id, first.dataset_version_id);
  version.sha256 = std::string(64, '2');
  EXPECT_EQ(catalog.CreateDatasetVersion(actor_, NewId(), version)->version, 2);
  EXPECT_EQ(catalog.ListDatasetVersions(project.project_id, "", {})->rows.size(), 2U);
  version.project_id = project_;
  EXPECT_TRUE(absl::IsNotFound(catalog.CreateDatasetVersion(actor_, NewId(), version).status()))
      << "the media are another project's";
}

// Several people edit one draft as they saw it; whoever comes second must look again.
TEST_F(Farm, OfEditsOfOneRevisionOneIsTaken) {
  auto& catalog = database_->catalog();
  scheduling::Media media;
  media.project_id = project_;
  media.name = "faded";
  media.frames = {"plates:f.%04d.png", "1-49", ""};
  scheduling::DatasetVersion draft;
  draft.project_id = project_;
  draft.name = "pairs";
  draft.source_media_id = draft.reference_media_id = catalog.CreateMedia(actor_, NewId(), media)->media_id;
  draft.state = scheduling::DatasetState::kDraft;
  draft.content = "{}";
  draft = *catalog.CreateDatasetVersion(actor_, NewId(), draft);
  std::atomic<int> taken{0}, aborted{0};
  std::vector<std::thread> people;
  for (int person = 0; person < 6; ++person) {
    people.emplace_back([&, person] {
      auto edited = draft;
      edited.content = "{\"crop\": " + std::to_string(person) + "}";
      const auto status = catalog.EditDatasetDraft(actor_, 1, edited).status();
      taken += status.ok();
      aborted += absl::IsAborted(status);
    });
  }
  for (auto& person : people) person.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(aborted, 5);
  EXPECT_EQ(catalog.GetDatasetVersion(draft.dataset_version_id)->revision, 2);
}

TEST_F(Farm, TokensAreKnownByTheirHashUntilTheyExpireOrAreRevoked) {
  auto& tokens = database_->tokens();
  const std::string hash = NewHash();
  TokenRequest request{NewId(), hash, "anna", Role::kArtist, project_, clock_.Now() + std::chrono::hours(1)};
  const auto token = tokens.Create(actor_, request);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(tokens.Authenticate(hash)->principal, "anna");
  EXPECT_TRUE(absl::IsAlreadyExists(tokens.Create(actor_, request).status()));
  EXPECT_TRUE(absl::IsUnauthenticated(tokens.Authenticate(NewHash()).status()));
  EXPECT_TRUE(tokens.Revoke(actor_, token->token_id)->revoked_at.has_value());
  EXPECT_TRUE(absl::IsUnauthenticated(tokens.Authenticate(hash).status()));
  request = {NewId(), NewHash(), "anna", Role::kAdmin, project_, request.expires_at};
  EXPECT_TRUE(absl::IsInvalidArgument(tokens.Create(actor_, request).status())) << "an admin has no project";
  request = {NewId(), NewHash(), "local", Role::kAdmin, "", request.expires_at};
  EXPECT_EQ(tokens.Ensure(actor_, request)->token_id, tokens.Ensure(actor_, request)->token_id);
  Ask("WITH u AS (UPDATE token SET expires_at = now() RETURNING 1) SELECT count(*) FROM u");
  EXPECT_TRUE(absl::IsUnauthenticated(tokens.Authenticate(request.secret_sha256).status()));
  EXPECT_EQ(Ask("SELECT count(*) FROM token WHERE secret_sha256 IS NULL")[0].as<int>(), 0);
}

TEST_F(Farm, ArtifactsAreSharedWithinAProjectAndHiddenBetweenProjects) {
  auto& artifacts = database_->artifact_catalog();
  const auto other = database_->catalog().CreateProject(actor_, NewId(), {"", "other", "", {}})->project_id;
  const artifacts::Description note{NewHash(), 5, "note", "text/plain", "n.txt", {}};
  const auto ok = [] { return absl::OkStatus(); };
  const auto upload = artifacts.BeginUpload(NewId(), "anna", artifacts::ProjectOwner{project_}, note);
  ASSERT_TRUE(upload.ok()) << upload.status();
  EXPECT_EQ(artifacts.BeginUpload(NewId(), "anna", artifacts::ProjectOwner{project_}, note)->upload.upload_id,
            upload->upload.upload_id);
  EXPECT_TRUE(absl::IsDataLoss(
      artifacts.CommitUpload(upload->upload.upload_id, [] { return absl::DataLossError("full"); })));
  EXPECT_TRUE(artifacts.CommitUpload(upload->upload.upload_id, ok).ok());
  EXPECT_TRUE(absl::IsNotFound(artifacts.FindUpload(upload->upload.upload_id).status()));
  EXPECT_TRUE(artifacts.BeginUpload(NewId(), "bert", artifacts::ProjectOwner{project_}, note)->complete);
  EXPECT_FALSE(artifacts.BeginUpload(NewId(), "bert", artifacts::ProjectOwner{other}, note)->complete);
  EXPECT_TRUE(artifacts.FindReadable(note.sha256, artifacts::ReadsProjects{{project_}}).ok());
  EXPECT_TRUE(absl::IsNotFound(artifacts.FindReadable(note.sha256, artifacts::ReadsProjects{{other}}).status()));
  EXPECT_FALSE(*artifacts.RemoveFile(note.sha256, std::chrono::system_clock::now() + std::chrono::hours(1), ok))
      << "it has a reference";
  EXPECT_EQ(*artifacts.StoreMarker("a"), "a");
  EXPECT_EQ(*artifacts.StoreMarker("b"), "a");
}

}  // namespace
}  // namespace interneg::storage
