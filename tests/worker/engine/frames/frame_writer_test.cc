#include "worker/engine/frames/frame_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {
namespace {

namespace fs = std::filesystem;

const FrameMetadata kMetadata{std::array<std::uint32_t, 2>{0x01020304, 7}, std::array<int, 7>{1, 2, 3, 4, 5, 4, 64},
                              Rational{24000, 1001}, "A001"};

class Writing : public ::testing::Test {
 protected:
  FrameWriter Writer(const WriteOptions& options, const std::string& pattern) const {
    return FrameWriter(folder_.AsRoot(), {"shots", "out"}, FramePattern::Parse(pattern), options);
  }
  Frame ReadBack(const WrittenFrame& written) const {
    return ReadFile(folder_.AsRoot(), {"shots", "out/" + written.name}, 1, "test");
  }
  fs::path out() const { return folder_.path() / "out"; }
  TemporaryFolder folder_;
};

struct Case {
  OutputFormat format;
  SampleEncoding encoding;
  Compression compression;
  const char* pattern;
};

TEST_F(Writing, EveryLosslessFormatHoldsWithinHalfAStep) {
  const Case cases[] = {
      {OutputFormat::kExr, SampleEncoding::kHalf, Compression::kDefault, "a.%04d.exr"},
      {OutputFormat::kExr, SampleEncoding::kHalf, Compression::kZips, "b.%04d.exr"},
      {OutputFormat::kExr, SampleEncoding::kHalf, Compression::kPiz, "c.%04d.exr"},
      {OutputFormat::kExr, SampleEncoding::kHalf, Compression::kNone, "d.%04d.exr"},
      {OutputFormat::kExr, SampleEncoding::kFloat, Compression::kZip, "e.%04d.exr"},
      {OutputFormat::kTiff, SampleEncoding::kUint8, Compression::kDefault, "f.%04d.tif"},
      {OutputFormat::kTiff, SampleEncoding::kUint16, Compression::kLzw, "g.%04d.tiff"},
      {OutputFormat::kTiff, SampleEncoding::kFloat, Compression::kNone, "h.%04d.tiff"},
      {OutputFormat::kPng, SampleEncoding::kUint8, Compression::kDefault, "i.%04d.png"},
      {OutputFormat::kPng, SampleEncoding::kUint16, Compression::kDefault, "j.%04d.png"},
  };
  const image::Image in = Ramp(61, 37);
  for (const Case& c : cases) {
    WriteOptions options{c.format, c.encoding, c.compression};
    const auto frame = ReadBack(Writer(options, c.pattern).Write(12, in, {}, {}));
    EXPECT_EQ(frame.facts.encoding, c.encoding) << c.pattern;
    for (std::size_t i = 0; i < in.values().size(); ++i) {
      const float meant = in.values()[i];
      ASSERT_LE(std::abs(static_cast<double>(frame.rgb.values()[i]) - meant), HalfStep(meant, c.encoding) + 6e-8)
          << c.pattern << " sample " << i;
    }
  }
}

TEST_F(Writing, ValuesBeyondOneStayInExrAndAreClampedInIntegers) {
  const image::Image in = Ramp(8, 8, -2.F, 900.F);
  const auto exr = ReadBack(Writer({}, "a.%04d.exr").Write(1, in, {}, {}));
  for (std::size_t i = 0; i < in.values().size(); ++i) {
    EXPECT_NEAR(exr.rgb.values()[i], in.values()[i], HalfStep(in.values()[i], SampleEncoding::kHalf));
  }
  const auto png = ReadBack(Writer({OutputFormat::kPng, SampleEncoding::kUint16}, "a.%04d.png").Write(1, in, {}, {}));
  EXPECT_EQ(png.rgb.values().front(), 0.F);
  EXPECT_EQ(png.rgb.values().back(), 1.F);
}

TEST_F(Writing, DwaaIsReadableAndNotLossless) {
  EXPECT_FALSE(IsLossless(OutputFormat::kExr, Compression::kDwaa));
  const image::Image in = Ramp(64, 64);
  const auto frame = ReadBack(Writer({OutputFormat::kExr, SampleEncoding::kHalf, Compression::kDwaa}, "a.%04d.exr")
                                  .Write(1, in, {}, {}));
  EXPECT_EQ(frame.facts.compression.substr(0, 4), "dwaa");
  for (std::size_t i = 0; i < in.values().size(); ++i) EXPECT_NEAR(frame.rgb.values()[i], in.values()[i], .003);
}

TEST_F(Writing, MetadataTravels) {
  WriteOptions options;
  options.chromaticities = color::kAp1;
  options.pixel_aspect = 2.0;
  const auto written = Writer(options, "a.%04d.exr").Write(1, Ramp(4, 4), kMetadata, {{"ShotID", "sh010"}});
  const auto facts = ReadBack(written).facts;
  EXPECT_EQ(facts.metadata, kMetadata);
  EXPECT_DOUBLE_EQ(facts.pixel_aspect, 2.0);
  ASSERT_TRUE(facts.chromaticities);
  EXPECT_TRUE(color::SamePrimaries(*facts.chromaticities, color::kAp1));
  EXPECT_EQ(TimecodeText(*facts.metadata.timecode), "01:02:03:04");
  const auto input = OIIO::ImageInput::open((out() / written.name).string());
  EXPECT_EQ(input->spec().get_string_attribute("ShotID"), "sh010");
  EXPECT_EQ(input->spec().get_string_attribute("colorInteropID"), "");
}

TEST_F(Writing, TheAcesFlagStandsOnlyOnUncompressedHalfInAp0) {
  const auto flag = [&](SampleEncoding encoding, Compression compression, color::Chromaticities primaries) {
    WriteOptions options{OutputFormat::kExr, encoding, compression, 1.0, primaries};
    const auto written = Writer(options, "a.%04d.exr").Write(1, Ramp(4, 4), {}, {});
    const auto input = OIIO::ImageInput::open((out() / written.name).string());
    EXPECT_EQ(input->spec().get_string_attribute("colorInteropID"),
              color::SamePrimaries(primaries, color::kAp0) ? "lin_ap0_scene" : "");
    return input->spec().get_int_attribute("acesImageContainerFlag", 0);
  };
  EXPECT_EQ(flag(SampleEncoding::kHalf, Compression::kNone, color::kAp0), 1);
  EXPECT_EQ(flag(SampleEncoding::kHalf, Compression::kZip, color::kAp0), 0);
  EXPECT_EQ(flag(SampleEncoding::kFloat, Compression::kNone, color::kAp0), 0);
  EXPECT_EQ(flag(SampleEncoding::kHalf, Compression::kNone, color::kAp1), 0);
}

TEST_F(Writing, TheSameFrameHasTheSameBytesAndItsHashIsTheFiles) {
  for (const char* pattern : {"a.%04d.exr", "a.%04d.png", "a.%04d.tiff"}) {
    const OutputFormat format = pattern[7] == 'e' ? OutputFormat::kExr : pattern[7] == 'p' ? OutputFormat::kPng : OutputFormat::kTiff;
    const auto writer = Writer({format, DefaultEncoding(format)}, pattern);
    const auto first = writer.Write(1, Ramp(32, 32), kMetadata, {{"A", "b"}});
    const auto second = writer.Write(2, Ramp(32, 32), kMetadata, {{"A", "b"}});
    EXPECT_EQ(first.sha256, second.sha256) << pattern;
    EXPECT_EQ(HashFile(folder_.AsRoot(), {"shots", "out/" + first.name}), first.sha256);
    const std::string bytes = Bytes(out() / first.name);
    EXPECT_EQ(bytes.size(), first.size_bytes);
    for (const char* word : {"OpenImageIO", "DateTime", "capDate", "HostComputer", "/proc/"}) {
      EXPECT_EQ(bytes.find(word), std::string::npos) << pattern << " holds " << word;
    }
    EXPECT_FALSE(std::regex_search(bytes, std::regex("[0-9]{4}:[0-9]{2}:[0-9]{2} [0-9]{2}:"))) << pattern << " is dated";
  }
}

TEST_F(Writing, ValuesThatCannotBeStoredAreRefusedAndNothingStays) {
  const auto writer = Writer({}, "a.%04d.exr");
  image::Image bad = Ramp(4, 4);
  bad.plane(1)[6] = NAN;
  ExpectFrameError([&] { writer.Write(3, bad, {}, {}); }, FrameFault::kBadPixels, {"a.0003.exr", "frame 3", "pixel 2,1"});
  bad.plane(1)[6] = 70000.F;
  ExpectFrameError([&] { writer.Write(3, bad, {}, {}); }, FrameFault::kBadPixels, {"half", "--bit-depth float"});
  EXPECT_TRUE(fs::is_empty(out()));
}

TEST_F(Writing, OptionsThatDoNotGoTogetherAreRefused) {
  const auto refused = [&](WriteOptions options, const char* pattern) {
    ExpectFrameError([&] { Writer(options, pattern); }, FrameFault::kUnsupported, {});
  };
  refused({OutputFormat::kPng, SampleEncoding::kHalf}, "a.%04d.png");
  refused({OutputFormat::kExr, SampleEncoding::kUint8}, "a.%04d.exr");
  refused({OutputFormat::kPng, SampleEncoding::kUint16, Compression::kPiz}, "a.%04d.png");
  refused({OutputFormat::kExr, SampleEncoding::kHalf, Compression::kLzw}, "a.%04d.exr");
  refused({OutputFormat::kExr, SampleEncoding::kHalf}, "a.%04d.png");
  refused({OutputFormat::kExr, SampleEncoding::kHalf}, "b/a.%04d.exr");
  EXPECT_EQ(ParseBitDepth(OutputFormat::kExr, ""), SampleEncoding::kHalf);
  EXPECT_THROW(ParseBitDepth(OutputFormat::kPng, "half"), FrameError);
  EXPECT_THROW(ParseCompression("rle9"), FrameError);
  EXPECT_THROW(ParseOutputFormat("mov"), FrameError);
}

// A file-size limit is the nearest thing to a full disk that needs no privilege; it must leave nothing behind either.
TEST_F(Writing, AFailedWriteLeavesTheOldFileWholeAndNoPart) {
  const auto writer = Writer({OutputFormat::kExr, SampleEncoding::kFloat, Compression::kNone}, "a.%04d.exr");
  const auto kept = writer.Write(1, Ramp(16, 16), {}, {});
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit small{5000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  ExpectFrameError([&] { writer.Write(1, Ramp(64, 64), {}, {}); }, FrameFault::kWrite, {"a.0001.exr"});
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old_handler);
  EXPECT_EQ(HashFile(folder_.AsRoot(), {"shots", "out/a.0001.exr"}), kept.sha256);
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 1);
}

TEST_F(Writing, AFullDiskIsNamed) {
  if (geteuid() != 0 || access("/dev/full", W_OK) != 0) GTEST_SKIP() << "needs root, to mount nothing but to link /dev/full";
  // The temporary name is a device that is always full: O_NOFOLLOW forbids a link, a node of its own is allowed.
  const auto writer = Writer({}, "a.%04d.exr");
  if (std::system(("mknod " + (out() / ".a.0001.exr.part").string() + " c 1 7 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "this machine allows no device nodes";
  }
  try {
    writer.Write(1, Ramp(16, 16), {}, {});
    FAIL();
  } catch (const FrameError& error) {
    if (error.fault() == FrameFault::kPermission) GTEST_SKIP() << "this file system opens no device nodes";
    EXPECT_EQ(error.fault(), FrameFault::kDiskFull);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("no space"));
  }
  EXPECT_TRUE(fs::is_empty(out()));
}

TEST_F(Writing, AFolderWithoutPermissionIsNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const auto writer = Writer({}, "a.%04d.exr");
  fs::permissions(out(), fs::perms::owner_read | fs::perms::owner_exec);
  ExpectFrameError([&] { writer.Write(1, Ramp(4, 4), {}, {}); }, FrameFault::kPermission, {"a.0001.exr", "not writable"});
  fs::permissions(out(), fs::perms::owner_all);
}

TEST_F(Writing, LayersStandBesideThePictureUnderTheirNames) {
  image::Image layer({12, 8}, {"invented.Y"}, "data");
  layer.plane(0)[17] = 0.75F;
  const auto plain = Writer({}, "a.%04d.exr").Write(1, Ramp(12, 8), {}, {});
  const auto both = Writer({}, "b.%04d.exr").Write(1, Ramp(12, 8), {}, {}, &layer);
  EXPECT_THAT(ReadBack(both).facts.channels, ::testing::UnorderedElementsAre("R", "G", "B", "invented.Y"));
  EXPECT_TRUE(std::ranges::equal(ReadBack(both).rgb.values(), ReadBack(plain).rgb.values()));
}

TEST_F(Writing, LayersThatTheFileCannotHoldAreRefused) {
  const image::Image layer({12, 8}, {"invented.Y"}, "data"), other({8, 8}, {"invented.Y"}, "data"),
      twice({12, 8}, {"R"}, "data");
  const auto write = [&](const WriteOptions& options, const char* pattern, const image::Image& added) {
    Writer(options, pattern).Write(1, Ramp(12, 8), {}, {}, &added);
  };
  ExpectFrameError([&] { write({OutputFormat::kPng, SampleEncoding::kUint16}, "a.%04d.png", layer); },
                   FrameFault::kUnsupported, {"png", "exr"});
  ExpectFrameError([&] { write({}, "a.%04d.exr", other); }, FrameFault::kUnsupported, {"size"});
  ExpectFrameError([&] { write({}, "a.%04d.exr", twice); }, FrameFault::kUnsupported, {"twice"});
}

}  // namespace
}  // namespace interneg::frames
