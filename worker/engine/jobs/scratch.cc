#include "worker/engine/jobs/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

Scratch::Scratch(const std::filesystem::path& folder, EventSink& events)
    : events_(events), machine_(frames::Roots::WholeFileSystem()) {
  constexpr char kRemedy[] = "name a writable folder by --scratch or the assignment's scratchFolder";
  if (folder.empty()) throw BadInput("the scratch folder is not given", kRemedy);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  folder_ = std::filesystem::weakly_canonical(folder, error);
  if (!std::filesystem::is_directory(folder_) || ::access(folder_.c_str(), W_OK | X_OK) != 0) {
    throw BadInput("the scratch folder '" + folder.string() + "' cannot be written to", kRemedy);
  }
  lock_ = frames::Descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock_.is_open() && ::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw BadInput("the scratch folder '" + folder.string() + "' is in use by another run",
                   "wait for it, or name another folder by --scratch");
  }
}

OutputFile Scratch::FileOf(const std::filesystem::path& file) const {
  return {std::filesystem::relative(file, folder_).string(), std::filesystem::file_size(file), HashOfLocalFile(file)};
}

OutputFile Scratch::SendPicture(const std::string& kind, const image::Image& display,
                                std::optional<std::uint32_t> step) const {
  frames::WriteOptions options;
  options.format = frames::OutputFormat::kPng;
  options.encoding = frames::SampleEncoding::kUint8;
  const frames::FrameWriter writer(machine_, machine_.Locate(folder_.string(), "/"),
                                   frames::FramePattern::Parse(kind + ".%06d.png"), options);
  const auto written = writer.Write(static_cast<int>(step.value_or(0)), display, {}, {});
  OutputFile file{written.name, written.size_bytes, written.sha256};
  events_.Send(LocalArtifact{kind, file, "image/png", step});
  return file;
}

std::string HashOfLocalFile(const std::filesystem::path& file) {
  const auto machine = frames::Roots::WholeFileSystem();
  return frames::HashFile(machine, machine.Locate(std::filesystem::absolute(file).string(), "/"));
}

}  // namespace interneg::jobs
