// Colour bars through real encoders: what comes out is what the bars were, when the tags are right, when there are
// none, and when an override corrects them.
#include <gtest/gtest.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "tests/worker/engine/frames/movie_fixtures.h"
#include "worker/engine/frames/chroma_upsampling.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {
namespace {

using image::YCbCrMatrix;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr double kTolerance = 1.5 / 255;

class Bars : public ::testing::Test {
 protected:
  static MovieSpec Spec(const std::string& file, int height) {
    MovieSpec spec;
    spec.file = file;
    spec.size = {256, height};
    spec.frames = 3;
    spec.options = {{"qp", "4"}, {"preset", "ultrafast"}};
    return spec;
  }
  Frame ReadBars(const MovieSpec& spec, YCbCrMatrix drawn, SampleRange range, MovieOverrides overrides = {}) const {
    EncodeMovie(folder_.path(), spec, DrawBars(drawn, range));
    return FrameSequence(folder_.AsRoot(), {"shots", spec.file}, overrides).Read(2, "space");
  }
  TemporaryFolder folder_;
};

struct Tagged {
  AVColorSpace tag;
  YCbCrMatrix matrix;
};
constexpr Tagged kTagged[] = {{AVCOL_SPC_SMPTE170M, YCbCrMatrix::kBt601},
                              {AVCOL_SPC_BT470BG, YCbCrMatrix::kBt601},
                              {AVCOL_SPC_BT709, YCbCrMatrix::kBt709},
                              {AVCOL_SPC_BT2020_NCL, YCbCrMatrix::kBt2020}};

TEST_F(Bars, ComeOutByTheirTags) {
  for (const auto& [tag, matrix] : kTagged) {
    for (const auto range : {SampleRange::kLimited, SampleRange::kFull}) {
      auto spec = Spec("t.mp4", 64);
      spec.matrix = tag;
      spec.range = range == SampleRange::kFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
      const auto frame = ReadBars(spec, matrix, range);
      EXPECT_LT(WorstBar(frame.rgb), kTolerance) << image::NameOf(matrix) << ' ' << NameOf(range);
      EXPECT_THAT(frame.notes, IsEmpty());
      EXPECT_EQ(frame.rgb.color_space(), "space");
    }
  }
}

TEST_F(Bars, WithoutTagsAreGuessedByTheirHeightAndSaidSo) {
  const auto sd = ReadBars(Spec("sd.mp4", 576), YCbCrMatrix::kBt601, SampleRange::kLimited);
  EXPECT_LT(WorstBar(sd.rgb), kTolerance);
  EXPECT_THAT(sd.notes, Contains(HasSubstr("BT.601 is assumed")));
  EXPECT_THAT(sd.notes, Contains(HasSubstr("range")));
  const auto hd = ReadBars(Spec("hd.mp4", 578), YCbCrMatrix::kBt709, SampleRange::kLimited);
  EXPECT_LT(WorstBar(hd.rgb), kTolerance);
  EXPECT_THAT(hd.notes, Contains(HasSubstr("BT.709 is assumed")));
}

TEST_F(Bars, WithWrongTagsAreCorrectedByOverrides) {
  auto spec = Spec("w.mp4", 64);
  spec.matrix = AVCOL_SPC_SMPTE170M;
  spec.range = AVCOL_RANGE_MPEG;
  EXPECT_GT(WorstBar(ReadBars(spec, YCbCrMatrix::kBt709, SampleRange::kFull).rgb), 10 * kTolerance);
  const auto frame = ReadBars(spec, YCbCrMatrix::kBt709, SampleRange::kFull, {YCbCrMatrix::kBt709, SampleRange::kFull});
  EXPECT_LT(WorstBar(frame.rgb), kTolerance);
  EXPECT_THAT(frame.notes, Not(Contains(HasSubstr("assumed"))));
}

TEST_F(Bars, OfTenBitsKeepTheirPrecision) {
  auto spec = Spec("ten.mov", 64);
  spec.encoder = "prores_ks";
  spec.format = AV_PIX_FMT_YUV422P10;
  spec.options = {{"qscale", "1"}};
  spec.b_frames = 0;
  spec.matrix = AVCOL_SPC_BT709;
  const auto frame = ReadBars(spec, YCbCrMatrix::kBt709, SampleRange::kLimited);
  EXPECT_LT(WorstBar(frame.rgb), 0.6 / 255);
  EXPECT_EQ(frame.facts.bit_depth, 10);
  auto h264 = Spec("ten.mp4", 64);
  h264.format = AV_PIX_FMT_YUV420P10;
  h264.matrix = AVCOL_SPC_BT2020_NCL;
  h264.range = AVCOL_RANGE_JPEG;
  EXPECT_LT(WorstBar(ReadBars(h264, YCbCrMatrix::kBt2020, SampleRange::kFull).rgb), 0.6 / 255);
}

TEST_F(Bars, OfMpeg2AreReadToo) {
  auto spec = Spec("m.mpg", 576);
  spec.encoder = "mpeg2video";
  spec.rate = {25, 1};
  spec.options = {{"qmin", "1"}, {"qmax", "2"}, {"b", "20000000"}};
  const auto frame = ReadBars(spec, YCbCrMatrix::kBt601, SampleRange::kLimited);
  EXPECT_LT(WorstBar(frame.rgb), kTolerance);
  EXPECT_EQ(frame.facts.pixel_aspect, 1.0);
}

TEST_F(Bars, AMatrixThatIsNotReadNamesTheRemedy) {
  auto spec = Spec("ycgco.mp4", 64);
  spec.matrix = AVCOL_SPC_YCGCO;
  EncodeMovie(folder_.path(), spec, DrawBars(YCbCrMatrix::kBt709, SampleRange::kLimited));
  const FrameSequence movie(folder_.AsRoot(), {"shots", spec.file});
  ExpectFrameError([&] { movie.Probe(1); }, FrameFault::kUnsupported, {"ycgco", "override"});
}

// A plane whose value is its own position must come out as the position of the luma samples.
void ExpectRamp(const std::vector<ChromaTaps>& taps, int factor, double offset) {
  for (int i = 2 * factor; i + 2 * factor < static_cast<int>(taps.size()); ++i) {
    const auto& t = taps[static_cast<std::size_t>(i)];
    double position = 0;
    for (std::size_t k = 0; k < 4; ++k) position += t.weight[k] * (factor * t.at[k] + offset);
    EXPECT_NEAR(position, i, 1e-4);
  }
}

TEST(ChromaUpsampling, PutsSamplesWhereTheyWereTaken) {
  ExpectRamp(TapsAlong({2, 0.0}, 16, 32), 2, 0.0);
  ExpectRamp(TapsAlong({2, 0.5}, 16, 32), 2, 0.5);
  ExpectRamp(TapsAlong({4, 1.5}, 16, 64), 4, 1.5);
}

TEST(ChromaUpsampling, KeepsFieldsApart) {
  const auto taps = TapsWithinFields({2, 0.5}, 16, 32);
  for (int i = 8; i < 24; ++i) {
    const auto& t = taps[static_cast<std::size_t>(i)];
    double line = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(t.at[k] % 2, i % 2);
      // ISO/IEC 13818-2: within its field, chroma line n lies at luma line 2n + ¼ or 2n + ¾.
      line += t.weight[k] * (2.0 * (t.at[k] / 2) + (i % 2 == 0 ? 0.25 : 0.75));
    }
    EXPECT_NEAR(line, i / 2, 1e-5);
  }
}

TEST(ChromaUpsampling, KeepsConstantsAtTheEdges) {
  for (const auto& t : TapsAlong({2, 0.5}, 3, 5)) {
    float sum = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      sum += t.weight[k];
      EXPECT_GE(t.at[k], 0);
      EXPECT_LT(t.at[k], 3);
    }
    EXPECT_NEAR(sum, 1.F, 1e-6);
  }
}

TEST(ChromaUpsampling, StretchesARowAsItsTapsSay) {
  for (const ChromaAxis axis : {ChromaAxis{2, 0.0}, ChromaAxis{2, 0.5}, ChromaAxis{2, 1.0}, ChromaAxis{4, 1.5}}) {
    for (const int width : {1, 2, 7, 16, 31}) {
      const int count = (width + axis.factor - 1) / axis.factor;
      RowStretcher stretcher(axis, count);
      for (int i = 0; i < count; ++i) stretcher.row()[static_cast<std::size_t>(i)] = static_cast<float>((i * 37) % 11);
      std::vector<float> out(static_cast<std::size_t>(width));
      stretcher.StretchTo(out);
      const auto taps = TapsAlong(axis, count, width);
      for (std::size_t x = 0; x < out.size(); ++x) {
        float expected = 0;
        for (std::size_t k = 0; k < 4; ++k)
          expected += taps[x].weight[k] * static_cast<float>((taps[x].at[k] * 37) % 11);
        EXPECT_NEAR(out[x], expected, 1e-5) << axis.factor << ' ' << axis.offset << ' ' << width << ' ' << x;
      }
    }
  }
}

TEST(SampleRanges, AreNamed) {
  EXPECT_EQ(ParseSampleRange("full"), SampleRange::kFull);
  EXPECT_EQ(NameOf(SampleRange::kLimited), "limited");
  EXPECT_THROW(ParseSampleRange("tv"), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::frames
