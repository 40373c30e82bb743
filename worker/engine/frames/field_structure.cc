#include "worker/engine/frames/field_structure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "worker/engine/image/ycbcr.h"

namespace interneg::frames {
namespace {

constexpr double kMoves = 4.0 / 255.0;  // above video noise
constexpr double kLeastMovingShare = 0.002;
constexpr double kLeastComb = 0.3 / 255.0;
constexpr int kLeastFrames = 2;  // that tell something
constexpr double kFieldsOfAFilmPicture = 2.5;

using Triple = std::array<double, 3>;

image::Image LumaOf(const image::Image& picture) {
  image::Image luma(picture.size(), {"Y"}, picture.color_space());
  const auto out = luma.plane(0);
  if (picture.channel_count() == 1) {
    std::copy_n(picture.plane(0).begin(), out.size(), out.begin());
    return luma;
  }
  const auto [kr, kg, kb] = image::WeightsOf(image::YCbCrMatrix::kBt709);
  const auto r = picture.plane(0), g = picture.plane(1), b = picture.plane(2);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(kr * r[i] + kg * g[i] + kb * b[i]);
  return luma;
}

std::span<const float> Line(const image::Image& luma, int y) {
  const auto width = static_cast<std::size_t>(luma.width_px());
  return luma.plane(0).subspan(static_cast<std::size_t>(y) * width, width);
}

double CombOf(float above, float line, float below) {
  const double d1 = line - above, d2 = line - below;
  return d1 * d2 > 0.0 ? std::min(std::abs(d1), std::abs(d2)) : 0.0;
}

// A kind of field structure as the times of its fields, counted in fields.
struct Hypothesis {
  FieldKind kind;
  FieldOrder order;
  int offset = 0;  // of 3:2: of the first field in the five of a cycle

  double TimeOf(int frame, bool is_second) const {
    const int field = 2 * frame + (is_second ? 1 : 0);
    switch (kind) {
      case FieldKind::kInterlaced:
        return field;
      case FieldKind::kPulldown22:
        return 2.0 * ((field + 1) / 2);
      case FieldKind::kPulldown32: {
        const int at = field + offset;  // two fields of one film picture, three of the next
        return kFieldsOfAFilmPicture * (2 * (at / 5) + (at % 5 >= 2 ? 1 : 0));
      }
      default:
        return 2.0 * frame;
    }
  }

  // Between the top field of `frame` and the bottom fields of itself, the frame before and the frame after.
  Triple Times(int frame) const {
    const bool top_is_second = order == FieldOrder::kBottomFirst;
    const double top = TimeOf(frame, top_is_second);
    const auto to = [&](int other) { return std::abs(top - TimeOf(other, !top_is_second)); };
    return {to(frame), to(frame - 1), to(frame + 1)};
  }

  // The place of frame 0 in AA BB BC CD DD: place 2 is the first of the two mixed frames.
  int Phase() const {
    const auto is_mixed = [&](int frame) { return TimeOf(frame, false) != TimeOf(frame, true); };
    for (int frame = 5; frame < 10; ++frame) {
      if (is_mixed(frame) && is_mixed(frame + 1)) return (2 - frame + 10) % 5;
    }
    return 0;
  }
};

std::vector<Hypothesis> AllHypotheses() {
  std::vector<Hypothesis> all{{FieldKind::kProgressive, FieldOrder::kUnknown}};
  for (const auto order : {FieldOrder::kTopFirst, FieldOrder::kBottomFirst}) {
    all.push_back({FieldKind::kInterlaced, order});
    all.push_back({FieldKind::kPulldown22, order});
    for (int offset = 0; offset < 5; ++offset) all.push_back({FieldKind::kPulldown32, order, offset});
  }
  return all;
}

Triple Normalised(Triple values) {
  const double sum = values[0] + values[1] + values[2];
  for (double& v : values) v /= sum;
  return values;
}

double SquaredDistance(const Triple& a, const Triple& b) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

Triple Predicted(const Triple& times, double floor, double tau) {
  Triple combs;
  for (std::size_t i = 0; i < 3; ++i) combs[i] = 1.0 - (1.0 - floor) * std::exp(-times[i] / tau);
  return Normalised(combs);
}

constexpr int kCycle = 5;  // every kind repeats after five frames at most

// What was seen at one place of the cycle, on the mean: single frames scatter with the motion they hold.
struct Seen {
  int frame = 0;
  Triple weaves{};  // normalised
  int count = 0;
};

void AddTo(Seen& seen, int frame, const Triple& weaves) {
  seen.frame = frame;
  ++seen.count;
  for (std::size_t i = 0; i < 3; ++i) seen.weaves[i] += (weaves[i] - seen.weaves[i]) / seen.count;
}

int CountOf(const std::vector<Seen>& seen) {
  int count = 0;
  for (const auto& s : seen) count += s.count;
  return count;
}

double ErrorOf(const Hypothesis& hypothesis, const std::vector<Seen>& seen) {
  double least = std::numeric_limits<double>::max();
  for (const double floor : {0.05, 0.15, 0.3, 0.45}) {
    for (const double tau : {0.7, 1.5, 3.0}) {
      double sum = 0;
      for (const auto& s : seen) {
        sum += s.count * SquaredDistance(s.weaves, Predicted(hypothesis.Times(s.frame), floor, tau));
      }
      least = std::min(least, sum / CountOf(seen));
    }
  }
  return least;
}

double EvennessOf(const std::vector<Seen>& seen) {
  double sum = 0;
  for (const auto& s : seen) sum += s.count * SquaredDistance(s.weaves, {1.0 / 3, 1.0 / 3, 1.0 / 3});
  return sum / CountOf(seen);
}

std::string Evidence(const FieldStructure& found, const std::vector<Seen>& seen, double best, double next,
                     FieldKind next_kind) {
  Triple mean{};
  for (const auto& s : seen) {
    for (std::size_t i = 0; i < 3; ++i) mean[i] += s.weaves[i] * s.count / CountOf(seen);
  }
  char text[300];
  std::snprintf(text, sizeof text,
                "%d moving frames: the weave with the frame's own bottom field combs %.0f %%, with the one before %.0f "
                "%%, with the one after %.0f %%; fit %.4f as %s, %.4f as %s",
                CountOf(seen), 100 * mean[0], 100 * mean[1], 100 * mean[2], best, NameOf(found.kind).data(), next,
                NameOf(next_kind).data());
  return text;
}

}  // namespace

std::string_view NameOf(FieldKind kind) {
  switch (kind) {
    case FieldKind::kUnknown:
      return "unknown";
    case FieldKind::kProgressive:
      return "progressive";
    case FieldKind::kInterlaced:
      return "interlaced";
    case FieldKind::kPulldown32:
      return "3:2 pulldown";
    case FieldKind::kPulldown22:
      return "2:2 pulldown";
  }
  throw std::invalid_argument("not a kind of field structure");
}

std::string_view NameOf(FieldOrder order) {
  switch (order) {
    case FieldOrder::kUnknown:
      return "unknown";
    case FieldOrder::kTopFirst:
      return "top field first";
    case FieldOrder::kBottomFirst:
      return "bottom field first";
  }
  throw std::invalid_argument("not a field order");
}

void FieldObserver::Add(const image::Image& picture) {
  if (picture.height_px() < kLeastLines || (!recent_.empty() && recent_.front().size() != picture.size())) {
    throw std::invalid_argument("field structure: a picture of " + std::to_string(picture.width_px()) + "x" +
                                std::to_string(picture.height_px()) +
                                " pixels; frames of one size and at least 16 lines are needed");
  }
  recent_.push_back(LumaOf(picture));
  if (recent_.size() > 3) recent_.pop_front();
  ++added_;
  if (recent_.size() == 3) Measure();
}

void FieldObserver::Measure() {
  const auto &before = recent_[0], &now = recent_[1], &after = recent_[2];
  const int width = now.width_px(), last = (now.height_px() - 1) / 2 * 2;
  Combs combs;
  combs.frame = added_ - 2;
  std::size_t moving = 0, all = 0;
  for (int y = 1; y < last; y += 2) {
    const auto above = Line(now, y - 1), below = Line(now, y + 1);
    const auto above_before = Line(before, y - 1), above_after = Line(after, y - 1);
    const std::array<std::span<const float>, 3> lines{Line(now, y), Line(before, y), Line(after, y)};
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
      const auto moves = [](float a, float b) { return std::abs(a - b) > kMoves; };
      ++all;
      if (!moves(above[x], above_before[x]) && !moves(above[x], above_after[x]) && !moves(lines[0][x], lines[1][x]) &&
          !moves(lines[0][x], lines[2][x])) {
        continue;
      }
      ++moving;
      for (std::size_t i = 0; i < 3; ++i) combs.weaves[i] += CombOf(above[x], lines[i][x], below[x]);
    }
  }
  combs.moving_share = static_cast<double>(moving) / static_cast<double>(std::max<std::size_t>(all, 1));
  for (double& weave : combs.weaves) weave /= static_cast<double>(std::max<std::size_t>(moving, 1));
  combs_.push_back(combs);
}

FieldStructure FieldObserver::Structure() const {
  std::vector<Seen> seen(kCycle);
  for (const auto& combs : combs_) {
    const double most = *std::max_element(combs.weaves.begin(), combs.weaves.end());
    if (combs.moving_share < kLeastMovingShare || most < kLeastComb) continue;
    AddTo(seen[static_cast<std::size_t>(combs.frame % kCycle)], combs.frame % kCycle, Normalised(combs.weaves));
  }
  std::erase_if(seen, [](const Seen& s) { return s.count == 0; });
  FieldStructure found;
  found.informative_frames = CountOf(seen);
  if (found.informative_frames < kLeastFrames) {
    found.evidence =
        std::to_string(found.informative_frames) + " of " + std::to_string(added_) + " frames move enough to tell";
    return found;
  }
  Hypothesis best{FieldKind::kUnknown, FieldOrder::kUnknown};
  double best_error = std::numeric_limits<double>::max();
  std::vector<std::pair<double, Hypothesis>> errors;
  for (const auto& hypothesis : AllHypotheses()) {
    errors.emplace_back(ErrorOf(hypothesis, seen), hypothesis);
    if (errors.back().first < best_error) std::tie(best_error, best) = errors.back();
  }
  double next_error = EvennessOf(seen);  // that nothing can be told competes too
  FieldKind next_kind = FieldKind::kUnknown;
  for (const auto& [error, hypothesis] : errors) {
    if (hypothesis.kind == best.kind || error >= next_error) continue;
    next_error = error;
    next_kind = hypothesis.kind;
  }
  found.confidence = std::clamp(1.0 - best_error / std::max(next_error, 1e-12), 0.0, 1.0) *
                     std::min(1.0, found.informative_frames / 8.0);
  found.kind = best_error < EvennessOf(seen) ? best.kind : FieldKind::kUnknown;
  found.order = found.kind == FieldKind::kUnknown ? FieldOrder::kUnknown : best.order;
  if (found.kind == FieldKind::kPulldown32) found.phase = best.Phase();
  found.evidence = Evidence(found, seen, best_error, next_error, next_kind);
  return found;
}

}  // namespace interneg::frames
