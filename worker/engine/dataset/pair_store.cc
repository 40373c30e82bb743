#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

#include "worker/engine/dataset/pair_store_torch.h"

namespace interneg::dataset {
namespace {

constexpr std::int64_t kFloat32Limit_bytes = 512LL << 20;

// All pairs are as large as the first.
at::ScalarType ElementOf(const StoredPlanes& first, int count, StoreFormat format) {
  if (format == StoreFormat::kFloat32) return at::kFloat;
  if (format == StoreFormat::kFloat16) return at::kHalf;
  const auto bytes = static_cast<std::int64_t>(first.input.nbytes() + first.truth.nbytes());
  return count * bytes <= kFloat32Limit_bytes ? at::kFloat : at::kHalf;
}

void CheckSizes(const StoredPlanes& pair, const StoredPlanes& first) {
  const auto same = [&](const at::Tensor& planes) {
    return planes.dim() == 3 && planes.size(1) == first.input.size(1) && planes.size(2) == first.input.size(2);
  };
  if (!same(pair.input) || !same(pair.truth) || (pair.weight.defined() && !same(pair.weight))) {
    throw std::invalid_argument("PairStore: all planes must have one height and width");
  }
  if (pair.weight.defined() != first.weight.defined()) {
    throw std::invalid_argument("PairStore: either all pairs have weights or none has");
  }
}

StoredPlanes Reduced(const StoredPlanes& pair, int factor) {
  const auto mean = [&](const at::Tensor& planes) {
    return at::avg_pool2d(planes.to(at::kFloat), factor).to(planes.scalar_type()).contiguous();
  };
  const auto least = [&](const at::Tensor& planes) {
    return planes.defined() ? -at::max_pool2d(-planes.to(at::kFloat), factor).to(planes.scalar_type()) : planes;
  };
  return {mean(pair.input), mean(pair.truth), least(pair.weight)};
}

}  // namespace

// One patch before it is cut: its corner and zoom, in samples of the planes that it is cut from.
struct PairStore::Draft {
  int pair = 0;
  int width_px = 0;
  int height_px = 0;
  double x = 0;  // the first pixel's centre
  double y = 0;
  double step = 1;
  double gain = 1;
  bool flip = false;
};

PairStore::PairStore(const std::vector<StoredPlanes>& pairs, const at::Device& device, StoreFormat format,
                     std::uint64_t seed)
    : PairStore(
          static_cast<int>(pairs.size()), [&](int index) { return pairs[static_cast<std::size_t>(index)]; }, device,
          format, seed) {}

PairStore::PairStore(int count, const std::function<StoredPlanes(int index)>& pair, const at::Device& device,
                     StoreFormat format, std::uint64_t seed)
    : random_(seed) {
  if (count < 1) throw std::invalid_argument("PairStore: at least one pair is needed");
  at::ScalarType element = at::kFloat;
  const auto keep = [&](const at::Tensor& planes) {
    return planes.defined() ? planes.to(device, element).contiguous() : at::Tensor();
  };
  for (int i = 0; i < count; ++i) {
    const StoredPlanes planes = pair(i);
    if (i == 0) element = ElementOf(planes, count, format);
    CheckSizes(planes, i == 0 ? planes : pairs_.front());
    pairs_.push_back({keep(planes.input), keep(planes.truth), keep(planes.weight)});
  }
  order_.resize(pairs_.size());
  std::iota(order_.begin(), order_.end(), 0);
  drawn_ = static_cast<std::int64_t>(order_.size());
}

int PairStore::NextPair() {
  if (drawn_ == static_cast<std::int64_t>(order_.size())) {
    for (std::size_t i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1], order_[random_.Index(static_cast<int>(i))]);
    drawn_ = 0;
  }
  return order_[static_cast<std::size_t>(drawn_++)];
}

at::Tensor PairStore::Take(const at::Tensor& planes, const Draft& draft) const {
  at::Tensor patch;
  if (draft.step == 1.0) {
    patch = planes.narrow(1, static_cast<std::int64_t>(draft.y), draft.height_px)
                .narrow(2, static_cast<std::int64_t>(draft.x), draft.width_px)
                .to(at::kFloat);
  } else {
    const auto line = [&](double first, int count, std::int64_t extent) {
      const at::Tensor pixel = at::arange(count, planes.options().dtype(at::kFloat)) * draft.step + first;
      return (2 * pixel + 1) / static_cast<double>(extent) - 1;
    };
    const at::Tensor x = line(draft.x, draft.width_px, planes.size(2)).view({1, -1});
    const at::Tensor y = line(draft.y, draft.height_px, planes.size(1)).view({-1, 1});
    const at::Tensor places =
        at::stack({x.expand({draft.height_px, -1}), y.expand({-1, draft.width_px})}, -1).unsqueeze(0);
    patch =
        at::grid_sampler_2d(planes.unsqueeze(0).to(at::kFloat), places, /*bilinear*/ 0, /*border*/ 1, false).squeeze(0);
  }
  return draft.flip ? patch.flip({2}) : patch;
}

const std::vector<StoredPlanes>& PairStore::PlanesAt(int reduction) {
  if (reduction != reduction_) {
    reduced_.clear();
    reduction_ = reduction;
    if (reduction > 1) {
      for (const StoredPlanes& pair : pairs_) reduced_.push_back(Reduced(pair, reduction));
    }
  }
  return reduction == 1 ? pairs_ : reduced_;
}

PairStore::Draft PairStore::NextDraft(const PatchRequest& request, const StoredPlanes& like) {
  constexpr double kGuided = 0.5;
  const PatchChanges& changes = request.changes;
  std::optional<Spot> spot;
  if (request.difficulty != nullptr && random_.Uniform() < kGuided) spot = request.difficulty->Draw(random_);
  Draft draft;
  draft.pair = spot ? spot->pair : NextPair();
  const int width = static_cast<int>(like.input.size(2)), height = static_cast<int>(like.input.size(1));
  const int side = std::max(1, request.size_px / request.reduction);
  draft.width_px = std::min(side, width);
  draft.height_px = std::min(side, height);
  // All draws are made whatever the options, so that switching one changes nothing else.
  const double zoom = random_.Uniform(-1, 1), across = random_.Uniform(), down = random_.Uniform();
  const bool flip = random_.Uniform() < 0.5;
  const double gain = random_.Uniform(-1, 1);
  draft.step = 1.0 + changes.scale * zoom;
  const bool whole_pixels = changes.scale == 0.0;
  const auto first = [&](double drawn, int patch_px, int frame_px, double middle_px) {
    const double extent = patch_px * draft.step, room = std::max(0.0, frame_px - extent);
    // The middle lies anywhere: were it the corner, the frame's edges would hardly ever be seen.
    const double wanted = spot ? middle_px - extent * (0.25 + 0.5 * drawn) : drawn * frame_px - 0.5 * extent;
    const double at = std::clamp(wanted, 0.0, room);
    return whole_pixels ? std::floor(at) : at;
  };
  const auto sample_at = [&](double at_px) { return (at_px - 0.5 * (request.reduction - 1)) / request.reduction; };
  draft.x = first(across, draft.width_px, width, spot ? sample_at(spot->x_px) : 0.0);
  draft.y = first(down, draft.height_px, height, spot ? sample_at(spot->y_px) : 0.0);
  draft.flip = changes.horizontal_flip && flip;
  draft.gain = 1.0 + changes.exposure * gain;
  return draft;
}

Patches PairStore::Draw(const PatchRequest& request) {
  const std::vector<StoredPlanes>& pairs = PlanesAt(request.reduction);
  const double side = request.reduction, middle = 0.5 * (side - 1.0);
  std::vector<at::Tensor> inputs, truths, weights;
  Patches out;
  for (int i = 0; i < request.count; ++i) {
    const Draft draft = NextDraft(request, pairs.front());
    const StoredPlanes& pair = pairs[draft.pair];
    const auto exposed = [&](const at::Tensor& t) { return draft.gain == 1.0 ? t : t * draft.gain; };
    inputs.push_back(exposed(Take(pair.input, draft)));
    truths.push_back(exposed(Take(pair.truth, draft)));
    if (pair.weight.defined()) weights.push_back(Take(pair.weight, draft));
    const double last = draft.x + (draft.width_px - 1) * draft.step;
    const double step = side * draft.step;
    out.places.push_back(
        {side * (draft.flip ? last : draft.x) + middle, draft.flip ? -step : step, side * draft.y + middle, step});
    out.pairs.push_back(draft.pair);
  }
  out.input = at::stack(inputs);
  out.truth = at::stack(truths);
  if (!weights.empty()) out.weight = at::stack(weights);
  return out;
}

DrawState PairStore::state() const {
  return {random_.state(), order_, drawn_};
}

void PairStore::Restore(const DrawState& state) {
  std::vector<int> sorted = state.order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> expected(pairs_.size());
  std::iota(expected.begin(), expected.end(), 0);
  if (sorted != expected || state.drawn < 0 || state.drawn > static_cast<std::int64_t>(expected.size())) {
    throw std::invalid_argument("the stored order of the data is not one of these pairs");
  }
  random_ = Random(state.random);
  order_ = state.order;
  drawn_ = state.drawn;
}

}  // namespace interneg::dataset
