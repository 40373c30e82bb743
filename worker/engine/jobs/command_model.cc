#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/recover_options.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/model/correction_graph.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/model/stored_model.h"
#include "worker/engine/training/resume.h"

namespace interneg::jobs {
namespace {

using nlohmann::ordered_json;

struct DescribeOptions {
  std::string file;
  NetworkWords words;
  std::string form = "table";
};

struct FrameKind {
  const char* name;
  double pixels;
};
constexpr FrameKind kFrames[] = {{"1080p", 1920.0 * 1080}, {"2K", 2048.0 * 1556}, {"4K", 4096.0 * 3112}};

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto side : shape) text += (text.empty() ? "" : "x") + std::to_string(side);
  return text;
}

// The learnt parameters of a node stand beside each other: of a convolution two, of a scale one, of a slice four.
std::vector<const model::Parameter*> ParametersOf(const model::NetworkGraph& graph, const model::Node& node) {
  std::vector<const model::Parameter*> out;
  if (node.parameter < 0) return out;
  const int count = node.op == model::Op::kSlice ? 4 : node.op == model::Op::kScale ? 1 : 2;
  for (int i = 0; i < count; ++i) out.push_back(&graph.parameters[node.parameter + i]);
  return out;
}

ordered_json LayerJson(const model::NetworkGraph& graph, int index) {
  const model::Node& node = graph.nodes[index];
  ordered_json layer = {{"layer", index},
                        {"operation", model::NameOf(node.op)},
                        {"inputs", node.inputs},
                        {"channels", node.channels},
                        {"stridePx", node.stride_px}};
  std::int64_t count = 0;
  for (const auto* parameter : ParametersOf(graph, node)) {
    layer["parameters"][parameter->name] = parameter->shape;
    count += parameter->count();
  }
  layer["parameterCount"] = count;
  layer["kiloMacsPerPixel"] = MacsPerPixel(graph, node) / 1000.0;
  return layer;
}

ordered_json DescribeNetworkJson(const model::NetworkDescription& d) {
  ordered_json out = {{"network", ordered_json::parse(model::ToJson(d))}};
  const bool learns = model::Learns(d.kind);
  const auto graph = learns ? model::CorrectionGraph(d) : model::NetworkGraph();
  const int around = d.free == model::FreePlanes::kChroma && learns ? model::kAround_px : 0;
  const int reach = learns ? model::Reach_px(graph) + around : 0;
  out["inputPlanes"] = model::InputPlanes(d);
  out["receptiveFieldPx"] = 2 * reach + 1;
  out["haloPx"] = model::Halo_px(d);
  out["tileAlignmentPx"] = model::TileAlignment_px(d);
  out["parameters"] = model::ParameterCount(d);
  out["kiloMacsPerPixel"] = model::KiloMacsPerPixel(d);
  out["bytesPerPixel"] = model::BytesPerPixel(d);
  for (const auto& frame : kFrames) out["frameBytes"][frame.name] = model::BytesPerPixel(d) * frame.pixels;
  out["layers"] = ordered_json::array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) out["layers"].push_back(LayerJson(graph, static_cast<int>(i)));
  return out;
}

void AddFile(ordered_json& out, const std::string& path, const model::StoredModel& stored) {
  const auto text = [&](const char* key) {
    const auto it = stored.metadata.find(key);
    return it == stored.metadata.end() ? std::string() : it->second;
  };
  out["file"] = {{"path", path},
                 {"sha256", HashOfLocalFile(path)},
                 {"recovery", text("interneg.recovery")},
                 {"step", text("interneg.step")},
                 {"datasetSha256", text("interneg.dataset_sha256")},
                 {"ancestry", text("interneg.ancestry")},
                 {"correction", stored.shares.correction}};
  if (model::Learns(stored.description.kind))
    out["file"]["augmentation"] = training::SettingOf(stored.metadata, "augmentation");
  const auto recovery = text("interneg.recovery");
  if (recovery == "spatial" || recovery == "combined")
    out["file"]["lumaMatch"] = training::SettingOf(stored.metadata, "luma match");
  if (stored.description.free != model::FreePlanes::kChroma) return;
  if (const auto* dyes = std::get_if<model::DyeMap>(&stored.fits.first_guess)) {
    out["file"]["firstGuess"] = {{"kind", "dyes"}, {"columns", dyes->columns}, {"rows", dyes->rows}};
  } else {
    const auto& polynomial = std::get<model::PolynomialMap>(stored.fits.first_guess);
    out["file"]["firstGuess"] = {{"kind", "polynomial"}, {"degreeInPlace", polynomial.spatial_degree}};
    out["file"]["firstGuessDegree"] = polynomial.spatial_degree;  // what scripts of before read
  }
  out["file"]["firstGuess"]["share"] = stored.shares.guess;
}

// What a file says of itself is anybody's text: nothing in it may steer a terminal or look like another line.
std::string Printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return out;
}

std::string Layers(const model::NetworkGraph& graph) {
  std::string text = fmt::format("\n{:>5}  {:<14}{:>9}{:>8}{:>12}{:>12}  {}\n", "layer", "operation", "channels",
                                 "stride", "parameters", "kMAC/px", "weights");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const model::Node& node = graph.nodes[i];
    std::int64_t count = 0;
    std::string weights;
    for (const auto* parameter : ParametersOf(graph, node)) {
      if (count == 0) weights = parameter->name + " " + ShapeText(parameter->shape);
      count += parameter->count();
    }
    text += fmt::format("{:>5}  {:<14}{:>9}{:>8}{:>12}{:>12.3f}  {}\n", i, model::NameOf(node.op), node.channels,
                        node.stride_px, count, MacsPerPixel(graph, node) / 1000.0, weights);
  }
  return text;
}

std::string Table(const ordered_json& described, const model::NetworkDescription& d) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) { text += fmt::format("{:<18}{}\n", name, value); };
  if (described.contains("file")) {
    for (const auto& [name, value] : described["file"].items()) {
      line(name.c_str(), value.is_string() ? Printable(value.get<std::string>()) : value.dump());
    }
  }
  line("network", fmt::format("{} {}, recovers {}, {}", model::NameOf(d.kind), model::NameOf(d.size),
                              model::NameOf(d.free), image::NameOf(d.matrix)));
  if (d.nodes != 0) line("points", fmt::format("{} along an edge", d.nodes));
  line("parameters", std::to_string(model::ParameterCount(d)));
  line("cost", fmt::format("{:.1f} kMAC a pixel", model::KiloMacsPerPixel(d)));
  line("receptive field", fmt::format("{} px", described["receptiveFieldPx"].get<int>()));
  line("halo",
       fmt::format("{} px around a tile, tiles on multiples of {} px", model::Halo_px(d), model::TileAlignment_px(d)));
  std::string memory = fmt::format("{:.0f} bytes a pixel", model::BytesPerPixel(d));
  for (const auto& frame : kFrames) {
    memory += fmt::format("; {} {:.2f} GB", frame.name, model::BytesPerPixel(d) * frame.pixels / 1e9);
  }
  line("memory, render", memory + " (less in tiles)");
  if (model::Learns(d.kind)) text += Layers(model::CorrectionGraph(d));
  return text;
}

model::StoredModel ReadModelFile(const std::string& path) try {
  const auto bytes = model::ReadFileBytes(path);
  return model::ReadStoredModel(model::ParseSafetensors(bytes));
} catch (const std::invalid_argument& error) {
  throw std::invalid_argument("'" + path + "': " + error.what());
}

int Describe(const DescribeOptions& options) {
  std::optional<model::StoredModel> stored;
  if (!options.file.empty()) stored = ReadModelFile(options.file);
  const auto network = stored ? stored->description : NetworkOf(options.words);
  auto described = DescribeNetworkJson(network);
  if (stored) AddFile(described, options.file, *stored);
  const auto text = options.form == "json"
                        ? described.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                        : Table(described, network);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void AddModelCommand(CLI::App& program, Action& chosen) {
  auto* group = program.add_subcommand("model", "Networks");
  group->require_subcommand(1);
  auto* command = group->add_subcommand("describe", "Print layers, receptive field, cost and memory of a network");
  const auto options = std::make_shared<DescribeOptions>();
  auto* file = command->add_option("file", options->file, "A model or checkpoint; else the network that is named")
                   ->type_name("FILE");
  auto& words = options->words;
  const auto add = [&](const char* name, std::string& value, const char* text) {
    command->add_option(name, value, text)->type_name("NAME")->excludes(file);
  };
  add("--network", words.network, "grid, unet, nafnet, closed-form or lut; the recovery's default");
  add("--size", words.size, "small, medium or large (medium)");
  add("--recovery", words.recovery, "chroma, spatial, combined or direct (chroma)");
  add("--matrix", words.matrix, "bt709, bt601 or bt2020 (bt709)");
  command->add_option("-o,--output", options->form, "table or json (table)")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("FORM");
  command->callback([options, &chosen] { chosen = [options] { return Describe(*options); }; });
}

}  // namespace interneg::jobs
