// Elements that were measured before, held against each other shot by shot: the map of the best one.
//
// The map is a job of the engine and no work of the client, because the ranking belongs to `validation`, which only
// jobs may bring together with documents, and because what it was made from is then on record (its inputs).
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ELEMENT_COMPARISON_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ELEMENT_COMPARISON_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/stage_input.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// One element as it was measured.
struct MeasuredElement {
  std::string name;
  document::MediumReport report;
  std::vector<ConformOffset> conform_offsets;
  // Instead of offsets: with the first element, either way round.
  std::optional<FrameMap> frame_map = std::nullopt;
};

// Sections are the first element's shots, and of each later element those that lie beside every section so far; all in
// the shared numbering: own number + offset, or that of the frame that a frame map pairs it with (matched or held;
// frames without such a partner lie in no section, which a note counts). An element has of a section the share of the
// frames that any element has there, and is judged by the shot of its own that it shares most frames with. Pure; the
// order of the elements decides between equal figures. Throws JobError for an element without measures, offsets that do
// not parse or that move a frame twice, a map of other elements or beside offsets, two elements of one name, fewer than
// two.
document::ElementMap CompareElements(const std::vector<MeasuredElement>& elements);

// Reads the reports (roles report_0, report_1 …) and maps (frame_map_1 …) and makes the `element_map`. Throws as
// CompareElements, and DocumentError.
EngineResult RunComparison(const JobContext& context, const ElementComparison& comparison, const StageInputs& inputs,
                           const std::filesystem::path& scratch_folder);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ELEMENT_COMPARISON_H_
