#include "worker/engine/preparation/telecine.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// Places in the row of five at which A, B, C and D have their earlier and later fields.
struct Fields {
  int earlier;
  int later;
};
constexpr std::array<Fields, 4> kThreeTwoRow{{{0, 0}, {1, 1}, {3, 2}, {4, 4}}};

void RequirePhase(const InverseTelecine& step) {
  const int phases = step.cadence == Cadence::kThreeTwo ? 5 : 2;
  if (step.phase >= 0 && step.phase < phases) return;
  throw std::invalid_argument("inverse-telecine: phase is " + std::to_string(step.phase) + "; allowed 0 to " +
                              std::to_string(phases - 1) + " (EstimateTelecine finds an automatic one over a shot)");
}

Fields FieldsOf(const InverseTelecine& step, int film_frame) {
  if (step.cadence == Cadence::kTwoTwo) return {film_frame + step.phase, film_frame};
  int first = 0;  // the first film frame of the row that is wholly inside the run
  while (std::min(kThreeTwoRow[static_cast<std::size_t>(first)].earlier,
                  kThreeTwoRow[static_cast<std::size_t>(first)].later) < step.phase) {
    ++first;
  }
  const int row = (film_frame + first) / 4;
  const Fields place = kThreeTwoRow[static_cast<std::size_t>((film_frame + first) % 4)];
  return {5 * row + place.earlier - step.phase, 5 * row + place.later - step.phase};
}

double CombOfPhase(std::span<const image::Image> frames, const InverseTelecine& step,
                   std::map<std::pair<int, int>, double>& known) {
  const int count = FilmFrameCount(step, static_cast<int>(frames.size()));
  double sum = 0.0;
  for (int i = 0; i < count; ++i) {
    const FieldSources from = SourcesOf(step, i);
    const auto [entry, fresh] = known.try_emplace({from.top_frame, from.bottom_frame}, 0.0);
    if (fresh) {
      entry->second = CombEnergy(WeaveFields(frames[static_cast<std::size_t>(from.top_frame)],
                                             frames[static_cast<std::size_t>(from.bottom_frame)]));
    }
    sum += entry->second;
  }
  return sum / count;
}

}  // namespace

int FilmFrameCount(const InverseTelecine& step, int video_frames) {
  RequirePhase(step);
  int count = 0;
  while (true) {
    const Fields from = FieldsOf(step, count);
    if (std::max(from.earlier, from.later) >= video_frames) return count;
    ++count;
  }
}

FieldSources SourcesOf(const InverseTelecine& step, int film_frame) {
  RequirePhase(step);
  if (film_frame < 0)
    throw std::invalid_argument("inverse-telecine: film frame " + std::to_string(film_frame) + " is below 0");
  const Fields from = FieldsOf(step, film_frame);
  if (step.order == FieldOrder::kTopFirst) return {from.earlier, from.later};
  return {from.later, from.earlier};
}

image::Image WeaveFields(const image::Image& top, const image::Image& bottom) {
  if (top.size() != bottom.size() || top.channels() != bottom.channels() || top.color_space() != bottom.color_space()) {
    throw std::invalid_argument("WeaveFields: the two frames differ in size, channels or colour space");
  }
  image::Image out = top;
  const auto width = static_cast<std::size_t>(top.width_px());
  for (int c = 0; c < top.channel_count(); ++c) {
    const auto from = bottom.plane(c);
    const auto to = out.plane(c);
    for (std::size_t at = width; at < from.size(); at += 2 * width) {
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), width, to.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return out;
}

double CombEnergy(const image::Image& picture) {
  constexpr float kUnseen = 1e-4F;
  const cv::Mat1f luma = LumaOf(ViewAll(picture));
  double sum = 0.0;
  for (int y = 1; y + 1 < luma.rows; ++y) {
    for (int x = 0; x < luma.cols; ++x) {
      const float up = luma(y, x) - luma(y - 1, x), down = luma(y, x) - luma(y + 1, x);
      sum += std::max(0.0F, up * down - kUnseen);
    }
  }
  return sum / static_cast<double>(luma.total());
}

InverseTelecine EstimateTelecine(std::span<const image::Image> video_frames, Cadence cadence, FieldOrder order) {
  const std::size_t least = cadence == Cadence::kThreeTwo ? 10 : 4;
  const int phases = cadence == Cadence::kThreeTwo ? 5 : 2;
  if (video_frames.size() < least) {
    throw std::invalid_argument("inverse-telecine: " + std::to_string(video_frames.size()) +
                                " frames are too few to find the "
                                "phase; at least " +
                                std::to_string(least) + " of one shot are needed");
  }
  std::vector<double> comb;
  std::map<std::pair<int, int>, double> known;
  for (int phase = 0; phase < phases; ++phase) {
    comb.push_back(CombOfPhase(video_frames, {cadence, order, phase}, known));
  }
  const auto best = std::min_element(comb.begin(), comb.end());
  const int phase = static_cast<int>(best - comb.begin());
  const double least_comb = *best;
  comb.erase(best);
  if (!(least_comb < 0.5 * *std::min_element(comb.begin(), comb.end()))) {
    throw std::invalid_argument(
        "inverse-telecine: no phase stands out (a still shot, another cadence or field order, or "
        "true video): set the phase by hand, or deinterlace");
  }
  return {cadence, order, phase};
}

}  // namespace interneg::preparation
