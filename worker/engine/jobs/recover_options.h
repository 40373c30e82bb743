// The options of `interneg-engine recover` as the two job documents they stand for.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RECOVER_OPTIONS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RECOVER_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "worker/engine/jobs/job_document.h"
#include "worker/engine/model/network_description.h"

namespace interneg::jobs {

// As typed; empty means the default. Words are the client's: "chroma", "grid", "medium", "png", "zip", "half" …
struct RecoverOptions {
  std::string recovery = "chroma";
  FrameSource source;
  FrameSource reference;  // range empty: the source's
  std::string range;
  std::string pairs;
  std::string held_out;
  ColorSettings color;
  std::string domain;
  std::string matrix;
  std::string recipe;
  std::string network;
  std::string size;
  std::uint32_t lut_size = 0;
  std::string precision;
  std::string patch_sampling;
  TrainingSettings training;  // but for `augmentation`
  Augmentation augmentation;
  LossTolerance tolerance;
  std::string time_limit;
  std::string output;  // a folder, or a pattern
  std::string output_space;
  std::string format;
  std::string compression;
  std::string bit_depth;
  bool replace = false;
  std::vector<std::string> attributes;  // NAME=TEXT
  DetailStrengths detail;
  bool invented_detail = false;
  double temporal_smoothing = 0;
};

struct RecoverJobs {
  JobSpec train;
  RenderJob render;
};

// Throws JobError naming the option for an unknown word (listing the known), DocumentError's kin for ranges.
RecoverJobs JobsOf(const RecoverOptions& options);

// A network by the words of the options of the same names; empty ones are the defaults.
struct NetworkWords {
  std::string recovery = "chroma";
  std::string network;
  std::string size;
  std::string matrix;
};

// Throws JobError naming the option for an unknown word, and for a network that cannot make the recovery.
model::NetworkDescription NetworkOf(const NetworkWords& words);

// Where checkpoints and pictures go when nobody says: "shots/out-sh010-recovery" for an output
// "shots/out/sh010.%04d.exr"; "interneg-scratch" for an output below a named root. Pure.
std::string DefaultScratch(const std::string& output);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RECOVER_OPTIONS_H_
