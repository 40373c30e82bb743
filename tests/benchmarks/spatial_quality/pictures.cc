#include "tests/benchmarks/spatial_quality/pictures.h"

#include <filesystem>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"

namespace interneg::benchmarks {

image::Image ReadPicture(const std::string& pattern, int frame) {
  const auto roots = frames::Roots::WholeFileSystem();
  const frames::FrameSequence sequence(roots, roots.Locate(pattern, std::filesystem::current_path().string()));
  return sequence.Read(frame, image::kTrainingDisplay).rgb;
}

void WritePicture(const std::string& folder, int frame, const image::Image& picture) {
  const auto roots = frames::Roots::WholeFileSystem();
  frames::WriteOptions options;
  options.format = frames::OutputFormat::kPng;
  options.encoding = frames::SampleEncoding::kUint16;
  const frames::FrameWriter writer(roots, roots.Locate(folder, std::filesystem::current_path().string()),
                                   frames::FramePattern::Parse("f.%04d.png"), options);
  writer.Write(frame, picture, {}, {});
}

}  // namespace interneg::benchmarks
