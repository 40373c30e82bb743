#include "worker/engine/jobs/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/random_name.h"

namespace interneg::jobs {
namespace {

constexpr int kTries = 5;

// The folder's descriptor, or nothing when it is missing.
std::optional<frames::Descriptor> OpenIfThere(const frames::Roots& roots, const frames::Location& folder) {
  try {
    return roots.OpenFolder(folder, frames::FolderMode::kMustExist);
  } catch (const frames::FrameError& error) {
    if (error.fault() != frames::FrameFault::kMissing) throw;
    return std::nullopt;
  }
}

frames::Location Parent(const frames::Location& folder) {
  const auto slash = folder.relative.find_last_of('/');
  return {folder.root, slash == std::string::npos ? "" : folder.relative.substr(0, slash)};
}

// mkdir is the one operation of which two callers cannot both succeed.
void MakeNewFolder(const frames::Roots& roots, const frames::Location& folder) {
  const auto parent = roots.OpenFolder(Parent(folder), frames::FolderMode::kCreate);
  const std::string name = folder.relative.substr(folder.relative.find_last_of('/') + 1);
  if (::mkdirat(parent.number(), name.c_str(), 0777) == 0) return;
  const int error = errno;
  if (error == ENOENT)  // the parent was removed meanwhile
    throw frames::FrameError(frames::FrameFault::kMissing, roots.Shown(folder) + ": its parent went away");
  throw JobError(FailureKind::kStorage,
                 "the attempt's folder " + roots.Shown(folder) + " cannot be made: " + std::strerror(error),
                 error == EEXIST ? "another run is at work there; start again" : "check the output folder");
}

frames::Location WithoutTrailingSlash(frames::Location location) {
  while (!location.relative.empty() && location.relative.back() == '/') location.relative.pop_back();
  return location;
}

}  // namespace

OutputPlace LocateOutput(const JobContext& context, const std::optional<RenderOutput>& output) {
  if (!output || output->path.empty()) {
    throw BadInput("render.output.path is not given", "name a pattern, e.g. root:sh010/out/sh010.%04d.exr");
  }
  auto location = context.roots.Locate(output->path, context.current_folder);
  const auto pattern = frames::FramePattern::Parse(location.relative);
  if (!pattern.has_frame_field()) {
    throw BadInput("render.output.path '" + output->path + "' has no frame number",
                   "write the number as #, %04d or $F4");
  }
  const auto slash = location.relative.find_last_of('/');
  const std::string name = slash == std::string::npos ? location.relative : location.relative.substr(slash + 1);
  location.relative = slash == std::string::npos ? "" : location.relative.substr(0, slash);
  return {location, frames::FramePattern::Parse(name)};
}

frames::Location Below(const frames::Location& folder, const std::string& relative) {
  const auto clean = WithoutTrailingSlash(folder);
  return {clean.root, clean.relative.empty() ? relative : clean.relative + "/" + relative};
}

void RequireWritable(const frames::Roots& roots, const frames::Location& folder) {
  auto existing = WithoutTrailingSlash(folder);
  auto descriptor = OpenIfThere(roots, existing);
  while (!descriptor && !existing.relative.empty()) {
    existing = Parent(existing);
    descriptor = OpenIfThere(roots, existing);
  }
  // What access() says does not hold for the superuser, nor on file systems that refuse for reasons of their own.
  const std::string trial = ".interneg-check-" + RandomName();
  if (descriptor && ::mkdirat(descriptor->number(), trial.c_str(), 0700) == 0) {
    ::unlinkat(descriptor->number(), trial.c_str(), AT_REMOVEDIR);
    return;
  }
  throw BadInput("the output folder " + folder.ToString() + " is not writable: " + std::strerror(errno),
                 "choose a folder that you may write to");
}

void RequireNothingPublished(const frames::Roots& roots, const OutputPlace& place, std::span<const int> frames,
                             bool replace) {
  if (replace) return;
  const auto descriptor = OpenIfThere(roots, place.folder);
  if (!descriptor) return;
  for (const int frame : frames) {
    const std::string name = place.pattern.NameFor(frame);
    struct stat facts {};
    if (::fstatat(descriptor->number(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
    throw BadInput("frame " + std::to_string(frame) + " is published already: " + Below(place.folder, name).ToString(),
                   "choose another output folder or name, or replace the frames (--replace)");
  }
}

void MakeAttemptFolder(const frames::Roots& roots, const frames::Location& folder, AttemptFolderMode mode) {
  for (int left = kTries; left > 0; --left) {
    try {
      if (mode == AttemptFolderMode::kNew)
        MakeNewFolder(roots, folder);
      else
        roots.OpenFolder(folder, frames::FolderMode::kCreate);
      return;
    } catch (const frames::FrameError& error) {
      if (error.fault() != frames::FrameFault::kMissing || left == 1) throw;
    }
  }
}

void RemoveFile(const frames::Roots& roots, const frames::Location& folder, const std::string& name) {
  if (const auto descriptor = OpenIfThere(roots, folder)) ::unlinkat(descriptor->number(), name.c_str(), 0);
}

void RemoveFolder(const frames::Roots& roots, const frames::Location& folder) {
  const auto descriptor = OpenIfThere(roots, folder);
  if (!descriptor) return;
  for (const auto& name : roots.List(folder)) ::unlinkat(descriptor->number(), name.c_str(), 0);
  const auto parent = OpenIfThere(roots, Parent(folder));
  if (!parent) return;
  const std::string name = folder.relative.substr(folder.relative.find_last_of('/') + 1);
  ::unlinkat(parent->number(), name.c_str(), AT_REMOVEDIR);
}

}  // namespace interneg::jobs
