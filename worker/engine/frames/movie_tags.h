// libav's stream parameters as facts; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_TAGS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_TAGS_H_

#include <string>

#include "worker/engine/frames/movie_facts.h"
#include "worker/engine/frames/movie_index.h"
#include "worker/engine/frames/movie_input.h"

namespace interneg::frames {

// Throws FrameError kUnsupported for a pixel format or matrix that is not read (naming the override that helps).
MovieFacts FactsOf(const MovieInput& input, const MovieIndex& index, const MovieOverrides& overrides,
                   const std::string& shown);

// The metadata of frame 1 moved on by `frames`: the timecode counts on at the rate.
FrameMetadata MetadataAfter(const FrameMetadata& first, int frames);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_TAGS_H_
