#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/model_export.h"

namespace interneg::jobs {

void AddCheckpointExport(CLI::App& group, Action& chosen) {
  auto* command = group.add_subcommand("export", "Write a model in the form of other programs");
  const auto request = std::make_shared<ExportRequest>();
  command->add_option("file", request->model, "A model or checkpoint")->required()->type_name("FILE");
  command
      ->add_option("--output", request->output,
                   "NAME.pt (TorchScript), NAME.nk (for Nuke's CatFileCreator, with NAME.pt), NAME.onnx (with Flame's "
                   "NAME.json) or NAME.cube (the closed form alone)")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--cube-size", request->cube_size,
                   "Nodes along an edge of a .cube, 17 to 65 (65, and a lut's own behind its pre-LUT)")
      ->type_name("COUNT");
  command->callback([request, &chosen] {
    chosen = [request] {
      for (const auto& file : ExportModel(*request)) std::printf("%s\n", file.c_str());
      return 0;
    };
  });
}

}  // namespace interneg::jobs
