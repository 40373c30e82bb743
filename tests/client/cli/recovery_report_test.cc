#include "client/cli/commands/recovery_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::commands {
namespace {

v1::Measure Measure(const char* name, const char* subject, double value, std::optional<std::uint32_t> step,
                    std::optional<int> frame) {
  v1::Measure measure;
  measure.set_name(name);
  measure.set_subject(subject);
  measure.set_scope("validation");
  measure.set_value(value);
  if (step) measure.set_step(*step);
  if (frame) measure.set_frame(*frame);
  return measure;
}

TEST(RecoveryReport, TheBestStepsFiguresAreShown) {
  const std::vector<v1::Measure> measures = {Measure("chroma_psnr_db", "model", 40, 100, std::nullopt),
                                             Measure("chroma_psnr_db", "model", 38, 200, std::nullopt),
                                             Measure("chroma_psnr_db", "baseline", 33, std::nullopt, std::nullopt)};
  const auto best = FiguresOf(measures, "validation", 100);
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].subjects.at("model"), 40);
  EXPECT_EQ(best[0].subjects.at("baseline"), 33);
  EXPECT_EQ(FiguresOf(measures, "validation", std::nullopt)[0].subjects.at("model"), 38);
}

TEST(RecoveryReport, FramesAreAveragedWhereTheWholeIsNotGiven) {
  const std::vector<v1::Measure> frames = {Measure("delta_e2000", "model", 1, std::nullopt, 1009),
                                           Measure("delta_e2000", "model", 3, std::nullopt, 1025)};
  EXPECT_EQ(FiguresOf(frames, "validation", std::nullopt)[0].subjects.at("model"), 2);
}

RecoveryOutcome Outcome() {
  RecoveryOutcome outcome;
  outcome.dataset.add_held_out(1009);
  for (const char* part : {"probe", "train", "render"}) outcome.jobs[part].set_job_id(std::string(part) + "-id");
  outcome.measures = {Measure("chroma_psnr_db", "model", 41.234, std::nullopt, std::nullopt),
                      Measure("chroma_psnr_db", "baseline", 38, std::nullopt, std::nullopt)};
  for (const int frame : {1001, 1002, 1003}) {
    v1::RenderedFrame rendered;
    rendered.set_frame(frame);
    rendered.set_proven(true);
    rendered.set_composed_error(3e-8);
    rendered.set_written_share_of_bound(0.98);
    outcome.frames.push_back(rendered);
  }
  outcome.output = "/home/ann/out/f.%04d.png";
  return outcome;
}

TEST(RecoveryReport, TextShowsModelBesideBaselineProofAndPlaces) {
  EXPECT_EQ(ReportText(Outcome()),
            "Validation, on the held-out frames 1009\n"
            "                                   model    baseline\n"
            "  Chroma PSNR                      41.23       38.00 dB\n"
            "Held plane: proven on 3 of 3 frames; composed within 3.0e-08 (allowed 1e-6), written within 0.98 of the "
            "format's quantisation.\n"
            "Frames:     /home/ann/out/f.%04d.png (1001-1003)\n"
            "Jobs:       probe probe-id, train train-id, render render-id\n");
}

TEST(RecoveryReport, ARecoveryThatHoldsNothingClaimsNoProof) {
  auto outcome = Outcome();
  for (auto& frame : outcome.frames) frame.clear_proven();
  EXPECT_THAT(ReportText(outcome), ::testing::HasSubstr("Held plane: none"));
  for (auto& frame : outcome.frames) frame.set_error("the held plane is not proven");
  EXPECT_THAT(ReportText(outcome), ::testing::HasSubstr("proven on 0 of 3 frames"));
}

TEST(RecoveryReport, JsonCarriesTheSame) {
  const auto json = ReportJson(Outcome());
  EXPECT_EQ(json["validation"]["chroma_psnr_db"]["model"], 41.234);
  EXPECT_EQ(json["heldPlane"]["proven"], 3);
  EXPECT_EQ(json["frames"].size(), 3U);
  EXPECT_EQ(json["output"], "/home/ann/out/f.%04d.png");
}

}  // namespace
}  // namespace interneg::commands
