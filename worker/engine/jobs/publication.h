// Makes a finished attempt's frames the published ones: once, whole, and never over another job's.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PUBLICATION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PUBLICATION_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/assignment.h"

namespace interneg::jobs {

enum class Existing { kRefuse, kReplace };

struct Publication {
  frames::Location attempt_folder;  // <output folder>/.interneg/<task id>.<attempt no>
  frames::Location output_folder;
  std::vector<OutputFile> manifest;
  Existing existing = Existing::kRefuse;
};

struct PublicationReport {
  std::size_t published = 0;
  std::size_t already_there = 0;
};

// Every file is checked before the first is moved: its hash in the attempt's folder is the manifest's, and no other
// file stands under its name. Then each is linked into the output folder without replacing and the attempt's copy is
// unlinked; with kReplace the old version is kept below .interneg/replaced until all new ones are whole. Files that
// stand there with the manifest's hash are skipped, so that running it twice, or from two workers, does the same as
// once. File systems without hard links or without a sync of folders will do. Folders are synced, the attempt's folder
// and those of other attempts of the same task are removed last. Throws JobError: kBadInput for a name that is no plain
// file name, or another file in the way; kStorage for a file that is missing or damaged, or a file system that refuses.
PublicationReport Publish(const frames::Roots& roots, const Publication& publication,
                          const std::function<void(std::size_t done)>& progress);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PUBLICATION_H_
