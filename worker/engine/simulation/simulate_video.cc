#include "worker/engine/simulation/simulate_video.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/simulation/generation_loss.h"
#include "worker/engine/simulation/grain.h"
#include "worker/engine/simulation/png_sequence.h"
#include "worker/engine/simulation/side_file.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::simulation {
namespace {

using nlohmann::ordered_json;

std::string Text(FrameRate rate) {
  return std::to_string(rate.numerator) + "/" + std::to_string(rate.denominator);
}

void AddNoise(image::Image& picture, double deviation, std::uint64_t seed, int index) {
  if (deviation <= 0.0) return;
  cv::RNG random = Generator(seed, 404, static_cast<std::uint64_t>(index));
  const cv::Mat1f noise = static_cast<float>(deviation) * GrainField(picture.size(), random);
  for (int c = 0; c < picture.channel_count(); ++c) {
    auto plane = picture.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] += noise(static_cast<int>(i));
  }
}

// The display shape, of the two that MPEG-2 names, that is nearer to what is kept of the film.
Mpeg2Settings Shaped(Mpeg2Settings settings, const Overscan& kept) {
  const double shape = kept.width_px / kept.height_px;
  settings.aspect = shape * shape > (4.0 / 3.0) * (16.0 / 9.0) ? DisplayAspect::k16To9 : DisplayAspect::k4To3;
  return settings;
}

// The film side: frames in ascending order, read as they are needed.
class Film {
 public:
  Film(const frames::Roots& roots, const frames::Location& pattern, const frames::FrameRange& range)
      : sequence_(roots, pattern), range_(range.empty() ? frames::FrameRange::Of(sequence_.Present()) : range) {
    sequence_.RequireAll(range_);
    numbers_ = range_.Sorted();
  }
  const frames::FrameRange& range() const { return range_; }
  const std::vector<int>& numbers() const { return numbers_; }
  image::Image At(int number) const {
    return image::ClampedToUnit(sequence_.Read(number, image::kTrainingDisplay).rgb);
  }

 private:
  frames::FrameSequence sequence_;
  frames::FrameRange range_;
  std::vector<int> numbers_;
};

class VideoCopy {
 public:
  VideoCopy(const frames::Roots& roots, const SimulateVideoOptions& options, const Film& film)
      : roots_(roots),
        options_(options),
        film_(film),
        grade_(DrawGradeShift(options.seed)),
        size_(film.At(film.numbers().front()).size()),
        overscan_(DrawOverscan(size_, options.overscan, options.seed)),
        shown_(ShownFrames(static_cast<int>(film.numbers().size()), options.film_rate, options.video.rate,
                           options.offset)),
        video_(Shaped(options.video, overscan_)),
        encoder_(video_) {
    if (shown_.empty()) throw std::invalid_argument("simulate video: the offset leaves no frame to show");
  }

  std::size_t Run(const Progress& progress) {
    const auto writer = PngWriter(roots_, options_.output_folder, "video");
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      Take(encoder_.Encode(ToPicture420(ScannedFrame(shown_[i]))), writer);
      if (progress) progress(i + 1, shown_.size());
    }
    Take(encoder_.Finish(), writer);
    Store(decoder_.Finish(), writer);
    if (written_ != shown_.size()) throw std::runtime_error("simulate video: the coder lost frames");
    if (options_.movie == MovieFile::kMpg) {
      WriteSideFile(roots_, options_.output_folder, "video.mpg", ProgramStream(video_, packets_));
    }
    WriteSideFile(roots_, options_.output_folder, "video.json", Description().dump(1) + "\n");
    return shown_.size();
  }

  const GradeShift& grade() const { return grade_; }

 private:
  int NumberOf(const ShownFrame& frame) const { return film_.numbers().front() + frame.index; }

  // Graded and copied, not yet scanned; kept for the frames that repeat it.
  const image::Image& FilmFrame(int source_index) {
    if (source_index != held_index_) {
      held_ = GaussianLoss(Graded(film_.At(film_.numbers()[source_index]), grade_), options_.generation_loss_px);
      held_index_ = source_index;
      if (held_.size() != size_) throw std::invalid_argument("simulate video: the frames differ in size");
    }
    return held_;
  }

  // A repeated frame is the same film frame in another moment of the gate's movement and of the noise.
  image::Image ScannedFrame(const ShownFrame& frame) {
    GatePosition gate;
    if (options_.weave == Weave::kSlow) gate = WeaveAt(size_, GatePass::kTelecine, options_.seed, frame.index);
    const Transform transform = ScanTransform(size_, overscan_, gate, options_.video.size);
    image::Image picture = image::ClampedToUnit(Scan(FilmFrame(frame.source_index), transform, options_.video.size));
    AddNoise(picture, options_.noise, options_.seed, frame.index);
    const auto overlays = BurnInText(picture, options_.burned_in, options_.video.rate, options_.seed, frame.index);
    Describe(frame, transform, overlays);
    return picture;
  }

  void Describe(const ShownFrame& frame, const Transform& transform, const std::vector<Overlay>& overlays) {
    ordered_json entry = {{"frame", NumberOf(frame)},
                          {"film_frame", film_.numbers()[frame.source_index]},
                          {"repeat", frame.repeat},
                          {"transform", transform},
                          {"overlays", ordered_json::array()}};
    for (const auto& overlay : overlays) {
      entry["overlays"].push_back({{"kind", overlay.kind},
                                   {"text", overlay.text},
                                   {"x_px", overlay.area.x_px},
                                   {"y_px", overlay.area.y_px},
                                   {"width_px", overlay.area.size.width_px},
                                   {"height_px", overlay.area.size.height_px}});
    }
    frames_.push_back(entry);
  }

  void Take(std::vector<Mpeg2Packet> packets, const frames::FrameWriter& writer) {
    for (auto& packet : packets) {
      Store(decoder_.Decode(packet), writer);
      bytes_ += packet.bytes.size();
      if (options_.movie == MovieFile::kMpg) packets_.push_back(std::move(packet));
    }
  }

  void Store(const std::vector<Picture420>& pictures, const frames::FrameWriter& writer) {
    for (const auto& picture : pictures) {
      writer.Write(NumberOf(shown_.at(written_)), FromPicture420(picture, image::kTrainingDisplay), {}, {});
      ++written_;
    }
  }

  ordered_json Description() const {
    const double seconds =
        static_cast<double>(shown_.size()) * options_.video.rate.denominator / options_.video.rate.numerator;
    const auto& size = options_.video.size;
    return {
        {"schema", 1},
        {"seed", options_.seed},
        {"film", {{"width_px", size_.width_px}, {"height_px", size_.height_px}, {"rate", Text(options_.film_rate)}}},
        {"video",
         {{"width_px", size.width_px},
          {"height_px", size.height_px},
          {"rate", Text(options_.video.rate)},
          {"pixel_aspect", overscan_.width_px * size.height_px / (overscan_.height_px * size.width_px)},
          {"bit_rate", options_.video.bit_rate},
          {"coded_bit_rate", static_cast<long long>(8.0 * static_cast<double>(bytes_) / seconds)},
          {"matrix", "bt601"}}},
        {"offset", options_.offset},
        {"grade", {{"saturation", grade_.saturation}, {"gamma", grade_.gamma}}},
        {"overscan_px",
         {{"left", overscan_.left_px},
          {"top", overscan_.top_px},
          {"width", overscan_.width_px},
          {"height", overscan_.height_px}}},
        {"generation_loss_px", options_.generation_loss_px},
        {"noise", options_.noise},
        {"transform_maps", "film px (x, y, 1) to video px, rows of 3x3, pixel centres at whole numbers"},
        {"frames", frames_}};
  }

  const frames::Roots& roots_;
  const SimulateVideoOptions& options_;
  const Film& film_;
  GradeShift grade_;
  image::Size size_;
  Overscan overscan_;
  std::vector<ShownFrame> shown_;
  Mpeg2Settings video_;
  Mpeg2Encoder encoder_;
  Mpeg2Decoder decoder_;
  std::vector<Mpeg2Packet> packets_;
  std::size_t bytes_ = 0, written_ = 0;
  ordered_json frames_ = ordered_json::array();
  image::Image held_;
  int held_index_ = -1;
};

}  // namespace

std::size_t SimulateVideo(const frames::Roots& roots, const SimulateVideoOptions& options, const Progress& progress) {
  if (!(options.noise >= 0.0)) throw std::invalid_argument("simulate video: the noise is 0 or more");
  const Film film(roots, options.input, options.range);
  VideoCopy copy(roots, options, film);
  std::optional<Film> faded;
  if (options.faded) faded.emplace(roots, *options.faded, film.range());
  const auto graded_out = PngWriter(roots, options.output_folder, "graded");
  for (const int number : film.numbers()) graded_out.Write(number, Graded(film.At(number), copy.grade()), {}, {});
  if (faded) {
    const auto truth_out = PngWriter(roots, options.output_folder, "truth");
    for (const int number : film.numbers()) {
      truth_out.Write(number, TruthForFile(faded->At(number), Graded(film.At(number), copy.grade())), {}, {});
    }
  }
  return copy.Run(progress);
}

}  // namespace interneg::simulation
