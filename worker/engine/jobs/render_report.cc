#include "worker/engine/jobs/render_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "worker/engine/jobs/output_folder.h"

namespace interneg::jobs {

RenderReport::RenderReport(const JobContext& context, ProofSetting setting, std::size_t frames)
    : context_(context),
      setting_(std::move(setting)),
      frames_(frames),
      start_(context.clock()),
      notes_(context.events, "source") {}

inference::RenderCallbacks RenderReport::Callbacks() {
  inference::RenderCallbacks callbacks;
  callbacks.attributes = [this](const inference::ComposedFrame& frame) { return ProveComposed(frame); };
  callbacks.verify = [this](const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
    if (holds()) ProveWritten(frame, file);
  };
  callbacks.written = [this](const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
    OnWritten(frame, file);
  };
  callbacks.failed = [this](int frame, const frames::FrameError& error) {
    Refuse(frame, {error.what(), "repair the frames and render them again"});
  };
  callbacks.notice = [this](const std::string& text) { context_.events.Inform(text); };
  return callbacks;
}

// Against a second read, so that a fault of the first read or of a shared buffer cannot prove itself.
std::map<std::string, std::string> RenderReport::ProveComposed(const inference::ComposedFrame& frame) {
  if (!holds()) return setting_.attributes;
  Proof proof;
  {
    const auto original = setting_.source.Read(frame.frame, setting_.from_source.space());
    if (original.rgb.size() != frame.composed.size()) {
      throw frames::FrameError(frames::FrameFault::kUnsupported,
                               fmt::format("frame {} changed its size while it was rendered", frame.frame));
    }
    proof.second_read = setting_.from_source.ToTraining(original.rgb);
  }
  proof.composed = validation::ProveComposed(frame.composed, proof.second_read.rgb, setting_.held, setting_.matrix);
  auto attributes = setting_.attributes;
  attributes["interneg:heldPlaneError"] = fmt::format("{:.3g}", proof.composed.error);
  const std::lock_guard lock(mutex_);
  proofs_.insert_or_assign(frame.frame, std::move(proof));
  return attributes;
}

void RenderReport::ProveWritten(const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
  auto proof = TakeProof(frame.frame);
  const auto kind = lossy() ? validation::FileKind::kLossy : validation::FileKind::kLossless;
  const auto read_back =
      frames::ReadFile(context_.roots, {setting_.folder.root, setting_.folder.relative + "/" + file.name}, frame.frame,
                       setting_.delivery.space());
  proof.written = validation::ProveWritten(read_back.rgb, proof.second_read, setting_.delivery,
                                           setting_.writer.options().encoding, kind, setting_.held, setting_.matrix);
  proof.second_read = {};
  const std::lock_guard lock(mutex_);
  proofs_.insert_or_assign(frame.frame, std::move(proof));
}

RenderReport::Proof RenderReport::TakeProof(int frame) {
  const std::lock_guard lock(mutex_);
  return std::move(proofs_.extract(frame).mapped());
}

void RenderReport::OnWritten(const inference::ComposedFrame& frame, const frames::WrittenFrame& file) {
  notes_.Add(frame.notes);
  worst_outside_ = std::max(worst_outside_, frame.outside_share);
  worst_unheld_ = std::max(worst_unheld_, frame.unheld_share);
  RenderedFrame event;
  event.frame = frame.frame;
  event.file = OutputFile{file.name, file.size_bytes, file.sha256};
  event.gamut_scaled_share = frame.gamut_scaled_share;
  if (frame.invented) Keep(frame.frame, *frame.invented);
  if (holds()) {
    const auto proof = TakeProof(frame.frame);
    if (!proof.composed.proven || !proof.written.proven) {
      ++unproven_;
      Refuse(frame.frame, WhyUnproven(frame, file, proof));
      return;
    }
    event.composed_error = proof.composed.error;
    event.written_error = proof.written.error;
    event.written_share_of_bound = proof.written.share_of_bound;
    event.proven = true;
    if (lossy() && proof.written.share_of_bound > 1.0) ++beyond_lossy_tolerance_;
  }
  Keep(std::move(event));
}

void RenderReport::Keep(int frame, const inference::InventedDetail& invented) {
  worst_invented_ = std::max(worst_invented_.value_or(0), invented.share);
  context_.events.Send(Measure{"invented_detail_mean", invented.mean, "model", "render", {}, frame});
  context_.events.Send(Measure{"invented_detail_share", invented.share, "model", "render", {}, frame});
}

void RenderReport::Keep(RenderedFrame event) {
  worst_.composed_error = std::max(worst_.composed_error, event.composed_error);
  worst_.written_error = std::max(worst_.written_error, event.written_error);
  worst_.written_share_of_bound = std::max(worst_.written_share_of_bound, event.written_share_of_bound);
  worst_.gamut_scaled_share = std::max(worst_.gamut_scaled_share, event.gamut_scaled_share);
  manifest_.push_back(*event.file);
  context_.events.Send(std::move(event));
  SendProgress();
}

RenderReport::Fault RenderReport::WhyUnproven(const inference::ComposedFrame& frame, const frames::WrittenFrame& file,
                                              const Proof& proof) const {
  const auto text = fmt::format(
      "frame {} ({}): the held plane is not proven: composed error {:.3g}, written error {:.3g}, "
      "{:.3g} of what the file's encoding explains",
      frame.frame, file.name, proof.composed.error, proof.written.error, proof.written.share_of_bound);
  if (!proof.composed.proven) {
    return {text + "; the source changed while it was rendered, or the machine is faulty",
            "leave the source alone and render the frame again"};
  }
  const auto encoding = std::string(frames::NameOf(setting_.writer.options().encoding));
  if (file.clamped_samples != 0) {
    return {text + fmt::format("; {} cannot hold values outside 0 to 1, and {} samples lie there", encoding,
                               file.clamped_samples),
            "choose --format exr, which holds them"};
  }
  if (frame.unheld_share > 0) {
    return {
        text + fmt::format("; the configuration's Rec.709 output transform does not invert on {:.3g} % of the pixels",
                           100.0 * frame.unheld_share),
        "name a scene-linear space by --source-space and a configuration whose output transform inverts, or train "
        "with --domain log"};
  }
  return {text + "; " + setting_.delivery.space() + " in " + encoding + " does not carry it",
          "choose --format exr with --bit-depth float, or another --output-space"};
}

void RenderReport::Refuse(int frame, Fault fault) {
  {
    const std::lock_guard lock(mutex_);
    proofs_.erase(frame);
  }
  RemoveFile(context_.roots, setting_.folder, setting_.writer.pattern().NameFor(frame));
  RenderedFrame event;
  event.frame = frame;
  event.error = fault.text + "; " + fault.remedy;
  faults_.push_back(std::move(fault));
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

bool RenderReport::lossy() const {
  const auto& options = setting_.writer.options();
  return !frames::IsLossless(options.format, options.compression);
}

void RenderReport::SendLossySummary() const {
  const auto text = fmt::format(
      "{} is lossy: the held plane is proven for what was composed; in the files it is off by {:.3g} of 255 at most, "
      "and by more than 0.5 in {} of {} frames",
      frames::NameOf(setting_.writer.options().compression), worst_.written_error * 255.0, beyond_lossy_tolerance_,
      manifest_.size());
  if (beyond_lossy_tolerance_ == 0) {
    context_.events.Inform(text);
  } else {
    context_.events.Warn(text + "; choose --compression zip where the files must be exact");
  }
}

void RenderReport::Send(const char* name, double value) const {
  context_.events.Send(Measure{name, value, "model", "render", {}, {}});
}

void RenderReport::SendSummary(const inference::StageSeconds& seconds) const {
  if (worst_invented_) Send("invented_detail_share_max", *worst_invented_);
  if (holds()) {
    SendProofs();
  } else {
    context_.events.Inform("nothing is held by this recovery: every plane is the model's own, and there is no proof");
  }
  SendSeconds(seconds);
}

void RenderReport::SendProofs() const {
  Send("unproven_frames", static_cast<double>(unproven_));
  Send("luma_unheld_share_max", worst_unheld_);
  if (setting_.held == validation::HeldPlanes::kChroma) Send("gamut_outside_share_max", worst_outside_);
  if (manifest_.empty()) return;
  Send("composed_error_max", worst_.composed_error);
  Send("written_error_max", worst_.written_error);
  Send("written_share_of_bound_max", worst_.written_share_of_bound);
  Send("gamut_scaled_share_max", worst_.gamut_scaled_share);
  if (lossy()) SendLossySummary();
}

void RenderReport::SendSeconds(const inference::StageSeconds& seconds) const {
  Send("read_seconds", seconds.read);
  Send("prepare_seconds", seconds.prepare);
  Send("compute_seconds", seconds.compute);
  Send("deliver_seconds", seconds.deliver);
  Send("write_seconds", seconds.write);
  Send("prove_seconds", seconds.prove);
  Send("render_seconds", seconds.whole);
}

EngineResult RenderReport::Result() const {
  EngineResult result{EngineOutcome::kSucceeded, std::nullopt, manifest_};
  if (faults_.empty()) return result;
  result.outcome = manifest_.empty() ? EngineOutcome::kFailed : EngineOutcome::kPartial;
  result.failure = EngineFailure{FailureKind::kBadInput,
                                 fmt::format("{} of {} frames could not be rendered and proven; the first: {}",
                                             faults_.size(), frames_, faults_.front().text),
                                 faults_.front().remedy};
  return result;
}

}  // namespace interneg::jobs
