// Elements that were measured are held against each other shot by shot, in the numbering that the conform gave them.
#include "worker/engine/jobs/element_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/probe_job.h"

namespace interneg::jobs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

document::MeasuredShot Shot(int first, int last, double mtf50, double colour, double specks) {
  document::MeasuredShot shot;
  shot.first = first;
  shot.last = last;
  shot.measured_frames = std::to_string(first) + "-" + std::to_string(first + 2);
  shot.width_px = 2000;
  shot.height_px = 1500;
  shot.edges = document::EdgeResolution{mtf50, 2 * mtf50, 1, 20};
  shot.damage = document::DamageMeasure{specks, 0, 0, {}, 1};
  shot.color_second = colour;
  return shot;
}

MeasuredElement Element(const std::string& name, const std::string& present, std::vector<document::MeasuredShot> shots,
                        std::vector<ConformOffset> offsets = {}) {
  MeasuredElement element{name, {}, std::move(offsets)};
  element.report.present = present;
  element.report.shots = std::move(shots);
  return element;
}

// Sharp and faded; the tape is soft, sound and lacks the second half of the second shot.
std::vector<MeasuredElement> ScanAndTape() {
  return {Element("scan", "1001-1040", {Shot(1001, 1020, .3, .01, 2), Shot(1021, 1040, .3, .01, 2)}),
          Element("tape", "1-30", {Shot(1, 20, .1, .2, 30), Shot(21, 30, .1, .2, 30)}, {{"", 1000}})};
}

std::string BestOf(const document::ElementSection& section, const std::string& dimension) {
  for (const auto& best : section.best) {
    if (best.dimension == dimension) return best.element;
  }
  return "";
}

TEST(ElementComparison, NamesTheBestOfEachShotInEachRespect) {
  const auto map = CompareElements(ScanAndTape());
  EXPECT_THAT(map.elements, ElementsAre("scan", "tape"));
  ASSERT_THAT(map.sections, SizeIs(2));
  EXPECT_EQ(map.sections[1].first, 1021);
  EXPECT_EQ(map.sections[1].last, 1040);
  for (const auto& section : map.sections) {
    EXPECT_EQ(BestOf(section, "detail"), "scan");
    EXPECT_EQ(BestOf(section, "color"), "tape");
    EXPECT_EQ(BestOf(section, "damage"), "scan");
  }
  EXPECT_EQ(map.sections[0].elements[1].completeness, 1.0);
  EXPECT_EQ(map.sections[1].elements[1].completeness, 0.5);
  EXPECT_EQ(map.sections[1].elements[1].measured_frames, "21-23");
  EXPECT_THAT(map.notes, IsEmpty());
}

TEST(ElementComparison, WhatOnlyALaterElementHasIsASectionToo) {
  auto elements = ScanAndTape();
  elements[1].report.present = "1-30,61-70";
  elements[1].report.shots.push_back(Shot(61, 70, .1, .2, 30));
  const auto map = CompareElements(elements);
  ASSERT_THAT(map.sections, SizeIs(3));
  EXPECT_EQ(map.sections[2].first, 1061);
  EXPECT_EQ(BestOf(map.sections[2], "detail"), "tape");
  EXPECT_EQ(map.sections[2].elements[0].completeness, 0.0);
}

// The tape was cut otherwise: it lacks 1011 to 1015, runs on from 1016, and shows its frame 20 twice.
TEST(ElementComparison, AFrameMapStandsForOffsets) {
  auto elements = ScanAndTape();
  elements[0].report.frames = FrameSource{"scan.%04d.exr", "1001-1040", ""};
  elements[1].report.frames = FrameSource{"tape.mov", "1-30", ""};
  elements[1].conform_offsets.clear();
  FrameMap map;
  map.source = elements[0].report.frames;
  map.reference = elements[1].report.frames;
  const auto pair = [&](int source, int reference, MatchState state) {
    MappedFrame frame;
    frame.source = source;
    frame.reference = reference;
    frame.state = state;
    map.frames.push_back(frame);
  };
  for (int frame = 1001; frame <= 1010; ++frame) pair(frame, frame - 1000, MatchState::kMatched);
  for (int frame = 1016; frame <= 1025; ++frame) pair(frame, frame - 1005, MatchState::kMatched);
  pair(1026, 20, MatchState::kHeld);
  pair(1027, 21, MatchState::kUncertain);
  elements[1].frame_map = map;
  const auto found = CompareElements(elements);
  ASSERT_THAT(found.sections, SizeIs(2));
  EXPECT_EQ(found.sections[0].elements[1].completeness, 0.75);
  EXPECT_EQ(found.sections[1].elements[1].completeness, 0.3);
  EXPECT_EQ(BestOf(found.sections[0], "color"), "tape");
  EXPECT_THAT(found.notes, ElementsAre("tape: 10 of 30 frames have no partner in scan and lie in no section"));
  std::swap(map.source, map.reference);
  for (auto& frame : map.frames) {
    const int source = frame.source;
    frame.source = *frame.reference;
    frame.reference = source;
  }
  elements[1].frame_map = map;
  EXPECT_EQ(CompareElements(elements).sections, found.sections) << "either way round";
  elements[1].conform_offsets = {{"", 1000}};
  EXPECT_THAT(FailureOfCall([&] { CompareElements(elements); }).message, HasSubstr("conform offsets and a frame map"));
  elements[1].frame_map->source->path = "other.mov";
  EXPECT_THAT(FailureOfCall([&] { CompareElements(elements); }).message,
              HasSubstr("its frame map is of other.mov and scan.%04d.exr, not of scan.%04d.exr and tape.mov"));
}

TEST(ElementComparison, AnElementWithoutItsConformOffsetIsToldApart) {
  auto elements = ScanAndTape();
  elements[1].conform_offsets.clear();
  const auto map = CompareElements(elements);
  EXPECT_THAT(map.sections, SizeIs(4));
  EXPECT_THAT(map.notes, ElementsAre(HasSubstr("scan"), HasSubstr("tape shares no frame number")));
}

TEST(ElementComparison, OffsetsMaySplitAShot) {
  auto elements = ScanAndTape();
  elements[1].conform_offsets = {{"1-10", 1000}, {"11-30", 1010}};
  const auto map = CompareElements(elements);
  EXPECT_EQ(map.sections[0].elements[1].completeness, 0.5) << "1011-1020 are not on the tape";
}

TEST(ElementComparison, WhatWasNotMeasuredIsSaid) {
  auto elements = ScanAndTape();
  elements[1].report.shots[0].measured_frames.clear();
  const auto map = CompareElements(elements);
  EXPECT_THAT(map.sections[0].not_judged, testing::Contains(HasSubstr("tape: none of its frames")));
}

TEST(ElementComparison, ContradictionsAreRefused) {
  const auto refusal = [](const std::vector<MeasuredElement>& elements) {
    return FailureOfCall([&] { CompareElements(elements); }).message;
  };
  auto elements = ScanAndTape();
  EXPECT_THAT(refusal({elements[0]}), HasSubstr("1 given"));
  EXPECT_THAT(refusal({elements[0], elements[0]}), HasSubstr("'scan' is there twice"));
  elements[1].conform_offsets = {{"1-10", 0}, {"10-20", 5}};
  EXPECT_THAT(refusal(elements), HasSubstr("frame 10 is moved twice"));
  elements = ScanAndTape();
  elements[1].report.shots.clear();
  EXPECT_THAT(refusal(elements), HasSubstr("no measures"));
}

TEST(ElementComparison, IsAJobThatReadsReports) {
  DrawnShot shot;
  document::MediaReport report;
  report.schema = document::kMediaReportSchema;
  ProbeJob probe;
  probe.comparison.emplace();
  for (const auto& element : ScanAndTape()) {
    report.media.push_back(element.report);
    const auto at = static_cast<std::uint32_t>(report.media.size() - 1);
    probe.comparison->elements.push_back(
        {element.name, StageInput{std::string(64, 'a'), {}}, at, element.conform_offsets, {}});
  }
  WriteText(shot.folder / "r.json", document::ToJson(report));
  const StageInputs inputs({{"report_0", shot.folder / "r.json"}, {"report_1", shot.folder / "r.json"}});
  ASSERT_EQ(RunProbe(shot.Context(), probe, inputs, shot.folder / "out").outcome, EngineOutcome::kSucceeded);
  const auto map = document::ParseElementMap(BytesOf(shot.folder / "out/element_map.json"), "map");
  EXPECT_THAT(map.sections, SizeIs(2));
  probe.comparison->elements[1].medium = 7;
  EXPECT_THAT(FailureOfCall([&] { RunProbe(shot.Context(), probe, inputs, shot.folder / "out"); }).message,
              HasSubstr("elements[1].medium: 7"));
}

}  // namespace
}  // namespace interneg::jobs
