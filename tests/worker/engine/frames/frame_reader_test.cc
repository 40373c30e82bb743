#include "worker/engine/frames/frame_reader.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "tests/worker/engine/frames/frames_fixtures.h"

namespace interneg::frames {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Reading : public ::testing::Test {
 protected:
  Frame Read(const std::string& name) const { return ReadFile(folder_.AsRoot(), {"shots", name}, 7, "space"); }
  void ExpectUnreadable(const std::string& name, const std::string& part) const {
    ExpectFrameError([&] { Read(name); }, FrameFault::kUnreadable, {name, "frame 7", part});
  }
  void Truncate(const std::string& name, double share) const {
    const auto size = fs::file_size(folder_.path() / name);
    fs::resize_file(folder_.path() / name, static_cast<std::uintmax_t>(static_cast<double>(size) * share));
  }
  TemporaryFolder folder_;
};

std::vector<float> Noise(int count) {
  std::vector<float> samples;
  for (int i = 0; i < count; ++i) samples.push_back(static_cast<float>((i * 7919) % 1009) / 1009.F);
  return samples;
}

TEST_F(Reading, ADataWindowIsPlacedInTheDisplayWindow) {
  OIIO::ImageSpec spec(3, 2, 3, OIIO::TypeDesc::FLOAT);
  spec.x = -1, spec.y = 1;
  spec.full_x = 0, spec.full_y = 0, spec.full_width = 4, spec.full_height = 3;
  std::vector<float> samples;
  for (int i = 0; i < 18; ++i) samples.push_back(static_cast<float>(i));
  WriteWithOiio(folder_.path() / "w.exr", spec, samples);
  const auto frame = Read("w.exr");
  EXPECT_EQ(frame.facts.size, (image::Size{4, 3}));
  EXPECT_EQ(frame.facts.data_window, (image::Rectangle{-1, 1, {3, 2}}));
  EXPECT_THAT(frame.rgb.plane(0), ElementsAre(0, 0, 0, 0, 3, 6, 0, 0, 12, 15, 0, 0));
  EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("padded"), HasSubstr("cropped")));
  EXPECT_EQ(frame.rgb.color_space(), "space");
}

TEST_F(Reading, AlphaIsDroppedWithoutTouchingColour) {
  for (const char* name : {"a.tiff", "a.png"}) {
    OIIO::ImageSpec spec(1, 1, 4, OIIO::TypeDesc::UINT16);
    spec.attribute("oiio:UnassociatedAlpha", 1);
    WriteWithOiio(folder_.path() / name, spec, {.8F, .6F, .4F, .5F});
    const auto frame = Read(name);
    EXPECT_NEAR(frame.rgb.plane(0)[0], .8, 1e-4) << name;
    EXPECT_NEAR(frame.rgb.plane(2)[0], .4, 1e-4) << name;
    EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("dropped")));
  }
}

TEST_F(Reading, OneGreyChannelIsReplicated) {
  WriteWithOiio(folder_.path() / "g.png", OIIO::ImageSpec(2, 1, 1, OIIO::TypeDesc::UINT8), {.2F, 1.F});
  const auto frame = Read("g.png");
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(frame.rgb.plane(c)[0], 51. / 255, 1e-6);
  EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("grey")));
  EXPECT_EQ(frame.facts.encoding, SampleEncoding::kUint8);
}

TEST_F(Reading, ChannelsThatMakeNoPictureAreListed) {
  OIIO::ImageSpec spec(1, 1, 3, OIIO::TypeDesc::HALF);
  spec.channelnames = {"N.X", "N.Y", "N.Z"};
  WriteWithOiio(folder_.path() / "n.exr", spec, {0, 0, 1});
  ExpectFrameError([&] { Read("n.exr"); }, FrameFault::kUnsupported, {"N.X", "R, G, B"});
  ExpectFrameError([&] { ProbeFile(folder_.AsRoot(), {"shots", "n.exr"}, 1); }, FrameFault::kUnsupported, {"N.X"});
}

TEST_F(Reading, APictureThatLostChannelsIsRefused) {
  for (const auto& names : {std::vector<std::string>{"R"}, {"R", "A"}, {"R", "G"}, {"G", "B", "A"}}) {
    OIIO::ImageSpec spec(2, 2, static_cast<int>(names.size()), OIIO::TypeDesc::HALF);
    spec.channelnames = names;
    spec.alpha_channel = names.back() == "A" ? spec.nchannels - 1 : -1;
    WriteWithOiio(folder_.path() / "lost.exr", spec, std::vector<float>(4 * names.size(), .5F));
    ExpectFrameError([&] { Read("lost.exr"); }, FrameFault::kUnsupported, {"lost.exr", names.front(), "without"});
  }
}

TEST_F(Reading, ALayerWithoutAPlainPictureNamesTheRemedy) {
  OIIO::ImageSpec spec(2, 2, 6, OIIO::TypeDesc::HALF);
  spec.channelnames = {"beauty.R", "beauty.G", "beauty.B", "depth.Z", "matte.A", "id.X"};
  WriteWithOiio(folder_.path() / "layers.exr", spec, std::vector<float>(24, .5F));
  ExpectFrameError([&] { Read("layers.exr"); }, FrameFault::kUnsupported, {"layers.exr", "beauty.R", "layer 'beauty'"});
}

TEST_F(Reading, LayersBesideThePictureAreDroppedAndNamed) {
  OIIO::ImageSpec spec(1, 1, 5, OIIO::TypeDesc::HALF);
  spec.channelnames = {"R", "G", "B", "depth.Z", "diffuse.R"};
  WriteWithOiio(folder_.path() / "extra.exr", spec, {.25F, .5F, .75F, 9.F, 8.F});
  const auto frame = Read("extra.exr");
  EXPECT_EQ(frame.rgb.plane(0)[0], .25F);
  EXPECT_EQ(frame.rgb.plane(2)[0], .75F);
  EXPECT_THAT(frame.notes, ElementsAre(::testing::AllOf(HasSubstr("depth.Z"), HasSubstr("diffuse.R"))));
}

void WriteParts(const fs::path& path, const std::vector<OIIO::ImageSpec>& parts) {
  const auto output = OIIO::ImageOutput::create(path.string());
  ASSERT_TRUE(output->open(path.string(), static_cast<int>(parts.size()), parts.data())) << output->geterror();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      ASSERT_TRUE(output->open(path.string(), parts[i], OIIO::ImageOutput::AppendSubimage)) << output->geterror();
    }
    const std::vector<float> samples(4 * static_cast<std::size_t>(parts[i].nchannels), .25F * static_cast<float>(i + 1));
    ASSERT_TRUE(output->write_image(OIIO::TypeDesc::FLOAT, samples.data())) << output->geterror();
  }
  ASSERT_TRUE(output->close());
}

TEST_F(Reading, OfManyPartsTheFirstIsReadOrTheRestNamed) {
  OIIO::ImageSpec picture(2, 2, 3, OIIO::TypeDesc::HALF), depth(2, 2, 2, OIIO::TypeDesc::HALF);
  picture.attribute("oiio:subimagename", "rgb");
  depth.attribute("oiio:subimagename", "depth");
  depth.channelnames = {"Z", "ZBack"};
  WriteParts(folder_.path() / "parts.exr", {picture, depth});
  const auto frame = Read("parts.exr");
  EXPECT_EQ(frame.rgb.plane(1)[0], .25F);
  EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("2 parts")));
  WriteParts(folder_.path() / "turned.exr", {depth, picture});
  ExpectFrameError([&] { Read("turned.exr"); }, FrameFault::kUnsupported, {"turned.exr", "Z, ZBack", "2 parts"});
}

TEST_F(Reading, AssociatedAlphaOfATiffLeavesColourAsItIsStored) {
  OIIO::ImageSpec spec(1, 1, 4, OIIO::TypeDesc::UINT16);  // OIIO writes associated alpha unless told otherwise
  WriteWithOiio(folder_.path() / "p.tif", spec, {.4F, .3F, .2F, .5F});
  const auto frame = Read("p.tif");
  EXPECT_NEAR(frame.rgb.plane(0)[0], .4, 1e-4);
  EXPECT_EQ(frame.facts.encoding, SampleEncoding::kUint16);
  EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("dropped: A")));
}

TEST_F(Reading, ADataWindowBesideTheDisplayWindowIsBlack) {
  OIIO::ImageSpec spec(2, 2, 3, OIIO::TypeDesc::FLOAT);
  spec.x = -9, spec.y = -9;
  spec.full_x = 0, spec.full_y = 0, spec.full_width = 4, spec.full_height = 3;
  WriteWithOiio(folder_.path() / "beside.exr", spec, std::vector<float>(12, .5F));
  const auto frame = Read("beside.exr");
  for (const float v : frame.rgb.values()) EXPECT_EQ(v, 0.F);
  EXPECT_THAT(frame.notes, ElementsAre(HasSubstr("padded"), HasSubstr("cropped")));
}

TEST_F(Reading, NanAndInfinityAreNamedWithTheirPlace) {
  std::vector<float> samples(2 * 2 * 3, .5F);
  samples[2 * 3 + 1] = std::numeric_limits<float>::quiet_NaN();
  samples[3 * 3] = std::numeric_limits<float>::infinity();
  WriteWithOiio(folder_.path() / "nan.exr", OIIO::ImageSpec(2, 2, 3, OIIO::TypeDesc::HALF), samples);
  ExpectFrameError([&] { Read("nan.exr"); }, FrameFault::kBadPixels, {"nan.exr", "2 samples", "pixel 0,1"});
}

TEST_F(Reading, TruncatedFilesOfEveryFormatAreRefused) {
  for (const char* name : {"t.png", "t.exr", "t.tiff", "t.jpg", "t.dpx"}) {
    const bool exr = std::string(name) == "t.exr";
    const OIIO::ImageSpec spec(64, 64, 3, exr ? OIIO::TypeDesc::HALF : OIIO::TypeDesc::UINT8);
    WriteWithOiio(folder_.path() / name, spec, Noise(64 * 64 * 3));
    EXPECT_EQ(Read(name).rgb.width_px(), 64);
    for (const double share : {.9, .5, .1}) {
      Truncate(name, share);
      ExpectUnreadable(name, "");
    }
  }
}

TEST_F(Reading, EmptyForeignAndUnknownFilesAreRefused) {
  std::ofstream(folder_.path() / "empty.exr").flush();
  ExpectUnreadable("empty.exr", "empty");
  std::ofstream(folder_.path() / "text.png") << "this is not a picture";
  ExpectUnreadable("text.png", "not a readable png");
  EXPECT_THAT([&] { Read("text.png"); }, ::testing::ThrowsMessage<FrameError>(::testing::Not(HasSubstr("/proc/"))));
  std::ofstream(folder_.path() / "movie.mov") << "x";
  ExpectFrameError([&] { Read("movie.mov"); }, FrameFault::kUnsupported, {".mov", "EXR"});
  ExpectFrameError([&] { Read("none.exr"); }, FrameFault::kMissing, {"none.exr"});
}

TEST_F(Reading, DpxStatesItsTransferAndTimecode) {
  OIIO::ImageSpec spec(8, 8, 3, OIIO::TypeDesc::UINT16);
  spec.attribute("oiio:BitsPerSample", 10);
  spec.attribute("dpx:Transfer", "Printing density");
  spec.attribute("dpx:FrameRate", 24.0F);
  WriteWithOiio(folder_.path() / "d.dpx", spec, Noise(8 * 8 * 3));
  const auto frame = Read("d.dpx");
  EXPECT_EQ(frame.facts.transfer, "Printing density");
  EXPECT_EQ(frame.facts.encoding, SampleEncoding::kUint10);
  EXPECT_EQ(frame.facts.metadata.frame_rate, (Rational{24, 1}));
  EXPECT_NEAR(frame.rgb.plane(1)[0], 7919 % 1009 / 1009., .5 / 1023 + 1e-6);
}

TEST_F(Reading, SequencesListAndMissFrames) {
  for (const int n : {1, 2, 3, 5}) {
    WriteWithOiio(folder_.path() / ("f.000" + std::to_string(n) + ".png"), OIIO::ImageSpec(1, 1, 3, OIIO::TypeDesc::UINT8),
                  {0, 0, 0});
  }
  const FrameSequence sequence(folder_.AsRoot(), {"shots", "f.%04d.png"});
  EXPECT_THAT(sequence.Present(), ElementsAre(1, 2, 3, 5));
  sequence.RequireAll(FrameRange::Parse("1-3,5"));
  ExpectFrameError([&] { sequence.RequireAll(FrameRange::Parse("1-7")); }, FrameFault::kMissing,
                   {"3 frames", "4,6-7", "1-3,5"});
  EXPECT_EQ(sequence.Read(5, "s").facts.format, "png");
  EXPECT_EQ(sequence.Probe(2).size, (image::Size{1, 1}));
}

TEST_F(Reading, RealStillsAreRead) {
  const char* named = std::getenv("INTERNEG_SHARED_DATA");
  const fs::path stills = fs::path(named ? named : INTERNEG_SOURCE_DIR "/../shared/data") / "stills";
  if (!fs::exists(stills)) GTEST_SKIP() << "no shared data beside the repository (INTERNEG_SHARED_DATA)";
  const Roots roots(std::vector<Root>{{"stills", stills.string(), {}}});
  int read = 0;
  for (const auto& name : roots.List({"stills", ""})) {
    const auto frame = ReadFile(roots, {"stills", name}, 1, "s");
    EXPECT_EQ(frame.rgb.size(), frame.facts.size) << name;
    if (name == "openexr_XYZ.exr") {
      EXPECT_TRUE(frame.facts.chromaticities.has_value());
    }
    ++read;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace interneg::frames
