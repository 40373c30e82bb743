#include "worker/engine/preparation/prepare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "worker/engine/preparation/deband.h"
#include "worker/engine/preparation/degrain.h"
#include "worker/engine/preparation/deinterlace.h"
#include "worker/engine/preparation/dust.h"
#include "worker/engine/preparation/match.h"
#include "worker/engine/preparation/median.h"
#include "worker/engine/preparation/scratch.h"
#include "worker/engine/preparation/tone.h"
#include "worker/engine/preparation/window.h"

namespace interneg::preparation {
namespace {

struct Radius {
  int operator()(const Degrain& s) const { return s.extent == DegrainExtent::kSpatial ? 0 : s.radius_frames; }
  int operator()(const DustRepair&) const { return 1; }
  int operator()(const ScratchRepair&) const { return kScratchRadius_frames; }
  int operator()(const Deinterlace& s) const { return s.method == DeinterlaceMethod::kMotionAdaptive ? 1 : 0; }
  template <typename OfOnePicture>
  int operator()(const OfOnePicture&) const {
    return 0;
  }
};

int RadiusOf(const Step& step) {
  return IsIdentity(step) ? 0 : std::visit(Radius{}, step);
}

// One step on one frame.
struct Application {
  const Window& window;
  const Partner& partner;

  image::Image operator()(const DustRepair& s) const { return DustRepaired(s, window); }
  image::Image operator()(const ScratchRepair& s) const { return ScratchesRepaired(s, window); }
  image::Image operator()(const Degrain& s) const { return Degrained(s, window); }
  image::Image operator()(const Deinterlace& s) const { return Deinterlaced(s, window); }
  image::Image operator()(const NeutralBalance& s) const {
    return Changed([&](auto& p) { ApplyBalance(s, p); });
  }
  image::Image operator()(const FadeCorrectionCurve& s) const {
    return Changed([&](auto& p) { ApplyCurve(s, p); });
  }
  image::Image operator()(const Invert& s) const {
    return Changed([&](auto& p) { ApplyInvert(s, p); });
  }
  image::Image operator()(const Median& s) const {
    return Changed([&](auto& p) { ApplyMedian(s, p); });
  }
  image::Image operator()(const Deband& s) const {
    return Changed([&](auto& p) { ApplyDeband(s, p); });
  }
  image::Image operator()(const LumaMatch& s) const {
    return Changed([&](auto& p) { ApplyLumaMatch(s, partner, p); });
  }
  image::Image operator()(const ColourMatch& s) const {
    return Changed([&](auto& p) { ApplyColourMatch(s, partner, p); });
  }

  template <typename Change>
  image::Image Changed(Change change) const {
    image::Image out = window.Centre();
    change(out);
    return out;
  }
};

bool IsMatch(const Step& step) {
  return std::holds_alternative<LumaMatch>(step) || std::holds_alternative<ColourMatch>(step);
}

void RequirePicture(const image::Image& picture, image::Size size) {
  constexpr int kLeast_px = 16;
  if (picture.channel_count() != 3) {
    throw std::invalid_argument("preparation: R, G and B planes are needed, got " +
                                std::to_string(picture.channel_count()));
  }
  if (picture.width_px() < kLeast_px || picture.height_px() < kLeast_px) {
    throw std::invalid_argument("preparation: a picture of " + std::to_string(picture.width_px()) + "x" +
                                std::to_string(picture.height_px()) +
                                " is too small; at least 16x16 pixels are needed");
  }
  if (picture.size() != size) throw std::invalid_argument("preparation: the frames of the shot differ in size");
}

}  // namespace

Preparation::Preparation(std::vector<Step> steps, Role role)
    : steps_(std::move(steps)), role_(role), warnings_(Validate(steps_, role)) {}

bool Preparation::is_identity() const {
  return std::all_of(steps_.begin(), steps_.end(), IsIdentity);
}

bool Preparation::needs_partner() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) { return IsMatch(step) && !IsIdentity(step); });
}

int Preparation::radius_frames() const {
  int sum = 0;
  for (const Step& step : steps_) sum += RadiusOf(step);
  return sum;
}

image::Image Preparation::Apply(std::span<const image::Image> window, int centre, const Partner& partner) const {
  if (centre < 0 || centre >= static_cast<int>(window.size())) {
    throw std::invalid_argument("preparation: frame " + std::to_string(centre) + " of a window of " +
                                std::to_string(window.size()));
  }
  const auto size = window[static_cast<std::size_t>(centre)].size();
  for (const image::Image& picture : window) RequirePicture(picture, size);
  PreparedShot shot(
      *this, static_cast<int>(window.size()), [&](int index) { return window[static_cast<std::size_t>(index)]; },
      [&](int) { return partner; });
  return shot.Frame(centre);
}

PreparedShot::PreparedShot(Preparation preparation, int frame_count, Frames frames, Partners partners)
    : preparation_(std::move(preparation)),
      frame_count_(frame_count),
      frames_(std::move(frames)),
      partners_(std::move(partners)) {
  for (const Step& step : preparation_.steps()) {
    if (!IsIdentity(step)) active_.push_back(&step);
  }
  made_.resize(active_.size() + 1);
}

image::Image PreparedShot::Frame(int index) {
  if (index < 0 || index >= frame_count_) {
    throw std::out_of_range("preparation: frame " + std::to_string(index) + " of a shot of " +
                            std::to_string(frame_count_));
  }
  Forget(index);
  const image::Image* made = At(active_.size(), index);
  if (made == nullptr) throw std::out_of_range("preparation: frame " + std::to_string(index) + " is not there");
  return *made;
}

const image::Image* PreparedShot::At(std::size_t level, int index) {
  auto& made = made_[level];
  auto known = made.find(index);
  if (known == made.end()) known = made.emplace(index, Make(level, index)).first;
  return known->second ? &*known->second : nullptr;
}

std::optional<image::Image> PreparedShot::Make(std::size_t level, int index) {
  if (level == 0) return Input(index);
  const image::Image* own = At(level - 1, index);
  if (own == nullptr) return std::nullopt;
  const Step& step = *active_[level - 1];
  const int radius = RadiusOf(step);
  std::vector<const image::Image*> before, after;
  for (int i = index - 1; i >= std::max(0, index - radius); --i) {
    const image::Image* neighbour = At(level - 1, i);
    if (neighbour == nullptr) break;
    before.push_back(neighbour);
  }
  for (int i = index + 1; i <= std::min(frame_count_ - 1, index + radius); ++i) {
    const image::Image* neighbour = At(level - 1, i);
    if (neighbour == nullptr) break;
    after.push_back(neighbour);
  }
  Window window{{before.rbegin(), before.rend()}, static_cast<int>(before.size())};
  window.pictures.push_back(own);
  window.pictures.insert(window.pictures.end(), after.begin(), after.end());
  for (const image::Image* picture : window.pictures) RequirePicture(*picture, own->size());
  const Partner partner = IsMatch(step) && partners_ ? partners_(index) : Partner{};
  return std::visit(Application{window, partner}, step);
}

std::optional<image::Image> PreparedShot::Input(int index) const {
  auto out = frames_(index);
  if (!out || active_.empty()) return out;
  for (float& value : out->values()) {
    if (!std::isfinite(value)) value = 0.0F;
  }
  return out;
}

void PreparedShot::Forget(int index) {
  int reach = 0;
  for (std::size_t level = made_.size(); level-- > 0;) {
    std::erase_if(made_[level], [&](const auto& entry) { return std::abs(entry.first - index) > reach; });
    if (level > 0) reach += RadiusOf(*active_[level - 1]);
  }
}

}  // namespace interneg::preparation
