// The LUT files that a configuration refers to, and the hash over all of its bytes.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_CONFIG_FILES_H_
#define INTERNEG_WORKER_ENGINE_COLOR_CONFIG_FILES_H_

#include <string>

#include <OpenColorIO/OpenColorIO.h>

namespace interneg::color {

// SHA-256 over `text` and, in the order of their names, the name and bytes of every file that a transform of `config`
// names. `folder` is the configuration's own (canonical); empty: files are refused. Throws ColorError for a file that
// is missing, unreadable or outside the folder. `description` stands in messages.
std::string HashWithFiles(const OCIO_NAMESPACE::ConstConfigRcPtr& config, const std::string& text,
                          const std::string& folder, const std::string& description);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_CONFIG_FILES_H_
