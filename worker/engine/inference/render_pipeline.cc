#include "worker/engine/inference/render_pipeline.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "worker/engine/inference/bounded_queue.h"
#include "worker/engine/inference/frame_recovery.h"

namespace interneg::inference {
namespace {

// A frame on its way, or the reason why it cannot be rendered.
struct ReadFrame {
  int frame = 0;
  color::TrainingImage original;
  std::optional<image::Image> untouched;
  std::optional<image::Image> seen;  // unset: the original
  frames::FrameMetadata metadata;
  std::vector<std::string> notes;
  std::optional<frames::FrameError> fault;
};
struct ComputedFrame {
  ComposedFrame frame;
  std::optional<frames::FrameError> fault;
};

enum class Doing { kReading, kWriting };

// What is wrong with one frame leaves the others unharmed; what is wrong with disk or folder will meet them all.
bool IsTheFramesOwn(frames::FrameFault fault, Doing doing) {
  if (doing == Doing::kReading) return fault != frames::FrameFault::kStorage;
  return fault == frames::FrameFault::kBadPixels || fault == frames::FrameFault::kUnsupported;
}

class Pipeline {
 public:
  Pipeline(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop)
      : plan_(plan), callbacks_(callbacks), stop_(stop), read_(plan.queue_frames), computed_(plan.queue_frames) {}

  RenderEnd Run() {
    std::thread reader([this] { Guarded([this] { ReadAll(); }, [this] { read_.Close(); }); });
    std::thread writer([this] { Guarded([this] { WriteAll(); }, [] {}); });
    Guarded([this] { ComputeAll(); }, [this] { computed_.Close(); });
    reader.join();
    writer.join();
    if (error_) std::rethrow_exception(error_);
    return stopped_ ? RenderEnd::kStopped : RenderEnd::kFinished;
  }

 private:
  // The first exception of any stage ends all of them and is thrown again by Run.
  template <typename Stage, typename AtEnd>
  void Guarded(Stage stage, AtEnd at_end) {
    try {
      stage();
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
      read_.Abandon();
      computed_.Abandon();
    }
    at_end();
  }

  void ReadAll() {
    for (const int frame : plan_.frames) {
      if (stop_) {
        stopped_ = true;
        return;
      }
      if (!read_.Push(ReadOne(frame))) return;
    }
  }

  ReadFrame ReadOne(int frame) const {
    ReadFrame item;
    item.frame = frame;
    try {
      auto read = plan_.source.Read(frame, plan_.from_source.space());
      if (read.rgb.size() != plan_.size) {
        throw frames::FrameError(frames::FrameFault::kUnsupported, "frame " + std::to_string(frame) + " is " +
                                                                       SizeText(read.rgb.size()) + ", the others are " +
                                                                       SizeText(plan_.size));
      }
      item.original = plan_.from_source.ToTraining(read.rgb);
      if (plan_.prepare) item.seen = plan_.prepare(frame, item.original.rgb);
      if (plan_.area && plan_.from_source.space() == plan_.delivery.space()) item.untouched = std::move(read.rgb);
      item.metadata = std::move(read.facts.metadata);
      item.notes = std::move(read.notes);
    } catch (const frames::FrameError& error) {
      if (!IsTheFramesOwn(error.fault(), Doing::kReading)) throw;
      item.fault = error;
    }
    return item;
  }

  static std::string SizeText(image::Size size) {
    return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
  }

  void ComputeAll() {
    const auto notice = [this](const std::string& text) {
      if (callbacks_.notice) callbacks_.notice(text);
    };
    FrameRecovery recovery(plan_.model, plan_.memory_bytes, notice, plan_.detail);
    while (auto item = read_.Pop()) {
      ComputedFrame computed;
      computed.frame.frame = item->frame;
      computed.fault = std::move(item->fault);
      if (!computed.fault) {
        auto recovered =
            recovery.Recover(item->original.rgb, item->seen ? *item->seen : item->original.rgb, plan_.area);
        computed.frame.gamut_scaled_share = static_cast<double>(recovered.scaled_px) / Pixels(RecoveredArea());
        computed.frame.outside_share = static_cast<double>(recovered.outside_px) / Pixels(RecoveredArea());
        computed.frame.invented = std::move(recovered.invented);
        computed.frame.composed = std::move(recovered.rgb);
        computed.frame.untouched = std::move(item->untouched);
        computed.frame.original = std::move(item->original);
        computed.frame.metadata = std::move(item->metadata);
        computed.frame.notes = std::move(item->notes);
      }
      if (!computed_.Push(std::move(computed))) return;
    }
  }

  void WriteAll() {
    while (auto item = computed_.Pop()) {
      if (item->fault) {
        Fail(item->frame.frame, *item->fault);
      } else {
        WriteOne(item->frame);
      }
    }
  }

  void Fail(int frame, const frames::FrameError& error) const {
    if (callbacks_.failed) callbacks_.failed(frame, error);
  }

  void WriteOne(ComposedFrame& frame) const {
    auto doing = Doing::kReading;
    try {
      auto pixels = Delivered(frame);
      if (frame.untouched) pixels = Inserted(image::Crop(pixels, *plan_.area), *plan_.area, *std::move(frame.untouched));
      std::map<std::string, std::string> attributes;
      if (callbacks_.attributes) attributes = callbacks_.attributes(frame);
      doing = Doing::kWriting;
      const auto* layers = frame.invented ? &frame.invented->map : nullptr;
      const auto file = plan_.writer.Write(frame.frame, pixels, frame.metadata, attributes, layers);
      doing = Doing::kReading;
      if (callbacks_.written) callbacks_.written(frame, file);
    } catch (const frames::FrameError& error) {
      if (!IsTheFramesOwn(error.fault(), doing)) throw;
      Fail(frame.frame, error);
    }
  }

  image::Image Delivered(ComposedFrame& frame) const {
    const auto& network = plan_.model.description();
    const auto& scale = frame.original.highlight_scale;
    if (network.free != model::FreePlanes::kChroma) return plan_.delivery.FromTraining(frame.composed, scale);
    auto delivery = plan_.delivery.DeliverHoldingLuma(frame.composed, frame.original, network.matrix);
    const auto converted = frame.untouched ? RecoveredArea() : image::Rectangle{0, 0, plan_.size};
    frame.gamut_scaled_share += ShareWithin(RecoveredArea(), delivery.limited);
    frame.unheld_share = ShareWithin(converted, delivery.unheld);
    return std::move(delivery.rgb);
  }

  image::Rectangle RecoveredArea() const { return plan_.area.value_or(image::Rectangle{0, 0, plan_.size}); }

  static double Pixels(const image::Rectangle& area) {
    return static_cast<double>(area.size.width_px) * static_cast<double>(area.size.height_px);
  }

  double ShareWithin(const image::Rectangle& area, const std::vector<std::size_t>& places) const {
    const auto width = static_cast<std::size_t>(plan_.size.width_px);
    const auto inside = std::count_if(places.begin(), places.end(), [&](std::size_t at) {
      const int x = static_cast<int>(at % width) - area.x_px, y = static_cast<int>(at / width) - area.y_px;
      return x >= 0 && y >= 0 && x < area.size.width_px && y < area.size.height_px;
    });
    return static_cast<double>(inside) / Pixels(area);
  }

  const RenderPlan& plan_;
  const RenderCallbacks& callbacks_;
  const std::atomic<bool>& stop_;
  BoundedQueue<ReadFrame> read_;
  BoundedQueue<ComputedFrame> computed_;
  bool stopped_ = false;  // written by the reading thread, read after it was joined
  std::mutex mutex_;      // guards error_
  std::exception_ptr error_;
};

}  // namespace

RenderEnd Render(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop) {
  RequireDetailOptions(plan.detail, plan.model.description());
  if (plan.detail.invented == InventedDetailMap::kOn && plan.writer.options().format != frames::OutputFormat::kExr)
    throw std::invalid_argument("the map of invented detail is a channel of its own, which only exr holds: choose exr");
  return Pipeline(plan, callbacks, stop).Run();
}

}  // namespace interneg::inference
