// Where a model's export may be written.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_OUTPUT_FILE_H_
#define INTERNEG_WORKER_ENGINE_MODEL_OUTPUT_FILE_H_

#include <filesystem>

namespace interneg::model {

// Throws std::invalid_argument that names the file and says what to do when `file` cannot be written from what `model`
// holds: it is a folder, its folder is missing or may not be written to, or it is the model itself, by whatever path.
void RequireWritable(const std::filesystem::path& file, const std::filesystem::path& model);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_OUTPUT_FILE_H_
