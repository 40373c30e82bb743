#include "server/rpc/train_document.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/rpc/dataset_content.h"
#include "server/rpc/job_fields.h"
#include "server/rpc/job_model.h"
#include "server/rpc/job_stages.h"
#include "server/rpc/preparation_check.h"

namespace interneg::rpc {
namespace {

// Each of a frame that is trained on or held out, and in the reference's range.
absl::StatusOr<std::map<int, int>> ReadPartners(const v1::TrainJob& train, const JobFrames& reference) {
  std::map<int, int> partners;
  const auto names = [](const auto& frames, int frame) {
    return std::find(frames.begin(), frames.end(), frame) != frames.end();
  };
  for (int i = 0; i < train.partners_size(); ++i) {
    const v1::SetPartner& pair = train.partners(i);
    const std::string field = fmt::format("train.partners[{}]", i);
    if (!names(train.pairs(), pair.source_frame()) && !names(train.held_out(), pair.source_frame())) {
      return Wrong(field + ".sourceFrame",
                   fmt::format("frame {} is neither trained on nor held out", pair.source_frame()));
    }
    if (auto s = RequireInside(field + ".referenceFrame", pair.reference_frame(), reference, "reference",
                               train.reference().range());
        !s.ok()) {
      return s;
    }
    if (!partners.emplace(pair.source_frame(), pair.reference_frame()).second) {
      return Wrong(field, fmt::format("frame {} is named before; a frame has one partner", pair.source_frame()));
    }
  }
  return partners;
}

// Without held-out frames the engine takes some midway between the pairs; a renumbered reference's partners of those
// nobody named.
absl::Status RequireHeldOut(const v1::TrainJob& train, const std::map<int, int>& partners) {
  if (train.has_alignment() || train.held_out_size() > 0) return absl::OkStatus();
  for (const auto& [frame, partner] : partners) {
    if (frame == partner) continue;
    return Wrong("train.heldOut",
                 fmt::format("is empty, and train.partners numbers the reference in its own way (frame {} lies on {}); "
                             "name the frames to judge by, with their partners",
                             frame, partner));
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(const v1::TrainJob& train, const JobFrames& source, const JobFrames& reference) {
  // The alignment names pairs and partners; only the engine can look into it.
  const bool aligned = train.has_alignment();
  if (train.pairs_size() < 2 && !(aligned && train.pairs().empty())) {
    return Wrong("train.pairs", fmt::format("at least two pairs are needed, {} given; add frames whose colour is known",
                                            train.pairs_size()));
  }
  const auto partners = ReadPartners(train, reference);
  if (!partners.ok()) return partners.status();
  if (auto s = RequireHeldOut(train, *partners); !s.ok()) return s;
  std::set<int> used;
  const auto check = [&](const char* list, int index, int frame) -> absl::Status {
    const std::string field = fmt::format("train.{}[{}]", list, index);
    if (auto s = RequireInside(field, frame, source, "source", train.source().range()); !s.ok()) return s;
    const auto& range = train.reference().range();
    const bool alike = !aligned && partners->find(frame) == partners->end();
    if (auto s = RequireInside(field, frame, reference, "reference", range); alike && !s.ok()) return s;
    if (used.insert(frame).second) return absl::OkStatus();
    return Wrong(field, fmt::format("frame {} is named before; a frame is trained on or held out, once", frame));
  };
  for (int i = 0; i < train.pairs_size(); ++i) {
    if (auto s = check("pairs", i, train.pairs(i)); !s.ok()) return s;
  }
  for (int i = 0; i < train.held_out_size(); ++i) {
    if (auto s = check("heldOut", i, train.held_out(i)); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status CheckUpTo(double most, const char* field, double given) {
  if (given >= 0 && given <= most) return absl::OkStatus();
  return Wrong(field, fmt::format("{} is given; 0 to {} is expected", given, most));
}

absl::Status CheckAugmentation(const v1::Augmentation& augmentation) {
  constexpr double kMost = 0.5;
  if (auto s = CheckUpTo(kMost, "train.training.augmentation.scale", augmentation.scale()); !s.ok()) return s;
  return CheckUpTo(kMost, "train.training.augmentation.exposure", augmentation.exposure());
}

absl::Status CheckTolerance(const v1::LossTolerance& tolerance) {
  const double share = tolerance.chroma_bandwidth();
  if (share != 0 && !(share >= 0.01 && share <= 1)) {
    return Wrong("train.tolerance.chromaBandwidth",
                 fmt::format("{} is given; 0.01 to 1 is expected, or 0 for what the pairs show", share));
  }
  if (tolerance.shift_px() > 1) {
    return Wrong("train.tolerance.shiftPx", fmt::format("{} is given; 0 or 1 is expected", tolerance.shift_px()));
  }
  return absl::OkStatus();
}

absl::Status CheckTraining(const v1::TrainingSettings& training, const JobFrames& source) {
  if (training.time_limit_seconds() < 0) return Wrong("train.training.timeLimitSeconds", "must not be negative");
  if (training.learning_rate() < 0 || training.learning_rate() > 1) {
    return Wrong("train.training.learningRate", "must lie between 0 and 1; 0 takes the recipe's");
  }
  if (training.steps() > 0 && training.time_limit_seconds() > 0) {
    return Wrong("train.training.timeLimitSeconds", "give steps or a time limit, not both");
  }
  if (auto s = CheckUpTo(10, "train.training.grainWeight", training.grain_weight()); !s.ok()) return s;
  if (auto s = CheckAugmentation(training.augmentation()); !s.ok()) return s;
  if (training.has_preview_frame() && !source.MayHold(training.preview_frame())) {
    return Wrong("train.training.previewFrame",
                 fmt::format("frame {} lies outside source.range", training.preview_frame()));
  }
  return absl::OkStatus();
}

absl::Status ReadInitialWeights(const v1::TrainJob& train, scheduling::JobFacts& facts) {
  switch (train.initial_weights_case()) {
    case v1::TrainJob::kInitialCheckpointSha256:
      return ReadCheckpoint("train.initialCheckpointSha256", train.initial_checkpoint_sha256(), facts);
    case v1::TrainJob::kInitialTrainJobId:
      return ReadTrainJob("train.initialTrainJobId", train.initial_train_job_id(), facts);
    case v1::TrainJob::INITIAL_WEIGHTS_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadTrain(const v1::TrainJob& train, scheduling::JobFacts& facts) {
  facts.kind = scheduling::JobKind::kTrain;
  if (train.recovery() == v1::RECOVERY_UNSPECIFIED) {
    return Wrong("train.recovery",
                 "RECOVERY_CHROMA, RECOVERY_SPATIAL, RECOVERY_COMBINED or RECOVERY_DIRECT is expected");
  }
  // The alignment says which frames those are.
  const Extent extent = train.has_alignment() ? Extent::kWhole : Extent::kNamed;
  auto source = ReadSource("train.source", train.source(), extent, facts);
  if (!source.ok()) return source.status();
  auto reference = ReadSource("train.reference", train.reference(), extent, facts);
  if (!reference.ok()) return reference.status();
  if (auto s = CheckPairs(train, *source, *reference); !s.ok()) return s;
  if (auto s = CheckTraining(train.training(), *source); !s.ok()) return s;
  if (!train.dataset_sha256().empty() && !artifacts::IsSha256Hex(train.dataset_sha256())) {
    return Wrong("train.datasetSha256", "must be 64 lower-case hexadecimal digits");
  }
  if (train.has_alignment()) {
    if (auto s = ReadInput("train.alignment", "alignment", "alignment", train.alignment(), facts); !s.ok()) return s;
  }
  if (train.has_crop()) {
    if (auto s = CheckCrop("train.crop", train.crop()); !s.ok()) return s;
  }
  if (auto s = CheckPreparations("train.", train.recovery(), train.source_preparation(), train.reference_preparation());
      !s.ok()) {
    return s;
  }
  if (auto s = CheckTolerance(train.tolerance()); !s.ok()) return s;
  if (auto s = ReadInitialWeights(train, facts); !s.ok()) return s;
  return ReadColor("train.color", train.color(), facts);
}

}  // namespace interneg::rpc
