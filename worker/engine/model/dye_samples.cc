#include <array>
#include <cmath>
#include <span>

#include "worker/engine/model/dye_samples_torch.h"

namespace interneg::model {
namespace {

// What is computed on the way to the chroma of a tile, planes [3, h, w]; letters as in dye_map.h.
struct Chain {
  at::Tensor linear, transmitted, amounts, factor, grown, density, passed, light, encoded;
};

at::Tensor Mixed(const Matrix3& m, const at::Tensor& planes) {
  const at::Tensor matrix = at::tensor(at::ArrayRef<double>(m.data(), m.size())).to(at::kFloat).view({3, 3});
  return matrix.matmul(planes.flatten(1)).view_as(planes);
}

at::Tensor Column(std::span<const double> values) {
  return at::tensor(at::ArrayRef<double>(values.data(), values.size())).to(at::kFloat).view({-1, 1, 1});
}

at::Tensor GainOf(const DyeMap& map, const DyeTile& tile) {
  const at::Tensor controls =
      at::tensor(at::ArrayRef<double>(map.gain)).to(at::kFloat).view({3, map.rows, map.columns});
  return tile.gain_down.matmul(controls).matmul(tile.gain_across);
}

Chain ChainOf(const DyeMap& map, const DyeTile& tile) {
  const double least = std::pow(10.0, -map.black), decade = std::log(10.0);
  Chain c;
  c.linear = at::exp(at::log(tile.rgb.clamp(DyeMap::kLeastValue, 1.0)) * DyeMap::kDecoding);
  c.transmitted = c.linear * (1.0 - least) + least;
  const at::Tensor shown = at::log(c.transmitted) * (-1.0 / decade) - Column(map.stain);
  const Matrix3 absorptions = AbsorptionsOf(map);
  c.amounts = Mixed(Inverse(absorptions), shown);
  c.factor = at::exp(GainOf(map, tile));
  c.grown = c.amounts * c.factor;
  c.density = Mixed(absorptions, c.grown);
  c.passed = at::exp(c.density.clamp(DyeMap::kLeastDensity, DyeMap::kMostDensity) * -decade);
  const at::Tensor light = (c.passed - least) / (1.0 - least);
  c.light = at::maximum(light, at::exp((light / DyeMap::kFloor - 1.0).clamp_max(0.0)) * DyeMap::kFloor);
  c.encoded = at::exp(at::log(c.light) * (Column(map.gamma) / DyeMap::kDecoding));
  return c;
}

// Derivatives of the chroma of every pixel: [2, 3 + kDyeConstants, h, w].
class Slopes {
 public:
  Slopes(const DyeMap& map, const Chain& chain)
      : map_(map), c_(chain), out_(at::empty({2, kFirst + kDyeConstants, Rows(), Columns()})) {}

  at::Tensor All() {
    const double least = std::pow(10.0, -map_.black), decade = std::log(10.0);
    // Below the floor the light is an exponential of what it would be: its slope is light / floor.
    const at::Tensor open = (c_.density > DyeMap::kLeastDensity) * (c_.density < DyeMap::kMostDensity);
    const at::Tensor bend = (c_.light / DyeMap::kFloor).clamp_max(1.0);
    const at::Tensor by_light = c_.encoded / c_.light * (Column(map_.gamma) / DyeMap::kDecoding) * bend;  // dV/dL
    const at::Tensor by_density = by_light * c_.passed * open * (-decade / (1.0 - least));                // dV/dD′
    const Matrix3 absorptions = AbsorptionsOf(map_);
    const Matrix3 inverse = Inverse(absorptions);
    for (int o = 0; o < 2; ++o) {
      const auto m = by_density * Column({map_.to_chroma.data() + 3 * o, 3});         // dC/dD′
      const at::Tensor by_amount = Mixed(Transposed(absorptions), m);                 // dC/d(grown)
      const at::Tensor by_shown = Mixed(Transposed(inverse), by_amount * c_.factor);  // dC/dD
      Put(o, 0, by_amount * c_.grown);
      Overlap(o, m, by_shown);
      Put(o, kFirst + kStain.first, -by_shown);
      Black(o, by_light, by_shown, least);
      Put(o, kFirst + kGamma.first,
          c_.encoded * at::log(c_.light) * (Column({map_.to_chroma.data() + 3 * o, 3}) / DyeMap::kDecoding));
      for (int other = 0; other < 2; ++other) {
        auto to = out_[o].narrow(0, kFirst + kToChroma.first + 3 * other, 3);
        other == o ? to.copy_(c_.encoded) : to.zero_();
        out_[o][kFirst + kOffset.first + other].fill_(other == o ? 1.0 : 0.0);
      }
    }
    return out_;
  }

 private:
  static constexpr int kFirst = 3;  // of the constants, behind the gains

  std::int64_t Rows() const { return c_.light.size(1); }
  std::int64_t Columns() const { return c_.light.size(2); }
  static Matrix3 Transposed(const Matrix3& m) { return {m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]}; }
  void Put(int o, int first, const at::Tensor& planes) { out_[o].narrow(0, first, planes.size(0)).copy_(planes); }

  // D′ = K E K⁻¹ D: an entry (i, j) of K adds its row's light by E K⁻¹ D, and takes by way of K⁻¹.
  void Overlap(int o, const at::Tensor& by_density, const at::Tensor& by_shown) {
    constexpr std::array<std::array<int, 2>, 6> kPlaces = {{{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}}};
    for (int k = 0; k < 6; ++k) {
      const auto [i, j] = kPlaces[k];
      out_[o][kFirst + kOverlap.first + k].copy_(by_density[i] * c_.grown[j] - by_shown[i] * c_.amounts[j]);
    }
  }

  // By black = −lg t₀: through the density that is shown, and through the light that comes of it.
  void Black(int o, const at::Tensor& by_light, const at::Tensor& by_shown, double least) {
    const double decade = std::log(10.0), step = -decade * least;  // dt₀/dblack
    const at::Tensor shown = (1.0 - c_.linear) / c_.transmitted * (-1.0 / decade);
    const at::Tensor passed = (c_.passed - 1.0) * (1.0 / ((1.0 - least) * (1.0 - least)));
    const at::Tensor through_light = by_light * passed * Column({map_.to_chroma.data() + 3 * o, 3});
    out_[o][kFirst + kBlack.first].copy_((by_shown * shown + through_light).sum(0) * step);
  }

  const DyeMap& map_;
  const Chain& c_;
  at::Tensor out_;
};

}  // namespace

DyeSamples Evaluate(const DyeMap& map, const DyeTile& tile, Derivatives derivatives) {
  const Chain chain = ChainOf(map, tile);
  const at::Tensor rows = at::tensor(at::ArrayRef<double>(map.to_chroma.data(), 6)).to(at::kFloat).view({2, 3});
  const auto h = chain.encoded.size(1), w = chain.encoded.size(2);
  const at::Tensor chroma = rows.matmul(chain.encoded.flatten(1)).view({2, h, w}) + Column(map.offset);
  const auto sampled = [&](const at::Tensor& planes) { return tile.across.Of(tile.down.Of(planes, -2), -1); };
  DyeSamples samples{sampled(chroma), {}};
  if (derivatives == Derivatives::kYes) samples.derivatives = sampled(Slopes(map, chain).All());
  return samples;
}

}  // namespace interneg::model
