// interneg-onnx-export: a model file in, NAME.onnx and Flame's NAME.json out, each whole or not at all.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "worker/engine/model/output_file.h"
#include "worker/engine/model/safetensors.h"
#include "worker/onnx_export/flame_sidecar.h"
#include "worker/onnx_export/onnx_writer.h"

namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
  fs::path output;
  std::string description;
};

void Require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

// A job or an alignment is called NAME.json as well.
void RequireSidecar(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  const auto bytes = interneg::model::ReadFileBytes(file);
  Require(interneg::onnx_export::IsFlameSidecar({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
          "'" + file.string() + "' stands where Flame's sidecar belongs and is none; give the export another name");
}

void CheckOutput(const Options& options, const fs::path& sidecar) {
  Require(options.output.extension() == ".onnx", "--output '" + options.output.string() + "': end it in .onnx");
  for (const auto& file : {options.output, sidecar}) interneg::model::RequireWritable(file, options.model);
  RequireSidecar(sidecar);
}

void Write(const fs::path& path, std::string_view text) {
  interneg::model::WriteFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

void Export(const Options& options) {
  auto sidecar = options.output;
  sidecar.replace_extension(".json");
  CheckOutput(options, sidecar);
  const auto bytes = interneg::model::ReadFileBytes(options.model);
  std::string onnx;
  try {
    onnx = interneg::onnx_export::ToOnnx(interneg::model::ParseSafetensors(bytes), options.description);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("'" + options.model.string() + "': " + error.what());
  }
  Write(options.output, onnx);
  Write(sidecar, interneg::onnx_export::FlameSidecar(options.output.stem().string(), options.description));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Writes a model of Interneg as ONNX, with Flame's sidecar", "interneg-onnx-export");
  Options options;
  program.add_option("--model", options.model, "A model or checkpoint")->required()->type_name("FILE");
  program.add_option("--output", options.output, "NAME.onnx; NAME.json comes beside it")->required()->type_name("FILE");
  program.add_option("--description", options.description, "Shown where the model is chosen")->type_name("TEXT");
  try {
    program.parse(argc, argv);
    Export(options);
    return 0;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "interneg-onnx-export: error: %s\n", error.what());
    return 1;
  }
}
