#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <tuple>

#include "worker/engine/training/grain_loss_torch.h"

namespace interneg::training {
namespace {

constexpr std::int64_t kBlock_px = 32;
constexpr std::int64_t kStride_px = 16;
constexpr std::int64_t kBands = 7;
// Coefficients of one sixteenth of a cycle a pixel.
constexpr double kBandWidth = 2.0 * kBlock_px / 16.0;
constexpr double kLeastPower = (0.1 / 255.0) * (0.1 / 255.0);

// [32, 32]: what takes mean and slope out of a line, then its orthonormal DCT-II.
at::Tensor LineTransform(const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kDouble).device(device);
  const at::Tensor i = at::arange(kBlock_px, options), k = i.view({-1, 1});
  at::Tensor cosine = at::cos(std::numbers::pi / kBlock_px * (i + 0.5) * k) * std::sqrt(2.0 / kBlock_px);
  cosine[0] *= std::sqrt(0.5);
  const at::Tensor mean = at::ones_like(i) / std::sqrt(static_cast<double>(kBlock_px));
  at::Tensor slope = i - 0.5 * (kBlock_px - 1);
  slope = slope / slope.norm();
  const at::Tensor rest = at::eye(kBlock_px, options) - at::outer(mean, mean) - at::outer(slope, slope);
  return cosine.matmul(rest);
}

// [1024, 8]: the share of each coefficient in the mean of its band; column 0 is what lies below the first one.
at::Tensor BandMeans(const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kDouble).device(device);
  const at::Tensor k = at::arange(kBlock_px, options);
  const at::Tensor band = at::floor(at::hypot(k.view({-1, 1}), k.view({1, -1})) / kBandWidth).flatten();
  const at::Tensor member = (band.view({-1, 1}) == at::arange(kBands + 1, options).view({1, -1})).to(at::kDouble);
  return member / member.sum(0, true);
}

// [n, 1, h, w] → [n, blocks, 32, 32].
at::Tensor Blocks(const at::Tensor& planes) {
  return planes.unfold(2, kBlock_px, kStride_px).unfold(3, kBlock_px, kStride_px).flatten(1, 3);
}

class BlockSpectra {
 public:
  explicit BlockSpectra(const at::TensorOptions& options)
      : line_(LineTransform(options.device()).to(options)), means_(BandMeans(options.device()).to(options)) {}

  // [n, blocks, 8]: mean power of each band, the one below the first before them.
  at::Tensor Of(const at::Tensor& blocks) const {
    return at::matmul(at::matmul(line_, blocks), line_.t()).square().flatten(2, 3).matmul(means_);
  }

 private:
  at::Tensor line_;
  at::Tensor means_;
};

struct Chosen {
  at::Tensor index;  // [n, count]
  at::Tensor fit;    // [n, count], 1 or 0
};

Chosen Flattest(const at::Tensor& structure, const at::Tensor& truth_blocks, const at::Tensor& weight) {
  constexpr std::int64_t kLeast = 4;
  const at::Tensor level = truth_blocks.mean(at::IntArrayRef{2, 3});
  at::Tensor fit = at::logical_and(level >= 0.03, level <= 0.97);
  // By the least of its pixels: one bright scratch has more power than all of the block's grain.
  if (weight.defined()) fit = at::logical_and(fit, Blocks(weight).amin(at::IntArrayRef{2, 3}) >= 0.5);
  const std::int64_t count = std::min(std::max(kLeast, structure.size(1) / 5), structure.size(1));
  const at::Tensor index = std::get<1>(at::topk(structure.masked_fill(at::logical_not(fit), 1e6), count, 1, false));
  return {index, fit.gather(1, index).to(structure.dtype())};
}

// [n, 7]: amplitudes of the bands over the blocks chosen.
at::Tensor Amplitudes(const at::Tensor& spectra, const Chosen& chosen) {
  const at::Tensor bands = spectra.narrow(2, 1, kBands);
  const at::Tensor index = chosen.index.unsqueeze(2).expand({-1, -1, kBands});
  const at::Tensor power = (bands.gather(1, index) * chosen.fit.unsqueeze(2)).sum(1);
  return at::sqrt(power / chosen.fit.sum(1, true).clamp_min(1.0) + kLeastPower);
}

}  // namespace

at::Tensor GrainDistance(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight) {
  if (std::min(output.size(2), output.size(3)) < kBlock_px) return at::zeros({}, output.options());
  const BlockSpectra spectra(truth.options());
  const at::Tensor truth_blocks = Blocks(truth);
  const at::Tensor truth_spectra = spectra.Of(truth_blocks);
  const Chosen chosen = Flattest(truth_spectra.select(2, 0), truth_blocks, weight);
  const at::Tensor wanted = Amplitudes(truth_spectra, chosen);
  const at::Tensor given = Amplitudes(spectra.Of(Blocks(output)), chosen);
  const at::Tensor any = (chosen.fit.sum(1) > 0).to(output.dtype());
  const at::Tensor of_picture = wanted.mean(1) * (given / wanted - 1).abs().mean(1);
  return (of_picture * any).mean();
}

}  // namespace interneg::training
