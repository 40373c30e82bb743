#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/model/compute.h"

namespace interneg::jobs {
namespace {

constexpr int kMostCudaDevices = 64;

nlohmann::ordered_json Entry(const model::Device& device) {
  const auto precision = model::ResolvePrecision(model::Precision::kAuto, device);
  return {{"kind", device.kind == model::DeviceKind::kCpu ? "cpu" : "cuda"},
          {"name", model::NameOf(device)},
          {"description", DeviceDescription(device, 0)},
          {"precision", model::NameOf(precision)}};
}

int PrintCapabilities() {
  nlohmann::ordered_json devices = {Entry({})};
  try {
    for (int i = 0; i < kMostCudaDevices; ++i) devices.push_back(Entry({model::DeviceKind::kCuda, i}));
  } catch (const std::runtime_error&) {
    // The first device that is not there ends the list.
  }
  const nlohmann::ordered_json capabilities = {
      {"version", INTERNEG_VERSION}, {"jobSchema", kJobSchema}, {"devices", devices}};
  std::printf("%s\n", capabilities.dump(2).c_str());
  return 0;
}

}  // namespace

void AddCapabilitiesCommand(CLI::App& program, Action& chosen) {
  program.add_subcommand("capabilities", "Print version, job schema and devices as JSON")->callback([&chosen] {
    chosen = PrintCapabilities;
  });
}

}  // namespace interneg::jobs
