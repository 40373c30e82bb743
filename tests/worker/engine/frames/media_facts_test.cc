#include "worker/engine/frames/media_facts.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "tests/worker/engine/frames/movie_fixtures.h"
#include "worker/engine/frames/parity.h"

namespace interneg::frames {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AMedium : public ::testing::Test {
 protected:
  void WriteStill(const std::string& name, float value, image::Size size = {32, 24}, int channels = 3) const {
    const OIIO::ImageSpec spec(size.width_px, size.height_px, channels, OIIO::TypeDesc::HALF);
    const auto samples = static_cast<std::size_t>(size.width_px) * size.height_px * channels;
    WriteWithOiio(folder_.path() / name, spec, std::vector<float>(samples, value));
  }
  void WriteStills(const std::string& stem, const std::vector<int>& frames) const {
    for (const int frame : frames) WriteStill(FramePattern::Parse(stem + ".%04d.exr").NameFor(frame), .1F * frame);
  }
  FrameSequence Open(const std::string& name) const { return {folder_.AsRoot(), {"shots", name}}; }
  MediaFacts Look(const std::string& name, MediaQuestions questions = {}) const {
    return Inspect(Open(name), questions);
  }
  TemporaryFolder folder_;
};

const Difference* Find(const ParityReport& report, const std::string& subject) {
  for (const auto& difference : report.differences) {
    if (difference.subject == subject) return &difference;
  }
  return nullptr;
}

void ExpectDifference(const ParityReport& report, const std::string& subject, Severity severity,
                      const std::string& part) {
  const auto* found = Find(report, subject);
  ASSERT_NE(found, nullptr) << subject;
  EXPECT_EQ(found->severity, severity) << found->text;
  EXPECT_THAT(found->text, HasSubstr(part));
}

TEST_F(AMedium, TellsItsRangeHolesValuesAndHashes) {
  WriteStills("f", {1, 2, 4, 12});
  MediaQuestions questions;
  questions.hashes = Measuring::kMeasure;
  const auto facts = Look("f.%04d.exr", questions);
  EXPECT_EQ(facts.range.ToString(), "1-2,4,12");
  EXPECT_EQ(facts.holes.ToString(), "3,5-11");
  EXPECT_EQ(facts.first.format, "openexr");
  EXPECT_NEAR(facts.values.least, .1, 1e-3);
  EXPECT_NEAR(facts.values.most, 1.2, 1e-3);
  EXPECT_NEAR(facts.values.above_one_share, .25, 1e-9);
  EXPECT_EQ(facts.values.below_zero_share, 0);
  ASSERT_EQ(facts.hashes.size(), 4U);
  EXPECT_EQ(facts.hashes[1].sha256, Open("f.%04d.exr").HashOf(2));
  EXPECT_EQ(facts.fields->kind, FieldKind::kUnknown);
}

TEST_F(AMedium, OnTwosHasNoHoles) {
  EXPECT_THAT(HolesIn({2, 4, 6, 10}), ElementsAre(8));
  EXPECT_THAT(HolesIn({10, 20, 30}), IsEmpty());
  EXPECT_THAT(HolesIn({}), IsEmpty());
  EXPECT_THAT(HolesIn({5}), IsEmpty());
}

TEST_F(AMedium, ListsWhatIsAskedForAndNotThere) {
  WriteStills("f", {1, 2, 3});
  MediaQuestions questions;
  questions.range = FrameRange::Parse("2-5");
  EXPECT_EQ(Look("f.%04d.exr", questions).holes.ToString(), "4-5");
  EXPECT_EQ(Look("f.%04d.exr", questions).frame_count(), 2);
  questions.range = FrameRange::Parse("7-9");
  ExpectFrameError([&] { Look("f.%04d.exr", questions); }, FrameFault::kMissing, {"shots:f.%04d.exr"});
  questions.sampled_frames = 0;
  EXPECT_THROW(Look("f.%04d.exr", questions), std::invalid_argument);
}

TEST_F(AMedium, ListsFramesThatAreDamagedOrUnlikeTheOthers) {
  WriteStills("f", {1, 2, 3});
  WriteStill("f.0002.exr", .5F, {16, 24});
  std::ofstream(folder_.path() / "f.0003.exr") << "no picture";
  const auto facts = Look("f.%04d.exr");
  ASSERT_EQ(facts.unreadable.size(), 1U);
  EXPECT_EQ(facts.unreadable[0].frame, 3);
  EXPECT_THAT(facts.notes, Contains(HasSubstr("frame 2 differs from the first one: 16x24 instead of 32x24")));
  std::ofstream(folder_.path() / "g.0001.exr") << "no picture";
  ExpectFrameError([&] { Look("g.%04d.exr"); }, FrameFault::kUnreadable, {"g.0001.exr"});
}

TEST_F(AMedium, ThatIsAMovieTellsAllOfIt) {
  MovieSpec spec;
  spec.file = "m.mp4";
  spec.frames = 20;
  EncodeMovie(folder_.path(), spec, DrawNumber);
  const auto facts = Look("m.mp4");
  EXPECT_EQ(facts.range.ToString(), "1-20");
  EXPECT_EQ(facts.movie->codec, "h264");
  EXPECT_EQ(facts.first.metadata.frame_rate, (Rational{24, 1}));
  EXPECT_THAT(facts.notes, Contains(HasSubstr("matrix")));
  EXPECT_TRUE(facts.fields.has_value());
}

TEST_F(AMedium, ComparedWithItselfDiffersInNothing) {
  WriteStills("f", {1, 2, 3});
  EXPECT_THAT(Compare(Look("f.%04d.exr"), Look("f.%04d.exr")).differences, IsEmpty());
}

TEST_F(AMedium, ComparedWithAMovieNamesEveryDifference) {
  WriteStills("f", {1, 2, 12});
  MovieSpec spec;
  spec.file = "m.mpg";
  spec.encoder = "mpeg2video";
  spec.rate = {25, 1};
  spec.pixel_aspect = {16, 11};
  spec.frames = 20;
  EncodeMovie(folder_.path(), spec, DrawNumber);
  const auto report = Compare(Look("f.%04d.exr"), Look("m.mpg"));
  EXPECT_FALSE(report.HasObstacles());
  ExpectDifference(report, "size", Severity::kWillBeAligned, "32x24, of shots:m.mpg 96x64");
  ExpectDifference(report, "frame count", Severity::kWillBeAligned, "3");
  ExpectDifference(report, "frame rate", Severity::kWillBeAligned, "25 frames");
  ExpectDifference(report, "pixel aspect", Severity::kWillBeAligned, "1.4");
  ExpectDifference(report, "missing frames", Severity::kInformative, "3-11");
  ExpectDifference(report, "values", Severity::kInformative, "above 1");
  ExpectDifference(report, "compression", Severity::kInformative, "mpeg2video");
  EXPECT_EQ(report.differences.front().severity, Severity::kWillBeAligned);
  EXPECT_EQ(report.differences.back().severity, Severity::kInformative);
}

TEST_F(AMedium, WithoutColourOrWithFieldsCannotBeComparedWithOneThatHas) {
  WriteStill("c.0001.exr", .5F);
  WriteStill("g.0001.exr", .5F, {32, 24}, 1);
  auto color = Look("c.%04d.exr");
  const auto grey = Compare(color, Look("g.%04d.exr"));
  EXPECT_TRUE(grey.HasObstacles());
  ExpectDifference(grey, "channels", Severity::kMustBeEqual, "no colour");
  auto video = color;
  color.fields = FieldStructure{FieldKind::kProgressive, FieldOrder::kUnknown, 0, .9, 20, ""};
  video.fields = FieldStructure{FieldKind::kPulldown32, FieldOrder::kTopFirst, 2, .9, 20, ""};
  ExpectDifference(Compare(color, video), "field structure", Severity::kMustBeEqual, "inverse-telecine");
  video.fields->confidence = .2;
  EXPECT_FALSE(Compare(color, video).HasObstacles());
}

TEST_F(AMedium, GivenTwiceIsNoticed) {
  WriteStills("f", {1, 2, 3});
  MediaQuestions questions;
  questions.hashes = Measuring::kMeasure;
  const auto facts = Look("f.%04d.exr", questions);
  ExpectDifference(Compare(facts, facts), "content", Severity::kInformative, "3 frames");
}

}  // namespace
}  // namespace interneg::frames
