// What detail a model's training pairs taught, by which detail that nobody taught can be told.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DETAIL_SUPPORT_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DETAIL_SUPPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::model {

// The detail of luma in two bands, fine (periods below about 5 px) and middle (5 to 16 px), and what lies around them.
inline constexpr std::size_t kDetailBands = 2;

// The local amplitude of detail: with B the bands Y − G(1) Y, G(1) Y − G(3) Y and G(3) Y − G(9) Y of luma Y, G(σ) a Gaussian
// blur, A = √(G(s) B²), s = 2, 6 and 6 px.
struct DetailAmplitudes {
  std::array<std::vector<float>, kDetailBands + 1> bands;
};
DetailAmplitudes MeasureDetail(std::span<const float> luma, image::Size size);

// Which amplitudes the references of the pairs reach where the source has this amplitude in the same band and that one in
// the next coarser band. Both are told apart in steps of a factor 2, from 2^−10 and less to ½ and more.
class DetailSupport {
 public:
  static constexpr std::size_t kSteps = 10;

  // The reference's amplitude that 99 in a hundred pixels of such a neighbourhood stay below. Of a neighbourhood that the
  // pairs hardly show (fewer than 256 pixels): the source's own amplitude, raised as the references' RMS lies above the
  // sources' in that band, but never lowered.
  float Supported(std::size_t band, float own, float coarser) const;

  // For a model's metadata, under kDetailSupportKey. Parse throws std::invalid_argument for what ToJson does not write.
  std::string ToJson() const;
  static DetailSupport Parse(std::string_view json);

  friend bool operator==(const DetailSupport&, const DetailSupport&) = default;

 private:
  friend class DetailSurvey;
  // Of band, own and coarser step; negative: hardly shown.
  std::array<std::array<std::array<float, kSteps>, kSteps>, kDetailBands> reached_{};
  std::array<float, kDetailBands> gain_{1.0F, 1.0F};
};

inline constexpr char kDetailSupportKey[] = "interneg.detail_support";

// nullopt for a model that does not tell. Throws std::invalid_argument for one that tells it wrongly.
std::optional<DetailSupport> DetailSupportOf(const std::map<std::string, std::string>& metadata);

// Gathers the support of pairs, one after another.
class DetailSurvey {
 public:
  DetailSurvey();
  // Luma of input and truth, as trained on; confidence of that size or empty: pixels below ½ do not count.
  void Add(std::span<const float> input, std::span<const float> truth, std::span<const float> confidence,
           image::Size size);
  DetailSupport Result() const;

 private:
  static constexpr std::size_t kBins = 96;  // of the reference's amplitude, an eighth of a factor 2 each
  std::vector<std::uint64_t> counts_;       // band × own × coarser × bin
  std::array<double, kDetailBands> source_power_{}, truth_power_{};
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DETAIL_SUPPORT_H_
