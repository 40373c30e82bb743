// A model in the forms that other programs read.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MODEL_EXPORT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MODEL_EXPORT_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace interneg::jobs {

// torchscript: NAME.pt. nuke: NAME.nk, a script whose CatFileCreator makes NAME.cat, and NAME.pt beside it. onnx:
// NAME.onnx and Flame's sidecar NAME.json. cube: NAME.cube, the closed form alone of chroma models, with the held luma;
// of a lut its own nodes behind its pre-LUT.
enum class ExportForm { kTorchScript, kNuke, kOnnx, kCube };

// By the ending of `output`: .pt, .nk, .onnx or .cube. Throws JobError that lists these.
ExportForm FormOf(const std::filesystem::path& output);

struct ExportRequest {
  std::filesystem::path model;  // a model or a checkpoint, of which the chosen weights are taken
  std::filesystem::path output;
  // cube: nodes along an edge, 17–65. None: 65, and a lut's own. A lut that is given some is sampled at plain nodes,
  // for programs that read no pre-LUT.
  std::optional<int> cube_size;
  // onnx: the program interneg-onnx-export; empty: the one beside this program, else that of the search path.
  std::filesystem::path onnx_program;
};

// Writes the files of the form, each whole or not at all, over what stands there. Returns their paths. Throws JobError
// or std::invalid_argument for a model that cannot be read or cannot take the form, and before anything is read for a
// file that cannot be written or is the model itself; std::system_error when writing fails.
std::vector<std::filesystem::path> ExportModel(const ExportRequest& request);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MODEL_EXPORT_H_
