// How a render applies its model: strengths of detail, the map of what is invented, smoothing over time.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RENDERING_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RENDERING_OPTIONS_H_

#include <optional>

#include "interneg/v1/job_spec.pb.h"

namespace CLI {
class App;
}

namespace interneg::commands {

struct RenderingOptions {
  std::optional<double> fine_detail;
  std::optional<double> middle_detail;
  std::optional<double> coarse_detail;
  std::optional<double> grain;
  bool invented_detail = false;
  double temporal_smoothing = 0;
};
void AddRenderingOptions(CLI::App& command, RenderingOptions& options);
// Which recovery and network they suit is the engine's to say: it has the model.
void FillRendering(const RenderingOptions& options, v1::RenderJob& render);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RENDERING_OPTIONS_H_
