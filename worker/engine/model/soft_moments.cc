#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/moments.h"
#include "worker/engine/model/softness_torch.h"

namespace interneg::model {
namespace {

// Neighbours of a soft picture say much the same, and so many pixels determine a few hundred terms many times over.
constexpr double kPixelsOfAFrame = 50'000;
constexpr std::int64_t kStrip_rows = 64;

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

class SoftSums {
 public:
  SoftSums(const FitFrame& frame, const PolynomialMap& map, const Softness& softness)
      : frame_(frame),
        map_(map),
        softness_(softness),
        step_(std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(frame.input->pixel_count()) /
                                                                kPixelsOfAFrame)))),
        reach_(static_cast<std::int64_t>(std::ceil(3.0 * softness.y_px))),
        a_(at::zeros({Size(), Size()}, at::kDouble)),
        b_(at::zeros({Size(), 2}, at::kDouble)) {}

  void Add(std::int64_t first, std::int64_t end) {
    const std::int64_t height = frame_.input->height_px();
    const std::int64_t top = std::max<std::int64_t>(0, first - reach_), bottom = std::min(height, end + reach_);
    std::vector<at::Tensor> v;
    for (int i = 0; i < 3; ++i) {
      v.push_back(PlaneOf(*frame_.input, i, top, bottom - top).clamp(map_.low[i], map_.high[i]) * map_.scale[i] +
                  map_.offset[i]);
    }
    const at::Tensor colour =
        Sampled(Softened(ColorTerms(v).unsqueeze(0), softness_).squeeze(0).narrow(1, first - top, end - first));
    const at::Tensor place = Sampled(Places(first, end));
    const at::Tensor terms = (place.unsqueeze(1) * colour.unsqueeze(0)).flatten(0, 1);
    const at::Tensor target = Sampled(at::stack({PlaneOf(*frame_.truth, 1, first, end - first),
                                                 PlaneOf(*frame_.truth, 2, first, end - first)}));
    const at::Tensor weight =
        frame_.confidence == nullptr
            ? at::ones({target.size(1)}, at::kDouble)
            : Sampled(PlaneOf(*frame_.confidence, 0, first, end - first).unsqueeze(0)).squeeze(0);
    const at::Tensor weighted = terms * weight;
    a_ += weighted.matmul(terms.t());
    b_ += weighted.matmul(target.t());
    for (int k = 0; k < 2; ++k) c_[k] += (target[k].square() * weight).sum().item<double>();
    weight_ += weight.sum().item<double>();
  }

  NormalEquations LaidOut() const {
    NormalEquations out;
    out.size = static_cast<int>(Size());
    out.a.assign(a_.data_ptr<double>(), a_.data_ptr<double>() + a_.numel());
    for (int k = 0; k < 2; ++k) {
      const at::Tensor column = b_.select(1, k).contiguous();
      out.b[k].assign(column.data_ptr<double>(), column.data_ptr<double>() + column.numel());
      out.c[k] = c_[k];
    }
    out.weight = weight_;
    return out;
  }

 private:
  std::int64_t Size() const { return std::int64_t{SpatialTerms(map_.spatial_degree)} * kColorTerms; }

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
  const std::int64_t step_;
  const std::int64_t reach_;
  at::Tensor a_, b_;
  double c_[2] = {0, 0};
  double weight_ = 0;
};

}  // namespace

NormalEquations AccumulateSoftened(const FitFrame& frame, const PolynomialMap& map, const Softness& softness) {
  const at::NoGradGuard no_gradients;
  SoftSums sums(frame, map, softness);
  const std::int64_t height = frame.input->height_px();
  for (std::int64_t row = 0; row < height; row += kStrip_rows) sums.Add(row, std::min(height, row + kStrip_rows));
  return sums.LaidOut();
}

}  // namespace interneg::model
