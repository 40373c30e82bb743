#include "worker/engine/simulation/simulate.h"

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/png_sequence.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::simulation {
namespace {

// What the file will hold: the truth must belong to the faded frame as it is read back, not as it was computed.
image::Image AsStored(image::Image picture) {
  for (float& v : picture.values()) {
    v = static_cast<float>(static_cast<int>(static_cast<double>(v) * 65535.0 + 0.5) / 65535.0);
  }
  return picture;
}

}  // namespace

std::size_t SimulateFade(const frames::Roots& roots, const SimulateFadeOptions& options, const Progress& progress) {
  const frames::FrameSequence input(roots, options.input);
  const frames::FrameRange range = options.range.empty() ? frames::FrameRange::Of(input.Present()) : options.range;
  input.RequireAll(range);
  const auto faded_out = PngWriter(roots, options.output_folder, "faded");
  const auto reference_out = PngWriter(roots, options.output_folder, "reference");
  const auto video_out = PngWriter(roots, options.output_folder, "video");
  const auto truth_out = PngWriter(roots, options.output_folder, "truth");
  VideoOptions video;
  video.grade = DrawGradeShift(options.fade.seed);
  video.noise = options.video_noise;
  video.seed = options.fade.seed;
  std::size_t done = 0;
  for (const int frame : range.frames()) {
    const frames::Frame source = input.Read(frame, image::kTrainingDisplay);
    const image::Image clean = image::ClampedToUnit(source.rgb);
    const image::Image faded = AsStored(FadeFrame(clean, options.fade, frame));
    faded_out.Write(frame, faded, source.facts.metadata, {});
    reference_out.Write(frame, clean, source.facts.metadata, {});
    video_out.Write(frame, VideoReference(clean, video, frame), source.facts.metadata, {});
    truth_out.Write(frame, TruthForFile(faded, clean), source.facts.metadata, {});
    if (progress) progress(++done, range.size());
  }
  return range.size();
}

std::size_t SimulateScene(const frames::Roots& roots, const SimulateSceneOptions& options, const Progress& progress) {
  const auto writer = PngWriter(roots, options.output_folder, "");
  const auto frames = options.range.Sorted();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    writer.Write(frames[i], DrawDemoScene(options.size, static_cast<int>(i), static_cast<int>(frames.size())), {}, {});
    if (progress) progress(i + 1, frames.size());
  }
  return frames.size();
}

}  // namespace interneg::simulation
