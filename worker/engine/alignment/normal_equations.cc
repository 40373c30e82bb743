#include <algorithm>
#include <cmath>

#include "worker/engine/alignment/registration_cv.h"

namespace interneg::alignment {
namespace {

// Row sums: of w·{gx², gx gy, gy²}·uᵏ for k = 0..4, and of w·e·{gx, gy}·uᵏ for k = 0..2. Powers of v are constant along
// a row, so these 21 give the 36 + 8 sums of the normal equations.
struct RowSums {
  double xx[5] = {}, xy[5] = {}, yy[5] = {};
  double ex[3] = {}, ey[3] = {};
  double weight = 0.0, squared = 0.0;
};

// A generator moves by (p, q) with p, q monomials: its derivative is sign·(gx·u^a v^b [+ gy·u^c v^d]).
struct Monomial {
  int u = -1, v = 0;  // u < 0: absent
  double sign = 1.0;
};
struct Generator {
  Monomial x, y;
};
constexpr Generator kGenerators[8] = {
    {{0, 0}, {}},
    {{}, {0, 0}},
    {{1, 0}, {}},
    {{0, 1}, {}},
    {{}, {1, 0}},
    {{}, {0, 1}},
    {{2, 0, -1}, {1, 1, -1}},
    {{1, 1, -1}, {0, 2, -1}},
};

double Moment(const double* row, const double* v, const Monomial& a, const Monomial& b) {
  if (a.u < 0 || b.u < 0) return 0.0;
  return a.sign * b.sign * row[a.u + b.u] * v[a.v + b.v];
}

void Spread(const RowSums& s, double at_v, Equations& out) {
  double v[5] = {1.0};
  for (int k = 1; k < 5; ++k) v[k] = v[k - 1] * at_v;
  constexpr Monomial kOne{0, 0};
  for (int i = 0; i < 8; ++i) {
    const auto& gi = kGenerators[i];
    out.b(i) += Moment(s.ex, v, gi.x, kOne) + Moment(s.ey, v, gi.y, kOne);
    for (int j = i; j < 8; ++j) {
      const auto& gj = kGenerators[j];
      out.h(i, j) += Moment(s.xx, v, gi.x, gj.x) + Moment(s.xy, v, gi.x, gj.y) + Moment(s.xy, v, gi.y, gj.x) +
                     Moment(s.yy, v, gi.y, gj.y);
    }
  }
  out.weight += s.weight;
  out.squared += s.squared;
}

struct RowView {
  const float *fixed, *fixed_up, *fixed_down, *moving, *moving_up, *moving_down, *weight;
};

RowSums SumRow(const RowView& r, int from, int to, const Frame& frame, float soft) {
  RowSums s;
  for (int x = from; x < to; ++x) {
    const float base = r.weight[x];
    if (base <= 0.F) continue;
    const float e = r.fixed[x] - r.moving[x];
    const float share = soft / (soft + e * e);  // Geman–McClure
    const float w = base * share * share;
    const float gx = .25F * (r.fixed[x + 1] - r.fixed[x - 1] + r.moving[x + 1] - r.moving[x - 1]);
    const float gy = .25F * (r.fixed_down[x] - r.fixed_up[x] + r.moving_down[x] - r.moving_up[x]);
    const double u = (x - frame.centre_x) / frame.reach_px;
    double wxx = static_cast<double>(w) * gx * gx, wxy = static_cast<double>(w) * gx * gy;
    double wyy = static_cast<double>(w) * gy * gy;
    double wex = static_cast<double>(w) * e * gx, wey = static_cast<double>(w) * e * gy;
    s.weight += w;
    s.squared += static_cast<double>(w) * e * e;
    for (int k = 0; k < 5; ++k, wxx *= u, wxy *= u, wyy *= u) {
      s.xx[k] += wxx;
      s.xy[k] += wxy;
      s.yy[k] += wyy;
    }
    for (int k = 0; k < 3; ++k, wex *= u, wey *= u) {
      s.ex[k] += wex;
      s.ey[k] += wey;
    }
  }
  return s;
}

// The kind's own parameters → the eight generators. A similarity is one in square pixels, where (X, Y) = (u, aspect·v).
cv::Mat1d Basis(TransformKind kind, const Frame& frame) {
  if (kind == TransformKind::kSimilarity) {
    cv::Mat1d basis = cv::Mat1d::zeros(8, 4);
    basis(0, 0) = basis(1, 1) = 1.0;
    basis(2, 2) = basis(5, 2) = 1.0;
    basis(3, 3) = -frame.aspect;
    basis(4, 3) = 1.0 / frame.aspect;
    return basis;
  }
  const int count = kind == TransformKind::kTranslation ? 2 : kind == TransformKind::kAffine ? 6 : 8;
  return cv::Mat1d::eye(8, count);
}

}  // namespace

Parts Accumulate(const Planes& fixed, const Planes& moving, const cv::Mat1f& weight, const Frame& frame,
                 double residual_scale) {
  Parts parts;
  const auto soft = static_cast<float>(9.0 * residual_scale * residual_scale);
  for (std::size_t c = 0; c < fixed.size(); ++c) {
    const cv::Mat1f &f = fixed[c], &m = moving[c];
    cv::parallel_for_(cv::Range(0, kPartRows), [&](const cv::Range& bands) {
      for (int band = bands.start; band < bands.end; ++band) {
        for (int y = std::max(1, band * f.rows / kPartRows); y < std::min(f.rows - 1, (band + 1) * f.rows / kPartRows);
             ++y) {
          const RowView view{f[y], f[y - 1], f[y + 1], m[y], m[y - 1], m[y + 1], weight[y]};
          for (int column = 0; column < kPartColumns; ++column) {
            const int from = std::max(1, column * f.cols / kPartColumns);
            const int to = std::min(f.cols - 1, (column + 1) * f.cols / kPartColumns);
            Spread(SumRow(view, from, to, frame, soft), (y - frame.centre_y) / frame.reach_px,
                   parts[band * kPartColumns + column]);
          }
        }
      }
    });
  }
  for (auto& part : parts) {
    for (int i = 0; i < 8; ++i) {
      for (int j = 0; j < i; ++j) part.h(i, j) = part.h(j, i);
    }
  }
  return parts;
}

Gradient Step(const Hessian& h, const Gradient& b, TransformKind kind, const Frame& frame) {
  const cv::Mat1d basis = Basis(kind, frame);
  cv::Mat1d hk = basis.t() * cv::Mat(h) * basis;
  const cv::Mat1d bk = basis.t() * cv::Mat(b);
  const double size = cv::trace(hk)[0];
  Gradient out = Gradient::zeros();
  if (!(size > 0.0) || !std::isfinite(size)) return out;
  hk += 1e-9 * size * cv::Mat1d::eye(hk.rows, hk.cols);
  cv::Mat1d solved;
  if (!cv::solve(hk, bk, solved, cv::DECOMP_CHOLESKY)) return out;
  const cv::Mat1d spread = basis * solved;
  for (int i = 0; i < 8; ++i) out(i) = spread(i) / frame.reach_px;
  return out;
}

Transform FromStep(const Gradient& s, const Frame& f) {
  const Transform inner({1 + s(2), s(3), s(0), s(4), 1 + s(5), s(1), s(6), s(7), 1});
  const Transform to_unit =
      Transform::ScaleAndShift(1 / f.reach_px, 1 / f.reach_px, -f.centre_x / f.reach_px, -f.centre_y / f.reach_px);
  const Transform back = Transform::ScaleAndShift(f.reach_px, f.reach_px, f.centre_x, f.centre_y);
  return Compose(Compose(to_unit, inner), back);
}

double MeanSquare(const Gradient& s, const Frame& f, const std::array<double, 4>& box) {
  constexpr int kSteps = 8;
  double sum = 0.0;
  for (int j = 0; j <= kSteps; ++j) {
    for (int i = 0; i <= kSteps; ++i) {
      const double u = (box[0] + (box[2] - box[0]) * i / kSteps - f.centre_x) / f.reach_px;
      const double v = (box[1] + (box[3] - box[1]) * j / kSteps - f.centre_y) / f.reach_px;
      const double projective = u * s(6) + v * s(7);
      const double dx = s(0) + u * s(2) + v * s(3) - u * projective;
      const double dy = s(1) + u * s(4) + v * s(5) - v * projective;
      sum += dx * dx + dy * dy;
    }
  }
  return sum * f.reach_px * f.reach_px / ((kSteps + 1) * (kSteps + 1));
}

}  // namespace interneg::alignment
