#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/simulation/simulate.h"

namespace interneg::jobs {
namespace {

struct FadeCommand {
  std::string input;
  std::string output;
  std::string range;
  std::string retention = "severe";
  std::string grain = "none";
  bool uneven = false;
  bool weave = false;
  std::uint64_t seed = 1;
};

struct SceneCommand {
  std::string output;
  std::string range = "1001-1049";
  std::string size = "640x360";
};

int Fade(const FadeCommand& command) {
  const auto roots = frames::Roots::WholeFileSystem();
  const auto here = std::filesystem::current_path().string();
  simulation::SimulateFadeOptions options;
  options.input = roots.Locate(command.input, here);
  options.output_folder = roots.Locate(command.output, here);
  if (!command.range.empty()) options.range = frames::FrameRange::Parse(command.range);
  options.fade.retention = simulation::ParseRetention(command.retention);
  options.fade.grain = simulation::ParseGrainGauge(command.grain);
  options.fade.evenness = command.uneven ? simulation::Evenness::kUneven : simulation::Evenness::kEven;
  options.fade.weave = command.weave ? simulation::Weave::kSlow : simulation::Weave::kNone;
  options.fade.seed = command.seed;
  const auto count = simulation::SimulateFade(roots, options, {});
  std::printf("%zu frames in %s/faded, reference, video and truth\n", count, command.output.c_str());
  return 0;
}

image::Size ParseSize(const std::string& text) {
  image::Size size;
  char after = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width_px, &size.height_px, &after) != 2) {
    throw CLI::ValidationError("--size", "'" + text + "' is not WIDTHxHEIGHT, e.g. 640x360");
  }
  return size;
}

int Scene(const SceneCommand& command) {
  const auto roots = frames::Roots::WholeFileSystem();
  simulation::SimulateSceneOptions options;
  options.output_folder = roots.Locate(command.output, std::filesystem::current_path().string());
  options.range = frames::FrameRange::Parse(command.range);
  options.size = ParseSize(command.size);
  const auto count = simulation::SimulateScene(roots, options, {});
  std::printf("%zu frames in %s\n", count, command.output.c_str());
  return 0;
}

void AddFade(CLI::App& group, Action& chosen) {
  auto* command =
      group.add_subcommand("fade", "A faded source, a video-like reference and the exact truth of clean frames");
  const auto options = std::make_shared<FadeCommand>();
  command->add_option("--input", options->input, "Clean display-encoded frames")->required()->type_name("PATTERN");
  command->add_option("--output-dir", options->output, "Gets faded/, reference/, video/, truth/")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--range", options->range, "Frames; all that are there by default")->type_name("RANGE");
  command->add_option("--retention", options->retention, "mild, moderate, severe, nearly-dead, or c,m,y")
      ->capture_default_str();
  command->add_option("--grain", options->grain, "none, 35mm or 16mm")->capture_default_str();
  command->add_flag("--uneven", options->uneven, "Fade differently over the frame");
  command->add_flag("--weave", options->weave, "Move slowly in the gate");
  command->add_option("--seed", options->seed, "Of grain, weave and fields")->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return Fade(*options); }; });
}

void AddScene(CLI::App& group, Action& chosen) {
  auto* command = group.add_subcommand("scene", "A drawn, moving, coloured scene");
  const auto options = std::make_shared<SceneCommand>();
  command->add_option("--output-dir", options->output, "Gets f.NNNN.png")->required()->type_name("FOLDER");
  command->add_option("--size", options->size, "WIDTHxHEIGHT")->capture_default_str();
  command->add_option("--range", options->range, "Frames")->capture_default_str()->type_name("RANGE");
  command->callback([options, &chosen] { chosen = [options] { return Scene(*options); }; });
}

}  // namespace

void AddSimulateCommand(CLI::App& program, Action& chosen) {
  auto* group = program.add_subcommand("simulate", "Pictures that are made, not shot: for tests and benchmarks");
  group->require_subcommand(1);
  AddFade(*group, chosen);
  AddScene(*group, chosen);
  AddSimulateVideo(*group, chosen);
}

}  // namespace interneg::jobs
