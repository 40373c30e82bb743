#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::jobs {
namespace {

// Text that is itself JSON is shown as such; where it is nested deeper than any document, which printing would not
// survive, as it stands.
nlohmann::ordered_json Shown(const std::string& text) {
  constexpr int kMostNested = 100;
  if (text.empty() || text.front() != '{') return text;
  bool deep = false;
  const auto shallow = [&](int depth, nlohmann::ordered_json::parse_event_t, nlohmann::ordered_json&) {
    deep = deep || depth > kMostNested;
    return !deep;
  };
  auto parsed = nlohmann::ordered_json::parse(text, shallow, false);
  return deep || parsed.is_discarded() ? nlohmann::ordered_json(text) : parsed;
}

int Show(const std::string& path) try {
  const auto bytes = model::ReadFileBytes(path);
  const auto content = model::ParseSafetensors(bytes);
  nlohmann::ordered_json shown = {{"file", path}, {"sizeBytes", bytes.size()}, {"sha256", HashOfLocalFile(path)}};
  for (const auto& [name, text] : content.metadata) shown["metadata"][name] = Shown(text);
  for (const auto& [name, tensor] : content.tensors) {
    shown["tensors"][name] = {{"type", model::NameOf(tensor.type)}, {"shape", tensor.shape}};
  }
  std::printf("%s\n", shown.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return 0;
} catch (const std::invalid_argument& error) {
  throw std::invalid_argument("'" + path + "': " + error.what());
}

}  // namespace

void AddCheckpointCommand(CLI::App& program, Action& chosen) {
  auto* group = program.add_subcommand("checkpoint", "Checkpoints and models");
  group->require_subcommand(1);
  auto* command = group->add_subcommand("show", "Print what a checkpoint says of itself, and its tensors, as JSON");
  const auto path = std::make_shared<std::string>();
  command->add_option("file", *path, "The checkpoint")->required()->type_name("FILE");
  command->callback([path, &chosen] { chosen = [path] { return Show(*path); }; });
  AddCheckpointExport(*group, chosen);
}

}  // namespace interneg::jobs
