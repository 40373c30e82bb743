#include "tests/worker/engine/frames/frames_fixtures.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace interneg::frames {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-frames-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
  std::filesystem::remove_all(path_, ignored);
}

image::Image Ramp(int width, int height, float low, float high) {
  image::Image out({width, height}, {"R", "G", "B"}, "test");
  const auto values = out.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = low + (high - low) * static_cast<float>(i) / static_cast<float>(values.size() - 1);
  }
  return out;
}

void WriteWithOiio(const std::filesystem::path& path, const OIIO::ImageSpec& spec, const std::vector<float>& samples) {
  const auto output = OIIO::ImageOutput::create(path.string());
  ASSERT_TRUE(output) << path;
  ASSERT_TRUE(output->open(path.string(), spec)) << output->geterror();
  ASSERT_TRUE(output->write_image(OIIO::TypeDesc::FLOAT, samples.data())) << output->geterror();
  ASSERT_TRUE(output->close());
}

void ExpectFrameError(const std::function<void()>& work, FrameFault fault, const std::vector<std::string>& parts) {
  try {
    work();
    ADD_FAILURE() << "no FrameError was thrown";
  } catch (const FrameError& error) {
    EXPECT_EQ(static_cast<int>(error.fault()), static_cast<int>(fault)) << error.what();
    for (const auto& part : parts) EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
  }
}

std::string Bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace interneg::frames
