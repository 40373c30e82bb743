#include "tests/benchmarks/frame_matching/film.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"
#include "worker/engine/simulation/generation_loss.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::benchmarks {
namespace {

struct ClipFile {
  const char* name;
  int height_px;
};
constexpr ClipFile kClips[] = {{"juggle_720p24.mp4", 180}, {"dog_720p30.mp4", 180}, {"flower_540p30.mp4", 180},
                               {"bbb_720p25.mp4", 180},    {"friday_bw_480p30.mp4", 240}, {"seeking_480p25_hq.mp4", 214}};
constexpr int kWidth_px = 320;

void AddClip(Film& film, const std::string& name, const std::vector<image::Image>& frames) {
  const int first = static_cast<int>(film.frames.size());
  film.frames.insert(film.frames.end(), frames.begin(), frames.end());
  film.clips.push_back({name, first, static_cast<int>(film.frames.size()) - 1});
}

std::vector<image::Image> Decode(const std::string& path, int height_px) {
  const std::string command = "ffmpeg -v error -i '" + path + "' -vf scale=320:" + std::to_string(height_px) +
                              ":flags=area -f rawvideo -pix_fmt rgb24 -";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("cannot run ffmpeg");
  std::vector<image::Image> frames;
  const std::size_t pixels = static_cast<std::size_t>(kWidth_px) * height_px;
  std::vector<unsigned char> bytes(3 * pixels);
  while (std::fread(bytes.data(), 1, bytes.size(), pipe.get()) == bytes.size()) {
    image::Image frame({kWidth_px, height_px}, {"R", "G", "B"}, image::kTrainingDisplay);
    for (int c = 0; c < 3; ++c) {
      for (std::size_t i = 0; i < pixels; ++i) frame.plane(c)[i] = static_cast<float>(bytes[3 * i + c]) / 255.0F;
    }
    frames.push_back(std::move(frame));
  }
  if (frames.empty()) throw std::runtime_error("ffmpeg read no frame of " + path);
  return frames;
}

cv::Mat1f PlaneOf(image::Image& picture, int c) { return {picture.height_px(), picture.width_px(), picture.plane(c).data()}; }

image::Image Resized(image::Image picture, image::Size size) {
  image::Image out(size, picture.channels(), picture.color_space());
  for (int c = 0; c < 3; ++c) {
    cv::Mat1f to = PlaneOf(out, c);
    cv::resize(PlaneOf(picture, c), to, to.size(), 0, 0, cv::INTER_CUBIC);
  }
  return image::ClampedToUnit(out);
}

// The part that a projector's or telecine's aperture leaves, a little off centre.
image::Image Overscanned(const image::Image& picture, double share) {
  const int w = picture.width_px(), h = picture.height_px();
  const int dx = static_cast<int>(std::lround(share * w)), dy = static_cast<int>(std::lround(share * h));
  return image::Crop(picture, {dx / 2 + 1, dy / 2 - 1, {w - dx, h - dy}});
}

}  // namespace

Film ReadClips(const std::string& folder, const std::string& only) {
  Film film;
  for (const auto& clip : kClips) {
    const auto path = std::filesystem::path(folder) / clip.name;
    if (path.string().find(only) == std::string::npos) continue;
    if (std::filesystem::exists(path)) AddClip(film, clip.name, Decode(path.string(), clip.height_px));
  }
  if (film.frames.empty()) throw std::runtime_error("no known clip in " + folder);
  return film;
}

// The drawn scene looked at through windows of its own, that stand or move.
Film DrawClips() {
  struct Window {
    const char* name;
    double x, y, width, moves_x, moves_y;
    int frames, period;
  };
  constexpr Window kWindows[] = {{"whole", 0, 0, 1, 0, 0, 90, 90},        {"pan", .05, .2, .5, .4, 0, 80, 160},
                                 {"figure", .25, .3, .4, 0, 0, 70, 120}, {"tilt", .55, .05, .45, 0, .45, 60, 120},
                                 {"slow", .5, .45, .5, 0, 0, 80, 400}};
  Film film;
  for (const Window& w : kWindows) {
    std::vector<image::Image> frames;
    for (int k = 0; k < w.frames; ++k) {
      const double t = static_cast<double>(k) / w.frames;
      const image::Image scene = simulation::DrawDemoScene({640, 360}, k, w.period);
      const image::Rectangle window{static_cast<int>(640 * (w.x + w.moves_x * t)), static_cast<int>(360 * (w.y + w.moves_y * t)),
                                    {static_cast<int>(640 * w.width), static_cast<int>(360 * w.width)}};
      frames.push_back(Resized(image::Crop(scene, window), {kWidth_px, 180}));
    }
    AddClip(film, w.name, frames);
  }
  return film;
}

Elements::Elements(const Film& film, const Damage& damage, std::string cache)
    : film_(film), damage_(damage), cache_(std::move(cache)) {
  std::ifstream in(cache_, std::ios::binary);
  for (std::array<int, 6> head{}; in.read(reinterpret_cast<char*>(head.data()), sizeof head);) {
    std::vector<std::byte> bytes(matching::kSerialisedBytes);
    if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) break;
    (head[0] == 0 ? sources_ : references_)[{head[1], head[2], head[3], head[4], head[5]}] = matching::ParseThumbnail(bytes);
  }
}

Elements::~Elements() {
  if (cache_.empty()) return;
  std::ofstream out(cache_, std::ios::binary);
  const auto write = [&](int side, const std::map<Key, matching::Thumbnail>& thumbnails) {
    for (const auto& [key, thumbnail] : thumbnails) {
      const std::array<int, 6> head{side, std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), std::get<4>(key)};
      const auto bytes = matching::Serialise(thumbnail);
      out.write(reinterpret_cast<const char*>(head.data()), sizeof head);
      out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
  };
  write(0, sources_);
  write(1, references_);
}

image::Image Elements::Clean(const Item& item) const {
  const image::Image& a = film_.frames[item.a];
  if (item.kind == Item::Kind::kWhole) return a;
  const image::Image& b = film_.frames[item.b];
  image::Image out = a;
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < a.pixel_count(); ++i) {
      const bool other_field = (i / static_cast<std::size_t>(a.width_px())) % 2 == 1;
      const double share = item.kind == Item::Kind::kBlend ? item.share_of_b : other_field ? 1.0 : 0.0;
      out.plane(c)[i] = static_cast<float>((1 - share) * a.plane(c)[i] + share * b.plane(c)[i]);
    }
  }
  return out;
}

const matching::Thumbnail& Elements::SourceOf(const Item& item, int occurrence) {
  const Key key{item.a, item.b, static_cast<int>(item.kind), static_cast<int>(std::lround(1000 * item.share_of_b)), occurrence};
  if (const auto at = sources_.find(key); at != sources_.end()) return at->second;
  simulation::FadeOptions fade{simulation::ParseRetention(damage_.retention), simulation::Evenness::kUneven,
                               simulation::ParseGrainGauge(damage_.grain), simulation::Weave::kSlow, true, damage_.seed};
  const int stamp = item.a + 100000 * (occurrence + 1);
  return sources_[key] = matching::MakeThumbnail(simulation::FadeFrame(Clean(item), fade, stamp), 0);
}

const matching::Thumbnail& Elements::ReferenceOf(const Item& item, int occurrence) {
  const Key key{item.a, item.b, static_cast<int>(item.kind), static_cast<int>(std::lround(1000 * item.share_of_b)), occurrence};
  if (const auto at = references_.find(key); at != references_.end()) return at->second;
  simulation::VideoOptions video{simulation::DrawGradeShift(damage_.seed), .6, .25, damage_.video_noise, damage_.block_step, damage_.seed};
  const int stamp = item.a + 100000 * (occurrence + 1);
  image::Image picture = Resized(Overscanned(Clean(item), damage_.overscan), {360, 288});
  picture = simulation::GaussianLoss(picture, damage_.blur_sigma_px);
  return references_[key] = matching::MakeThumbnail(simulation::VideoReference(picture, video, stamp), 0);
}

std::vector<matching::Thumbnail> Elements::Source(const Edit& edit, std::int64_t first_number) {
  std::map<int, int> occurred;
  std::vector<matching::Thumbnail> out;
  for (const Item& item : edit) {
    out.push_back(SourceOf(item, occurred[item.a]++));
    out.back().frame = first_number++;
  }
  return out;
}

std::vector<matching::Thumbnail> Elements::Reference(const Edit& edit, std::int64_t first_number) {
  std::map<int, int> occurred;
  std::vector<matching::Thumbnail> out;
  for (const Item& item : edit) {
    out.push_back(ReferenceOf(item, occurred[item.a]++));
    out.back().frame = first_number++;
  }
  return out;
}

Elements::Noise Elements::MeasureNoise() {
  const auto deviation = [&](const auto& of) {
    double squares = 0.0, count = 0.0;
    for (std::size_t f = 0; f < film_.frames.size(); f += 40) {
      const matching::Thumbnail a = of(static_cast<int>(f), 0), b = of(static_cast<int>(f), 1);
      for (std::size_t i = 0; i < a.luma.size(); ++i) squares += std::pow(static_cast<double>(a.luma[i]) - b.luma[i], 2) / 2, ++count;
    }
    return std::sqrt(squares / count);
  };
  return {deviation([&](int f, int k) { return SourceOf({f, f, Item::Kind::kWhole, 0.0}, k); }),
          deviation([&](int f, int k) { return ReferenceOf({f, f, Item::Kind::kWhole, 0.0}, k); })};
}

}  // namespace interneg::benchmarks
