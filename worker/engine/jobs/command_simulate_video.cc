#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/simulation/simulate_video.h"

namespace interneg::jobs {
namespace {

struct VideoCommand {
  std::string input, output, range, faded, size = "720x576", rate = "25", film_rate, burned_in = "timecode";
  bool still = false;
  bool movie = false;
  simulation::SimulateVideoOptions options;
};

simulation::FrameRate ParseRate(const std::string& option, const std::string& text) {
  simulation::FrameRate rate;
  char after = 0;
  const int read = std::sscanf(text.c_str(), "%d/%d%c", &rate.numerator, &rate.denominator, &after);
  const bool whole = read == 1 && text.find_first_not_of("0123456789") == std::string::npos;
  if ((read != 2 && !whole) || rate.numerator < 1 || rate.denominator < 1) {
    throw CLI::ValidationError(option, "'" + text + "' is no rate; write 25 or 30000/1001");
  }
  return rate;
}

image::Size ParseRaster(const std::string& text) {
  image::Size size;
  char after = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width_px, &size.height_px, &after) != 2) {
    throw CLI::ValidationError("--size", "'" + text + "' is not WIDTHxHEIGHT, e.g. 720x576");
  }
  return size;
}

int Video(const VideoCommand& command) {
  const auto roots = frames::Roots::WholeFileSystem();
  const auto here = std::filesystem::current_path().string();
  auto options = command.options;
  options.input = roots.Locate(command.input, here);
  options.output_folder = roots.Locate(command.output, here);
  if (!command.range.empty()) options.range = frames::FrameRange::Parse(command.range);
  if (!command.faded.empty()) options.faded = roots.Locate(command.faded, here);
  options.video.size = ParseRaster(command.size);
  options.video.rate = ParseRate("--rate", command.rate);
  options.film_rate = command.film_rate.empty() ? options.video.rate : ParseRate("--film-rate", command.film_rate);
  options.burned_in = simulation::ParseBurnIn(command.burned_in);
  options.weave = command.still ? simulation::Weave::kNone : simulation::Weave::kSlow;
  options.movie = command.movie ? simulation::MovieFile::kMpg : simulation::MovieFile::kNone;
  const auto count = simulation::SimulateVideo(roots, options, {});
  std::printf("%zu video frames in %s/video, their truth in %s/video.json\n", count, command.output.c_str(),
              command.output.c_str());
  return 0;
}

void AddHardships(CLI::App& command, VideoCommand& options) {
  command.add_option("--size", options.size, "Raster of the video")->capture_default_str();
  command.add_option("--rate", options.rate, "Video frames a second")->capture_default_str();
  command.add_option("--film-rate", options.film_rate, "Film frames a second (--rate); the video repeats or drops");
  command.add_option("--offset", options.options.offset, "Frames that the video runs ahead")->capture_default_str();
  command.add_option("--bit-rate", options.options.video.bit_rate, "MPEG-2 bits a second")->capture_default_str();
  command.add_option("--overscan-least", options.options.overscan.least, "Share cropped away")->capture_default_str();
  command.add_option("--overscan-most", options.options.overscan.most, "Share cropped away")->capture_default_str();
  command.add_option("--burned-in", options.burned_in, "none, timecode, subtitles or both")->capture_default_str();
  command
      .add_option("--generation-loss", options.options.generation_loss_px, "Gaussian blur of the print, film pixels")
      ->capture_default_str();
  command.add_option("--noise", options.options.noise, "Of the scanned luma, of full scale")->capture_default_str();
  command.add_flag("--still", options.still, "No weave in the telecine's gate");
}

}  // namespace

void AddSimulateVideo(CLI::App& group, Action& chosen) {
  auto* command = group.add_subcommand(
      "video", "A video copy of clean frames, MPEG-2 and all, with the true frame and place of every picture");
  const auto options = std::make_shared<VideoCommand>();
  command->add_option("--input", options->input, "Clean display-encoded frames")->required()->type_name("PATTERN");
  command
      ->add_option("--output-dir", options->output, "Gets video/, graded/, video.json; truth/, video.mpg if asked for")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--range", options->range, "Frames; all that are there by default")->type_name("RANGE");
  command->add_option("--faded", options->faded, "The same frames, faded: asks for truth/")->type_name("PATTERN");
  AddHardships(*command, *options);
  command->add_flag("--movie", options->movie, "Keep the stream as video.mpg");
  command->add_option("--seed", options->options.seed, "Of grade, crop, weave, noise and text")->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return Video(*options); }; });
}

}  // namespace interneg::jobs
