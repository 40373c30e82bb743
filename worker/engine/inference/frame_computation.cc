#include "worker/engine/inference/frame_computation.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace interneg::inference {
namespace {

double PixelsOf(const RenderPlan& plan) {
  const auto size = plan.area ? plan.area->size : plan.size;
  return static_cast<double>(size.width_px) * static_cast<double>(size.height_px);
}

void RequireGridNetwork(const model::NetworkDescription& network) {
  if (network.kind == model::NetworkKind::kGrid) return;
  throw std::invalid_argument("temporal smoothing: the model's network is " + std::string(NameOf(network.kind)) +
                              ", and only a grid network predicts what can be smoothed; render without smoothing, or "
                              "with a model whose network is grid");
}

// The place of each of the plan's frames in the film. Throws where they are not a part of it in its order.
std::vector<int> PositionsIn(const std::vector<int>& film, const std::vector<int>& frames) {
  std::vector<int> positions;
  auto from = film.begin();
  for (const int frame : frames) {
    from = std::find(from, film.end(), frame);
    if (from == film.end()) {
      throw std::invalid_argument("temporal smoothing: frame " + std::to_string(frame) +
                                  " does not follow in the film's frames; render frames in their order");
    }
    positions.push_back(static_cast<int>(std::distance(film.begin(), from)));
  }
  return positions;
}

std::int64_t MemoryOfOne(const RenderPlan& plan) {
  constexpr auto kBegun = static_cast<std::int64_t>(FrameRecovery::kBegunFrames);
  return FramesOverlap(plan) ? plan.memory_bytes / kBegun : plan.memory_bytes;
}

}  // namespace

bool FramesOverlap(const RenderPlan& plan) {
  return !plan.smoothing && (plan.overlap == FrameOverlap::kAlways || plan.model.HasDevice());
}

std::vector<PlannedFrame> FramesToRead(const RenderPlan& plan) {
  std::vector<PlannedFrame> planned;
  if (!plan.smoothing) {
    for (const int frame : plan.frames) planned.push_back({frame, FrameUse::kRender, 0});
    return planned;
  }
  RequireGridNetwork(plan.model.description());
  const auto& film = plan.smoothing->film;
  const auto positions = PositionsIn(film, plan.frames);
  const std::set<int> rendered(positions.begin(), positions.end());
  std::set<int> read;
  for (const int position : positions) {
    for (int p = position - kSmoothingRadius_frames; p <= position + kSmoothingRadius_frames; ++p) {
      if (p >= 0 && p < static_cast<int>(film.size())) read.insert(p);
    }
  }
  for (const int p : read) {
    planned.push_back(
        {film[static_cast<std::size_t>(p)], rendered.contains(p) ? FrameUse::kRender : FrameUse::kContext, p});
  }
  return planned;
}

FrameComputation::FrameComputation(const RenderPlan& plan, std::function<void(const std::string&)> notice)
    : plan_(plan), recovery_(plan.model, MemoryOfOne(plan), std::move(notice), plan.detail) {
  if (plan.smoothing) smoothing_.emplace(plan.smoothing->strength, plan.smoothing->motion);
}

template <typename Recovery>
ComputedFrame FrameComputation::Computed(ReadFrame item, const Recovery& recovery) {
  ComputedFrame computed;
  computed.turn = turns_++;
  ComposedFrame& frame = computed.frame;
  frame.frame = item.planned.frame;
  computed.fault = std::move(item.fault);
  if (computed.fault) return computed;
  RecoveredFrame recovered;
  try {
    recovered = recovery(item);
  } catch (const frames::FrameError& error) {
    computed.fault = error;
    return computed;
  }
  frame.invented = std::move(recovered.invented);
  frame.gamut_scaled_share = static_cast<double>(recovered.scaled_px) / PixelsOf(plan_);
  frame.outside_share = static_cast<double>(recovered.outside_px) / PixelsOf(plan_);
  frame.composed = std::move(recovered.rgb);
  frame.untouched = std::move(item.untouched);
  frame.original = std::move(item.original);
  frame.metadata = std::move(item.metadata);
  frame.notes = std::move(item.notes);
  return computed;
}

std::vector<ComputedFrame> FrameComputation::Accept(ReadFrame item) {
  if (FramesOverlap(plan_)) return AcceptAhead(std::move(item));
  std::vector<ComputedFrame> done;
  if (smoothing_) Look(item);
  if (item.planned.use == FrameUse::kRender) waiting_.push_back(std::move(item));
  while (!waiting_.empty() && HasItsNeighbours(waiting_.front())) {
    done.push_back(Computed(std::move(waiting_.front()), [&](const ReadFrame& own) { return Recovered(own); }));
    waiting_.pop_front();
  }
  return done;
}

std::vector<ComputedFrame> FrameComputation::AcceptAhead(ReadFrame item) {
  BegunFrame begun{std::move(item), std::nullopt};
  if (!begun.item.fault) begun.on_device = recovery_.Begin(begun.item.shown());
  auto done = Rest();
  begun_ = std::move(begun);
  return done;
}

std::vector<ComputedFrame> FrameComputation::Rest() {
  std::vector<ComputedFrame> done;
  if (!begun_) return done;
  done.push_back(Computed(std::move(begun_->item), [&](const ReadFrame& own) {
    return recovery_.Finish(*begun_->on_device, own.original.rgb, plan_.area);
  }));
  begun_.reset();
  return done;
}

// A grid that is not finite is that frame's own fault, and none of its neighbours'.
void FrameComputation::Look(ReadFrame& item) {
  seen_to_ = item.planned.position;
  smoothing_->ForgetBefore(seen_to_ - 2 * kSmoothingRadius_frames);
  if (item.fault) return smoothing_->Add(seen_to_, std::nullopt);
  try {
    auto grid = recovery_.PredictGrid(item.shown());
    const auto cells = grid.cells();
    smoothing_->Add(seen_to_,
                    GridSmoothing::Frame{std::move(grid), CellLuma(item.shown(), plan_.model.description(), cells)});
  } catch (const frames::FrameError& error) {
    item.fault = error;
    smoothing_->Add(seen_to_, std::nullopt);
  }
}

bool FrameComputation::HasItsNeighbours(const ReadFrame& item) const {
  if (!smoothing_) return true;
  const int last = static_cast<int>(plan_.smoothing->film.size()) - 1;
  return seen_to_ >= std::min(item.planned.position + kSmoothingRadius_frames, last);
}

RecoveredFrame FrameComputation::Recovered(const ReadFrame& item) {
  if (!smoothing_) return recovery_.Recover(item.original.rgb, item.shown(), plan_.area);
  return recovery_.Recover(item.original.rgb, item.shown(), smoothing_->At(item.planned.position), plan_.area);
}

}  // namespace interneg::inference
