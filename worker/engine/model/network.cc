#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "worker/engine/model/network_torch.h"

namespace interneg::model {
namespace {

constexpr int kPlacePlanes = 2;  // x and y, read by the grid's U-Net
constexpr int kAround_px = 2;    // the first guess is averaged over this many pixels each way

int OutputPlanes(const NetworkDescription& d) {
  return BasePlanes(d).count;
}

// Repeats the last row and column until both sides are multiples of `alignment`.
at::Tensor Padded(const at::Tensor& z, int alignment) {
  const std::int64_t right = (alignment - z.size(3) % alignment) % alignment;
  const std::int64_t below = (alignment - z.size(2) % alignment) % alignment;
  return right == 0 && below == 0 ? z : at::replication_pad2d(z, {0, right, 0, below});
}

// x and y at the centres of a grid's cells, float32 [n, 2, gh, gw]. Cells beyond the frame get the edge's place, since
// nothing was ever learned out there.
at::Tensor PlacePlanes(const std::vector<Place>& places, std::int64_t gh, std::int64_t gw, int shrink,
                       const at::TensorOptions& options) {
  const auto line = [&](double first, double step, std::int64_t cells) {
    const double centre = first + step * 0.5 * (shrink - 1);
    return at::clamp(at::arange(cells, options) * (step * shrink) + centre, -1.0, 1.0);
  };
  std::vector<at::Tensor> planes;
  for (const Place& place : places) {
    const at::Tensor x = line(place.x_first, place.x_step, gw).view({1, gw}).expand({gh, gw});
    const at::Tensor y = line(place.y_first, place.y_step, gh).view({gh, 1}).expand({gh, gw});
    planes.push_back(at::stack({x, y}));
  }
  return at::stack(planes);
}

}  // namespace

Place PlaceOf(const Window& window) {
  const double w = window.frame.width_px, h = window.frame.height_px;
  return {(2.0 * window.x_px + 1.0) / w - 1.0, 2.0 / w, (2.0 * window.y_px + 1.0) / h - 1.0, 2.0 / h};
}

int InputPlanes(const NetworkDescription& d) {
  return d.free == FreePlanes::kChroma ? kSliceInputs : 3;
}

PlaneRange BasePlanes(const NetworkDescription& d) {
  switch (d.free) {
    case FreePlanes::kChroma:
      return {3, 2};
    case FreePlanes::kLuma:
      return {0, 1};
    case FreePlanes::kAll:
      return {0, 3};
  }
  throw std::invalid_argument("BasePlanes: not a set of planes");
}

UNet::Shape ShapeOf(const NetworkDescription& d) {
  if (d.kind == NetworkKind::kGrid) {
    return {kSliceInputs + kPlacePlanes, d.bins * kSliceCoefficients, d.width, d.levels};
  }
  return {InputPlanes(d), OutputPlanes(d), d.width, d.levels};
}

Network::Network(const NetworkDescription& description, std::uint64_t seed) : description_(description) {
  if (description.kind == NetworkKind::kClosedForm) return;
  at::Generator random = at::detail::createCPUGenerator(seed);
  unet_.emplace(ShapeOf(description), random);
  if (description.kind != NetworkKind::kGrid) return;
  const Convolution hidden = MakeConvolution(kSliceInputs, kGuideHidden, 1, Start::kUniform, random);
  const Convolution last = MakeConvolution(kGuideHidden, 1, 1, Start::kUniform, random);
  guide_ = {hidden.weight.view({kGuideHidden, kSliceInputs}), hidden.bias, last.weight.view({kGuideHidden}), last.bias};
}

at::Tensor Network::Correct(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const {
  switch (description_.kind) {
    case NetworkKind::kClosedForm:
      return at::zeros({z_nchw.size(0), OutputPlanes(description_), z_nchw.size(2), z_nchw.size(3)}, z_nchw.options());
    case NetworkKind::kGrid:
      return CorrectGrid(z_nchw, places, compute);
    case NetworkKind::kUNet:
      return CorrectUNet(z_nchw, compute);
  }
  throw std::invalid_argument("Network: not a network kind");
}

at::Tensor Network::CorrectGrid(const at::Tensor& z, const std::vector<Place>& places, at::ScalarType compute) const {
  const int shrink = description_.shrink;
  const at::Tensor cells = at::avg_pool2d(Padded(z, shrink << description_.levels), shrink);
  const at::Tensor where = PlacePlanes(places, cells.size(2), cells.size(3), shrink, cells.options());
  const at::Tensor grid = unet_->Forward(at::cat({cells, where}, 1), compute).permute({0, 2, 3, 1}).contiguous();
  return BilateralSlice(grid, z, guide_, shrink);
}

at::Tensor Network::CorrectUNet(const at::Tensor& z, at::ScalarType compute) const {
  const at::Tensor out = unet_->Forward(Padded(z, 1 << description_.levels), compute);
  return out.narrow(2, 0, z.size(2)).narrow(3, 0, z.size(3));
}

std::vector<NamedTensor> Network::Parameters() {
  if (!unet_) return {};
  std::vector<NamedTensor> out = unet_->Parameters("unet.");
  if (description_.kind == NetworkKind::kGrid) {
    out.push_back({"guide.w1", &guide_.w1});
    out.push_back({"guide.b1", &guide_.b1});
    out.push_back({"guide.w2", &guide_.w2});
    out.push_back({"guide.b2", &guide_.b2});
  }
  return out;
}

at::Tensor ApplyPolynomial(const PolynomialMap& map, const at::Tensor& ycbcr, const Window& window) {
  const at::Tensor whole = ycbcr.contiguous();
  const auto pixels = static_cast<std::size_t>(whole.size(2) * whole.size(3));
  at::Tensor out = at::empty({1, 2, whole.size(2), whole.size(3)}, at::kFloat);
  const float* in = whole.data_ptr<float>();
  float* to = out.data_ptr<float>();
  Apply(map, {in, pixels}, {in + pixels, pixels}, {in + 2 * pixels, pixels}, window,
        {{to, pixels}, {to + pixels, pixels}});
  return out;
}

at::Tensor NetworkInput(const NetworkDescription& description, const PolynomialMap& first_guess,
                        const at::Tensor& ycbcr, const Window& window) {
  if (description.free != FreePlanes::kChroma) return ycbcr;
  const at::Tensor guess = ApplyPolynomial(first_guess, ycbcr, window);
  const at::Tensor around = at::avg_pool2d(
      at::replication_pad2d(guess, {kAround_px, kAround_px, kAround_px, kAround_px}), 2 * kAround_px + 1, 1);
  return at::cat({ycbcr, guess, around}, 1);
}

std::int64_t ParameterCount(const NetworkDescription& d) {
  if (d.kind == NetworkKind::kClosedForm) return 0;
  const std::int64_t guide = d.kind == NetworkKind::kGrid ? kGuideHidden * (kSliceInputs + 2) + 1 : 0;
  return UNet::ParameterCount(ShapeOf(d)) + guide;
}

double KiloMacsPerPixel(const NetworkDescription& d) {
  if (d.kind == NetworkKind::kClosedForm) return 0.0;
  if (d.kind == NetworkKind::kUNet) return UNet::MacsPerPixel(ShapeOf(d)) / 1000.0;
  const double slice = kGuideHidden * (kSliceInputs + 1) + 4.0 * kSliceCoefficients + kSliceCoefficients;
  return (UNet::MacsPerPixel(ShapeOf(d)) / (d.shrink * d.shrink) + slice) / 1000.0;
}

int TileAlignment_px(const NetworkDescription& d) {
  if (d.kind == NetworkKind::kClosedForm) return 1;
  return std::max(32, d.shrink << d.levels);
}

int Halo_px(const NetworkDescription& d) {
  if (d.kind == NetworkKind::kClosedForm) return 0;
  const int alignment = TileAlignment_px(d);
  // A pixel is sliced from its own cell and the next one.
  const int reach = d.kind == NetworkKind::kGrid ? (UNet::Reach_px(d.levels) + 1) * d.shrink : UNet::Reach_px(d.levels);
  const int input_reach = d.free == FreePlanes::kChroma ? kAround_px : 0;
  return (reach + input_reach + alignment - 1) / alignment * alignment;
}

}  // namespace interneg::model
