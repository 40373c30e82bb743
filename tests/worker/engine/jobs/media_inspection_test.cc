// What a probe finds out about media goes into its report, also when it is a reason not to use them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/frames/pulldown.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/simulation/demo_scene.h"

namespace interneg::jobs {
namespace {

using document::MediaReport;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Scene-linear and display spaces, and nothing that makes the one into the other.
constexpr char kWithoutOutputTransform[] = R"(ocio_profile_version: 2
roles:
  default: ACES2065-1
  aces_interchange: ACES2065-1
displays:
  none:
    - !<View> {name: Raw, colorspace: ACES2065-1}
colorspaces:
  - !<ColorSpace>
    name: ACES2065-1
  - !<ColorSpace>
    name: g24_rec709
    to_scene_reference: !<ExponentTransform> {value: 2.4, style: mirror}
)";

class Inspection : public testing::Test {
 protected:
  ProbeJob Of(std::vector<FrameSource> media) const {
    ProbeJob probe;
    probe.media = std::move(media);
    probe.inspection = MediaInspection{};
    return probe;
  }
  FrameSource Source() const { return *shot_.Train().source; }
  FrameSource Reference() const { return *shot_.Train().reference; }
  EngineResult Run(const ProbeJob& probe) {
    return RunProbe(shot_.Context(), probe, StageInputs({}), shot_.folder / "report");
  }
  EngineFailure FailureOf(const ProbeJob& probe) {
    return FailureOfCall([&] { Run(probe); });
  }
  MediaReport Report() const {
    return document::ParseMediaReport(BytesOf(shot_.folder / "report/media_report.json"), "report");
  }
  DrawnShot shot_;
};

TEST_F(Inspection, TellsWhatAMediumIs) {
  auto probe = Of({Source()});
  probe.media[0].range.clear();
  probe.inspection->frame_hashes = true;
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  const auto report = Report();
  EXPECT_THAT(report.faults, IsEmpty());
  EXPECT_EQ(report.color_config_sha256.size(), 64U);
  ASSERT_THAT(report.media, SizeIs(1));
  const auto& medium = report.media[0];
  EXPECT_EQ(medium.present, "1-9");
  EXPECT_EQ(medium.frames->range, "1-9") << "also where the job leaves it open";
  EXPECT_EQ(medium.missing, "");
  EXPECT_TRUE(medium.color_space_assumed) << "a PNG does not say";
  EXPECT_EQ(medium.picture->width_px, 64);
  EXPECT_EQ(medium.picture->height_px, 48);
  EXPECT_EQ(medium.picture->bit_depth, 16);
  EXPECT_EQ(medium.picture->pixel_aspect, 1.0);
  EXPECT_THAT(medium.picture->channels, ElementsAre("R", "G", "B"));
  EXPECT_GE(medium.values->least, 0.0);
  EXPECT_LE(medium.values->most, 1.0);
  ASSERT_TRUE(medium.fields);
  EXPECT_NE(medium.fields->kind, "interlaced");
  EXPECT_THAT(medium.hashes, SizeIs(9));
  EXPECT_THAT(medium.shots, IsEmpty()) << "nobody asked for measures";
  EXPECT_THAT(shot_.events.All<LocalArtifact>(), ElementsAre(Field(&LocalArtifact::kind, "media_report")));
}

TEST_F(Inspection, MissingAndBrokenFramesAreReportedAndRefused) {
  std::filesystem::remove(shot_.folder / "source/f.0004.png");
  WriteText(shot_.folder / "source/f.0007.png", BytesOf(shot_.folder / "source/f.0007.png").substr(0, 200));
  const auto failure = FailureOf(Of({Source()}));
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, AllOf(HasSubstr("frames 4 are missing"), HasSubstr("and 1 more")));
  const auto report = Report();
  EXPECT_EQ(report.media[0].missing, "4");
  EXPECT_THAT(report.media[0].unreadable, ElementsAre(Field(&document::UnreadableFrame::frame, 7)));
  EXPECT_THAT(report.faults, ElementsAre(HasSubstr("4"), HasSubstr("f.0007.png")));
}

TEST_F(Inspection, AFrameOfAnotherSizeIsAFault) {
  WriteFrame(shot_.folder / "source", "f.%04d.png", 6, DrawClean({64, 40}, 6));
  EXPECT_THAT(FailureOf(Of({Source()})).message, AllOf(HasSubstr("frames 6"), HasSubstr("another size")));
}

TEST_F(Inspection, WhatAlignmentPutsRightIsToldAndNotRefused) {
  for (int frame = 1; frame <= 9; ++frame) {
    WriteFrame(shot_.folder / "small", "f.%04d.png", frame, DrawClean({48, 36}, frame));
  }
  auto small = Reference();
  small.path = shot_.folder / "small/f.%04d.png";
  ASSERT_EQ(Run(Of({Source(), small})).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(Report().differences, Contains(AllOf(Field(&document::MediaDifference::subject, "size"),
                                                   Field(&document::MediaDifference::severity, "will be aligned"),
                                                   Field(&document::MediaDifference::first, "64x48"),
                                                   Field(&document::MediaDifference::second, "48x36"))));
}

TEST_F(Inspection, ColourAgainstGreyIsAnObstacle) {
  for (int frame = 1; frame <= 9; ++frame) {
    const auto clean = DrawClean(DrawnShot::kSize, frame);
    image::Image grey(clean.size(), {"Y"}, clean.color_space());
    std::copy(clean.plane(1).begin(), clean.plane(1).end(), grey.plane(0).begin());
    WriteFrame(shot_.folder / "grey", "f.%04d.png", frame, grey);
  }
  auto grey = Reference();
  grey.path = shot_.folder / "grey/f.%04d.png";
  EXPECT_THAT(FailureOf(Of({Source(), grey})).message, HasSubstr("channels"));
  EXPECT_THAT(Report().faults, ElementsAre(HasSubstr("channels")));
}

TEST_F(Inspection, MeasuresEveryShotFromItsMiddle) {
  const image::Size size{160, 128};
  for (int frame = 1; frame <= 9; ++frame) {
    WriteFrame(shot_.folder / "scene", "f.%04d.png", frame, simulation::DrawDemoScene(size, frame - 1, 9));
  }
  auto probe = Of({{shot_.folder / "scene/f.%04d.png", "1-9", ""}});
  probe.measure = true;
  probe.inspection->measured_frames = 3;
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  const auto report = Report();
  ASSERT_THAT(report.media[0].shots, SizeIs(1));
  const auto& shot = report.media[0].shots[0];
  EXPECT_EQ(shot.unmeasured, "");
  EXPECT_EQ(shot.first, 1);
  EXPECT_EQ(shot.last, 9);
  EXPECT_EQ(shot.measured_frames, "4-6");
  EXPECT_EQ(shot.width_px, 160);
  ASSERT_TRUE(shot.level);
  EXPECT_GT(shot.level->white, shot.level->black);
  EXPECT_THAT(shot.level->density_mean, SizeIs(3));
  ASSERT_TRUE(shot.damage);
  EXPECT_EQ(shot.damage->frames, 1);
  EXPECT_GT(shot.color_second, 0.0);
}

TEST_F(Inspection, TelecinedFilmIsMeasuredAsFilmAndItsReadingRecommended) {
  const image::Size size{160, 128};
  std::vector<image::Image> fields;
  for (int film = 0; film < 24; ++film) {
    for (int i = 0; i < (film % 2 == 0 ? 2 : 3); ++i) fields.push_back(DrawClean(size, film));
  }
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    WriteFrame(shot_.folder / "tape", "f.%04d.png", 1001 + static_cast<int>(i / 2),
               frames::WeaveFields(fields[i], fields[i + 1]));
  }
  auto probe = Of({{shot_.folder / "tape/f.%04d.png", "1002-1030", ""}});
  probe.measure = true;
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  const auto as_video = Report().media[0];
  EXPECT_EQ(as_video.fields->kind, "3:2 pulldown") << as_video.fields->evidence;
  EXPECT_THAT(as_video.recommendations, ElementsAre(HasSubstr("3:2,phase=1,order=top,from=1002")));
  ASSERT_THAT(as_video.shots, SizeIs(1));
  EXPECT_EQ(as_video.shots[0].fields, "inverse telecine") << as_video.shots[0].unmeasured;

  probe.media[0].range.clear();
  probe.media[0].pulldown = Pulldown{PulldownCadence::kThreeTwo, 1, document::FieldOrder::kUnspecified, 1002};
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  const auto as_film = Report().media[0];
  EXPECT_EQ(as_film.present, "1002-1024") << "all but the first of twenty-four, which has lost its video frame";
  EXPECT_EQ(as_film.frames->range, as_film.present);
  EXPECT_NE(as_film.fields->kind, "3:2 pulldown") << as_film.fields->evidence;
  EXPECT_THAT(as_film.recommendations, IsEmpty());
  EXPECT_EQ(as_film.shots[0].fields, "");
  probe.media[0].pulldown->phase = 5;
  EXPECT_THAT(FailureOf(probe).message, HasSubstr("probe.media[0].pulldown.phase: 5"));
}

// Scans are often numbered from 0, and the first film frame is one as any other.
TEST_F(Inspection, TelecinedFilmMayBeCountedFromFrameZero) {
  const image::Size size{160, 128};
  std::vector<image::Image> film, fields;
  for (int frame = 0; frame < 24; ++frame) {
    film.push_back(DrawClean(size, frame));
    fields.insert(fields.end(), frame % 2 == 0 ? 2 : 3, film.back());
  }
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    WriteFrame(shot_.folder / "tape", "f.%04d.png", static_cast<int>(i / 2), frames::WeaveFields(fields[i], fields[i + 1]));
  }
  FrameSource tape{shot_.folder / "tape/f.%04d.png", "", ""};
  ASSERT_EQ(Run(Of({tape})).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(Report().media[0].recommendations, ElementsAre(HasSubstr("3:2,phase=0,order=top,from=0")));
  tape.pulldown = Pulldown{PulldownCadence::kThreeTwo, 0, document::FieldOrder::kUnspecified, 0};
  ASSERT_EQ(Run(Of({tape})).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(Report().media[0].present, "0-23");
  const auto read = OpenMedium(shot_.Context(), tape, "tape", "tape", color::ColorConfig::BuiltIn()).Read(0).rgb;
  for (std::size_t i = 0; i < read.values().size(); ++i) {
    ASSERT_NEAR(read.values()[i], std::clamp(film[0].values()[i], 0.0F, 1.0F), 1e-4) << "sample " << i;
  }
}

TEST_F(Inspection, InterlacedVideoIsDeinterlacedBeforeItIsMeasured) {
  const image::Size size{160, 128};
  for (int frame = 0; frame < 20; ++frame) {
    WriteFrame(shot_.folder / "tape", "f.%04d.png", frame + 1,
               frames::WeaveFields(DrawClean(size, 2 * frame + 1), DrawClean(size, 2 * frame)));
  }
  auto probe = Of({{shot_.folder / "tape/f.%04d.png", "", ""}});
  probe.measure = true;
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  const auto medium = Report().media[0];
  EXPECT_EQ(medium.fields->kind, "interlaced") << medium.fields->evidence;
  EXPECT_THAT(medium.recommendations, ElementsAre(HasSubstr("deinterlace:order=bottom-first")));
  EXPECT_EQ(medium.shots.at(0).fields, "deinterlaced") << medium.shots[0].unmeasured;
}

TEST_F(Inspection, AMediumThatCannotBeOpenedIsAFindingOfTheReport) {
  auto gone = Reference();
  gone.path = shot_.folder / "gone/f.%04d.png";
  EXPECT_THAT(FailureOf(Of({Source(), gone})).message, HasSubstr("gone"));
  auto report = Report();
  EXPECT_EQ(report.media.at(0).present, "1-9") << "what is known of the other stays";
  EXPECT_EQ(report.media.at(0).unusable, "");
  EXPECT_THAT(report.media.at(1).unusable, HasSubstr("gone"));
  EXPECT_EQ(report.media.at(1).frames->path, gone.path);
  EXPECT_THAT(report.faults, ElementsAre(HasSubstr("gone")));
  EXPECT_THAT(report.differences, IsEmpty());

  WriteText(shot_.folder / "tape.mov", "no movie at all");
  EXPECT_THAT(FailureOf(Of({{shot_.folder / "tape.mov", "", ""}})).message, HasSubstr("tape.mov"));
  EXPECT_THAT(Report().media.at(0).unusable, HasSubstr("tape.mov"));
  auto unknown_space = Source();
  unknown_space.color_space = "Kodachrome";
  FailureOf(Of({unknown_space}));
  EXPECT_THAT(Report().faults, ElementsAre(HasSubstr("Kodachrome")));
}

// Its colour alone is not understood: what else there is to know of it is told.
TEST_F(Inspection, AMediumWithoutAColourRouteIsLookedAtAllTheSame) {
  auto unknown = Source();
  unknown.color_space = "Kodachrome";
  EXPECT_THAT(FailureOf(Of({unknown, Reference()})).message,
              AllOf(HasSubstr("probe.media[0].colorSpace: unknown colour space 'Kodachrome'"),
                    HasSubstr("OCIO configuration built-in ACES 1.3"), HasSubstr("--source-space"),
                    HasSubstr("--ocio-config")));
  EXPECT_EQ(Report().media[0].unusable, "");
  EXPECT_EQ(Report().media[0].color_space, "");
  EXPECT_EQ(Report().media[0].present, "1-9");

  WriteText(shot_.folder / "studio.ocio", kWithoutOutputTransform);
  auto probe = Of({Source(), Reference()});
  probe.media[0].color_space = "ACES2065-1";
  probe.media[1].color_space = "g24_rec709";
  probe.color = ColorSettings{};
  probe.color->config = shot_.folder / "studio.ocio";
  FailureOf(probe);
  const auto report = Report();
  EXPECT_THAT(report.faults,
              ElementsAre(AllOf(HasSubstr("source/f.%04d.png"), HasSubstr("'ACES2065-1'"), HasSubstr("studio.ocio"),
                                HasSubstr("no Rec.709 output transform"), HasSubstr("--ocio-config"))));
  EXPECT_EQ(report.media[0].color_space, "ACES2065-1");
  EXPECT_EQ(report.media[0].picture->width_px, 64);
  probe.measure = true;
  EXPECT_THAT(FailureOf(probe).message, AllOf(HasSubstr("nothing is measured"), HasSubstr("'ACES2065-1'")));
}

TEST_F(Inspection, TheSameMediaMakeTheSameReport) {
  auto probe = Of({Source(), Reference()});
  probe.measure = true;
  Run(probe);
  const auto first = BytesOf(shot_.folder / "report/media_report.json");
  Run(probe);
  EXPECT_EQ(BytesOf(shot_.folder / "report/media_report.json"), first);
}

TEST_F(Inspection, AReadingOfMoviesIsNotForFiles) {
  auto source = Source();
  source.movie = MovieReading{YcbcrMatrix::kBt601, SampleRange::kUnspecified};
  EXPECT_THAT(FailureOf(Of({source})).message, AllOf(HasSubstr("probe.media[0].movie"), HasSubstr("is no movie")));
}

TEST_F(Inspection, AConfigurationOfAnotherHashIsRefused) {
  auto probe = Of({Source()});
  ASSERT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  probe.color = ColorSettings{};
  probe.color->config_sha256 = Report().color_config_sha256;
  EXPECT_EQ(Run(probe).outcome, EngineOutcome::kSucceeded);
  probe.color->config_sha256 = std::string(64, 'a');
  EXPECT_THAT(FailureOf(probe).message, AllOf(HasSubstr("probe.color.configSha256"), HasSubstr(std::string(64, 'a'))));
}

}  // namespace
}  // namespace interneg::jobs
