#include "worker/engine/frames/pulldown.h"

extern "C" {
#include <libavutil/rational.h>
}

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace interneg::frames {
namespace {

// Places in the row of five at which A, B, C and D have their earlier and later fields.
struct Fields {
  int earlier;
  int later;
};
constexpr std::array<Fields, 4> kThreeTwoRow{{{0, 0}, {1, 1}, {3, 2}, {4, 4}}};

// Counted from the video frame at which the film frames are counted from, as is `film_frame`.
Fields FieldsOf(const Pulldown& pulldown, int film_frame) {
  if (pulldown.cadence == Cadence::kTwoTwo) return {film_frame + pulldown.phase, film_frame};
  int first = 0;  // the first film frame of the row that is wholly inside the run
  while (std::min(kThreeTwoRow[static_cast<std::size_t>(first)].earlier,
                  kThreeTwoRow[static_cast<std::size_t>(first)].later) < pulldown.phase) {
    ++first;
  }
  const int row = (film_frame + first) / 4;
  const Fields place = kThreeTwoRow[static_cast<std::size_t>((film_frame + first) % 4)];
  return {5 * row + place.earlier - pulldown.phase, 5 * row + place.later - pulldown.phase};
}

}  // namespace

std::string_view NameOf(Cadence cadence) {
  return cadence == Cadence::kThreeTwo ? "3:2" : "2:2";
}

void RequireSane(const Pulldown& pulldown) {
  const int most = pulldown.cadence == Cadence::kThreeTwo ? 4 : 1;
  if (pulldown.phase < 0 || pulldown.phase > most) {
    throw std::invalid_argument("pulldown: phase is " + std::to_string(pulldown.phase) + "; the places of " +
                                std::string(NameOf(pulldown.cadence)) + " are 0 to " + std::to_string(most));
  }
  if (pulldown.order == FieldOrder::kUnknown) {
    throw std::invalid_argument("pulldown: the order of the fields is not known; say which comes first");
  }
}

std::optional<Rational> FilmRate(Cadence cadence, const Rational& video) {
  if (video.numerator <= 0 || video.denominator <= 0) return std::nullopt;
  if (cadence != Cadence::kThreeTwo) return video;
  Rational film;
  av_reduce(&film.numerator, &film.denominator, std::int64_t{video.numerator} * 4, std::int64_t{video.denominator} * 5,
            std::numeric_limits<int>::max());
  return film;
}

FieldSources SourcesOf(const Pulldown& pulldown, int film_frame) {
  RequireSane(pulldown);
  if (film_frame < pulldown.first_frame) {
    throw std::invalid_argument("pulldown: film frame " + std::to_string(film_frame) + " is before the first, " +
                                std::to_string(pulldown.first_frame));
  }
  Fields from = FieldsOf(pulldown, film_frame - pulldown.first_frame);
  from.earlier += pulldown.first_frame;
  from.later += pulldown.first_frame;
  if (pulldown.order == FieldOrder::kTopFirst) return {from.earlier, from.later};
  return {from.later, from.earlier};
}

std::vector<int> FilmFrames(const Pulldown& pulldown, const std::vector<int>& video_frames) {
  RequireSane(pulldown);
  std::vector<int> film;
  if (video_frames.empty()) return film;
  const auto is_there = [&](int frame) { return std::binary_search(video_frames.begin(), video_frames.end(), frame); };
  for (int frame = pulldown.first_frame;; ++frame) {
    const FieldSources from = SourcesOf(pulldown, frame);
    if (std::max(from.top_frame, from.bottom_frame) > video_frames.back()) return film;
    if (is_there(from.top_frame) && is_there(from.bottom_frame)) film.push_back(frame);
  }
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

}  // namespace interneg::frames
