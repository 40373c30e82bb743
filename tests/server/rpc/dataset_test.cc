// Drafts and versions over real gRPC and a real database: what may be in them, who may change what, and when.
#include <gmock/gmock.h>

#include "interneg/v1/dataset.grpc.pb.h"
#include "interneg/v1/media.grpc.pb.h"
#include "tests/server/rpc/live_server.h"

namespace interneg {
namespace {

using interneg::testing::Call;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Code = grpc::StatusCode;

class Datasets : public interneg::testing::LiveServer {
 protected:
  void SetUp() override {
    LiveServer::SetUp();
    stub_ = v1::DatasetService::NewStub(channel());
    project_ = MakeProject("lab");
    source_ = MakeMedium("scan", "1001-1049");
    reference_ = MakeMedium("tape", "1-2000");
  }

  std::string MakeMedium(const std::string& name, const std::string& range) {
    Call call(admin_token());
    v1::CreateMediaRequest request;
    request.set_request_id(NewId());
    request.set_project_id(project_);
    request.set_name(name);
    request.mutable_frames()->set_path("films:" + name + "/f.%04d.png");
    request.mutable_frames()->set_range(range);
    v1::CreateMediaResponse response;
    EXPECT_TRUE(v1::MediaService::NewStub(channel())->CreateMedia(&call, request, &response).ok());
    return response.media().media_id();
  }

  static void AddPair(int source, int reference, bool held_out, v1::DatasetContent& content) {
    v1::DatasetPair& pair = *content.add_pairs();
    pair.set_source_frame(source);
    pair.set_reference_frame(reference);
    pair.set_held_out(held_out);
  }

  // Numbered alike: 1049 and 1001 to train on, 1017 held out.
  v1::DatasetContent Content() {
    v1::DatasetContent content;
    content.set_recovery(v1::RECOVERY_CHROMA);
    content.set_source_media_id(source_);
    content.set_reference_media_id(reference_);
    AddPair(1049, 1049, false, content);
    AddPair(1017, 1017, true, content);
    AddPair(1001, 1001, false, content);
    return content;
  }

  grpc::Status Create(const v1::DatasetContent& content, v1::DatasetState state, const std::string& token = "") {
    Call call(token.empty() ? admin_token() : token);
    v1::CreateDatasetVersionRequest request;
    request.set_request_id(NewId());
    request.set_project_id(project_);
    request.set_name("faces");
    request.set_shot("sh010");
    request.set_state(state);
    *request.mutable_content() = content;
    v1::CreateDatasetVersionResponse response;
    const auto status = stub_->CreateDatasetVersion(&call, request, &response);
    if (status.ok()) made_ = response.dataset_version();
    return status;
  }

  grpc::Status Edit(const v1::DatasetContent& content, int revision, const std::string& token = "") {
    Call call(token.empty() ? admin_token() : token);
    v1::EditDatasetDraftRequest request;
    request.set_dataset_version_id(made_.dataset_version_id());
    request.set_revision(revision);
    *request.mutable_content() = content;
    v1::EditDatasetDraftResponse response;
    const auto status = stub_->EditDatasetDraft(&call, request, &response);
    if (status.ok()) made_ = response.dataset_version();
    return status;
  }

  grpc::Status Lock(int revision) {
    Call call(admin_token());
    v1::LockDatasetDraftRequest request;
    request.set_dataset_version_id(made_.dataset_version_id());
    request.set_revision(revision);
    v1::LockDatasetDraftResponse response;
    const auto status = stub_->LockDatasetDraft(&call, request, &response);
    if (status.ok()) made_ = response.dataset_version();
    return status;
  }

  grpc::Status Discard(int revision) {
    Call call(admin_token());
    v1::DiscardDatasetDraftRequest request;
    request.set_dataset_version_id(made_.dataset_version_id());
    request.set_revision(revision);
    v1::DiscardDatasetDraftResponse response;
    return stub_->DiscardDatasetDraft(&call, request, &response);
  }

  static void Expect(const grpc::Status& status, Code code, const std::string& said) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(said));
  }

  std::unique_ptr<v1::DatasetService::Stub> stub_;
  std::string project_, source_, reference_;
  v1::DatasetVersion made_;
};

TEST_F(Datasets, ADraftIsEditedAndLockedIntoTheNextVersion) {
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_DRAFT).ok());
  EXPECT_EQ(made_.version(), 0);
  EXPECT_EQ(made_.sha256(), "");
  EXPECT_THAT(made_.pairs(), ElementsAre(1001, 1049));
  EXPECT_THAT(made_.held_out(), ElementsAre(1017));
  EXPECT_EQ(made_.content().pairs(0).source_frame(), 1001) << "in order";
  EXPECT_EQ(made_.content().source().path(), "films:scan/f.%04d.png");

  auto content = made_.content();
  AddPair(1030, 1030, false, content);
  content.add_source_preparation()->mutable_median()->set_size_px(3);
  ASSERT_TRUE(Edit(content, 1).ok());
  EXPECT_EQ(made_.revision(), 2);
  EXPECT_THAT(made_.pairs(), ElementsAre(1001, 1030, 1049));
  ASSERT_TRUE(Edit(content, 1).ok()) << "the same edit again, whose answer was lost";
  EXPECT_EQ(made_.revision(), 2);

  ASSERT_TRUE(Lock(2).ok());
  EXPECT_EQ(made_.state(), v1::DATASET_STATE_LOCKED);
  EXPECT_EQ(made_.version(), 1);
  EXPECT_EQ(made_.sha256().size(), 64U);
  const std::string id = made_.dataset_version_id();
  ASSERT_TRUE(Lock(2).ok()) << "the same lock again";
  EXPECT_EQ(made_.dataset_version_id(), id);
  Expect(Edit(content, 2), Code::FAILED_PRECONDITION,
         "faces version 1 is locked and never changes; make a draft from it: interneg dataset create faces "
         "--from-version faces@1");
  Expect(Discard(2), Code::FAILED_PRECONDITION, "is locked");
  EXPECT_EQ(SqlValue("SELECT string_agg(action, ' ' ORDER BY audit_no) FROM audit WHERE action LIKE 'dataset.%'"),
            "dataset.create dataset.edit dataset.lock");
  EXPECT_THROW(Sql("UPDATE dataset_version SET content = '{}'"), std::exception) << "the database refuses it as well";
}

TEST_F(Datasets, AnEditOfAnotherRevisionIsRefused) {
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_DRAFT).ok());
  auto one = Content(), other = Content();
  AddPair(1030, 1030, false, one);
  AddPair(1031, 1031, false, other);
  ASSERT_TRUE(Edit(one, 1).ok());
  Expect(Edit(other, 1), Code::ABORTED, "edited meanwhile and is at revision 2, not 1");
  Expect(Lock(1), Code::ABORTED, "revision 2, not 1");
  Expect(Discard(1), Code::ABORTED, "revision 2, not 1");
  ASSERT_TRUE(Discard(2).ok());
  Expect(Edit(other, 2), Code::NOT_FOUND, "");
}

TEST_F(Datasets, ANameHasOneDraftAndVersionsInTheOrderOfLocking) {
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_DRAFT).ok());
  const auto draft = made_;
  Expect(Create(Content(), v1::DATASET_STATE_DRAFT), Code::ALREADY_EXISTS, "has a draft already, at revision 1");
  auto other = Content();
  AddPair(1030, 1030, false, other);
  ASSERT_TRUE(Create(other, v1::DATASET_STATE_LOCKED).ok());
  EXPECT_EQ(made_.version(), 1);
  ASSERT_TRUE(Create(other, v1::DATASET_STATE_UNSPECIFIED).ok());
  EXPECT_EQ(made_.version(), 1) << "the same content";
  made_ = draft;
  ASSERT_TRUE(Lock(1).ok());
  EXPECT_EQ(made_.version(), 2);
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_DRAFT).ok());
  Expect(Lock(1), Code::ALREADY_EXISTS, "faces version 2 holds just what the draft holds");
}

TEST_F(Datasets, WhatADraftMayNotHoldNamesTheFrameAndTheRemedy) {
  const auto refused = [&](auto change, const std::string& said) {
    auto content = Content();
    change(content);
    Expect(Create(content, v1::DATASET_STATE_DRAFT), Code::INVALID_ARGUMENT, said);
  };
  refused([](auto& c) { AddPair(1050, 7, false, c); }, "pairs: frame 1050 lies outside the source's range 1001-1049");
  refused([](auto& c) { AddPair(1002, 0, false, c); },
          "pairs: frame 0 (of the pair 1002) lies outside the reference's range 1-2000");
  refused([](auto& c) { AddPair(1001, 7, true, c); }, "pairs: frame 1001 is named twice");
  refused([](auto& c) { c.mutable_pairs(0)->set_timecode("later"); }, "frame 1049: \"later\" is no timecode");
  refused([](auto& c) { c.mutable_crop()->set_width_px(3); }, "crop: ");
  refused([](auto& c) { c.set_recovery(v1::RECOVERY_UNSPECIFIED); }, "recovery: chroma");
  refused([](auto& c) { c.add_source_preparation()->mutable_median()->set_size_px(500); },
          "sourcePreparation: preparation step 1 (median): size_px is 500; allowed 1 to 63");
  refused([](auto& c) { c.add_source_preparation()->mutable_luma_match(); }, "a source takes no match");
  refused(
      [](auto& c) {
        c.set_recovery(v1::RECOVERY_SPATIAL);
        c.add_reference_preparation()->mutable_dust_repair();
        c.add_reference_preparation()->mutable_degrain();
      },
      "referencePreparation: preparation step 2 (degrain): refused on a spatial reference");
  auto unknown = Content();
  unknown.set_alignment_sha256(std::string(64, 'a'));
  Expect(Create(unknown, v1::DATASET_STATE_DRAFT), Code::NOT_FOUND, "alignment_sha256: no alignment");
}

TEST_F(Datasets, WhatIsMissingIsToldWhenLocking) {
  const auto refused = [&](auto change, const std::string& said) {
    auto content = Content();
    change(content);
    ASSERT_TRUE(Create(content, v1::DATASET_STATE_DRAFT).ok());
    Expect(Lock(1), Code::FAILED_PRECONDITION, said);
    ASSERT_TRUE(Discard(1).ok());
  };
  refused([](auto& c) { c.mutable_pairs(0)->set_held_out(true); },
          "pairs: at least two pairs to train on are needed, 1");
  refused([](auto& c) { AddPair(1012, 988, false, c); },
          "frame 1012: its partner is 988, and without an alignment a partner has its source's number");
  const auto construct = [](auto& c) { c.mutable_pairs(2)->set_reference_kind(v1::REFERENCE_KIND_CONSTRUCTED); };
  refused(construct, "frame 1001: its reference is constructed and names no source");
  refused(
      [&](auto& c) {
        construct(c);
        c.mutable_pairs(2)->set_citation("Vermeer, View of Delft");
      },
      "frame 1001: its reference is constructed and has no note");
}

TEST_F(Datasets, HeldOutFramesAreChosenWhereNoneAreNamed) {
  auto content = Content();
  content.mutable_pairs()->DeleteSubrange(1, 1);
  ASSERT_TRUE(Create(content, v1::DATASET_STATE_DRAFT).ok());
  EXPECT_THAT(made_.held_out(), ElementsAre(1025));
  ASSERT_TRUE(Lock(1).ok());

  Call call(admin_token());
  v1::CreateDatasetVersionRequest brief;
  brief.set_request_id(NewId());
  brief.set_project_id(project_);
  brief.set_name("faces");
  brief.set_shot("sh010");
  brief.set_recovery(v1::RECOVERY_CHROMA);
  brief.set_source_media_id(source_);
  brief.set_reference_media_id(reference_);
  brief.add_pairs(1001);
  brief.add_pairs(1049);
  v1::CreateDatasetVersionResponse response;
  ASSERT_TRUE(stub_->CreateDatasetVersion(&call, brief, &response).ok());
  EXPECT_EQ(response.dataset_version().version(), 1) << "in brief it is the same content";
}

TEST_F(Datasets, AVersionOlderThanContentsIsStillRead) {
  Sql("INSERT INTO dataset_version (dataset_version_id, project_id, name, version, shot, recovery, source_media_id, "
      "reference_media_id, pairs, held_out, sha256, note, created_by, request_id, state, revision) SELECT "
      "'00000000-0000-7000-8000-000000000001', '" +
      project_ + "', 'old', 1, 'sh010', 'chroma', '" + source_ + "', '" + reference_ +
      "', '{1001,1049}', '{1017}', repeat('a', 64), '', created_by, '00000000-0000-7000-8000-000000000002', "
      "'locked', 1 FROM media LIMIT 1");
  Call call(admin_token());
  v1::GetDatasetVersionRequest request;
  request.set_dataset_version_id("00000000-0000-7000-8000-000000000001");
  v1::GetDatasetVersionResponse response;
  ASSERT_TRUE(stub_->GetDatasetVersion(&call, request, &response).ok());
  EXPECT_EQ(response.dataset_version().content().pairs_size(), 3);
  EXPECT_EQ(response.dataset_version().sha256(), std::string(64, 'a'));
}

// Contents of some megabytes each would not fit into one answer.
TEST_F(Datasets, AListSaysHowMuchAVersionHoldsAndNotWhat) {
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_LOCKED).ok());
  EXPECT_EQ(made_.pair_count(), 2);
  Call call(admin_token());
  v1::ListDatasetVersionsRequest request;
  request.set_project_id(project_);
  v1::ListDatasetVersionsResponse response;
  ASSERT_TRUE(stub_->ListDatasetVersions(&call, request, &response).ok());
  ASSERT_EQ(response.dataset_versions_size(), 1);
  const v1::DatasetVersion& listed = response.dataset_versions(0);
  EXPECT_EQ(listed.name(), "faces");
  EXPECT_EQ(listed.sha256(), made_.sha256());
  EXPECT_EQ(listed.pair_count(), 2);
  EXPECT_EQ(listed.held_out_count(), 1);
  EXPECT_FALSE(listed.has_content());
  EXPECT_TRUE(listed.pairs().empty());
}

TEST_F(Datasets, OnlyContributorsOfTheProjectChangeADraft) {
  ASSERT_TRUE(Create(Content(), v1::DATASET_STATE_DRAFT).ok());
  const std::string viewer = MakeToken("vic", v1::ROLE_VIEWER, project_).secret();
  const std::string stranger = MakeToken("sam", v1::ROLE_ARTIST, MakeProject("other")).secret();
  auto content = Content();
  AddPair(1030, 1030, false, content);
  EXPECT_EQ(Edit(content, 1, viewer).error_code(), Code::PERMISSION_DENIED);
  EXPECT_EQ(Edit(content, 1, stranger).error_code(), Code::NOT_FOUND);
  EXPECT_TRUE(Edit(content, 1, MakeToken("ann", v1::ROLE_ARTIST, project_).secret()).ok());
}

}  // namespace
}  // namespace interneg
