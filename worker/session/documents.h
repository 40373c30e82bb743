// The JSON that passes between this daemon and its engines.
#ifndef INTERNEG_WORKER_SESSION_DOCUMENTS_H_
#define INTERNEG_WORKER_SESSION_DOCUMENTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "interneg/v1/engine.pb.h"
#include "interneg/v1/worker_session.pb.h"
#include "worker/supervision/boot_clock.h"
#include "worker/supervision/device_inventory.h"

namespace interneg::session {

// One line of an engine. INVALID_ARGUMENT, with the reason, when it is not an EngineEvent or names no event.
absl::StatusOr<v1::EngineEvent> ParseEvent(const std::string& line);

// What only the worker knows of an assignment.
struct LocalFacts {
  // Root name → absolute folder.
  std::map<std::string, std::string> roots;
  // Absolute folders that no root leads into.
  std::vector<std::string> excluded_folders;
  std::string scratch_folder;
  std::string checkpoint_path;
  std::string resume_path;
  std::map<std::string, std::string> input_paths;  // by role
  supervision::Duration lease{};
};

// The server's assignment completed for this machine and this device, as the engine reads it.
std::string AssignmentDocument(const v1::Assignment& from_server, const LocalFacts& facts,
                               const supervision::Device& device);

// One line for the engine's lease descriptor, without newline.
std::string AdjustCommand(const v1::AdjustTraining& adjust);

// `text` with every byte that is not part of well-formed UTF-8 replaced by '?', so that its length stays.
std::string AsUtf8(std::string text);
// Bytes at the end that are the beginning of a character whose rest has not come; 0 to 3.
std::size_t UnfinishedUtf8Bytes(std::string_view text);

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_DOCUMENTS_H_
