// Pictures, temporary folders and odd files for the tests of frames.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_FRAMES_FRAMES_FIXTURES_H_
#define INTERNEG_TESTS_WORKER_ENGINE_FRAMES_FRAMES_FIXTURES_H_

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <OpenImageIO/imageio.h>
#include <gmock/gmock.h>

#include "worker/engine/frames/frame_error.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  Roots AsRoot() const { return Roots(std::vector<Root>{{"shots", path_.string(), {}}}); }

 private:
  std::filesystem::path path_;
};

// A picture whose every sample tells its place: values in [low, high].
image::Image Ramp(int width, int height, float low = 0.F, float high = 1.F);

// Writes interleaved float samples with OIIO itself, as another program would have.
void WriteWithOiio(const std::filesystem::path& path, const OIIO::ImageSpec& spec, const std::vector<float>& samples);

// Runs `work`, which must throw a FrameError of that kind whose text holds every one of `parts`.
void ExpectFrameError(const std::function<void()>& work, FrameFault fault, const std::vector<std::string>& parts);

std::string Bytes(const std::filesystem::path& path);

}  // namespace interneg::frames

#endif  // INTERNEG_TESTS_WORKER_ENGINE_FRAMES_FRAMES_FIXTURES_H_
