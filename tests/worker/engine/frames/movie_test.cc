// Proves that a movie's frame is the same picture whichever way it is reached: movies are encoded here with a number
// drawn into every frame, by several codecs into several containers, with B pictures and open groups, and read in
// order, backwards and in a random order, from several threads.
#include "worker/engine/frames/movie.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "tests/worker/engine/frames/movie_fixtures.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;

class AMovie : public ::testing::Test {
 protected:
  FrameSequence Open(const std::string& file, MovieOverrides overrides = {}) const {
    return {folder_.AsRoot(), {"shots", file}, overrides};
  }
  FrameSequence Numbered(const MovieSpec& spec) const {
    EncodeMovie(folder_.path(), spec, DrawNumber);
    return Open(spec.file);
  }
  static int Seen(const FrameSequence& movie, int frame) { return SeenNumber(movie.Read(frame, "s").rgb); }
  TemporaryFolder folder_;
};

class EveryKind : public AMovie, public ::testing::WithParamInterface<MovieSpec> {};

TEST_P(EveryKind, GivesTheSameFrameWhicheverWayItIsReached) {
  if (!HasEncoder(GetParam().encoder)) GTEST_SKIP() << "no encoder " << GetParam().encoder;
  const auto ascending = Numbered(GetParam());
  const int count = GetParam().frames;
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 1);
  ASSERT_EQ(ascending.Present(), all);
  EXPECT_FALSE(ascending.FactsOfMovie()->variable_rate);
  EXPECT_FALSE(ascending.FactsOfMovie()->is_cut_off);
  for (const int frame : all) ASSERT_EQ(Seen(ascending, frame), frame - 1) << "ascending";
  const auto descending = Open(GetParam().file);
  for (int frame = count; frame > 0; frame -= 3) ASSERT_EQ(Seen(descending, frame), frame - 1) << "descending";
  constexpr unsigned kSeed = 5;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  std::shuffle(all.begin(), all.end(), random);
  const auto shuffled = Open(GetParam().file);
  for (const int frame : all) ASSERT_EQ(Seen(shuffled, frame), frame - 1) << "at random";
}

MovieSpec Kind(const std::string& file, const std::string& encoder, std::map<std::string, std::string> options = {}) {
  MovieSpec spec;
  spec.file = file;
  spec.encoder = encoder;
  spec.options = std::move(options);
  if (encoder == "prores_ks") spec.format = AV_PIX_FMT_YUV422P10;
  if (encoder == "mjpeg") spec.format = AV_PIX_FMT_YUVJ420P;
  if (encoder == "prores_ks" || encoder == "mjpeg" || encoder == "libvpx" || encoder == "libvpx-vp9") spec.b_frames = 0;
  if (encoder == "mpeg2video" || encoder == "mpeg1video" || file.ends_with(".mxf")) spec.rate = {25, 1};
  return spec;
}

const std::map<std::string, std::string> kX264{{"preset", "veryfast"}, {"bf", "3"}};

INSTANTIATE_TEST_SUITE_P(
    Containers, EveryKind,
    ::testing::Values(Kind("h264.mp4", "libx264", kX264),
                      Kind("open.mp4", "libx264", {{"x264-params", "open-gop=1:keyint=10:bframes=3:b-pyramid=2"}}),
                      Kind("refresh.mp4", "libx264", {{"x264-params", "intra-refresh=1:keyint=8:bframes=0"}}),
                      Kind("h264.mkv", "libx264", kX264), Kind("h264.avi", "libx264", kX264),
                      Kind("h264.ts", "libx264", kX264),
                      Kind("hevc.mkv", "libx265",
                           {{"preset", "ultrafast"}, {"x265-params", "log-level=none:keyint=10:bframes=3"}}),
                      Kind("mpeg2.mpg", "mpeg2video"), Kind("mpeg2.vob", "mpeg2video"), Kind("mpeg2.m2v", "mpeg2video"),
                      Kind("mpeg2.mxf", "mpeg2video"), Kind("mpeg2.mov", "mpeg2video"), Kind("mpeg1.mpg", "mpeg1video"),
                      Kind("prores.mov", "prores_ks"), Kind("mpeg4.avi", "mpeg4"), Kind("mjpeg.avi", "mjpeg"),
                      Kind("vp8.webm", "libvpx", {{"auto-alt-ref", "1"}, {"lag-in-frames", "8"}, {"cpu-used", "5"}}),
                      Kind("vp9.webm", "libvpx-vp9", {{"cpu-used", "8"}, {"lag-in-frames", "8"}})),
    [](const auto& kind) {
      std::string name = kind.param.file;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST_F(AMovie, IsReadFromSeveralThreadsAtOnce) {
  const auto movie = Numbered(Kind("t.mp4", "libx264", kX264));
  std::vector<int> wrong(5, 0);
  std::vector<std::thread> readers;
  for (int r = 0; r < 5; ++r) {
    readers.emplace_back([&, r] {
      for (int i = 0; i < 50; ++i) {
        const int frame = 1 + (r % 2 == 0 ? i : 49 - i + r) % 50;
        wrong[static_cast<std::size_t>(r)] += Seen(movie, frame) == frame - 1 ? 0 : 1;
      }
    });
  }
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, std::vector<int>(5, 0));
}

TEST_F(AMovie, StartsWhereItsEditListSays) {
  auto spec = Kind("edit.mp4", "libx264", kX264);
  spec.time = [](int number) { return number - 7; };
  spec.container_options = {{"use_editlist", "1"}};
  const auto movie = Numbered(spec);
  const int first = Seen(movie, 1);
  ASSERT_EQ(movie.Present().size(), 50U - static_cast<std::size_t>(first));
  for (const int frame : {30, 2, 41, 1}) EXPECT_EQ(Seen(movie, frame), frame - 1 + first);
}

TEST_F(AMovie, WithoutAnEvenRateStaysExactByNumberAndSaysSo) {
  auto spec = Kind("vfr.mkv", "libx264", kX264);
  spec.time = [](int number) { return number < 20 ? number : 20 + 3 * (number - 20); };
  const auto movie = Numbered(spec);
  const auto facts = *movie.FactsOfMovie();
  EXPECT_TRUE(facts.variable_rate);
  EXPECT_NEAR(facts.longest_interval_seconds, 3 / 24., 0.002);
  EXPECT_THAT(facts.notes, Contains(HasSubstr("varies")));
  for (const int frame : {50, 3, 27, 20, 21}) EXPECT_EQ(Seen(movie, frame), frame - 1);
  EXPECT_FALSE(Numbered(Kind("even.mkv", "libx264", kX264)).FactsOfMovie()->variable_rate);
}

TEST_F(AMovie, TellsItsFacts) {
  auto spec = Kind("facts.mov", "prores_ks");
  spec.size = {720, 576};
  spec.frames = 3;
  spec.rate = {25, 1};
  spec.pixel_aspect = {16, 15};
  spec.matrix = AVCOL_SPC_SMPTE170M, spec.primaries = AVCOL_PRI_BT470BG, spec.transfer = AVCOL_TRC_BT709;
  spec.metadata = {{"timecode", "01:00:59:24"}, {"reel_name", "A012"}};
  const auto movie = Numbered(spec);
  const auto facts = movie.Probe(2);
  EXPECT_EQ(facts.format, "movie");
  EXPECT_EQ(facts.compression, "prores");
  EXPECT_EQ(facts.size, (image::Size{720, 576}));
  EXPECT_NEAR(facts.pixel_aspect, 16. / 15, 1e-6);
  EXPECT_EQ(facts.bit_depth, 10);
  EXPECT_EQ(facts.encoding, SampleEncoding::kUint10);
  EXPECT_EQ(facts.metadata.frame_rate, (Rational{25, 1}));
  ASSERT_TRUE(facts.metadata.timecode.has_value());
  EXPECT_EQ(TimecodeText(*facts.metadata.timecode), "01:01:00:00");
  EXPECT_EQ(movie.FactsOfMovie()->tags.matrix, "smpte170m");
  EXPECT_EQ(movie.FactsOfMovie()->tags.primaries, "bt470bg");
  EXPECT_EQ(movie.FactsOfMovie()->matrix, image::YCbCrMatrix::kBt601);
  EXPECT_EQ(movie.FileOf(2).relative, "facts.mov");
}

// By libav's description, not by the format's name: RGB and "nv24" have full chroma without saying 444.
TEST_F(AMovie, TellsHowManySamplesOfChromaItHas) {
  const std::pair<AVPixelFormat, ChromaSubsampling> formats[] = {
      {AV_PIX_FMT_YUV420P, {2, 2}}, {AV_PIX_FMT_YUV422P10LE, {2, 1}}, {AV_PIX_FMT_YUV411P, {4, 1}},
      {AV_PIX_FMT_YUV444P, {1, 1}}, {AV_PIX_FMT_GBRP10LE, {1, 1}},    {AV_PIX_FMT_GRAY8, {1, 1}}};
  for (const auto& [format, chroma] : formats) {
    auto spec = Kind("chroma.mkv", "ffv1");
    spec.format = format;
    spec.frames = 2;
    EXPECT_EQ(Numbered(spec).FactsOfMovie()->chroma, chroma) << av_get_pix_fmt_name(format);
  }
}

TEST_F(AMovie, HasNoFrameBeyondItsEnds) {
  const auto movie = Numbered(Kind("n.mp4", "libx264", kX264));
  ExpectFrameError([&] { movie.Read(0, "s"); }, FrameFault::kMissing, {"n.mp4", "frame 0", "1-50"});
  ExpectFrameError([&] { movie.Probe(51); }, FrameFault::kMissing, {"frame 51", "1-50"});
  ExpectFrameError([&] { movie.RequireAll(FrameRange::Parse("40-60")); }, FrameFault::kMissing,
                   {"10 frames", "51-60", "the movie has 1-50"});
  movie.RequireAll(FrameRange::Parse("1-50"));
}

TEST_F(AMovie, HashesItsDecodedSamples) {
  const auto movie = Numbered(Kind("h.mp4", "libx264", kX264));
  EXPECT_EQ(movie.HashOf(9).size(), 64U);
  EXPECT_EQ(movie.HashOf(9), Open("h.mp4").HashOf(9));
  EXPECT_NE(movie.HashOf(9), movie.HashOf(10));
}

TEST_F(AMovie, OpensNothingOutsideItsRoot) {
  TemporaryFolder outer;
  EncodeMovie(outer.path(), Kind("secret.mp4", "libx264"), DrawNumber);
  fs::create_symlink(outer.path() / "secret.mp4", folder_.path() / "link.mp4");
  ExpectFrameError([&] { Open("link.mp4").Present(); }, FrameFault::kOutside, {"link.mp4"});
  // A list of other files is no movie, whatever its name.
  std::ofstream(folder_.path() / "list.mp4")
      << "ffconcat version 1.0\nfile '" << (outer.path() / "secret.mp4").string() << "'\n";
  ExpectFrameError([&] { Open("list.mp4").Present(); }, FrameFault::kUnreadable, {"list.mp4"});
}

TEST_F(AMovie, NamesWhatCannotBeOpened) {
  ExpectFrameError([&] { Open("none.mov").Present(); }, FrameFault::kMissing, {"none.mov"});
  std::ofstream(folder_.path() / "empty.mov").flush();
  ExpectFrameError([&] { Open("empty.mov").Present(); }, FrameFault::kUnreadable, {"empty.mov", "empty"});
  std::ofstream(folder_.path() / "text.mov") << "this is not a movie, and it is long enough to be probed as one";
  ExpectFrameError([&] { Open("text.mov").Present(); }, FrameFault::kUnreadable, {"text.mov", "not a readable movie"});
  EXPECT_THROW(Open("f.%04d.mov"), std::invalid_argument);
}

TEST_F(AMovie, CutOffBeforeItsIndexIsRefused) {
  Numbered(Kind("c.mp4", "libx264", kX264));
  fs::resize_file(folder_.path() / "c.mp4", fs::file_size(folder_.path() / "c.mp4") / 2);
  ExpectFrameError([&] { Open("c.mp4").Present(); }, FrameFault::kUnreadable, {"c.mp4", "copy it again"});
}

TEST_F(AMovie, CutOffKeepsWhatIsWholeAndNamesTheRest) {
  for (auto spec : {Kind("cut.mp4", "libx264", kX264), Kind("cut.mkv", "libx264", kX264), Kind("cut.mov", "prores_ks"),
                    Kind("cut.avi", "mjpeg")}) {
    if (spec.file.starts_with("cut.m") && !spec.file.ends_with("kv"))
      spec.container_options = {{"movflags", "faststart"}};
    Numbered(spec);
    const auto path = folder_.path() / spec.file;
    fs::resize_file(path, fs::file_size(path) * 6 / 10);
    const auto movie = Open(spec.file);
    const auto facts = *movie.FactsOfMovie();
    EXPECT_TRUE(facts.is_cut_off) << spec.file;
    EXPECT_GT(facts.frame_count, 15) << spec.file;
    EXPECT_LT(facts.frame_count, 45) << spec.file;
    EXPECT_THAT(facts.notes, Contains(HasSubstr("cut off"))) << spec.file;
    for (int frame = 1; frame <= facts.frame_count; ++frame) ASSERT_EQ(Seen(movie, frame), frame - 1) << spec.file;
    ExpectFrameError([&] { movie.Read(49, "s"); }, FrameFault::kMissing, {spec.file, "frame 49", "copy it again"});
  }
}

// Bytes in the middle are overwritten. What libavcodec notices costs the damaged picture and those predicted from it;
// every other frame is what it was, and no concealed picture is handed out.
TEST_F(AMovie, DamagedRefusesThePicturesThatItCosts) {
  auto large = Kind("d.mp4", "libx264", {{"preset", "veryfast"}, {"qp", "10"}});
  large.size = {320, 240};
  auto tape = Kind("d.mpg", "mpeg2video", {{"qmin", "2"}, {"qmax", "4"}, {"b", "20000000"}});
  tape.size = {320, 240};
  for (const auto& spec : {large, tape}) {
    const auto whole = Numbered(spec);
    std::string bytes = Bytes(folder_.path() / spec.file);
    const std::size_t at = bytes.size() / 2 / 2048 * 2048 + 1000;  // inside a pack of a program stream
    for (std::size_t i = at; i < at + 60; ++i) bytes[i] = static_cast<char>(i * 37);
    std::ofstream(folder_.path() / ("damaged_" + spec.file), std::ios::binary) << bytes;
    const auto damaged = Open("damaged_" + spec.file);
    int refused = 0;
    for (int frame = 1; frame <= spec.frames; ++frame) {
      try {
        EXPECT_EQ(damaged.HashOf(frame), whole.HashOf(frame)) << spec.file << ' ' << frame;
      } catch (const FrameError& error) {
        EXPECT_THAT(error.what(), HasSubstr("(frame " + std::to_string(frame) + ")"));
        EXPECT_THAT(error.what(), HasSubstr("copy the movie again"));
        ++refused;
      }
    }
    EXPECT_GT(refused, 0) << spec.file;
    EXPECT_LE(refused, 12) << spec.file;
  }
}

// A program stream states no count: a picture that is lost with its pack's header shows in the times alone.
TEST_F(AMovie, ThatLostPicturesOnTheWaySaysSo) {
  auto tape = Kind("p.mpg", "mpeg2video", {{"qmin", "2"}, {"qmax", "4"}, {"b", "20000000"}});
  tape.size = {320, 240};
  EXPECT_FALSE(Numbered(tape).FactsOfMovie()->variable_rate);
  std::string bytes = Bytes(folder_.path() / "p.mpg");
  bytes.erase(bytes.size() / 2 / 2048 * 2048, std::size_t{30} * 2048);
  std::ofstream(folder_.path() / "lost.mpg", std::ios::binary) << bytes;
  const auto facts = *Open("lost.mpg").FactsOfMovie();
  EXPECT_LT(facts.frame_count, 50);
  EXPECT_TRUE(facts.variable_rate);
  EXPECT_THAT(facts.notes, Contains(HasSubstr("pictures are missing")));
}

TEST_F(AMovie, RealClipsHaveTheirFrames) {
  const char* named = std::getenv("INTERNEG_SHARED_DATA");
  const fs::path clips = fs::path(named ? named : INTERNEG_SOURCE_DIR "/../shared/data") / "clips";
  if (!fs::exists(clips)) GTEST_SKIP() << "no shared data beside the repository (INTERNEG_SHARED_DATA)";
  const Roots roots(std::vector<Root>{{"clips", clips.string(), {}}});
  const std::map<std::string, int> counts{{"juggle_720p24.mp4", 247},    {"dog_720p30.mp4", 289},
                                          {"flower_540p30.mp4", 150},    {"bbb_720p25.mp4", 132},
                                          {"friday_bw_480p30.mp4", 185}, {"seeking_480p25_hq.mp4", 150},
                                          {"seeking_288p25_lq.mp4", 150}};
  for (const auto& [name, count] : counts) {
    if (!fs::exists(clips / name)) continue;
    const FrameSequence clip(roots, {"clips", name});
    EXPECT_EQ(clip.Present().size(), static_cast<std::size_t>(count)) << name;
    EXPECT_FALSE(clip.FactsOfMovie()->is_cut_off) << name;
  }
}

}  // namespace
}  // namespace interneg::frames
