// The options of `interneg-engine recover` that say how to train.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_FLAGS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_FLAGS_H_

#include "worker/engine/jobs/recover_options.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace interneg::jobs {

// Fills recipe, network, size, training, augmentation and tolerance of `options`, which outlives the parsing. None of them
// goes together with `train`, the option that names a document.
void AddTrainingFlags(CLI::App& command, RecoverOptions& options, CLI::Option* train);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_FLAGS_H_
