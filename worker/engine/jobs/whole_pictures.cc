#include "worker/engine/jobs/whole_pictures.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "worker/engine/preparation/prepare.h"
#include "worker/engine/preparation/telecine.h"

namespace interneg::jobs {
namespace {

using frames::FieldKind;
using frames::FieldOrder;

// What EstimatePulldown needs to tell a phase.
constexpr int kFramesForThreeTwo = 10;
constexpr int kFramesForTwoTwo = 4;

// Drawn fields of every kind are recognised with .4 and more, noise with less than .3 (field_structure_test.cc).
constexpr double kSure = 0.3;

FieldKind KindOf(const std::optional<frames::FieldStructure>& fields) {
  return fields && fields->confidence >= kSure ? fields->kind : FieldKind::kUnknown;
}

bool IsTelecined(const std::optional<frames::FieldStructure>& fields) {
  return KindOf(fields) == FieldKind::kPulldown32 || KindOf(fields) == FieldKind::kPulldown22;
}

FieldOrder OrderOf(const frames::FieldStructure& fields) {
  return fields.order == FieldOrder::kBottomFirst ? FieldOrder::kBottomFirst : FieldOrder::kTopFirst;
}

// Around the middle.
template <typename Value>
void CutTo(int most, std::vector<Value>& values) {
  const auto wanted = static_cast<std::ptrdiff_t>(most);
  if (std::ssize(values) <= wanted) return;
  const auto first = (std::ssize(values) - wanted) / 2;
  values.erase(values.begin() + first + wanted, values.end());
  values.erase(values.begin(), values.begin() + first);
}

std::optional<std::vector<image::Image>> Woven(const std::vector<image::Image>& video,
                                               const frames::FieldStructure& fields, int most) try {
  const auto cadence =
      fields.kind == FieldKind::kPulldown32 ? frames::Cadence::kThreeTwo : frames::Cadence::kTwoTwo;
  const auto pulldown = preparation::EstimatePulldown(video, cadence, OrderOf(fields));
  std::vector<int> places(video.size());
  std::iota(places.begin(), places.end(), 0);
  auto film = frames::FilmFrames(pulldown, places);
  CutTo(most, film);
  std::vector<image::Image> pictures;
  for (const int frame : film) {
    const auto from = frames::SourcesOf(pulldown, frame);
    pictures.push_back(frames::WeaveFields(video[static_cast<std::size_t>(from.top_frame)],
                                           video[static_cast<std::size_t>(from.bottom_frame)]));
  }
  return pictures;
} catch (const std::invalid_argument&) {
  return std::nullopt;  // a still shot, or too short a one
}

std::vector<image::Image> Deinterlaced(const std::vector<image::Image>& video, FieldOrder order) {
  preparation::Deinterlace step;
  if (order == FieldOrder::kBottomFirst) step.order = preparation::FieldOrder::kBottomFirst;
  const preparation::Preparation preparation({step}, preparation::Role::kSource);
  std::vector<image::Image> pictures;
  for (int i = 0; i < static_cast<int>(video.size()); ++i) pictures.push_back(preparation.Apply(video, i));
  return pictures;
}

// The place in the cycle of the frame that counting begins at, when `seen` is that of frame `first`.
int PhaseAt(int from, int first, int seen) {
  const int phase = (seen - (first - from)) % 5;
  return phase < 0 ? phase + 5 : phase;
}

}  // namespace

int FramesToSee(const std::optional<frames::FieldStructure>& fields, int pictures) {
  if (!IsTelecined(fields)) return pictures;
  if (fields->kind == FieldKind::kPulldown22) return std::max(pictures + 1, kFramesForTwoTwo);
  return std::max(pictures + pictures / 4 + 2, kFramesForThreeTwo);
}

WholePictures MadeWhole(std::vector<image::Image> video, const std::optional<frames::FieldStructure>& fields,
                        int most) {
  if (IsTelecined(fields)) {
    if (auto pictures = Woven(video, *fields, most)) return {std::move(*pictures), "inverse telecine"};
  }
  if (KindOf(fields) != FieldKind::kInterlaced && !IsTelecined(fields)) return {std::move(video), ""};
  auto pictures = Deinterlaced(video, OrderOf(*fields));
  CutTo(most, pictures);
  return {std::move(pictures), "deinterlaced"};
}

std::vector<std::string> FieldAdvice(const frames::MediaFacts& facts, const FrameSource& source) {
  if (!facts.fields || source.pulldown) return {};
  const auto& fields = *facts.fields;
  const std::string order = OrderOf(fields) == FieldOrder::kBottomFirst ? "bottom" : "top";
  if (KindOf(facts.fields) == FieldKind::kInterlaced) {
    return {
        "interlaced: prepare it by deinterlace:order=" + order +
        "-first (--prepare-source, --prepare-reference); as a spatial reference it has no whole picture to learn from"};
  }
  if (!IsTelecined(facts.fields)) return {};
  const int from = facts.movie ? 1 : facts.range.First();
  const bool three_two = fields.kind == FieldKind::kPulldown32;
  const int phase = three_two ? PhaseAt(from, facts.fields_first, fields.phase) : 1;
  const std::string start = from == 1 ? "" : ",from=" + std::to_string(from);
  return {std::string(frames::NameOf(fields.kind)) + ": put its film frames together by the reading pulldown " +
          (three_two ? "3:2" : "2:2") + ",phase=" + std::to_string(phase) + ",order=" + order + start +
          " (media add --pulldown, --source-pulldown, --reference-pulldown), which numbers them anew; the phase is as "
          "seen around frame " +
          std::to_string(facts.fields_first) + ", and another one beyond an edit made after the telecine"};
}

}  // namespace interneg::jobs
