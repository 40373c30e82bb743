#include "worker/engine/model/detail_support.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "worker/engine/image/gaussian.h"

namespace interneg::model {
namespace {

using nlohmann::json;

constexpr std::array kBlurs_px = {1.0, 3.0, 9.0};
constexpr std::array kWindows_px = {2.0, 6.0, 6.0};
constexpr double kLeastExponent = -10.0;  // of the first step, in factors of 2

std::size_t StepOf(float amplitude) {
  const double exponent = std::log2(std::max(static_cast<double>(amplitude), 1e-9)) - kLeastExponent;
  return static_cast<std::size_t>(std::clamp(exponent, 0.0, static_cast<double>(DetailSupport::kSteps - 1)));
}

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("the model's detail support " + what);
}

float NumberOf(const json& value) {
  if (!value.is_number()) Refuse("holds something that is no number");
  const double number = value.get<double>();
  if (!std::isfinite(number) || std::abs(number) > 1e6) Refuse("holds a number outside its range");
  return static_cast<float>(number);
}

}  // namespace

DetailAmplitudes MeasureDetail(std::span<const float> luma, image::Size size) {
  DetailAmplitudes out;
  std::vector<float> finer(luma.begin(), luma.end());
  for (std::size_t i = 0; i < kBlurs_px.size(); ++i) {
    auto blurred = image::GaussianBlurred(luma, size, kBlurs_px[i]);
    for (std::size_t p = 0; p < finer.size(); ++p) finer[p] = (finer[p] - blurred[p]) * (finer[p] - blurred[p]);
    out.bands[i] = image::GaussianBlurred(finer, size, kWindows_px[i]);
    for (float& v : out.bands[i]) v = std::sqrt(std::max(v, 0.0F));
    finer = std::move(blurred);
  }
  return out;
}

float DetailSupport::Supported(std::size_t band, float own, float coarser) const {
  const float reached = reached_[band][StepOf(own)][StepOf(coarser)];
  return reached >= 0.0F ? std::max(reached, own) : own * std::max(gain_[band], 1.0F);
}

std::string DetailSupport::ToJson() const {
  return json{{"reached", reached_}, {"gain", gain_}}.dump();
}

DetailSupport DetailSupport::Parse(std::string_view text) {
  const json value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!value.is_object() || !value.contains("reached") || !value.contains("gain")) Refuse("is not JSON of its kind");
  const auto sized = [](const json& list, std::size_t count) -> const json& {
    if (!list.is_array() || list.size() != count) Refuse("has a list of another length");
    return list;
  };
  DetailSupport out;
  for (std::size_t b = 0; b < kDetailBands; ++b) {
    out.gain_[b] = NumberOf(sized(value["gain"], kDetailBands)[b]);
    const auto& table = sized(sized(value["reached"], kDetailBands)[b], kSteps);
    for (std::size_t own = 0; own < kSteps; ++own) {
      for (std::size_t coarser = 0; coarser < kSteps; ++coarser)
        out.reached_[b][own][coarser] = NumberOf(sized(table[own], kSteps)[coarser]);
    }
  }
  return out;
}

std::optional<DetailSupport> DetailSupportOf(const std::map<std::string, std::string>& metadata) {
  const auto told = metadata.find(kDetailSupportKey);
  if (told == metadata.end()) return std::nullopt;
  return DetailSupport::Parse(told->second);
}

DetailSurvey::DetailSurvey() : counts_(kDetailBands * DetailSupport::kSteps * DetailSupport::kSteps * kBins, 0) {}

void DetailSurvey::Add(std::span<const float> input, std::span<const float> truth, std::span<const float> confidence,
                       image::Size size) {
  constexpr std::size_t kSteps = DetailSupport::kSteps;
  const auto source = MeasureDetail(input, size), reference = MeasureDetail(truth, size);
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (!confidence.empty() && confidence[i] < 0.5F) continue;
    for (std::size_t b = 0; b < kDetailBands; ++b) {
      const float own = source.bands[b][i], reached = reference.bands[b][i];
      const double place = 8.0 * (std::log2(std::max(static_cast<double>(reached), 1e-9)) - kLeastExponent);
      const auto bin = static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kBins - 1)));
      ++counts_[((b * kSteps + StepOf(own)) * kSteps + StepOf(source.bands[b + 1][i])) * kBins + bin];
      source_power_[b] += static_cast<double>(own) * own;
      truth_power_[b] += static_cast<double>(reached) * reached;
    }
  }
}

DetailSupport DetailSurvey::Result() const {
  constexpr std::uint64_t kEnough = 256;
  constexpr double kShare = 0.99;
  DetailSupport out;
  for (std::size_t b = 0; b < kDetailBands; ++b) {
    if (source_power_[b] > 0) out.gain_[b] = static_cast<float>(std::sqrt(truth_power_[b] / source_power_[b]));
    for (std::size_t cell = 0; cell < DetailSupport::kSteps * DetailSupport::kSteps; ++cell) {
      const auto* first = &counts_[(b * DetailSupport::kSteps * DetailSupport::kSteps + cell) * kBins];
      std::uint64_t total = 0, below = 0;
      for (std::size_t bin = 0; bin < kBins; ++bin) total += first[bin];
      float& reached = out.reached_[b][cell / DetailSupport::kSteps][cell % DetailSupport::kSteps];
      reached = -1.0F;
      if (total < kEnough) continue;
      std::size_t bin = 0;
      for (; bin + 1 < kBins && static_cast<double>(below + first[bin]) < kShare * static_cast<double>(total); ++bin)
        below += first[bin];
      // The bin's upper end: what lies in it is supported whole.
      reached = static_cast<float>(std::exp2(kLeastExponent + static_cast<double>(bin + 1) / 8.0));
    }
  }
  return out;
}

}  // namespace interneg::model
