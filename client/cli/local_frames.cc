#include "client/cli/local_frames.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "client/cli/frame_pattern.h"
#include "client/cli/frame_range.h"

namespace interneg::cli {
namespace {

namespace fs = std::filesystem;

std::vector<int> FramesOf(const FramePattern& pattern) {
  std::vector<int> frames;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(pattern.folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.size() <= pattern.before.size() + pattern.after.size() || name.rfind(pattern.before, 0) != 0) continue;
    const std::string_view number(name.data() + pattern.before.size(),
                                  name.size() - pattern.before.size() - pattern.after.size());
    int frame = 0;
    const auto [end, parse_error] = std::from_chars(number.data(), number.data() + number.size(), frame);
    if (parse_error != std::errc() || end != number.data() + number.size()) continue;
    if (pattern.PathFor(frame) == pattern.folder + name) frames.push_back(frame);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

// The same as a range for people.
std::string FramesThere(const FramePattern& pattern) {
  std::vector<int> frames = FramesOf(pattern);
  return frames.empty() ? std::string() : FrameRangeText(std::move(frames));
}

absl::Status Missing(std::string_view option, const FramePattern& pattern, const std::vector<int>& missing) {
  std::error_code error;
  if (!fs::is_directory(pattern.folder, error)) {
    return absl::InvalidArgumentError(
        fmt::format("{}: there is no folder {}; give the folder that holds the frames", option, pattern.folder));
  }
  if (pattern.digits == 0) {
    return absl::InvalidArgumentError(
        fmt::format("{}: there is no file {}; check its name", option, pattern.PathFor(missing.front())));
  }
  const std::string there = FramesThere(pattern);
  return absl::InvalidArgumentError(
      fmt::format("{}: {} {} missing ({}); {}", option, missing.size() == 1 ? "frame" : "frames",
                  FrameRangeText(missing) + (missing.size() == 1 ? " is" : " are"), pattern.PathFor(missing.front()),
                  there.empty() ? "no frame of this name lies there: check the name and its padding"
                                : fmt::format("frames {} are there: give them back, or ask for those", there)));
}

}  // namespace

absl::Status CheckFramesPresent(std::string_view option, const Location& sequence, const std::vector<int>& frames) {
  const auto local = sequence.LocalPath();
  if (!local) return absl::OkStatus();
  const auto pattern = ParseFramePattern(option, *local);
  if (!pattern.ok()) return pattern.status();
  std::vector<int> missing;
  for (const int frame : frames) {
    const std::string path = pattern->PathFor(frame);
    std::error_code error;
    if (!fs::exists(path, error)) {
      missing.push_back(frame);
    } else if (fs::is_directory(path, error)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {} is a folder; name the files in it, as {}/f.%04d.exr", option, path, path));
    } else if (access(path.c_str(), R_OK) != 0) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {} may not be read; allow it with chmod or chown", option, path));
    }
    if (pattern->digits == 0) break;
  }
  return missing.empty() ? absl::OkStatus() : Missing(option, *pattern, missing);
}

std::vector<int> FramesPresent(const Location& sequence) {
  const auto local = sequence.LocalPath();
  if (!local) return {};
  const auto pattern = ParseFramePattern("path", *local);
  return pattern.ok() && pattern->digits > 0 ? FramesOf(*pattern) : std::vector<int>();
}

absl::Status CheckFolderWritable(std::string_view option, const Location& pattern) {
  const auto local = pattern.LocalPath();
  if (!local) return absl::OkStatus();
  const fs::path folder = fs::path(*local).parent_path();
  fs::path existing = folder;
  std::error_code error;
  while (!fs::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
  if (!fs::is_directory(existing, error)) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {} is a file, not a folder; give another folder", option, existing.string()));
  }
  if (access(existing.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      existing == folder
          ? fmt::format("{}: the folder {} may not be written; allow it with chmod or chown, or give another", option,
                        folder.string())
          : fmt::format("{}: the folder {} cannot be made, because {} may not be written; give another", option,
                        folder.string(), existing.string()));
}

}  // namespace interneg::cli
