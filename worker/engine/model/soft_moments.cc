#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/gram_torch.h"
#include "worker/engine/model/moments.h"
#include "worker/engine/model/softness_torch.h"

namespace interneg::model {
namespace {

// Neighbours of a soft picture say much the same, and so many pixels determine a few hundred terms many times over.
constexpr double kPixelsOfAFrame = 50'000;
constexpr std::int64_t kStrip_rows = 64;
constexpr std::int64_t kPixelsAtOnce = 512;  // their terms, in double, stay in the cache

// Detail lies between these: grain is mostly finer, and a grid's cell can correct what is smoother. Lettering leaks two σ far.
constexpr Softness kFine{1.0, 1.0}, kSmooth{3.0, 3.0};
constexpr std::int64_t kLeak_px = 6;

enum class Band { kWhole, kDetail, kDetailWithoutGrain };

at::Tensor PlaneOf(const image::Image& picture, int index, std::int64_t first_row, std::int64_t rows) {
  const std::int64_t width = picture.width_px();
  const auto plane = picture.plane(index).subspan(static_cast<std::size_t>(first_row * width),
                                                  static_cast<std::size_t>(rows * width));
  return at::from_blob(const_cast<float*>(plane.data()), {rows, width}, at::kFloat);
}

// The monomials of colour in the order of PolynomialMap's weights. [35, rows, w]
at::Tensor ColorTerms(const std::vector<at::Tensor>& v) {
  std::vector<std::vector<at::Tensor>> powers(3);
  for (int i = 0; i < 3; ++i) {
    powers[i].push_back(at::ones_like(v[i]));
    for (int d = 1; d <= kColorDegree; ++d) powers[i].push_back(powers[i].back() * v[i]);
  }
  std::vector<at::Tensor> terms;
  for (int i = 0; i <= kColorDegree; ++i) {
    for (int j = 0; i + j <= kColorDegree; ++j) {
      for (int k = 0; i + j + k <= kColorDegree; ++k) terms.push_back(powers[0][i] * powers[1][j] * powers[2][k]);
    }
  }
  return at::stack(terms);
}

// The monomials of the place, likewise. [s, rows, w]
at::Tensor PlaceTerms(const at::Tensor& x, const at::Tensor& y, int degree) {
  std::vector<at::Tensor> terms;
  for (int d = 0; d <= degree; ++d) {
    for (int j = 0; j <= d; ++j) terms.push_back(x.pow(d - j) * y.pow(j));
  }
  return at::stack(terms);
}

class FilteredSums {
 public:
  FilteredSums(const FitFrame& frame, const PolynomialMap& map, const Softness& softness, Band band)
      : frame_(frame),
        map_(map),
        softness_(softness),
        band_(band),
        step_(std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(frame.input->pixel_count()) /
                                                                kPixelsOfAFrame)))),
        reach_(static_cast<std::int64_t>(std::ceil(3.0 * softness.y_px) +
                                         (band == Band::kWhole ? 0.0 : std::ceil(3.0 * kSmooth.y_px)))),
        a_(at::zeros({Size(), Size()}, at::kDouble)),
        b_(at::zeros({Size(), 2}, at::kDouble)) {}

  void Add(std::int64_t first, std::int64_t end) {
    if (SamplesAlong(end - first) == 0) return;
    const Rows rows = Around(first, end);
    const at::Tensor colour = Filtered(ColorTerms(Normalised(rows)), softness_, rows);
    const at::Tensor place = Sampled(Places(first, end));
    const at::Tensor truth = at::stack({Plane(*frame_.truth, 1, rows), Plane(*frame_.truth, 2, rows)});
    const at::Tensor target = Filtered(truth, {}, rows);
    const at::Tensor weight = Sampled(rows.Own(Confidence(rows))).squeeze(0);
    for (std::int64_t at = 0; at < weight.size(0); at += kPixelsAtOnce) {
      const std::int64_t count = std::min(kPixelsAtOnce, weight.size(0) - at);
      const at::Tensor terms = (place.narrow(1, at, count).unsqueeze(1) * colour.narrow(1, at, count)).flatten(0, 1);
      AddGram(terms, weight.narrow(0, at, count), a_);
      b_ += (terms * weight.narrow(0, at, count)).matmul(target.narrow(1, at, count).t());
    }
    for (int k = 0; k < 2; ++k) c_[k] += (target[k].square() * weight).sum().item<double>();
    weight_ += weight.sum().item<double>();
  }

  // A pixel stands for those that were passed over.
  NormalEquations LaidOut() const {
    const auto stands_for = static_cast<double>(step_ * step_);
    NormalEquations out;
    out.size = static_cast<int>(Size());
    const at::Tensor a = a_ * stands_for;
    out.a.assign(a.data_ptr<double>(), a.data_ptr<double>() + a.numel());
    for (int k = 0; k < 2; ++k) {
      const at::Tensor column = (b_.select(1, k) * stands_for).contiguous();
      out.b[k].assign(column.data_ptr<double>(), column.data_ptr<double>() + column.numel());
      out.c[k] = c_[k] * stands_for;
    }
    out.weight = weight_ * stands_for;
    return out;
  }

 private:
  std::int64_t Size() const { return std::int64_t{SpatialTerms(map_.spatial_degree)} * kColorTerms; }

  // A strip, and the rows about it that filters reach.
  struct Rows {
    std::int64_t first = 0, end = 0, top = 0, bottom = 0;

    // [1, k, bottom - top, w] → [k, end - first, w]
    at::Tensor Own(const at::Tensor& planes) const { return planes.squeeze(0).narrow(1, first - top, end - first); }
  };

  Rows Around(std::int64_t first, std::int64_t end) const {
    const std::int64_t height = frame_.input->height_px();
    return {first, end, std::max<std::int64_t>(0, first - reach_), std::min(height, end + reach_)};
  }

  static at::Tensor Plane(const image::Image& picture, int index, const Rows& rows) {
    return PlaneOf(picture, index, rows.top, rows.bottom - rows.top);
  }

  std::vector<at::Tensor> Normalised(const Rows& rows) const {
    std::vector<at::Tensor> v;
    for (int i = 0; i < 3; ++i) {
      v.push_back(Plane(*frame_.input, i, rows).clamp(map_.low[i], map_.high[i]) * map_.scale[i] + map_.offset[i]);
    }
    return v;
  }

  // The band of planes [k, rows, w] that are softened first, at the strip's samples: [k, p], double. Gaussians one after
  // the other are one of both their variances.
  at::Tensor Filtered(const at::Tensor& planes, const Softness& softness, const Rows& rows) const {
    const auto after = [&](const Softness& band) {
      return Softness{std::hypot(softness.x_px, band.x_px), std::hypot(softness.y_px, band.y_px)};
    };
    const Every samples{step_, step_ / 2, rows.first - rows.top + step_ / 2};
    const auto at_samples = [&](const Softness& softened) {
      const at::Tensor all = SoftenedEvery(planes.unsqueeze(0), softened, samples).squeeze(0);
      return all.narrow(1, 0, SamplesAlong(rows.end - rows.first));
    };
    at::Tensor out = at_samples(band_ == Band::kDetailWithoutGrain ? after(kFine) : softness);
    if (band_ != Band::kWhole) out = out - at_samples(after(kSmooth));
    return out.flatten(1).to(at::kDouble).contiguous();
  }

  // Of a strip of so many rows.
  std::int64_t SamplesAlong(std::int64_t rows) const { return (rows - step_ / 2 + step_ - 1) / step_; }

  at::Tensor Confidence(const Rows& rows) const {
    if (frame_.confidence == nullptr) return at::ones({1, 1, rows.bottom - rows.top, frame_.input->width_px()});
    const at::Tensor plane = Plane(*frame_.confidence, 0, rows).unsqueeze(0).unsqueeze(0);
    return band_ == Band::kWhole ? plane : -at::max_pool2d(-plane, 2 * kLeak_px + 1, 1, kLeak_px);
  }

  // Every step-th pixel of every step-th row, of all planes: [k, p], double.
  at::Tensor Sampled(const at::Tensor& planes) const {
    return planes.slice(1, step_ / 2, {}, step_).slice(2, step_ / 2, {}, step_).flatten(1).to(at::kDouble).contiguous();
  }

  at::Tensor Places(std::int64_t first, std::int64_t end) const {
    const double width = frame_.input->width_px(), height = frame_.input->height_px();
    const auto line = [](std::int64_t from, std::int64_t to, double extent) {
      return (2.0 * at::arange(from, to, at::kDouble) + 1.0) / extent - 1.0;
    };
    const at::Tensor x = line(0, frame_.input->width_px(), width).view({1, -1}).expand({end - first, -1});
    const at::Tensor y = line(first, end, height).view({-1, 1}).expand({-1, frame_.input->width_px()});
    return PlaceTerms(x, y, map_.spatial_degree);
  }

  const FitFrame& frame_;
  const PolynomialMap& map_;
  const Softness& softness_;
  const Band band_;
  const std::int64_t step_;
  const std::int64_t reach_;
  at::Tensor a_, b_;
  double c_[2] = {0, 0};
  double weight_ = 0;
};

NormalEquations Summed(const FitFrame& frame, const PolynomialMap& map, const Softness& softness, Band band) {
  const at::NoGradGuard no_gradients;
  FilteredSums sums(frame, map, softness, band);
  const std::int64_t height = frame.input->height_px();
  for (std::int64_t row = 0; row < height; row += kStrip_rows) sums.Add(row, std::min(height, row + kStrip_rows));
  return sums.LaidOut();
}

}  // namespace

NormalEquations AccumulateSoftened(const FitFrame& frame, const PolynomialMap& map, const Softness& softness) {
  return Summed(frame, map, softness, Band::kWhole);
}

NormalEquations AccumulateDetail(const FitFrame& frame, const PolynomialMap& map, const Softness& softness, DetailBand band) {
  return Summed(frame, map, softness, band == DetailBand::kAll ? Band::kDetail : Band::kDetailWithoutGrain);
}

}  // namespace interneg::model
