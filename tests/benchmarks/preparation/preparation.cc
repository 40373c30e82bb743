// What the preparation steps do to pictures whose truth is known, each beside the plain method that it replaces, and
// how long they take on a 2K frame with one thread.
//   preparation_benchmark                      the drawn scene
//   preparation_benchmark --data DIR           frames DIR/f.%04d.png of one shot, 13 or more (a clip, as by ffmpeg -i)
// Bars are printed with each figure; the exit status is 1 when one is missed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/worker/engine/preparation/drawn_damage.h"
#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/pulldown.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/preparation/prepare.h"
#include "worker/engine/simulation/demo_scene.h"

namespace interneg::preparation {
namespace {

constexpr int kFrames = 13, kCentre = 6;
int missed = 0;

void Bar(const char* what, double value, const char* sign, double bar) {
  const bool met = *sign == '<' ? value < bar : value >= bar;
  std::printf("  %-58s %9.3f   bar %s %g %s\n", what, value, sign, bar, met ? "" : "  MISSED");
  missed += !met;
}

std::vector<image::Image> Scene() {
  std::vector<image::Image> frames;
  for (int i = 0; i < kFrames; ++i) frames.push_back(simulation::DrawDemoScene({640, 360}, i, 49));
  return frames;
}

std::vector<image::Image> Clip(const std::string& folder) {
  const frames::Roots roots({{"data", folder, {}}});
  const frames::FrameSequence sequence(roots, {"data", "f.%04d.png"});
  std::vector<image::Image> frames;
  for (const int frame : sequence.Present()) {
    if (static_cast<int>(frames.size()) < kFrames) frames.push_back(sequence.Read(frame, image::kTrainingDisplay).rgb);
  }
  if (static_cast<int>(frames.size()) < kFrames) throw std::runtime_error("13 frames are needed in " + folder);
  return frames;
}

std::span<const image::Image> Around(const std::vector<image::Image>& frames, int radius) {
  return std::span(frames).subspan(static_cast<std::size_t>(kCentre - radius),
                                   static_cast<std::size_t>(2 * radius + 1));
}

image::Image Through(const Step& step, const std::vector<image::Image>& frames) {
  const Preparation preparation({step}, Role::kSource);
  return preparation.Apply(Around(frames, preparation.radius_frames()), preparation.radius_frames());
}

cv::Mat1f View(image::Image& picture, int c) {
  return {picture.height_px(), picture.width_px(), picture.plane(c).data()};
}

image::Image Softened(image::Image picture) {
  for (int c = 0; c < 3; ++c) cv::GaussianBlur(View(picture, c), View(picture, c), cv::Size(), 0.9);
  return picture;
}

// Each pixel by what the frames show at its place, without looking for motion.
image::Image PixelByPixel(const std::vector<image::Image>& frames, int radius,
                          const std::function<float(std::vector<float>&)>& of) {
  image::Image out = frames[kCentre];
  std::vector<float> values;
  for (std::size_t i = 0; i < out.values().size(); ++i) {
    values.clear();
    for (const auto& frame : Around(frames, radius)) values.push_back(frame.values()[i]);
    out.values()[i] = of(values);
  }
  return out;
}

float Mean(std::vector<float>& values) {
  float sum = 0.0F;
  for (const float v : values) sum += v;
  return sum / static_cast<float>(values.size());
}

float Middle(std::vector<float>& values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void Grain(const std::vector<image::Image>& clean) {
  for (const double sigma : {.015, .04}) {
    auto grained = clean;
    for (std::size_t i = 0; i < grained.size(); ++i) grained[i] = Grained(clean[i], sigma, 1, static_cast<int>(i));
    const auto& truth = clean[kCentre];
    const double before = Psnr_db(grained[kCentre], truth);
    std::printf("degrain, sigma %.3f: %.2f dB before; a Gaussian %.2f dB, the mean of 5 frames %.2f dB\n", sigma,
                before, Psnr_db(Softened(grained[kCentre]), truth), Psnr_db(PixelByPixel(grained, 2, Mean), truth));
    Bar("temporal: better by [dB]", Psnr_db(Through(Degrain{1, DegrainExtent::kTemporal}, grained), truth) - before,
        ">=", 2);
    Bar("spatial: better by [dB]", Psnr_db(Through(Degrain{1, DegrainExtent::kSpatial}, grained), truth) - before,
        ">=", 1);
    Bar("both (default): better by [dB]", Psnr_db(Through(Degrain{}, grained), truth) - before, ">=", 3);
  }
  std::printf("degrain of a clean shot\n");
  Bar("PSNR to itself [dB]", Psnr_db(Through(Degrain{}, clean), clean[kCentre]), ">=", 40);
}

void Dust(const std::vector<image::Image>& clean) {
  auto frames = clean;
  const int count = static_cast<int>(clean[0].pixel_count() / 4000);
  std::vector<Dusty> dusty;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    dusty.push_back(WithDust(clean[i], 100 + i, count));
    frames[i] = dusty[i].picture;
  }
  const Dusty& at = dusty[kCentre];
  const auto untouched = [&](int x, int y) { return !at.IsSpeck(x, y); };
  const auto plain = PixelByPixel(frames, 1, Middle), ours = Through(DustRepair{}, frames);
  const auto repaired = [&](const image::Image& out) {
    const SpeckCount of = CountSpecks(at, out, clean[kCentre]);
    return 100.0 * of.repaired / of.visible;
  };
  std::printf("dust, %d visible specks: the median of 3 frames repairs %.1f %% and changes %.2f %% of clean pixels\n",
              CountSpecks(at, ours, clean[kCentre]).visible, repaired(plain),
              100 * ChangedShare(plain, frames[kCentre], untouched));
  Bar("repaired [%]", repaired(ours), ">=", 90);
  Bar("clean pixels changed [%]", 100 * ChangedShare(ours, frames[kCentre], untouched), "<", .1);
  const auto all = [](int, int) { return true; };
  Bar("pixels of a clean shot changed [%]", 100 * ChangedShare(Through(DustRepair{}, clean), clean[kCentre], all), "<",
      .1);
}

// How much brighter the picture is than the truth inside a scratch, on the mean: what is seen of the line.
double MeanChange(const image::Image& out, const image::Image& truth, const Scratch& s) {
  double sum = 0.0, count = 0.0;
  for (int y = s.first_row; y <= s.last_row; ++y) {
    for (int x = s.left_px; x < s.left_px + s.width_px; ++x) {
      const auto i = static_cast<std::size_t>(y) * truth.width_px() + x;
      for (int c = 0; c < 3; ++c) sum += static_cast<double>(out.plane(c)[i]) - truth.plane(c)[i];
      count += 3;
    }
  }
  return sum / count;
}

void Scratches(const std::vector<image::Image>& clean) {
  const int w = clean[0].width_px(), h = clean[0].height_px();
  const std::vector<Scratch> scratches{{w / 7, 1, 0, h - 1, .12F},
                                       {w / 3, 2, h / 8, h - 1, -.1F},
                                       {w * 3 / 5, 3, 0, h - 1, .1F},
                                       {w * 6 / 7, 2, 0, h * 7 / 8, .2F}};
  auto frames = clean;
  for (std::size_t i = 0; i < frames.size(); ++i)
    frames[i] = WithScratches(clean[i], scratches, i % 2 == kCentre % 2 ? 0 : 1);
  const auto ours = Through(ScratchRepair{}, frames);
  double repaired = 0;
  for (const Scratch& s : scratches) {
    const auto inside = [&](int x, int y) { return InScratch({s}, x, y); };
    const double gain = Psnr_db(ours, clean[kCentre], inside) - Psnr_db(frames[kCentre], clean[kCentre], inside);
    const double left = MeanChange(ours, clean[kCentre], s) / s.change;
    std::printf("  scratch of %d px, %+.2f: %.1f %% of it left on the mean, %.1f dB better\n", s.width_px, s.change,
                100 * left, gain);
    repaired += std::abs(left) < .1;
  }
  std::printf("scratches\n");
  Bar("repaired (less than a tenth of the line left) [of 4]", repaired, ">=", 4);
  const auto outside = [&](int x, int y) { return !InScratch(scratches, x, y); };
  Bar("clean pixels changed [%]", 100 * ChangedShare(ours, frames[kCentre], outside), "<", .1);
  const auto all = [](int, int) { return true; };
  Bar("pixels of a clean shot changed [%]", 100 * ChangedShare(Through(ScratchRepair{}, clean), clean[kCentre], all),
      "<", .1);
}

// Two frames make one of video, the second half a frame later.
void Fields(const std::vector<image::Image>& clean) {
  std::vector<image::Image> video;
  for (const int i : {4, 6, 8})
    video.push_back(frames::WeaveFields(clean[static_cast<std::size_t>(i)], clean[static_cast<std::size_t>(i + 1)]));
  const auto& truth = clean[6];
  const auto ours = Preparation({Deinterlace{}}, Role::kSource).Apply(video, 1);
  auto bob = video[1], doubled = video[1];
  for (int c = 0; c < 3; ++c) {
    for (int y = 1; y < truth.height_px(); y += 2) {
      const cv::Mat1f from = View(video[1], c);
      const cv::Mat1f below = from.row(y + 1 < truth.height_px() ? y + 1 : y - 1);
      from.row(y - 1).copyTo(View(doubled, c).row(y));
      cv::Mat1f(0.5F * (from.row(y - 1) + below)).copyTo(View(bob, c).row(y));
    }
  }
  std::printf("deinterlace: woven %.2f dB, lines doubled %.2f dB, bob %.2f dB\n", Psnr_db(video[1], truth),
              Psnr_db(doubled, truth), Psnr_db(bob, truth));
  Bar("better than doubled lines by [dB]", Psnr_db(ours, truth) - Psnr_db(doubled, truth), ">=", 4);
  Bar("better than bob by [dB]", Psnr_db(ours, truth) - Psnr_db(bob, truth), ">=", 1);
}

void Times() {
  std::vector<image::Image> frames;
  for (int i = 0; i < 5; ++i) frames.push_back(Grained(DrawShot(i, {2048, 1556}), .03, 1, i));
  std::printf("processor seconds for one frame of 2048x1556 by itself (a run shares work between neighbours)\n");
  const Partner partner{&frames[0], nullptr};
  for (const Step& step :
       std::vector<Step>{NeutralBalance{BalanceDomain::kDensity, {.1}, {}}, Invert{}, DustRepair{}, ScratchRepair{},
                         Degrain{1, DegrainExtent::kTemporal}, Degrain{1, DegrainExtent::kSpatial}, Degrain{},
                         Median{10}, Deband{}, Deinterlace{}, LumaMatch{}, ColourMatch{}}) {
    const Preparation preparation({step}, Role::kChromaReference);
    const std::clock_t begin = std::clock();
    preparation.Apply(frames, 2, partner);
    const double took_s = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("  %-20s %6.2f s\n", std::string(NameOf(step)).c_str(), took_s);
  }
}

int Run(int argc, char** argv) {
  cv::setNumThreads(1);
  const bool data = argc == 3 && std::strcmp(argv[1], "--data") == 0;
  if (argc != 1 && !data) {
    std::fprintf(stderr, "usage: preparation_benchmark [--data DIR]\n");
    return 2;
  }
  const auto clean = data ? Clip(argv[2]) : Scene();
  Grain(clean);
  Dust(clean);
  Scratches(clean);
  Fields(clean);
  if (!data) Times();
  std::printf("%d bars missed\n", missed);
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace interneg::preparation

int main(int argc, char** argv) {
  try {
    return interneg::preparation::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "preparation_benchmark: %s\n", error.what());
    return 2;
  }
}
