#include "worker/engine/jobs/stage_input.h"

#include <fstream>

#include "worker/engine/jobs/document_file.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

void RequireSameMedium(const std::string& field, const char* which, const std::optional<FrameSource>& made_of,
                       FrameSource& asked) {
  const FrameSource made = made_of.value_or(FrameSource());
  const bool same_range = asked.range.empty() || made.range == asked.range;
  if (made.path == asked.path && same_range && made.pulldown == asked.pulldown) {
    asked.range = made.range;
    return;
  }
  if (made.pulldown != asked.pulldown) {
    throw BadInput(field + ": the document was made of the " + which + " " + made.path +
                       " with another pulldown, and so "
                       "with other frame numbers",
                   "name a document of these frames, or make it again");
  }
  throw BadInput(field + ": the document was made of the " + which + " " + made.path + " " + made.range +
                     ", the job's is " + asked.path + " " + asked.range,
                 "name a document of these frames, or make it again");
}

}  // namespace

StageInputs::StageInputs(const std::vector<InputDocument>& documents) {
  for (const auto& document : documents) paths_[document.role] = document.path;
}

template <typename Result>
std::optional<Result> StageInputs::ReadKnown(Result (*parse)(std::string_view, const std::string&),
                                             const std::optional<StageInput>& asked, const std::string& field,
                                             const std::string& role, std::uint32_t newest_schema) const {
  if (!asked) return std::nullopt;
  const auto path = paths_.find(role);
  if (path == paths_.end()) {
    throw BadInput(field + ": the document was not given", "give it by --input " + role + "=FILE");
  }
  const std::string name = field + " '" + path->second + "'";
  auto result = parse(ReadDocumentFile(path->second), name);
  if (result.schema < 1 || result.schema > newest_schema) {
    throw BadInput(name + ": its form is " + std::to_string(result.schema) + ", this engine knows 1 to " +
                       std::to_string(newest_schema),
                   "make it again, or use a newer engine");
  }
  return result;
}

template <typename Result>
std::optional<Result> StageInputs::Read(Result (*parse)(std::string_view, const std::string&),
                                        const std::optional<StageInput>& asked, const std::string& field,
                                        const std::string& role, StageMedia& media) const {
  auto result = ReadKnown(parse, asked, field, role, kStageResultSchema);
  if (!result) return result;
  RequireSameMedium(field, "source", result->source, media.source);
  RequireSameMedium(field, "reference", result->reference, media.reference);
  return result;
}

std::optional<FrameMap> StageInputs::ReadFrameMap(const std::optional<StageInput>& asked, const std::string& field,
                                                  const std::string& role, StageMedia& media) const {
  return Read(&ParseFrameMap, asked, field, role, media);
}

std::optional<PairChoice> StageInputs::ReadPairChoice(const std::optional<StageInput>& asked, const std::string& field,
                                                      const std::string& role, StageMedia& media) const {
  return Read(&ParsePairChoice, asked, field, role, media);
}

std::optional<Alignment> StageInputs::ReadAlignment(const std::optional<StageInput>& asked, const std::string& field,
                                                    const std::string& role, StageMedia& media) const {
  return Read(&ParseAlignment, asked, field, role, media);
}

std::optional<FrameMap> StageInputs::ReadFrameMap(const std::optional<StageInput>& asked, const std::string& field,
                                                  const std::string& role) const {
  return ReadKnown(&ParseFrameMap, asked, field, role, kStageResultSchema);
}

std::optional<document::MediaReport> StageInputs::ReadMediaReport(const std::optional<StageInput>& asked,
                                                                  const std::string& field,
                                                                  const std::string& role) const {
  return ReadKnown(&document::ParseMediaReport, asked, field, role, document::kMediaReportSchema);
}

void SendDocument(const JobContext& context, const Scratch& scratch, const std::string& kind, const std::string& json) {
  if (json.size() > kLargestDocument_bytes) {
    throw BadInput("the " + kind + " would be larger than " + std::to_string(kLargestDocument_bytes >> 20) + " MiB",
                   "take a shorter range");
  }
  const auto file = scratch.folder() / (kind + ".json");
  {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << json;
    if (!out.flush()) {
      throw JobError(FailureKind::kStorage, file.string() + ": cannot be written", "make room on the worker's disk");
    }
  }
  context.events.Send(LocalArtifact{kind, scratch.FileOf(file), "application/json", {}});
}

}  // namespace interneg::jobs
