#include "worker/engine/model/first_guess_numbers.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <variant>

namespace interneg::model {
namespace {

DyeMap TakeDyes(std::vector<double>::const_iterator& next, image::YCbCrMatrix matrix) {
  DyeMap map;
  map.matrix = matrix;
  map.columns = static_cast<int>(*next++);
  map.rows = static_cast<int>(*next++);
  SetConstants(map, std::span<const double>(next, next + kDyeConstants));
  next += kDyeConstants;
  const auto controls = static_cast<std::ptrdiff_t>(3 * map.control_count());
  map.gain.assign(next, next + controls);
  next += controls;
  return map;
}

}  // namespace

void AppendNumbers(const PolynomialMap& map, std::vector<double>& numbers) {
  numbers.push_back(map.spatial_degree);
  for (const auto* row : {&map.low, &map.high, &map.scale, &map.offset})
    numbers.insert(numbers.end(), row->begin(), row->end());
  numbers.push_back(static_cast<double>(map.weights.size()));
  numbers.insert(numbers.end(), map.weights.begin(), map.weights.end());
}

void AppendNumbers(const FirstGuess& guess, std::vector<double>& numbers) {
  numbers.push_back(static_cast<double>(guess.index()));
  if (const auto* polynomial = std::get_if<PolynomialMap>(&guess)) return AppendNumbers(*polynomial, numbers);
  const auto& dyes = std::get<DyeMap>(guess);
  numbers.push_back(dyes.columns);
  numbers.push_back(dyes.rows);
  const auto constants = ConstantsOf(dyes);
  numbers.insert(numbers.end(), constants.begin(), constants.end());
  numbers.insert(numbers.end(), dyes.gain.begin(), dyes.gain.end());
}

PolynomialMap TakePolynomial(std::vector<double>::const_iterator& next) {
  PolynomialMap map;
  map.spatial_degree = static_cast<int>(*next++);
  for (auto* row : {&map.low, &map.high, &map.scale, &map.offset}) {
    std::copy_n(next, row->size(), row->begin());
    next += static_cast<std::ptrdiff_t>(row->size());
  }
  const auto weights = static_cast<std::ptrdiff_t>(*next++);
  map.weights.assign(next, next + weights);
  next += weights;
  return map;
}

FirstGuess TakeFirstGuess(std::vector<double>::const_iterator& next, image::YCbCrMatrix matrix) {
  if (*next++ == 0.0) return TakePolynomial(next);
  return TakeDyes(next, matrix);
}

}  // namespace interneg::model
