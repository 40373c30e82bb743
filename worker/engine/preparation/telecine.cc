#include "worker/engine/preparation/telecine.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

double CombOfPhase(std::span<const image::Image> video, const frames::Pulldown& pulldown,
                   std::map<std::pair<int, int>, double>& known) {
  std::vector<int> places(video.size());
  std::iota(places.begin(), places.end(), 0);
  const auto film = frames::FilmFrames(pulldown, places);
  double sum = 0.0;
  for (const int frame : film) {
    const auto from = frames::SourcesOf(pulldown, frame);
    const auto [entry, fresh] = known.try_emplace({from.top_frame, from.bottom_frame}, 0.0);
    if (fresh) {
      entry->second = CombEnergy(frames::WeaveFields(video[static_cast<std::size_t>(from.top_frame)],
                                                     video[static_cast<std::size_t>(from.bottom_frame)]));
    }
    sum += entry->second;
  }
  return sum / static_cast<double>(film.size());
}

}  // namespace

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

frames::Pulldown EstimatePulldown(std::span<const image::Image> video_frames, frames::Cadence cadence,
                                  frames::FieldOrder order) {
  const std::size_t least = cadence == frames::Cadence::kThreeTwo ? 10 : 4;
  const int phases = cadence == frames::Cadence::kThreeTwo ? 5 : 2;
  if (video_frames.size() < least) {
    throw std::invalid_argument("pulldown: " + std::to_string(video_frames.size()) +
                                " frames are too few to find the "
                                "phase; at least " +
                                std::to_string(least) + " of one shot are needed");
  }
  std::vector<double> comb;
  std::map<std::pair<int, int>, double> known;
  for (int phase = 0; phase < phases; ++phase) {
    comb.push_back(CombOfPhase(video_frames, {cadence, order, phase, 0}, known));
  }
  const auto best = std::min_element(comb.begin(), comb.end());
  const int phase = static_cast<int>(best - comb.begin());
  const double least_comb = *best;
  comb.erase(best);
  if (!(least_comb < 0.5 * *std::min_element(comb.begin(), comb.end()))) {
    throw std::invalid_argument(
        "pulldown: no phase stands out (a still shot, another cadence or field order, or "
        "true video): set the phase by hand, or deinterlace");
  }
  return {cadence, order, phase, 0};
}

}  // namespace interneg::preparation
