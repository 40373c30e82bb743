#include "worker/engine/preparation/match.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

void RequireFitting(const Partner& partner, const image::Image& picture, const char* step) {
  const auto refuse = [&](const char* what) {
    throw std::invalid_argument(std::string(step) + ": " + what + "; align the pair first");
  };
  if (partner.picture == nullptr) refuse("there is no partner frame");
  if (partner.picture->size() != picture.size()) refuse("the partner has another size");
  if (partner.picture->channel_count() != 3) refuse("the partner has not R, G and B");
  if (partner.picture->color_space() != picture.color_space()) refuse("the partner is in another colour space");
  if (partner.weight != nullptr && partner.weight->size() != picture.size()) refuse("the weight has another size");
}

cv::Mat1f WeightOf(const Partner& partner) {
  if (partner.weight == nullptr) return {};
  return cv::max(View(*partner.weight, 0), 0.0F);
}

// The Gaussian mean of what has weight.
class Smoother {
 public:
  Smoother(cv::Mat1f weight, double sigma_px) : weight_(std::move(weight)), sigma_px_(sigma_px) {
    if (!weight_.empty()) weight_sum_ = BlurredWide(weight_, sigma_px_);
  }

  cv::Mat1f operator()(const cv::Mat1f& plane) const {
    if (weight_.empty()) return BlurredWide(plane, sigma_px_);
    const double total = cv::sum(weight_)[0];
    if (total <= 0.0) throw std::invalid_argument("match: the partner's weight is 0 everywhere");
    constexpr float kPull = 1e-3F;  // of the mean, so that there is an answer where no weight is near
    const auto mean = static_cast<float>(plane.dot(weight_) / total);
    const cv::Mat1f sum = BlurredWide(plane.mul(weight_), sigma_px_);
    return (sum + kPull * mean) / (weight_sum_ + kPull);
  }

 private:
  cv::Mat1f weight_, weight_sum_;
  double sigma_px_;
};

// The low frequencies of a difference. One pass alone leaves as much as it blurs.
cv::Mat1f SmoothField(const cv::Mat1f& difference, const Smoother& smooth) {
  constexpr int kMorePasses = 2;
  cv::Mat1f field = smooth(difference);
  for (int i = 0; i < kMorePasses; ++i) field += smooth(difference - field);
  return field;
}

cv::Mat1f GainField(const cv::Mat1f& luma, const cv::Mat1f& partner, const Smoother& smooth) {
  constexpr float kLeast = 0.01F;
  constexpr int kPasses = 5;
  const double most = std::log(4.0);
  cv::Mat1f field = cv::Mat1f::zeros(luma.size()), gain = cv::Mat1f::ones(luma.size());
  for (int i = 0; i < kPasses; ++i) {
    cv::Mat1f wanted, shown;
    cv::log(cv::max(smooth(partner), kLeast), wanted);
    cv::log(cv::max(smooth(luma.mul(gain)), kLeast), shown);
    field = cv::max(cv::min(field + wanted - shown, most), -most);
    cv::exp(field, gain);
  }
  return gain;
}

struct Sample {
  double from[4];  // R, G, B, 1
  double to[3];
  double weight;
};

std::vector<Sample> SamplesOf(const Planes& from, const Planes& to, const cv::Mat1f& weight, double sigma_px) {
  constexpr double kMostSamples = 20000;
  const Smoother smooth(weight, sigma_px);
  Planes a, b;
  for (std::size_t c = 0; c < 3; ++c) {
    a[c] = smooth(from[c]);
    b[c] = smooth(to[c]);
  }
  const int stride = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(a[0].total()) / kMostSamples)));
  std::vector<Sample> samples;
  for (int y = stride / 2; y < a[0].rows; y += stride) {
    for (int x = stride / 2; x < a[0].cols; x += stride) {
      const double w = weight.empty() ? 1.0 : weight(y, x);
      if (w <= 0.0) continue;
      samples.push_back({{a[0](y, x), a[1](y, x), a[2](y, x), 1.0}, {b[0](y, x), b[1](y, x), b[2](y, x)}, w});
    }
  }
  return samples;
}

using Matrix34 = cv::Matx<double, 3, 4>;

Matrix34 SolveWeighted(const std::vector<Sample>& samples, const std::vector<double>& robust) {
  constexpr double kRidge = 1e-6;
  cv::Matx44d normal = cv::Matx44d::zeros();
  cv::Matx<double, 4, 3> right = cv::Matx<double, 4, 3>::zeros();
  double total = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    const double w = s.weight * robust[i];
    total += w;
    for (int r = 0; r < 4; ++r) {
      for (int c = 0; c < 4; ++c) normal(r, c) += w * s.from[r] * s.from[c];
      for (int c = 0; c < 3; ++c) right(r, c) += w * s.from[r] * s.to[c];
    }
  }
  for (int i = 0; i < 4; ++i) {
    normal(i, i) += kRidge * total;
    if (i < 3) right(i, i) += kRidge * total;
  }
  return normal.solve(right, cv::DECOMP_CHOLESKY).t();
}

Matrix34 FitMatrix(const std::vector<Sample>& samples) {
  std::vector<double> robust(samples.size(), 1.0);
  Matrix34 fit;
  for (int round = 0; round < 4; ++round) {
    fit = SolveWeighted(samples, robust);
    std::vector<float> residuals;
    for (const Sample& s : samples) {
      const cv::Vec3d off = fit * cv::Vec4d(s.from) - cv::Vec3d(s.to);
      residuals.push_back(static_cast<float>(cv::norm(off)));
    }
    std::vector<float> sorted = residuals;
    const double cut = 4.685 * std::max(1e-4, 1.4826 * Quantile(sorted, 0.5));
    for (std::size_t i = 0; i < robust.size(); ++i) {
      const double u = std::min(1.0, residuals[i] / cut);
      robust[i] = (1.0 - u * u) * (1.0 - u * u);
    }
  }
  return fit;
}

Matrix34 FitStatistics(const std::vector<Sample>& samples) {
  Matrix34 fit = Matrix34::zeros();
  for (int c = 0; c < 3; ++c) {
    double total = 0.0, from = 0.0, to = 0.0, from2 = 0.0, to2 = 0.0;
    for (const Sample& s : samples) {
      total += s.weight;
      from += s.weight * s.from[c];
      to += s.weight * s.to[c];
      from2 += s.weight * s.from[c] * s.from[c];
      to2 += s.weight * s.to[c] * s.to[c];
    }
    const double variance = from2 / total - from * from / (total * total),
                 wanted = to2 / total - to * to / (total * total);
    const double gain = variance < 1e-8 ? 1.0 : std::sqrt(std::max(0.0, wanted) / variance);
    fit(c, c) = gain;
    fit(c, 3) = (to - gain * from) / total;
  }
  return fit;
}

void ApplyMatrix(const Matrix34& fit, double strength, Planes picture) {
  ForRows(picture[0].rows, [&](int y) {
    for (int x = 0; x < picture[0].cols; ++x) {
      const cv::Vec4d from(picture[0](y, x), picture[1](y, x), picture[2](y, x), 1.0);
      const cv::Vec3d to = fit * from;
      for (int c = 0; c < 3; ++c) {
        picture[static_cast<std::size_t>(c)](y, x) = static_cast<float>(from[c] + strength * (to[c] - from[c]));
      }
    }
  });
}

}  // namespace

void ApplyLumaMatch(const LumaMatch& match, const Partner& partner, image::Image& picture) {
  RequireFitting(partner, picture, "luma-match");
  Planes planes = ViewAll(picture);
  const cv::Mat1f luma = LumaOf(planes), wanted = LumaOf(ViewAll(*partner.picture));
  const Smoother smooth(WeightOf(partner), match.sigma_px);
  const cv::Mat1f change = match.mode == LumaMatchMode::kOffset
                               ? SmoothField(wanted - luma, smooth)
                               : cv::Mat1f(luma.mul(GainField(luma, wanted, smooth) - 1.0F));
  for (auto& plane : planes) cv::scaleAdd(change, match.strength, plane, plane);
}

void ApplyColourMatch(const ColourMatch& match, const Partner& partner, image::Image& picture) {
  RequireFitting(partner, picture, "colour-match");
  Planes planes = ViewAll(picture);
  const Planes wanted = ViewAll(*partner.picture);
  const cv::Mat1f weight = WeightOf(partner);
  if (match.fit == ColourFit::kField) {
    const Smoother smooth(weight, match.sigma_px);
    for (std::size_t c = 0; c < 3; ++c) {
      cv::scaleAdd(SmoothField(wanted[c] - planes[c], smooth), match.strength, planes[c], planes[c]);
    }
    return;
  }
  const auto samples = SamplesOf(planes, wanted, weight, match.sigma_px);
  if (samples.empty()) throw std::invalid_argument("colour-match: the partner's weight is 0 everywhere");
  ApplyMatrix(match.fit == ColourFit::kMatrix ? FitMatrix(samples) : FitStatistics(samples), match.strength, planes);
}

}  // namespace interneg::preparation
