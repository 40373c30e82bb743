// The documents of earlier stages as an attempt is given them, and the form in which it hands on its own.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STAGE_INPUT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STAGE_INPUT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// What a job says of its two elements.
struct StageMedia {
  FrameSource source;
  FrameSource reference;
};

// By role. Reading throws JobError or DocumentError that names the field of the job that asks for the document.
class StageInputs {
 public:
  explicit StageInputs(const std::vector<InputDocument>& documents);

  // `field` of the job names it, `role` is what it was given as. nullopt when the job does not ask for it. Refuses a
  // document of other media than the job's: paths and ranges are compared as they are written. A range that is left
  // open becomes the document's, so that frames which have come since change nothing.
  std::optional<FrameMap> ReadFrameMap(const std::optional<StageInput>& asked, const std::string& field,
                                       const std::string& role, StageMedia& media) const;
  std::optional<PairChoice> ReadPairChoice(const std::optional<StageInput>& asked, const std::string& field,
                                           const std::string& role, StageMedia& media) const;
  std::optional<Alignment> ReadAlignment(const std::optional<StageInput>& asked, const std::string& field,
                                         const std::string& role, StageMedia& media) const;
  // Of whatever media.
  std::optional<FrameMap> ReadFrameMap(const std::optional<StageInput>& asked, const std::string& field,
                                       const std::string& role) const;
  std::optional<document::MediaReport> ReadMediaReport(const std::optional<StageInput>& asked, const std::string& field,
                                                       const std::string& role) const;

 private:
  template <typename Result>
  std::optional<Result> ReadKnown(Result (*parse)(std::string_view, const std::string&),
                                  const std::optional<StageInput>& asked, const std::string& field,
                                  const std::string& role, std::uint32_t newest_schema) const;
  template <typename Result>
  std::optional<Result> Read(Result (*parse)(std::string_view, const std::string&),
                             const std::optional<StageInput>& asked, const std::string& field, const std::string& role,
                             StageMedia& media) const;

  std::map<std::string, std::string> paths_;
};

// Writes the document as `kind`.json and sends it as an artifact.
void SendDocument(const JobContext& context, const Scratch& scratch, const std::string& kind, const std::string& json);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STAGE_INPUT_H_
