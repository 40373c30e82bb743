#include "server/rpc/media_record.h"

#include <gtest/gtest.h>

namespace interneg::rpc {
namespace {

std::string NameOf(const v1::FrameSource& frames) {
  v1::CreateMediaRequest request;
  *request.mutable_frames() = frames;
  const auto media = ReadMedia(request);
  EXPECT_TRUE(media.ok()) << media.status();
  return media.ok() ? media->name : std::string();
}

v1::FrameSource Reel() {
  v1::FrameSource frames;
  frames.set_path("films:reel.mov");
  frames.set_range("1-400");
  return frames;
}

// Names stand in databases: the same frames must get the same name for good, whatever libraries make of a message.
TEST(MediaRecord, AMediumWithoutANameIsCalledAfterItsFrames) {
  v1::FrameSource frames = Reel();
  EXPECT_EQ(NameOf(frames), "reel-mov-c12f4f31");
  frames.mutable_movie()->set_matrix(v1::YCBCR_MATRIX_BT601);
  frames.mutable_movie()->set_range(v1::SAMPLE_RANGE_LIMITED);
  EXPECT_EQ(NameOf(frames), "reel-mov-2f5299e4");
  frames = Reel();
  frames.mutable_pulldown()->set_cadence(v1::PULLDOWN_CADENCE_THREE_TWO);
  EXPECT_EQ(NameOf(frames), "reel-mov-cf8f7f66");
  frames.mutable_pulldown()->set_cadence(v1::PULLDOWN_CADENCE_TWO_TWO);
  frames.mutable_pulldown()->set_phase(1);
  frames.mutable_pulldown()->set_order(v1::FIELD_ORDER_BOTTOM_FIRST);
  frames.mutable_pulldown()->set_first_frame(0);
  EXPECT_EQ(NameOf(frames), "reel-mov-116f036f");
}

}  // namespace
}  // namespace interneg::rpc
