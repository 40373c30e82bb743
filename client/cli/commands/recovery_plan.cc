#include "client/cli/commands/recovery_plan.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "client/cli/commands/version.h"
#include "client/cli/digest.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

// A name of letters, digits, '-' and '_', a letter first, for a record that a person did not name.
std::string NameFrom(const std::string& text) {
  std::string name;
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) name = "s-";
  for (const unsigned char c : text)
    name += (c < 0x80 && std::isalnum(c) != 0) || c == '_' ? static_cast<char>(std::tolower(c)) : '-';
  return name.substr(0, 40);
}

// The same frames get the same name, so that a second recovery of a shot finds its media instead of clashing with them.
std::string MediaName(const std::string& shot, const char* role, const v1::FrameSource& frames) {
  const std::string identity = frames.path() + '\n' + frames.range() + '\n' + frames.color_space();
  return fmt::format("{}-{}-{}", NameFrom(shot), role, cli::Sha256Hex(identity).substr(0, 8));
}

absl::Status CheckWithin(const char* option, const std::vector<int>& frames, const Sequence& sequence,
                         const char* range_option, const std::string& range) {
  const std::set<int> there(sequence.frames.begin(), sequence.frames.end());
  for (const int frame : frames) {
    if (there.count(frame) == 0) {
      return absl::InvalidArgumentError(fmt::format("{}: frame {} lies outside {} {}; choose frames of that range",
                                                    option, frame, range_option, range));
    }
  }
  return absl::OkStatus();
}

struct Split {
  std::vector<int> pairs;
  std::vector<int> held_out;
};

absl::StatusOr<Split> ParseSplit(const RecoverOptions& options, const Sequence& source, const Sequence& reference) {
  Split split;
  auto pairs = cli::ParseFrameRange("--pairs", options.pairs);
  if (!pairs.ok()) return pairs.status();
  split.pairs = std::move(*pairs);
  if (split.pairs.size() < 2) {
    return absl::InvalidArgumentError(
        fmt::format("--pairs: {} is one frame; training needs two or more, better four: begin, two middles and end",
                    options.pairs));
  }
  if (!options.held_out.empty()) {
    auto held_out = cli::ParseFrameRange("--held-out", options.held_out);
    if (!held_out.ok()) return held_out.status();
    split.held_out = std::move(*held_out);
  }
  const std::string& reference_range = options.reference_range.empty() ? options.range : options.reference_range;
  const char* reference_option = options.reference_range.empty() ? "--range" : "--reference-range";
  for (const auto& [option, frames] : {std::pair{"--pairs", &split.pairs}, std::pair{"--held-out", &split.held_out}}) {
    if (const absl::Status status = CheckWithin(option, *frames, source, "--range", options.range); !status.ok())
      return status;
    if (const absl::Status status = CheckWithin(option, *frames, reference, reference_option, reference_range);
        !status.ok())
      return status;
  }
  for (const int frame : split.held_out) {
    if (std::find(split.pairs.begin(), split.pairs.end(), frame) != split.pairs.end()) {
      return absl::InvalidArgumentError(
          fmt::format("--held-out: frame {} is also among --pairs; a frame can only be one of the two", frame));
    }
  }
  if (split.held_out.empty() && source.frames.size() == split.pairs.size()) {
    return absl::InvalidArgumentError(
        "--pairs: every frame of --range is trained on, so none is left to choose the model by; leave one out");
  }
  std::sort(split.pairs.begin(), split.pairs.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

absl::Status CheckPreviewFrame(const RecoverOptions& options, const Sequence& source) {
  if (!options.training.preview_frame) return absl::OkStatus();
  return CheckWithin("--preview-frame", {*options.training.preview_frame}, source, "--range", options.range);
}

v1::CreateMediaRequest PlanMedia(const RecoverOptions& options, const char* role, const v1::FrameSource& frames,
                                 const std::string& request_id) {
  v1::CreateMediaRequest request;
  request.set_request_id(cli::DerivedUuid(request_id, role));
  request.set_name(MediaName(options.shot, role, frames));
  request.set_shot(options.shot);
  *request.mutable_frames() = frames;
  return request;
}

v1::SubmitJobRequest PlanJob(const RecoverOptions& options, const char* part, const std::string& request_id) {
  v1::SubmitJobRequest request;
  request.set_request_id(cli::DerivedUuid(request_id, part));
  request.set_shot(options.shot);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  request.mutable_spec()->set_schema(kJobSchema);
  return request;
}

void FillSplit(const Split& split, v1::TrainJob& train, v1::CreateDatasetVersionRequest& dataset) {
  train.mutable_pairs()->Assign(split.pairs.begin(), split.pairs.end());
  train.mutable_held_out()->Assign(split.held_out.begin(), split.held_out.end());
  *dataset.mutable_pairs() = train.pairs();
  *dataset.mutable_held_out() = train.held_out();
}

}  // namespace

absl::StatusOr<RecoveryPlan> PlanRecovery(v1::Recovery recovery, const RecoverOptions& options,
                                          const std::string& request_id, const std::filesystem::path& working_folder) {
  const bool own_range = !options.reference_range.empty();
  const auto source =
      ParseSequence({"--source", options.source, "--range", options.range, options.source_space}, working_folder);
  if (!source.ok()) return source.status();
  const auto reference = ParseSequence({"--reference", options.reference, own_range ? "--reference-range" : "--range",
                                        own_range ? options.reference_range : options.range, options.reference_space},
                                       working_folder);
  if (!reference.ok()) return reference.status();
  const auto split = ParseSplit(options, *source, *reference);
  if (!split.ok()) return split.status();
  if (const absl::Status status = CheckPreviewFrame(options, *source); !status.ok()) return status;
  const auto color = ToColorSettings(options.color, working_folder);
  if (!color.ok()) return color.status();
  const auto output = ToRenderOutput(options.output, *source, &*reference, working_folder);
  if (!output.ok()) return output.status();
  if (options.submit.request_id.empty()) {
    if (const absl::Status status = CheckOutputFree(*output, source->frames, working_folder); !status.ok())
      return status;
  }

  RecoveryPlan plan;
  plan.request_id = request_id;
  plan.repeatable = !options.submit.request_id.empty();
  plan.project = options.project;
  plan.source = PlanMedia(options, "source", source->source, request_id);
  plan.reference = PlanMedia(options, "reference", reference->source, request_id);
  plan.dataset.set_request_id(cli::DerivedUuid(request_id, "dataset"));
  plan.dataset.set_name(fmt::format("{}-{}", NameFrom(options.shot), cli::Word(recovery)));
  plan.dataset.set_shot(options.shot);
  plan.dataset.set_recovery(recovery);
  plan.dataset.set_note(options.note);

  plan.probe = PlanJob(options, "probe", request_id);
  v1::ProbeJob& probe = *plan.probe.mutable_spec()->mutable_probe();
  *probe.add_media() = source->source;
  *probe.add_media() = reference->source;
  *probe.mutable_color() = *color;
  // So that a place or a space that cannot be is found before anything is trained.
  *probe.mutable_output() = *output;

  plan.train = PlanJob(options, "train", request_id);
  v1::TrainJob& train = *plan.train.mutable_spec()->mutable_train();
  train.set_recovery(recovery);
  *train.mutable_source() = source->source;
  *train.mutable_reference() = reference->source;
  *train.mutable_color() = *color;
  if (const absl::Status status = FillTraining(options.training, train); !status.ok()) return status;
  FillSplit(*split, train, plan.dataset);

  plan.render = PlanJob(options, "render", request_id);
  v1::RenderJob& render = *plan.render.mutable_spec()->mutable_render();
  *render.mutable_source() = source->source;
  *render.mutable_color() = *color;
  *render.mutable_output() = *output;
  render.set_chunk_frames(options.output.chunk_frames);
  render.set_precision(train.training().precision());
  return plan;
}

cli::Json ToJson(const RecoveryPlan& plan) {
  const auto part = [](const google::protobuf::Message& message) {
    return cli::ToJson(message, cli::Defaults::kLeftOut);
  };
  cli::Json probe = part(plan.probe), train = part(plan.train), render = part(plan.render);
  // Ids that only the server can give are said in words.
  train["dependsOn"] = "probe";
  render["dependsOn"] = "train";
  return {{"project", plan.project},
          {"media", cli::Json::array({part(plan.source), part(plan.reference)})},
          {"dataset", part(plan.dataset)},
          {"jobs", {{"probe", probe}, {"train", train}, {"render", render}}}};
}

}  // namespace interneg::commands
