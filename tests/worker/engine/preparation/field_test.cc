// Fields: the phase of a woven cadence, deinterlacing against the progressive truth.
#include <cmath>
#include <cstddef>
#include <iostream>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/preparation/prepare.h"
#include "worker/engine/preparation/telecine.h"

namespace interneg::preparation {
namespace {

using frames::WeaveFields;

constexpr image::Size kSize{128, 80};

std::vector<image::Image> Film(int count) {
  std::vector<image::Image> film;
  for (int i = 0; i < count; ++i) film.push_back(DrawShot(i, kSize));
  return film;
}

frames::FieldOrder OrderOf(FieldOrder order) {
  return order == FieldOrder::kTopFirst ? frames::FieldOrder::kTopFirst : frames::FieldOrder::kBottomFirst;
}

// The film's fields in the order of time: A 2, B 3, C 2, D 3; two of them a video frame.
std::vector<image::Image> ThreeTwo(const std::vector<image::Image>& film, FieldOrder order) {
  std::vector<const image::Image*> fields;
  for (std::size_t i = 0; i < film.size(); ++i) fields.insert(fields.end(), i % 2 == 0 ? 2 : 3, &film[i]);
  std::vector<image::Image> video;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    video.push_back(order == FieldOrder::kTopFirst ? WeaveFields(*fields[i], *fields[i + 1])
                                                   : WeaveFields(*fields[i + 1], *fields[i]));
  }
  return video;
}

TEST(Pulldown, ThePhaseIsTheOneWhoseFilmFramesCombLeast) {
  const auto film = Film(12);
  for (const FieldOrder order : {FieldOrder::kTopFirst, FieldOrder::kBottomFirst}) {
    const auto whole = ThreeTwo(film, order);
    ASSERT_EQ(whole.size(), 15U);
    for (int phase = 0; phase < 5; ++phase) {
      const std::span<const image::Image> video(whole.begin() + phase, whole.end());
      const auto found = EstimatePulldown(video.first(10), frames::Cadence::kThreeTwo, OrderOf(order));
      ASSERT_EQ(found, (frames::Pulldown{frames::Cadence::kThreeTwo, OrderOf(order), phase, 0}));
      const int lost = phase == 4 ? 3 : phase;
      for (int i = 0; i < 12 - lost; ++i) {
        const auto from = frames::SourcesOf(found, i);
        EXPECT_TRUE(SameBits(WeaveFields(video[static_cast<std::size_t>(from.top_frame)],
                                         video[static_cast<std::size_t>(from.bottom_frame)]),
                             film[static_cast<std::size_t>(i + lost)]))
            << phase << " " << i;
      }
    }
  }
}

TEST(Pulldown, ShiftedFieldsAreSeen) {
  const auto film = Film(8);
  std::vector<image::Image> video;
  for (std::size_t i = 0; i + 1 < film.size(); ++i) video.push_back(WeaveFields(film[i], film[i + 1]));
  EXPECT_EQ(EstimatePulldown(video, frames::Cadence::kTwoTwo, frames::FieldOrder::kTopFirst).phase, 1);
  EXPECT_EQ(EstimatePulldown(film, frames::Cadence::kTwoTwo, frames::FieldOrder::kTopFirst).phase, 0);
}

TEST(Pulldown, WithoutACadenceNothingIsGuessed) {
  const std::vector<image::Image> still(10, DrawShot(0, kSize));
  const auto estimate = [](const std::vector<image::Image>& video) {
    return EstimatePulldown(video, frames::Cadence::kThreeTwo, frames::FieldOrder::kTopFirst);
  };
  EXPECT_THROW(estimate(still), std::invalid_argument);
  EXPECT_THROW(estimate(Film(10)), std::invalid_argument);
  EXPECT_THROW(estimate(Film(9)), std::invalid_argument);
}

// Video: the top field at `frame`, the bottom field half a frame later.
image::Image Interlaced(int frame, FieldOrder order) {
  const auto early = DrawShot(frame, kSize), late = DrawShot(frame + 0.5, kSize);
  return order == FieldOrder::kTopFirst ? WeaveFields(early, late) : WeaveFields(late, early);
}

image::Image LinesDoubled(const image::Image& video, int kept) {
  auto out = video;
  for (int c = 0; c < 3; ++c) {
    for (int y = 1 - kept; y < kSize.height_px; y += 2) {
      const int from = y == 0 ? 1 : y - 1;
      for (int x = 0; x < kSize.width_px; ++x) {
        out.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x] =
            video.plane(c)[static_cast<std::size_t>(from) * kSize.width_px + x];
      }
    }
  }
  return out;
}

image::Image Bobbed(const image::Image& video, int kept) {
  auto out = video;
  for (int c = 0; c < 3; ++c) {
    for (int y = 1 - kept; y < kSize.height_px; y += 2) {
      const int a = y == 0 ? 1 : y - 1, b = y + 1 >= kSize.height_px ? y - 1 : y + 1;
      for (int x = 0; x < kSize.width_px; ++x) {
        const auto at = [&](int line) { return video.plane(c)[static_cast<std::size_t>(line) * kSize.width_px + x]; };
        out.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x] = .5F * (at(a) + at(b));
      }
    }
  }
  return out;
}

TEST(Deinterlace, BeatsLineDoublingAndBobOnAMovingScene) {
  for (const FieldOrder order : {FieldOrder::kTopFirst, FieldOrder::kBottomFirst}) {
    const int kept = order == FieldOrder::kTopFirst ? 0 : 1;
    const std::vector<image::Image> video{Interlaced(4, order), Interlaced(5, order), Interlaced(6, order)};
    const auto truth = DrawShot(5, kSize);
    const auto out = Preparation({Deinterlace{order}}, Role::kSource).Apply(video, 1);
    const double ours = Psnr_db(out, truth), bob = Psnr_db(Bobbed(video[1], kept), truth);
    const double doubled = Psnr_db(LinesDoubled(video[1], kept), truth), woven = Psnr_db(video[1], truth);
    std::cout << "deinterlaced " << ours << " dB, bob " << bob << " dB, doubled " << doubled << " dB, woven " << woven
              << " dB\n";
    EXPECT_GT(ours, bob + 1.0);
    EXPECT_GT(ours, doubled + 4.0);
    EXPECT_GT(ours, woven + 4.0);
  }
}

TEST(Deinterlace, KeepsTheEarlierFieldAndWeavesWhatStandsStill) {
  const auto still = DrawShot(3, kSize);
  const std::vector<image::Image> video(3, still);
  EXPECT_TRUE(SameBits(Preparation({Deinterlace{}}, Role::kSource).Apply(video, 1), still));
  const std::vector<image::Image> moving{Interlaced(4, FieldOrder::kTopFirst), Interlaced(5, FieldOrder::kTopFirst)};
  for (const int centre : {0, 1}) {  // at the ends of a shot
    const auto out = Preparation({Deinterlace{}}, Role::kSource).Apply(moving, centre);
    EXPECT_TRUE(SameBits(WeaveFields(out, still), WeaveFields(moving[static_cast<std::size_t>(centre)], still)));
    EXPECT_GT(Psnr_db(out, DrawShot(4 + centre, kSize)),
              Psnr_db(Bobbed(moving[static_cast<std::size_t>(centre)], 0), DrawShot(4 + centre, kSize)));
  }
}

TEST(Deinterlace, ASlantedEdgeIsDrawnAlongIt) {
  const auto edge = Drawn(kSize, [](int, int x, int y) {
    return std::clamp(.5F + .5F * (static_cast<float>(x) - 2.0F * static_cast<float>(y) + 20), .1F, .9F);
  });
  const Step step = Deinterlace{FieldOrder::kTopFirst, DeinterlaceMethod::kEdgeDirected};
  const auto out = Preparation({step}, Role::kSource).Apply(std::span(&edge, 1), 0);
  EXPECT_GT(Psnr_db(out, edge), Psnr_db(Bobbed(edge, 0), edge) + 6.0);
}

}  // namespace
}  // namespace interneg::preparation
