#include "worker/engine/inference/render_pipeline.h"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>

#include "worker/engine/inference/bounded_queue.h"
#include "worker/engine/inference/frame_computation.h"
#include "worker/engine/inference/frame_recovery.h"

namespace interneg::inference {
namespace {

enum class Doing { kReading, kWriting };

// What is wrong with one frame leaves the others unharmed; what is wrong with disk or folder will meet them all.
bool IsTheFramesOwn(frames::FrameFault fault, Doing doing) {
  if (doing == Doing::kReading) return fault != frames::FrameFault::kStorage;
  return fault == frames::FrameFault::kBadPixels || fault == frames::FrameFault::kUnsupported;
}

class Pipeline {
 public:
  Pipeline(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop)
      : plan_(plan),
        callbacks_(callbacks),
        stop_(stop),
        to_read_(FramesToRead(plan)),
        clock_(plan.clock),
        in_flight_(InFlight(plan)),
        read_(InFlight(plan)),
        computed_(InFlight(plan)) {}

  RenderOutcome Run() {
    {
      const StageClock::Work whole(clock_, &StageSeconds::whole);
      std::vector<std::jthread> threads;
      threads.emplace_back([this] { Guarded([this] { ReadAll(); }, [this] { read_.Close(); }); });
      for (int i = 0; i < std::max(1, plan_.writers); ++i) {
        threads.emplace_back([this] { Guarded([this] { WriteAll(); }, [] {}); });
      }
      Guarded([this] { ComputeAll(); }, [this] { computed_.Close(); });
    }
    if (error_) std::rethrow_exception(error_);
    return {stopped_ ? RenderEnd::kStopped : RenderEnd::kFinished, clock_.seconds()};
  }

 private:
  // Frames that are smoothed or overlap wait for those after them.
  static std::size_t InFlight(const RenderPlan& plan) {
    const int waiting = plan.smoothing ? kSmoothingRadius_frames : FramesOverlap(plan) ? 1 : 0;
    return static_cast<std::size_t>(std::max(waiting + 1, plan.frames_in_flight));
  }

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
      in_flight_.Abandon();
      read_.Abandon();
      computed_.Abandon();
    }
    at_end();
  }

  void ReadAll() {
    for (const PlannedFrame& planned : to_read_) {
      if (!in_flight_.Push(planned.frame)) return;
      if (stop_) {
        stopped_ = true;
        return;
      }
      if (!read_.Push(ReadOne(planned))) return;
    }
  }

  ReadFrame ReadOne(const PlannedFrame& planned) {
    ReadFrame item;
    item.planned = planned;
    try {
      Timed(&StageSeconds::read, [&] { ReadInto(item); });
      if (plan_.prepare) {
        item.seen = Timed(&StageSeconds::prepare, [&] { return plan_.prepare(planned.frame, item.original.rgb); });
      }
    } catch (const frames::FrameError& error) {
      if (!IsTheFramesOwn(error.fault(), Doing::kReading)) throw;
      item.fault = error;
    }
    return item;
  }

  void ReadInto(ReadFrame& item) const {
    auto read = plan_.source.Read(item.planned.frame, plan_.from_source.space());
    if (read.rgb.size() != plan_.size) {
      throw frames::FrameError(frames::FrameFault::kUnsupported, "frame " + std::to_string(item.planned.frame) +
                                                                     " is " + SizeText(read.rgb.size()) +
                                                                     ", the others are " + SizeText(plan_.size));
    }
    item.original = plan_.from_source.ToTraining(read.rgb);
    if (plan_.area && plan_.from_source.space() == plan_.delivery.space()) item.untouched = std::move(read.rgb);
    item.metadata = std::move(read.facts.metadata);
    item.notes = std::move(read.notes);
  }

  static std::string SizeText(image::Size size) {
    return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
  }

  // A frame that is not rendered leaves the memory here, the others when they are reported.
  void ComputeAll() {
    FrameComputation computation(plan_, [this](const std::string& text) {
      if (callbacks_.notice) callbacks_.notice(text);
    });
    while (auto item = read_.Pop()) {
      const auto use = item->planned.use;
      auto done = Timed(&StageSeconds::compute, [&] { return computation.Accept(*std::move(item)); });
      if (use == FrameUse::kContext) in_flight_.Pop();
      if (!PassOn(std::move(done))) return;
    }
    PassOn(Timed(&StageSeconds::compute, [&] { return computation.Rest(); }));
  }

  bool PassOn(std::vector<ComputedFrame> done) {
    for (auto& computed : done) {
      if (!computed_.Push(std::move(computed))) return false;
    }
    return true;
  }

  void WriteAll() {
    while (auto item = computed_.Pop()) {
      if (!item->fault) WriteOne(*item);
      Report(*std::move(item));
    }
  }

  void WriteOne(ComputedFrame& item) {
    auto& frame = item.frame;
    auto doing = Doing::kReading;
    try {
      auto pixels = Timed(&StageSeconds::deliver, [&] { return Delivered(frame); });
      std::map<std::string, std::string> attributes;
      if (callbacks_.attributes) attributes = Timed(&StageSeconds::prove, [&] { return callbacks_.attributes(frame); });
      doing = Doing::kWriting;
      const auto* layers = frame.invented ? &frame.invented->map : nullptr;
      item.file = Timed(&StageSeconds::write,
                        [&] { return plan_.writer.Write(frame.frame, pixels, frame.metadata, attributes, layers); });
      doing = Doing::kReading;
      pixels = {};
      if (callbacks_.verify) Timed(&StageSeconds::prove, [&] { callbacks_.verify(frame, *item.file); });
    } catch (const frames::FrameError& error) {
      if (!IsTheFramesOwn(error.fault(), doing)) throw;
      item.fault = error;
    }
  }

  template <typename Work>
  std::invoke_result_t<Work> Timed(double StageSeconds::*stage, Work work) {
    const StageClock::Work at_work(clock_, stage);
    return work();
  }

  // In the order of turns: whoever brings the frame whose turn it is also reports those that waited for it.
  void Report(ComputedFrame item) {
    std::unique_lock lock(mutex_);
    const auto turn = item.turn;
    done_.emplace(turn, std::move(item));
    if (reporting_) return;
    reporting_ = true;
    for (auto next = done_.find(reported_); next != done_.end(); next = done_.find(++reported_)) {
      const auto frame = std::move(done_.extract(next).mapped());
      lock.unlock();
      ReportNow(frame);
      in_flight_.Pop();
      lock.lock();
    }
    reporting_ = false;
  }

  void ReportNow(const ComputedFrame& item) const {
    try {
      if (!item.fault && callbacks_.written) callbacks_.written(item.frame, *item.file);
      if (item.fault) Fail(item.frame.frame, *item.fault);
    } catch (const frames::FrameError& error) {
      if (!IsTheFramesOwn(error.fault(), Doing::kReading)) throw;
      Fail(item.frame.frame, error);
    }
  }

  void Fail(int frame, const frames::FrameError& error) const {
    if (callbacks_.failed) callbacks_.failed(frame, error);
  }

  image::Image Delivered(ComposedFrame& frame) const {
    auto pixels = Converted(frame);
    if (!frame.untouched) return pixels;
    return Inserted(image::Crop(pixels, *plan_.area), *plan_.area, *std::move(frame.untouched));
  }

  image::Image Converted(ComposedFrame& frame) const {
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
  const std::vector<PlannedFrame> to_read_;
  StageClock clock_;
  BoundedQueue<int> in_flight_;  // a place for each frame that is in memory
  BoundedQueue<ReadFrame> read_;
  BoundedQueue<ComputedFrame> computed_;
  bool stopped_ = false;  // written by the reading thread, read after it was joined
  std::mutex mutex_;      // guards all below
  std::exception_ptr error_;
  std::map<std::size_t, ComputedFrame> done_;  // not yet reported, by turn
  std::size_t reported_ = 0;                   // the next turn
  bool reporting_ = false;
};

}  // namespace

RenderOutcome Render(const RenderPlan& plan, const RenderCallbacks& callbacks, const std::atomic<bool>& stop) {
  RequireDetailOptions(plan.detail, plan.model.description());
  if (plan.detail.invented == InventedDetailMap::kOn && plan.writer.options().format != frames::OutputFormat::kExr)
    throw std::invalid_argument("the map of invented detail is a channel of its own, which only exr holds: choose exr");
  return Pipeline(plan, callbacks, stop).Run();
}

}  // namespace interneg::inference
