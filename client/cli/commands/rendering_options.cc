#include "client/cli/commands/rendering_options.h"

#include <CLI/CLI.hpp>

namespace interneg::commands {

void AddRenderingOptions(CLI::App& command, RenderingOptions& options) {
  const char* group = "Rendering";
  const auto strength = [&](const char* name, std::optional<double>& value, const char* text) {
    command.add_option(name, value, text)->type_name("FACTOR")->check(CLI::Range(0.0, 4.0))->group(group);
  };
  strength("--fine-detail", options.fine_detail,
           "Not chroma: strength of detail with periods below 5 pixels, 0 to 4 (1)");
  strength("--middle-detail", options.middle_detail,
           "Not chroma: strength of detail with periods of 5 to 16 pixels, 0 to 4 (1)");
  strength("--coarse-detail", options.coarse_detail, "Not chroma: strength of detail with longer periods, 0 to 4 (1)");
  strength("--grain", options.grain, "Not chroma: strength of the finest detail that has no structure, 0 to 4 (1)");
  command
      .add_flag("--invented-detail", options.invented_detail,
                "Not chroma: map what neither source nor references support, as a further channel and a score")
      ->group(group);
  command
      .add_option("--temporal-smoothing", options.temporal_smoothing,
                  "Grid networks: smooth the correction over time along the motion, 0 to 1 (0)")
      ->type_name("STRENGTH")
      ->check(CLI::Range(0.0, 1.0))
      ->group(group);
}

void FillRendering(const RenderingOptions& options, v1::RenderJob& render) {
  if (options.fine_detail) render.mutable_detail()->set_fine(*options.fine_detail);
  if (options.middle_detail) render.mutable_detail()->set_middle(*options.middle_detail);
  if (options.coarse_detail) render.mutable_detail()->set_coarse(*options.coarse_detail);
  if (options.grain) render.mutable_detail()->set_grain(*options.grain);
  render.set_invented_detail(options.invented_detail);
  render.set_temporal_smoothing(options.temporal_smoothing);
}

}  // namespace interneg::commands
