#include "worker/engine/model/output_file.h"

#include <unistd.h>

#include <stdexcept>
#include <string>
#include <system_error>

namespace interneg::model {

void RequireWritable(const std::filesystem::path& file, const std::filesystem::path& model) {
  std::error_code ignored;
  const auto refuse = [&](const std::string& why) { throw std::invalid_argument("'" + file.string() + "' " + why); };
  if (std::filesystem::is_directory(file, ignored)) refuse("is a folder; name a file in it");
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, ignored))
    refuse("cannot be written: its folder does not exist; make it first");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    refuse("cannot be written: its folder may not be written to; name another folder, or get its permission");
  }
  if (std::filesystem::equivalent(file, model, ignored)) {
    refuse("is the model itself, which the export would replace; give the export another name or folder");
  }
}

}  // namespace interneg::model
