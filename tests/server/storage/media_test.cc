// What an archive learns of its media, and which report belongs to which.
#include <gmock/gmock.h>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using testing::HasSubstr;

class MediaRecords : public Farm {
 protected:
  scheduling::Media Made(const std::string& name) {
    scheduling::Media media;
    media.project_id = project_;
    media.name = name;
    media.frames = {"plates:" + name + ".mov", "1-49", "Rec.709"};
    media.element.gauge = "35mm";
    media.element.polarity = "negative";
    return *database_->catalog().CreateMedia(actor_, NewId(), media);
  }
  scheduling::Media Now(const std::string& id) { return *database_->catalog().GetMedia(id); }
  scheduling::JobRequest ProbeOf(const std::vector<scheduling::Media>& media) {
    auto request = Probe();
    for (const auto& medium : media) request.media.push_back({medium.media_id, medium.frames});
    return request;
  }
  // The job runs and leaves a report of this hash.
  void Report(const std::string& sha256, const scheduling::AttemptResult& result) {
    const auto worker = Attached("w");
    const auto offer = Taken(worker);
    Store(offer.attempt, sha256, "media_report");
    Commit(worker, offer.attempt, result);
  }
};

TEST_F(MediaRecords, KeepHowAMovieIsReadAndWhatTheConformAdded) {
  scheduling::Media media;
  media.project_id = project_;
  media.name = "tape";
  media.frames = {"tapes:reel.mov", "", "", {"bt601", "full"}, scheduling::Pulldown{"3:2", 2, "bottom", 0}};
  media.element.conform_offsets = {{"1-4", 1000}, {"5-9", 1010}};
  const auto made = *database_->catalog().CreateMedia(actor_, NewId(), media);
  EXPECT_EQ(Now(made.media_id).frames, media.frames) << "without a range it is the whole of the movie";
  EXPECT_EQ(Now(made.media_id).element, media.element);
  media.frames.movie.matrix = "bt709";
  const auto other = database_->catalog().CreateMedia(actor_, NewId(), media);
  EXPECT_TRUE(absl::IsAlreadyExists(other.status())) << "the same frames in other colours are another medium";
  media.frames.movie.matrix = "bt601";
  media.frames.pulldown->phase = 3;
  EXPECT_TRUE(absl::IsAlreadyExists(database_->catalog().CreateMedia(actor_, NewId(), media).status()));
}

// Records of before frames could be counted from 0 hold a 0 where nothing was said.
TEST_F(MediaRecords, KnowThePulldownOfEarlierRecords) {
  scheduling::Media media;
  media.project_id = project_;
  media.name = "tape";
  media.frames = {"tapes:reel.mov", "", "", {}, scheduling::Pulldown{"3:2", 2, "bottom"}};
  const auto made = *database_->catalog().CreateMedia(actor_, NewId(), media);
  const auto read_as = [&](const std::string& first_frame) {
    Ask("UPDATE media SET pulldown = pulldown || '{\"firstFrame\": " + first_frame + "}' RETURNING name");
    return Now(made.media_id).frames.pulldown->first_frame;
  };
  EXPECT_EQ(read_as("0"), std::nullopt);
  EXPECT_EQ(read_as("1001"), 1001);
}

TEST_F(MediaRecords, AreCorrectedFieldByField) {
  const auto media = Made("scan");
  scheduling::ElementChange change;
  change.polarity = "positive";
  change.conform_offsets = {{"", 1000}};
  const auto updated = database_->catalog().UpdateMedia(actor_, media.media_id, change);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->element.polarity, "positive");
  EXPECT_EQ(updated->element.gauge, "35mm");
  EXPECT_EQ(Now(media.media_id).element, updated->element);
  EXPECT_TRUE(database_->catalog().UpdateMedia(actor_, media.media_id, change).ok());
  EXPECT_EQ(Ask("SELECT count(*) FROM audit WHERE action = 'media.update'")[0].as<int>(), 1) << "nothing changed twice";
  EXPECT_TRUE(absl::IsNotFound(database_->catalog().UpdateMedia(actor_, NewId(), change).status()));
  EXPECT_TRUE(absl::IsNotFound(database_->catalog().UpdateMedia(actor_, "scan", change).status()));
}

TEST_F(MediaRecords, ShowTheNewestReportOfTheJobsThatNamedThem) {
  const auto source = Made("scan"), reference = Made("tape"), other = Made("print");
  const auto job = Submitted(ProbeOf({source, reference}));
  EXPECT_FALSE(Now(source.media_id).report) << "the job has made none yet";
  const std::string first = NewHash(), second = NewHash();
  Report(first, Success());
  ASSERT_TRUE(Now(reference.media_id).report);
  EXPECT_EQ(Now(reference.media_id).report->sha256, first);
  EXPECT_EQ(Now(reference.media_id).report->medium, 1);
  EXPECT_EQ(Now(reference.media_id).report->job_id, job.job_id);
  EXPECT_FALSE(Now(reference.media_id).measured);
  EXPECT_FALSE(Now(other.media_id).report);
  Submitted(ProbeOf({reference}));
  Report(second, Failure(scheduling::FailureKind::kBadInput));
  EXPECT_EQ(Now(reference.media_id).report->sha256, second) << "what it found counts, also when it refused";
  EXPECT_EQ(Now(reference.media_id).report->medium, 0);
  EXPECT_EQ(Now(source.media_id).report->sha256, first);
  EXPECT_EQ(database_->catalog().ListMedia(project_, {10, ""})->rows.size(), 3U);
}

TEST_F(MediaRecords, KnowTheNewestReportWithMeasures) {
  const auto media = Made("scan");
  auto request = ProbeOf({media});
  request.spec = R"({"schema":2,"probe":{"media":[{}],"measure":true}})";
  Submitted(request);
  const std::string measured = NewHash(), checked = NewHash();
  Report(measured, Success());
  Submitted(ProbeOf({media}));
  Report(checked, Success());
  EXPECT_EQ(Now(media.media_id).measured->sha256, measured);
  EXPECT_EQ(Now(media.media_id).report->sha256, checked);
}

TEST_F(MediaRecords, OfOtherFramesOrProjectsAreNoJobsMedia) {
  const auto media = Made("scan");
  const auto refusal = [&](const auto& change) {
    auto asked = ProbeOf({media});
    change(asked.media[0].frames);
    const auto refused = jobs().Submit(actor_, asked);
    EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
    return std::string(refused.status().message());
  };
  EXPECT_THAT(refusal([](auto& frames) { frames.range = "1-50"; }), HasSubstr("media_ids[0]"));
  EXPECT_THAT(refusal([](auto& frames) { frames.color_space.clear(); }), HasSubstr("colour space Rec.709, not none"));
  EXPECT_THAT(refusal([](auto& frames) { frames.movie.range = "full"; }), HasSubstr("matrix and levels"));
  EXPECT_THAT(refusal([](auto& frames) { frames.pulldown.emplace(); }), HasSubstr("pulldown"));
  auto request = ProbeOf({media});
  request.project_id = database_->catalog().CreateProject(actor_, NewId(), {"", "elsewhere", "", {}})->project_id;
  EXPECT_TRUE(absl::IsNotFound(jobs().Submit(actor_, request).status()));
}

}  // namespace
}  // namespace interneg::storage
