#include "tests/benchmarks/alignment/clips.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr int kFrames = 5;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "alignment-benchmark-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  std::string At(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

void RunProgram(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("this failed: " + command);
}

std::vector<image::Image> ReadRaw(const std::string& path, image::Size size) {
  std::ifstream in(path, std::ios::binary);
  std::vector<image::Image> frames;
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size.width_px) * size.height_px * 3);
  while (in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    image::Image frame(size, {"R", "G", "B"}, image::kTrainingDisplay);
    for (std::size_t i = 0; i < frame.pixel_count(); ++i) {
      for (int c = 0; c < 3; ++c) frame.plane(c)[i] = static_cast<float>(bytes[3 * i + c]) / 255.F;
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

void WriteRaw(const std::string& path, const std::vector<image::Image>& frames) {
  std::ofstream out(path, std::ios::binary);
  for (const auto& frame : frames) {
    const auto shown = image::ClampedToUnit(frame);
    std::string bytes(shown.pixel_count() * 3, '\0');
    for (std::size_t i = 0; i < shown.pixel_count(); ++i) {
      for (int c = 0; c < 3; ++c) bytes[3 * i + c] = static_cast<char>(std::lround(shown.plane(c)[i] * 255.F));
    }
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
}

std::vector<image::Image> Extract(const fs::path& file, image::Size size, int first, int count) {
  const TemporaryFolder folder;
  RunProgram("ffmpeg -nostdin -v error -i '" + file.string() + "' -vf \"select='between(n," + std::to_string(first) +
             "," + std::to_string(first + count - 1) + ")'\" -vsync 0 -f rawvideo -pix_fmt rgb24 '" +
             folder.At("frames.raw") + "'");
  return ReadRaw(folder.At("frames.raw"), size);
}

std::string SizeText(image::Size size) {
  return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
}

}  // namespace

bool HasFfmpeg() {
  return std::system("ffmpeg -version > /dev/null 2>&1") == 0;
}

std::vector<Moment> Moments(const std::string& data) {
  struct Clip {
    const char* file;
    image::Size size;
    int first[3];
  };
  const Clip clips[] = {{"juggle_720p24.mp4", {1280, 720}, {20, 110, 200}},
                        {"dog_720p30.mp4", {1280, 720}, {30, 140, 250}},
                        {"flower_540p30.mp4", {960, 540}, {10, 70, 130}},
                        {"bbb_720p25.mp4", {1280, 720}, {10, 60, 110}}};
  std::vector<Moment> moments;
  for (const auto& clip : clips) {
    const fs::path file = fs::path(data) / "clips" / clip.file;
    if (data.empty() || !fs::exists(file) || !HasFfmpeg()) continue;
    for (const int first : clip.first) {
      moments.push_back(
          {std::string(clip.file) + "@" + std::to_string(first), Extract(file, clip.size, first, kFrames)});
      if (moments.back().frames.size() != kFrames) throw std::runtime_error("too few frames in " + file.string());
    }
  }
  for (const int first : {2, 20, 40}) {
    Moment drawn{"drawn@" + std::to_string(first), {}};
    for (int i = 0; i < kFrames; ++i) drawn.frames.push_back(simulation::DrawDemoScene({1280, 720}, first + i, 49));
    moments.push_back(std::move(drawn));
  }
  return moments;
}

std::vector<image::Image> RealPair(const std::string& data, int frame) {
  const fs::path folder = fs::path(data) / "clips";
  const fs::path fine = folder / "seeking_480p25_hq.mp4", coarse = folder / "seeking_288p25_lq.mp4";
  if (data.empty() || !HasFfmpeg() || !fs::exists(fine) || !fs::exists(coarse)) return {};
  return {Extract(fine, {720, 480}, frame, 1).at(0), Extract(coarse, {384, 288}, frame, 1).at(0)};
}

std::vector<image::Image> Mpeg2(const std::vector<image::Image>& frames) {
  if (!HasFfmpeg()) {
    std::vector<image::Image> out;
    simulation::VideoOptions blocks;
    blocks.luma_bandwidth = .9;
    blocks.block_step = .02;
    for (const auto& frame : frames) out.push_back(simulation::VideoReference(frame, blocks, 0));
    return out;
  }
  const TemporaryFolder folder;
  WriteRaw(folder.At("in.raw"), frames);
  RunProgram("ffmpeg -nostdin -v error -f rawvideo -pix_fmt rgb24 -r 25 -s " + SizeText(frames[0].size()) + " -i '" +
             folder.At("in.raw") +
             "' -pix_fmt yuv420p -c:v mpeg2video -b:v 4500k -maxrate 6000k -bufsize 1835k -g 12 -bf 2 -threads 1 '" +
             folder.At("video.m2v") + "'");
  RunProgram("ffmpeg -nostdin -v error -i '" + folder.At("video.m2v") + "' -f rawvideo -pix_fmt rgb24 '" +
             folder.At("out.raw") + "'");
  auto out = ReadRaw(folder.At("out.raw"), frames[0].size());
  if (out.size() != frames.size()) throw std::runtime_error("the MPEG-2 round trip lost frames");
  return out;
}

}  // namespace interneg::benchmarks
