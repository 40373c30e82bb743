#include "worker/engine/jobs/measure_record.h"

#include <fmt/format.h>

namespace interneg::jobs {
namespace {

std::string Cell(const std::map<std::string, double>& figures, const char* name) {
  const auto found = figures.find(name);
  return found == figures.end() ? "-" : fmt::format("{:.2f}", found->second);
}

}  // namespace

void MeasureRecord::Send(EventBody body) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* measure = std::get_if<Measure>(&body); measure != nullptr && !measure->step && !measure->frame) {
      by_subject_[measure->subject][measure->name] = measure->value;
    }
    if (const auto* artifact = std::get_if<LocalArtifact>(&body); artifact != nullptr && artifact->file) {
      files_[artifact->kind] = artifact->file->name;
    }
    if (const auto* checkpoint = std::get_if<LocalCheckpoint>(&body); checkpoint != nullptr && checkpoint->file) {
      files_[kCheckpointKind] = checkpoint->file->name;
    }
  }
  next_.Send(std::move(body));
}

std::string MeasureRecord::Table() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const char* subject : {"model", "baseline", "untouched"}) {
    const auto found = by_subject_.find(subject);
    if (found == by_subject_.end()) continue;
    text += fmt::format("{:<12}{:>16}{:>12}\n", subject, Cell(found->second, "chroma_psnr_db"),
                        Cell(found->second, "delta_e2000"));
  }
  return text.empty() ? text : fmt::format("{:<12}{:>16}{:>12}\n", "", "chroma PSNR dB", "dE2000") + text;
}

std::string MeasureRecord::FileOf(const std::string& kind) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(kind);
  return found == files_.end() ? "" : found->second;
}

}  // namespace interneg::jobs
