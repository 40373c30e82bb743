#include "worker/engine/jobs/job_error.h"

#include <cerrno>
#include <new>
#include <system_error>

#include "worker/engine/color/color_config.h"
#include "worker/engine/frames/frame_error.h"
#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {
namespace {

constexpr char kFreeSpace[] = "free space on the disk, or name a folder on another one";

EngineFailure FailureOfFrame(const frames::FrameError& error) {
  switch (error.fault()) {
    case frames::FrameFault::kDiskFull:
      return {FailureKind::kStorage, error.what(), kFreeSpace};
    case frames::FrameFault::kWrite:
    case frames::FrameFault::kStorage:
      return {FailureKind::kStorage, error.what(), "check the disk or the file server, then try again"};
    default:
      return {FailureKind::kBadInput, error.what(), ""};
  }
}

EngineFailure FailureOfSystem(const std::system_error& error) {
  const int code = error.code().value();
  if (code == ENOSPC || code == EDQUOT) return {FailureKind::kStorage, error.what(), kFreeSpace};
  if (code == EACCES || code == ENOENT || code == EROFS || code == ENOTDIR || code == EISDIR) {
    return {FailureKind::kBadInput, error.what(), "check that the path exists and may be used"};
  }
  return {FailureKind::kStorage, error.what(), ""};
}

}  // namespace

EngineFailure FailureOf(const std::exception& error) {
  if (const auto* job = dynamic_cast<const JobError*>(&error)) return {job->kind(), job->what(), job->remedy()};
  if (const auto* frame = dynamic_cast<const frames::FrameError*>(&error)) return FailureOfFrame(*frame);
  if (const auto* system = dynamic_cast<const std::system_error*>(&error)) return FailureOfSystem(*system);
  if (dynamic_cast<const model::OutOfMemory*>(&error) != nullptr ||
      dynamic_cast<const std::bad_alloc*>(&error) != nullptr || model::SaysOutOfMemory(error.what())) {
    return {FailureKind::kOutOfMemory, error.what(),
            "use a smaller network, patch or batch, or a device with more memory"};
  }
  if (dynamic_cast<const training::TrainingDiverged*>(&error) != nullptr) {
    return {FailureKind::kDiverged, error.what(), "lower the learning rate, or check the pairs"};
  }
  if (dynamic_cast<const training::ProcessLost*>(&error) != nullptr) {
    return {FailureKind::kInternal, error.what(),
            "start every process of the group, each with its own rank, and see that the leader's port can be reached"};
  }
  const bool bad_input = dynamic_cast<const color::ColorError*>(&error) != nullptr ||
                         dynamic_cast<const DocumentError*>(&error) != nullptr ||
                         dynamic_cast<const std::invalid_argument*>(&error) != nullptr;
  return {bad_input ? FailureKind::kBadInput : FailureKind::kInternal, error.what(), ""};
}

}  // namespace interneg::jobs
