// Colour-difference planes at luma resolution, with the samples where the encoder put them.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_CHROMA_UPSAMPLING_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_CHROMA_UPSAMPLING_H_

#include <array>
#include <span>
#include <vector>

namespace interneg::frames {

// Along one axis: the first chroma sample's distance from the first luma sample, in luma samples. For 2:1 subsampling
// 0 is co-sited, 0.5 in the middle of a pair (ITU-T H.273 §8.7).
struct ChromaAxis {
  int factor = 1;     // luma samples a chroma sample: 1, 2 or 4
  double offset = 0;  // in luma samples
};

// Four neighbouring chroma samples and their weights for one luma sample.
//
// Keys's cubic convolution with a = −1/2 (R. G. Keys, IEEE Trans. ASSP 29(6), 1981, eq. 15), which reproduces
// quadratics; beyond an edge its sample is repeated.
struct ChromaTaps {
  std::array<int, 4> at{};  // clamped to the plane
  std::array<float, 4> weight{};
};

// One entry for each of `luma_count` samples, from a line of `chroma_count`.
std::vector<ChromaTaps> TapsAlong(const ChromaAxis& axis, int chroma_count, int luma_count);

// The same down the lines of interlaced pictures: lines are interpolated within their own field. In 4:2:0 a field's
// chroma lines lie ¼ (first field) and ¾ (second field) between two of its luma lines (ISO/IEC 13818-2 figure 6-3).
std::vector<ChromaTaps> TapsWithinFields(const ChromaAxis& axis, int chroma_count, int luma_count);

// Rows of one width stretched along an axis: as TapsAlong, but the taps of a row repeat, so that it is fast.
class RowStretcher {
 public:
  RowStretcher(const ChromaAxis& axis, int chroma_count);

  // To be filled with the row's chroma_count samples.
  std::span<float> row() { return {padded_.data() + kPadding, count_}; }

  // The row at luma resolution; out.size() is at most factor · chroma_count.
  void StretchTo(std::span<float> out);

 private:
  static constexpr std::size_t kPadding = 4;
  struct Phase {
    int first;  // of its four taps, relative to the chroma sample of the same group
    std::array<float, 4> weight;
  };

  std::size_t count_;
  std::vector<float> padded_;
  std::vector<Phase> phases_;  // one for each luma sample of a group of `factor`
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_CHROMA_UPSAMPLING_H_
