#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/document_file.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/json_writer.h"
#include "worker/engine/jobs/near_names.h"
#include "worker/engine/jobs/session.h"
#include "worker/engine/jobs/step_estimate.h"

namespace interneg::jobs {
namespace {

// As typed; empty means the default.
struct PrepareOptions {
  EstimateRequest request;
  std::string step;
  std::string domain;
  std::string balance_domain;
  std::string reference_channel;
  std::string base;
  std::vector<int> crop;
  std::string after;
  ColorSettings color;
  std::vector<std::string> roots;
};

template <typename Value>
using Words = std::vector<std::pair<std::string, Value>>;

template <typename Value>
Value Find(const std::string& option, const std::string& text, const Words<Value>& words) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) {
    if (word == text) return value;
    known.push_back(word);
  }
  throw BadInput(option + ": there is no '" + text + "'", Suggestion(text, known));
}

PictureArea ParseArea(const std::string& option, const std::string& text) {
  PictureArea area;
  char after = 0;
  if (std::sscanf(text.c_str(), "%d,%d,%d,%d%c", &area.x_px, &area.y_px, &area.width_px, &area.height_px, &after) != 4)
    throw BadInput(option + ": '" + text + "' is no area", "write X,Y,WIDTH,HEIGHT in pixels");
  return area;
}

// A step, or a list of such, as this command prints it.
std::vector<document::PreparationStep> ReadSteps(const std::string& file) {
  const auto text = ReadDocumentFile(file);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array() && !json.is_object()) {
    throw DocumentError("'" + file +
                        "' holds no step or list of steps as JSON, such as [{\"median\": {\"sizePx\": 3}}]");
  }
  std::vector<document::PreparationStep> steps;
  for (const auto& entry : json.is_array() ? json : nlohmann::json::array({json})) {
    steps.push_back(ReadDocument<document::PreparationStep>(entry.dump(), "'" + file + "'"));
  }
  return steps;
}

void RefuseUnless(bool fits, const char* option, const std::string& text, const char* what) {
  if (!fits && !text.empty()) throw BadInput(std::string(option) + ": says nothing of this step", what);
}

EstimateRequest RequestOf(const PrepareOptions& options) {
  auto request = options.request;
  request.step = Find<EstimatedStep>("--step", options.step,
                                     {{"neutral-balance", EstimatedStep::kNeutralBalance},
                                      {"fade-correction", EstimatedStep::kFadeCorrection},
                                      {"invert", EstimatedStep::kInvert}});
  const bool inverts = request.step == EstimatedStep::kInvert;
  RefuseUnless(inverts, "--base", options.base, "it goes with --step invert; leave it out");
  RefuseUnless(!inverts, "--reference-channel", options.reference_channel,
               "an inversion takes every channel by itself; leave it out");
  RefuseUnless(request.step == EstimatedStep::kNeutralBalance, "--balance-domain", options.balance_domain,
               "it goes with --step neutral-balance; leave it out");
  request.color = options.color;
  if (!options.domain.empty()) {
    request.color->domain = Find<TrainingDomain>(
        "--domain", options.domain, {{"display", TrainingDomain::kDisplay}, {"log", TrainingDomain::kLog}});
  }
  if (!options.balance_domain.empty()) {
    request.balance.domain = Find<preparation::BalanceDomain>(
        "--balance-domain", options.balance_domain,
        {{"density", preparation::BalanceDomain::kDensity}, {"display", preparation::BalanceDomain::kDisplay}});
  }
  if (!options.reference_channel.empty()) {
    request.balance.reference = Find<preparation::ReferenceChannel>("--reference-channel", options.reference_channel,
                                                                    {{"red", preparation::ReferenceChannel::kRed},
                                                                     {"green", preparation::ReferenceChannel::kGreen},
                                                                     {"blue", preparation::ReferenceChannel::kBlue}});
  }
  if (options.base == "picture")
    request.film_base = FilmBase::kPicture;
  else if (!options.base.empty())
    request.patch = ParseArea("--base", options.base);
  if (options.crop.size() == 4) {
    request.crop = PictureArea{options.crop[0], options.crop[1], options.crop[2], options.crop[3]};
  }
  if (!options.after.empty()) request.before = ReadSteps(options.after);
  return request;
}

int Estimate(const PrepareOptions& options) {
  const auto request = RequestOf(options);
  SessionOptions session_options;
  if (!options.roots.empty()) session_options.roots.push_back({"local", "/"});
  for (const auto& root : options.roots) session_options.roots.push_back(ParseRootOption(root));
  const Session session(session_options);
  session.RequireRoots();
  std::string text;
  for (const auto& step : EstimateStep(session.context(), request)) {
    text += (text.empty() ? "[" : ",\n ") + WriteDocument(step);
  }
  std::puts((text + "]").c_str());
  return kExitSucceeded;
}

}  // namespace

void AddPrepareCommand(CLI::App& program, Action& chosen) {
  auto* group = program.add_subcommand("prepare", "Preparation steps");
  group->require_subcommand(1);
  auto* command = group->add_subcommand(
      "estimate", "Measure a step on frames of a shot, and print the JSON that --prepare-source @FILE takes");
  const auto options = std::make_shared<PrepareOptions>();
  auto& request = options->request;
  command->add_option("--source", request.source.path, "One shot, e.g. f.%04d.exr")->required()->type_name("PATTERN");
  command->add_option("--range", request.source.range, "Its frames; all that are there by default")->type_name("RANGE");
  command->add_option("--source-space", request.source.color_space, "OCIO space, alias or role")->type_name("NAME");
  command->add_option("--step", options->step, "neutral-balance, fade-correction or invert")
      ->required()
      ->type_name("NAME");
  command->add_option("--frames", request.frames, "How many to look at, spread evenly over the range (8)")
      ->type_name("COUNT");
  command->add_option("--crop", options->crop, "What is picture: without borders and perforation; all by default")
      ->delimiter(',')
      ->expected(4)
      ->type_name("X,Y,WIDTH,HEIGHT");
  command
      ->add_option("--base", options->base,
                   "invert: a patch of unexposed film, X,Y,WIDTH,HEIGHT, or `picture` for its clearest half percent")
      ->type_name("AREA");
  command
      ->add_option("--reference-channel", options->reference_channel,
                   "The channel that the others are brought to: red, green or blue (green)")
      ->type_name("NAME");
  command->add_option("--balance-domain", options->balance_domain, "neutral-balance: density or display (density)")
      ->type_name("NAME");
  command->add_option("--after", options->after, "Steps that come first, as this prints them; printed in front")
      ->type_name("FILE");
  command->add_option("--domain", options->domain, "The training's domain: display or log (display)")
      ->type_name("NAME");
  command->add_option("--config", options->color.config, "OCIO configuration; built-in ACES by default")
      ->type_name("FILE");
  command->add_flag("--allow-linear-clamp", options->color.allow_linear_clamp, "Clamp scene-linear sources to [0, 1]");
  command->add_option("--root", options->roots, "A root for paths like name:folder")->type_name("NAME=FOLDER");
  command->callback([options, &chosen] { chosen = [options] { return Estimate(*options); }; });
}

}  // namespace interneg::jobs
