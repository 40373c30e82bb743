#include "worker/session/documents.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace interneg::session {
namespace {

// Bytes of the character that `lead` begins; 0 where none can begin (RFC 3629).
std::size_t CharacterBytes(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool IsContinuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

// Overlong forms, surrogates and values beyond U+10FFFF show in the second byte.
bool SecondByteFits(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
    case 0xE0: return second >= 0xA0;
    case 0xED: return second <= 0x9F;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second <= 0x8F;
    default: return true;
  }
}

// Length of the well-formed character at the start, or 0.
std::size_t WholeCharacter(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t size = CharacterBytes(lead);
  if (size == 0 || size > text.size()) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size), IsContinuation)) return 0;
  return size == 1 || SecondByteFits(lead, static_cast<std::uint8_t>(text[1])) ? size : 0;
}

std::string Json(const google::protobuf::Message& message) {
  std::string out;
  // Printing a message of our own cannot fail.
  (void)google::protobuf::util::MessageToJsonString(message, &out);
  return out;
}

}  // namespace

absl::StatusOr<v1::EngineEvent> ParseEvent(const std::string& line) {
  v1::EngineEvent event;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &event);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("no engine event: ", std::string(status.message())));
  }
  if (event.sequence() == 0 || event.event_case() == v1::EngineEvent::EVENT_NOT_SET) {
    return absl::InvalidArgumentError("an engine event without a sequence number or without a kind this worker knows");
  }
  return event;
}

std::string AssignmentDocument(const v1::Assignment& from_server, const LocalFacts& facts,
                               const supervision::Device& device) {
  v1::Assignment out = from_server;
  out.clear_roots();
  for (const auto& [name, folder] : facts.roots) {
    v1::Root* root = out.add_roots();
    root->set_name(name);
    root->set_folder(folder);
    for (const auto& excluded : facts.excluded_folders) root->add_excluded_folders(excluded);
  }
  out.set_scratch_folder(facts.scratch_folder);
  out.set_checkpoint_path(facts.checkpoint_path);
  out.set_resume_path(facts.resume_path);
  for (const auto& [role, path] : facts.input_paths) {
    v1::InputDocument* input = out.add_inputs();
    input->set_role(role);
    input->set_path(path);
  }
  const bool cuda = device.kind == supervision::DeviceKind::kCuda;
  out.set_device_kind(cuda ? v1::DEVICE_KIND_CUDA : v1::DEVICE_KIND_CPU);
  out.set_device(device.EngineName());
  out.set_threads(supervision::EngineThreads(device));
  out.set_lease_seconds(supervision::ToSeconds(facts.lease));
  return Json(out);
}

std::string AdjustCommand(const v1::AdjustTraining& adjust) {
  v1::EngineCommand command;
  *command.mutable_adjust() = adjust;
  return Json(command);
}

std::string AsUtf8(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = WholeCharacter(std::string_view(text).substr(at));
    if (size == 0) text[at] = '?';
    at += std::max<std::size_t>(size, 1);
  }
  // NUL is well-formed but no text; databases refuse it.
  std::replace(text.begin(), text.end(), '\0', '?');
  return text;
}

std::size_t UnfinishedUtf8Bytes(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const char c = text[text.size() - back];
    if (IsContinuation(c)) continue;
    return CharacterBytes(static_cast<std::uint8_t>(c)) > back ? back : 0;
  }
  return 0;
}

}  // namespace interneg::session
