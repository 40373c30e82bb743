#include "worker/engine/jobs/render_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace interneg::jobs {

RenderReport::RenderReport(const JobContext& context, ProofSetting setting, std::size_t frames)
    : context_(context), setting_(std::move(setting)), frames_(frames), start_(context.clock()) {}

inference::RenderCallbacks RenderReport::Callbacks() {
  inference::RenderCallbacks callbacks;
  callbacks.attributes = [this](const inference::ComposedFrame& frame) { return ProveComposed(frame); };
  callbacks.written = [this](const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
    ProveWritten(frame, file);
  };
  callbacks.unreadable = [this](int frame, const frames::FrameError& error) { OnUnreadable(frame, error); };
  callbacks.notice = [this](const std::string& text) { context_.events.Inform(text); };
  return callbacks;
}

// Against a second read, so that a fault of the first read or of a shared buffer cannot prove itself.
std::map<std::string, std::string> RenderReport::ProveComposed(const inference::ComposedFrame& frame) {
  const auto original = setting_.source.Read(frame.frame, setting_.from_source.space());
  second_read_ = setting_.from_source.ToTraining(original.rgb);
  composed_ = validation::ProveComposed(frame.composed, second_read_.rgb, setting_.held, setting_.matrix);
  auto attributes = setting_.attributes;
  attributes["interneg:heldPlaneError"] = fmt::format("{:.3g}", composed_.error);
  return attributes;
}

void RenderReport::ProveWritten(const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
  const auto& options = setting_.writer.options();
  const auto kind = frames::IsLossless(options.format, options.compression) ? validation::FileKind::kLossless
                                                                            : validation::FileKind::kLossy;
  const auto read_back =
      frames::ReadFile(context_.roots, {setting_.folder.root, setting_.folder.relative + "/" + file.name}, frame.frame,
                       setting_.delivery.space());
  const auto written = validation::ProveWritten(read_back.rgb, second_read_, setting_.delivery, options.encoding, kind,
                                                setting_.held, setting_.matrix);
  RenderedFrame event;
  event.frame = frame.frame;
  event.file = OutputFile{file.name, file.size_bytes, file.sha256};
  event.composed_error = composed_.error;
  event.written_error = written.error;
  event.written_share_of_bound = written.share_of_bound;
  event.proven = composed_.proven && written.proven;
  event.gamut_scaled_share = frame.gamut_scaled_share;
  worst_.composed_error = std::max(worst_.composed_error, event.composed_error);
  worst_.written_error = std::max(worst_.written_error, event.written_error);
  worst_.written_share_of_bound = std::max(worst_.written_share_of_bound, event.written_share_of_bound);
  worst_.gamut_scaled_share = std::max(worst_.gamut_scaled_share, event.gamut_scaled_share);
  if (!event.proven) ++unproven_;
  manifest_.push_back(*event.file);
  context_.events.Send(std::move(event));
  SendProgress();
}

void RenderReport::OnUnreadable(int frame, const frames::FrameError& error) {
  RenderedFrame event;
  event.frame = frame;
  event.error = error.what();
  faults_.push_back(event.error);
  context_.events.Send(std::move(event));
  SendProgress();
}

void RenderReport::SendProgress() {
  EngineProgress progress;
  progress.phase = "rendering";
  progress.done = static_cast<std::uint32_t>(++done_);
  progress.total = static_cast<std::uint32_t>(frames_);
  const double seconds = (context_.clock() - start_).count();
  progress.rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  progress.remaining_seconds = progress.rate > 0 ? static_cast<double>(frames_ - done_) / progress.rate : 0;
  context_.events.Send(progress);
}

void RenderReport::SendSummary() const {
  const auto send = [&](const char* name, double value) {
    context_.events.Send(Measure{name, value, "model", "render", {}, {}});
  };
  if (manifest_.empty()) return;
  send("composed_error_max", worst_.composed_error);
  send("written_error_max", worst_.written_error);
  send("written_share_of_bound_max", worst_.written_share_of_bound);
  send("gamut_scaled_share_max", worst_.gamut_scaled_share);
  send("unproven_frames", static_cast<double>(unproven_));
  if (unproven_ != 0) {
    context_.events.Warn(
        fmt::format("the held plane of {} of {} frames is not proven; each frame's event says by how much", unproven_,
                    manifest_.size()));
  }
}

EngineResult RenderReport::Result() const {
  EngineResult result{EngineOutcome::kSucceeded, std::nullopt, manifest_};
  if (faults_.empty()) return result;
  result.outcome = manifest_.empty() ? EngineOutcome::kFailed : EngineOutcome::kPartial;
  result.failure = EngineFailure{
      FailureKind::kBadInput,
      fmt::format("{} of {} frames could not be rendered; the first: {}", faults_.size(), frames_, faults_.front()),
      "repair the frames and render them again"};
  return result;
}

}  // namespace interneg::jobs
