// What can go wrong in a job, said so that a scheduler and a person both know what to do.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_JOB_ERROR_H_
#define INTERNEG_WORKER_ENGINE_JOBS_JOB_ERROR_H_

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/jobs/engine_event.h"

namespace interneg::jobs {

// `what` names the file, frame, field or option and what is wrong; `remedy` what would be right.
class JobError : public std::runtime_error {
 public:
  JobError(FailureKind kind, const std::string& what, std::string remedy)
      : std::runtime_error(what), kind_(kind), remedy_(std::move(remedy)) {}
  FailureKind kind() const { return kind_; }
  const std::string& remedy() const { return remedy_; }

 private:
  FailureKind kind_;
  std::string remedy_;
};

inline JobError BadInput(const std::string& what, std::string remedy) {
  return {FailureKind::kBadInput, what, std::move(remedy)};
}

// The lease ran out or the daemon is gone: nothing is reported, the program ends with exit code 75.
class LeaseLost : public std::exception {
 public:
  const char* what() const noexcept override { return "the lease ran out"; }
};

// SIGTERM arrived before there was anything to keep.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

// The one place where the modules' exceptions become failures. Faults of frames, colour, documents and options are bad
// input, a full or failing disk is storage, exhausted memory and diverged training are themselves, everything else is
// internal.
EngineFailure FailureOf(const std::exception& error);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_JOB_ERROR_H_
