#include "worker/engine/alignment/key_curve.h"

#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace interneg::alignment {
namespace {

using Keys = std::map<std::int64_t, std::vector<double>>;

double Slope(Keys::const_iterator a, Keys::const_iterator b, std::size_t i) {
  return (b->second[i] - a->second[i]) / static_cast<double>(b->first - a->first);
}

double Tangent(const Keys& keys, Keys::const_iterator at, std::size_t i) {
  if (at == keys.begin() || std::next(at) == keys.end()) return 0.0;
  const auto before = std::prev(at), after = std::next(at);
  const double left = Slope(before, at, i), right = Slope(at, after, i);
  if (left * right <= 0.0) return 0.0;
  const double h0 = static_cast<double>(at->first - before->first), h1 = static_cast<double>(after->first - at->first);
  const double share = (h0 + 2.0 * h1) / (3.0 * (h0 + h1));
  return left * right / (share * right + (1.0 - share) * left);
}

}  // namespace

std::vector<double> ValuesAt(const Keys& keys, Interpolation interpolation, std::int64_t frame) {
  if (keys.empty()) throw std::invalid_argument("keys: there is none to interpolate; set one first");
  const auto after = keys.lower_bound(frame);
  if (after == keys.end()) return std::prev(after)->second;
  if (after->first == frame || after == keys.begin()) return after->second;
  const auto before = std::prev(after);
  const double h = static_cast<double>(after->first - before->first);
  const double t = static_cast<double>(frame - before->first) / h;
  std::vector<double> out(before->second.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double a = before->second[i], b = after->second[i];
    if (interpolation == Interpolation::kLinear) {
      out[i] = a + t * (b - a);
      continue;
    }
    const double ma = Tangent(keys, before, i), mb = Tangent(keys, after, i);
    const double t2 = t * t, t3 = t2 * t;
    out[i] = (2 * t3 - 3 * t2 + 1) * a + (t3 - 2 * t2 + t) * h * ma + (3 * t2 - 2 * t3) * b + (t3 - t2) * h * mb;
  }
  return out;
}

}  // namespace interneg::alignment
