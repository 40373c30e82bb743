#include "worker/engine/jobs/shot_measures.h"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/jobs/progress.h"
#include "worker/engine/jobs/thumbnails.h"
#include "worker/engine/jobs/whole_pictures.h"
#include "worker/engine/matching/shots.h"
#include "worker/engine/validation/element_measures.h"

namespace interneg::jobs {
namespace {

// The longest run of neighbouring frames around the middle of `frames` (ascending, not empty), cut to `most`.
std::vector<int> MiddleRun(const std::vector<int>& frames, int most) {
  std::size_t begin = frames.size() / 2, end = begin + 1;
  for (bool grows = true; grows && end - begin < static_cast<std::size_t>(most);) {
    grows = false;
    if (end < frames.size() && frames[end] == frames[end - 1] + 1) ++end, grows = true;
    if (begin > 0 && end - begin < static_cast<std::size_t>(most) && frames[begin - 1] == frames[begin] - 1) {
      --begin, grows = true;
    }
  }
  return {frames.begin() + static_cast<std::ptrdiff_t>(begin), frames.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::vector<double> ListOf(const std::array<double, 3>& values) {
  return {values.begin(), values.end()};
}

void Fill(const validation::ElementMeasures& measures, document::MeasuredShot& shot) {
  shot.width_px = measures.size.width_px;
  shot.height_px = measures.size.height_px;
  if (const auto& e = measures.edges) shot.edges = document::EdgeResolution{e->mtf50, e->mtf10, e->sharpness, e->edges};
  if (const auto& s = measures.spectrum) shot.spectrum = document::SpectralResolution{s->limit, s->slope};
  const auto& grain = measures.grain;
  shot.grain = document::GrainMeasure{grain.luma,           grain.channel[0], grain.channel[1], grain.channel[2],
                                      grain.correlation_px, grain.level,      grain.blocks};
  const auto& damage = measures.damage;
  shot.damage = document::DamageMeasure{damage.specks_a_frame, damage.specks_a_megapixel, damage.scratches_a_frame,
                                        damage.instability_px, damage.frames};
  const auto& level = measures.level;
  shot.level = document::LevelMeasure{level.black,
                                      level.white,
                                      level.mean,
                                      ListOf(level.density_least),
                                      ListOf(level.density_most),
                                      ListOf(level.density_mean),
                                      level.cast_red,
                                      level.cast_blue,
                                      level.clipped_low,
                                      level.clipped_high};
  shot.color_first = measures.color.first;
  shot.color_second = measures.color.second;
}

// Pictures of differing sizes, or too small to look into: the shot stays, without figures.
void MeasureShot(const Medium& medium, const color::TrainingTransform& display, const std::vector<int>& frames,
                 const std::optional<frames::FieldStructure>& fields, int pictures, document::MeasuredShot& shot) try {
  std::vector<image::Image> seen;
  for (const int frame : frames) seen.push_back(display.ToTraining(medium.Read(frame).rgb).rgb);
  const auto whole = MadeWhole(std::move(seen), fields, pictures);
  Fill(validation::MeasureElement(whole.pictures), shot);
  shot.fields = whole.how;
  shot.measured_frames = frames::FrameRange::Of(frames).ToString();
} catch (const std::invalid_argument& error) {
  shot.unmeasured = error.what();
} catch (const frames::FrameError& error) {
  if (error.fault() == frames::FrameFault::kStorage) throw;
  shot.unmeasured = error.what();
}

}  // namespace

MeasuredMedium MeasureShots(const JobContext& context, const Medium& medium, const ColorPlan& color,
                            int frames_a_shot, const std::optional<frames::FieldStructure>& fields) {
  const auto route = color::ChooseRoute(color.config, medium.space, color::TrainingDomain::kDisplay, color.rendering);
  const color::TrainingTransform display(color.config, medium.space, route);
  const auto read = MakeThumbnails(context, medium, route);
  const auto found = matching::FindShots(read.thumbnails);
  MeasuredMedium out{{}, read.unreadable};
  Progress progress(context, "measuring the " + medium.name, found.shots.size());
  for (const auto& shot : found.shots) {
    context.ThrowIfStopped();
    std::vector<int> frames;
    for (const auto& thumbnail : read.thumbnails) {
      if (thumbnail.frame >= shot.first && thumbnail.frame <= shot.last) {
        frames.push_back(static_cast<int>(thumbnail.frame));
      }
    }
    auto& measured = out.shots.emplace_back();
    measured.first = static_cast<std::int32_t>(shot.first);
    measured.last = static_cast<std::int32_t>(shot.last);
    measured.begins = matching::NameOf(shot.begins);
    measured.ends = matching::NameOf(shot.ends);
    if (!frames.empty()) {
      const auto run = MiddleRun(frames, FramesToSee(fields, frames_a_shot));
      MeasureShot(medium, display, run, fields, frames_a_shot, measured);
    }
    progress.Advance();
  }
  return out;
}

}  // namespace interneg::jobs
