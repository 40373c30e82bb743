#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/score_job.h"
#include "worker/engine/jobs/session.h"

namespace interneg::jobs {
namespace {

using nlohmann::ordered_json;

struct ScoreOptions {
  ScoreRequest request;
  FrameSource source;
  std::string config;
  std::vector<int> crop;
  bool flicker = false;
  bool json = false;
};

// JSON knows no infinity: an exact match has no decibels.
ordered_json Number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json ToJson(const validation::Figures& figures) {
  return {{"chroma_psnr_db", Number(figures.chroma_psnr_db)},
          {"luma_psnr_db", Number(figures.luma_psnr_db)},
          {"delta_e2000", Number(figures.delta_e2000)}};
}

void AddFlicker(const PlaneChange& flicker, ordered_json& figures) {
  figures["chroma_flicker"] = flicker.chroma;
  figures["luma_flicker"] = flicker.luma;
}

void AddFlicker(const FlickerScore& flicker, ordered_json& mean) {
  AddFlicker(flicker.result, mean["result"]);
  if (flicker.source) AddFlicker(*flicker.source, mean["source"]);
  mean["truth"] = {{"chroma_change", flicker.truth.chroma}, {"luma_change", flicker.truth.luma}};
  mean["neighbours"] = flicker.neighbours;
}

void PrintJson(const Score& score) {
  ordered_json frames = ordered_json::array();
  for (const auto& frame : score.frames) {
    ordered_json entry = {{"frame", frame.frame}, {"result", ToJson(frame.result)}};
    if (frame.source) entry["source"] = ToJson(*frame.source);
    frames.push_back(entry);
  }
  ordered_json all = {{"frames", frames}, {"mean", {{"result", ToJson(score.result)}}}};
  if (score.source) all["mean"]["source"] = ToJson(*score.source);
  if (score.flicker) AddFlicker(*score.flicker, all["mean"]);
  std::printf("%s\n", all.dump(2).c_str());
}

std::string Row(const std::string& name, const validation::Figures& figures) {
  return fmt::format("{:<18}{:>14.2f}{:>14.2f}{:>10.2f}\n", name, figures.chroma_psnr_db, figures.luma_psnr_db,
                     figures.delta_e2000);
}

std::string FlickerText(const FlickerScore& flicker) {
  const auto row = [](const char* name, const PlaneChange& change) {
    return fmt::format("{:<18}{:>14.3f}{:>14.3f}\n", name, 1000 * change.chroma, 1000 * change.luma);
  };
  auto text =
      fmt::format("\nflicker, in 1/1000 of full scale, over {} pair{} of neighbouring frames\n{:<18}{:>14}{:>14}\n",
                  flicker.neighbours, flicker.neighbours == 1 ? "" : "s", "", "chroma", "luma");
  text += row("result", flicker.result);
  if (flicker.source) text += row("untouched", *flicker.source);
  return text + row("truth's own change", flicker.truth);
}

void PrintTable(const Score& score) {
  std::string text = fmt::format("{:<18}{:>14}{:>14}{:>10}\n", "frame", "chroma PSNR", "luma PSNR", "dE2000");
  for (const auto& frame : score.frames) text += Row(std::to_string(frame.frame), frame.result);
  text += Row("mean", score.result);
  if (score.source) text += Row("untouched, mean", *score.source);
  if (score.flicker) text += FlickerText(*score.flicker);
  std::fputs(text.c_str(), stdout);
}

int RunScoreCommand(const ScoreOptions& options) {
  auto request = options.request;
  if (!options.source.path.empty()) request.source = options.source;
  request.color = ColorSettings{};
  request.color->config = options.config;
  if (options.crop.size() == 4) {
    request.crop = PictureArea{options.crop[0], options.crop[1], options.crop[2], options.crop[3]};
  }
  if (options.flicker) request.flicker = ScoreFlicker::kYes;
  const Session session({});
  const auto score = RunScore(session.context(), request);
  if (options.json)
    PrintJson(score);
  else
    PrintTable(score);
  return kExitSucceeded;
}

}  // namespace

void AddScoreCommand(CLI::App& program, Action& chosen) {
  auto* command =
      program.add_subcommand("score", "Chroma PSNR and colour difference of rendered frames against a truth");
  const auto options = std::make_shared<ScoreOptions>();
  auto& request = options->request;
  command->add_option("--result", request.result.path, "The rendered frames")->required()->type_name("PATTERN");
  command->add_option("--truth", request.truth.path, "What they should be")->required()->type_name("PATTERN");
  command->add_option("--range", request.truth.range, "Frames to score; all of the truth's by default")
      ->type_name("RANGE");
  command->add_option("--source", options->source.path, "The untouched frames, scored beside")->type_name("PATTERN");
  command->add_option("--result-space", request.result.color_space, "OCIO space, alias or role")->type_name("NAME");
  command->add_option("--truth-space", request.truth.color_space, "OCIO space, alias or role")->type_name("NAME");
  command->add_option("--source-space", options->source.color_space, "OCIO space, alias or role")->type_name("NAME");
  command->add_option("--config", options->config, "OCIO configuration; built-in ACES by default")->type_name("FILE");
  command->add_option("--crop", options->crop, "What counts, as the render crop of the result; all by default")
      ->delimiter(',')
      ->expected(4)
      ->type_name("X,Y,WIDTH,HEIGHT");
  command->add_flag("--flicker", options->flicker,
                    "Score flicker, too: what neighbouring frames change along the motion beyond the truth's change");
  command->add_flag("--json", options->json, "Print JSON with every frame");
  command->callback([options, &chosen] { chosen = [options] { return RunScoreCommand(*options); }; });
}

}  // namespace interneg::jobs
