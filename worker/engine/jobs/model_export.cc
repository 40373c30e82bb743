#include "worker/engine/jobs/model_export.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/jobs/child_program.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/jobs/nuke_script.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/output_file.h"
#include "worker/engine/model/stored_model.h"
#include "worker/engine/model/torch_script.h"

namespace interneg::jobs {
namespace {

constexpr char kOnnxProgram[] = "interneg-onnx-export";

// What the model reads and writes, in words for the person who connects it.
std::string DomainOf(const model::StoredModel& stored) {
  const auto text = stored.metadata.find("interneg.job");
  auto domain = TrainingDomain::kUnspecified;
  if (text != stored.metadata.end()) {
    try {
      const auto spec = ParseJobSpec(text->second);
      const auto* train = std::get_if<TrainJob>(&spec.kind);
      if (train != nullptr && train->color) domain = train->color->domain;
    } catch (const DocumentError&) {
      return "the training domain of its job";  // of a newer engine
    }
  }
  return domain == TrainingDomain::kLog ? "ACEScct" : "Rec.709 primaries, gamma 2.4 (display)";
}

struct ReadModel {
  std::vector<std::byte> bytes;
  model::Safetensors content;  // views into bytes
  model::StoredModel stored;
};

void RequireNetwork(const ExportRequest& request, const model::StoredModel& stored) {
  if (stored.description.kind != model::NetworkKind::kLut) return;
  throw BadInput("'" + request.model.string() + "' is a LUT, which .pt, .nk and .onnx are not made of",
                 "export it as .cube");
}

ReadModel Read(const std::filesystem::path& path) try {
  ReadModel read;
  read.bytes = model::ReadFileBytes(path);
  read.content = model::ParseSafetensors(read.bytes);
  read.stored = model::ReadStoredModel(read.content);
  return read;
} catch (const std::invalid_argument& error) {
  throw BadInput("'" + path.string() + "': " + error.what(), "name a model or checkpoint that interneg-engine wrote");
}

void Write(const std::filesystem::path& path, std::string_view text) {
  model::WriteFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

// What a form consists of, `output` first.
std::vector<std::filesystem::path> FilesOf(ExportForm form, const std::filesystem::path& output) {
  auto beside = output;
  if (form == ExportForm::kNuke) return {output, beside.replace_extension(".pt")};
  if (form == ExportForm::kOnnx) return {output, beside.replace_extension(".json")};
  return {output};
}

std::string Describe(const model::StoredModel& stored) {
  return "Interneg " + std::string(model::NameOf(stored.description.kind)) + " " +
         std::string(model::NameOf(stored.description.size)) + ", recovers " +
         std::string(model::NameOf(stored.description.free)) + "\nin and out: R'G'B', " + DomainOf(stored) +
         "\nwhole frames only";
}

// What a shaper's table brings to `shaped`.
float Unshaped(const std::vector<std::array<float, 3>>& shaper, int channel, float shaped) {
  if (shaper.empty()) return shaped;
  const auto above = std::upper_bound(shaper.begin() + 1, shaper.end() - 1, shaped,
                                      [&](float value, const auto& entry) { return value < entry[channel]; });
  const float low = (*(above - 1))[channel], high = (*above)[channel];
  const float share = high > low ? std::clamp((shaped - low) / (high - low), 0.0F, 1.0F) : 0.0F;
  return (static_cast<float>(above - 1 - shaper.begin()) + share) / static_cast<float>(shaper.size() - 1);
}

// The colours of a cube's nodes as one picture: red changes fastest.
image::Image Lattice(const model::ColorCube& cube) {
  const int size = cube.size;
  image::Image lattice({size * size, size}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int node = 0; node < size * size * size; ++node) {
    const int index[3] = {node % size, node / size % size, node / (size * size)};
    for (int c = 0; c < 3; ++c) {
      const auto shaped = static_cast<float>(index[c]) / static_cast<float>(size - 1);
      lattice.plane(c)[node] = Unshaped(cube.shaper, c, shaped);
    }
  }
  return lattice;
}

// The map of colours in a model: its LUT, else the closed form. Empty for models without one.
std::optional<model::Model> ColorMapOf(const std::filesystem::path& path) {
  auto model = model::LoadModel(path, {}, model::Precision::kFloat32);
  if (model.description().kind == model::NetworkKind::kLut) return model;
  return model.Baseline();
}

std::string CubeText(const ExportRequest& request, const model::StoredModel& stored) {
  const int size = request.cube_size.value_or(65);
  if (size < 17 || size > 65) {
    throw BadInput("--cube-size " + std::to_string(size) + " is outside its range", "give 17 to 65");
  }
  const auto color_map = ColorMapOf(request.model);
  if (!color_map) {
    throw BadInput("'" + request.model.string() + "' recovers " + std::string(model::NameOf(stored.description.free)) +
                       " planes: it has no closed form, and a .cube knows colours alone",
                   "export it as .pt or .onnx");
  }
  model::ColorCube cube{size, {}, {}};
  const bool own_nodes = stored.description.kind == model::NetworkKind::kLut && !request.cube_size;
  if (own_nodes) cube = {stored.lut.size, stored.lut.shaper, {}};
  const auto lattice = Lattice(cube);
  const auto mapped = inference::ComposeRecovered(lattice, color_map->Recover(lattice), color_map->description()).rgb;
  for (std::size_t i = 0; i < mapped.pixel_count(); ++i) {
    cube.nodes.push_back({mapped.plane(0)[i], mapped.plane(1)[i], mapped.plane(2)[i]});
  }
  return model::ToCubeText(cube, "Interneg, training domain");
}

void ExportOnnx(const ExportRequest& request, const model::StoredModel& stored) {
  const auto program = request.onnx_program.empty() ? FindProgram(kOnnxProgram) : request.onnx_program;
  const auto ended = RunProgramToEnd(program, {"--model", request.model.string(), "--output", request.output.string(),
                                               "--description", Describe(stored)});
  constexpr int kRefused = 1;
  if (ended == 0) return;
  throw JobError(ended == kRefused ? FailureKind::kBadInput : FailureKind::kInternal,
                 "'" + request.output.string() + "' could not be written: '" + program.string() + "' ended with " +
                     std::to_string(ended) + "; what it said stands above",
                 "");
}

}  // namespace

ExportForm FormOf(const std::filesystem::path& output) {
  const auto ending = output.extension().string();
  if (ending == ".pt") return ExportForm::kTorchScript;
  if (ending == ".nk") return ExportForm::kNuke;
  if (ending == ".onnx") return ExportForm::kOnnx;
  if (ending == ".cube") return ExportForm::kCube;
  throw BadInput("--output '" + output.string() + "' does not say the form",
                 "end it in .pt (TorchScript), .nk (Nuke), .onnx (with Flame's sidecar) or .cube (the closed form)");
}

std::vector<std::filesystem::path> ExportModel(const ExportRequest& request) {
  const auto form = FormOf(request.output);
  const auto files = FilesOf(form, request.output);
  for (const auto& file : files) model::RequireWritable(file, request.model);
  const auto read = Read(request.model);
  if (form != ExportForm::kCube) RequireNetwork(request, read.stored);
  switch (form) {
    case ExportForm::kTorchScript:
      model::WriteFileAtomically(files[0], model::ToTorchScript(read.content));
      break;
    case ExportForm::kNuke:
      model::WriteFileAtomically(files[1], model::ToTorchScript(read.content));
      Write(request.output,
            NukeScript({request.output.stem().string(), "interneg-" + HashOfLocalFile(request.model).substr(0, 16),
                        Describe(read.stored)}));
      break;
    case ExportForm::kOnnx:
      ExportOnnx(request, read.stored);
      break;
    case ExportForm::kCube:
      Write(request.output, CubeText(request, read.stored));
      break;
  }
  return files;
}

}  // namespace interneg::jobs
