// What this process has freed and still holds (compute.h, PrepareToCompute).
#ifndef INTERNEG_WORKER_ENGINE_MODEL_FREED_MEMORY_H_
#define INTERNEG_WORKER_ENGINE_MODEL_FREED_MEMORY_H_

namespace interneg::model {

// Gives it back to the system, wherever it lies. For the end of work that needed much more, or other pieces, than what
// comes next; takes milliseconds.
void ReleaseFreedMemory();

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_FREED_MEMORY_H_
