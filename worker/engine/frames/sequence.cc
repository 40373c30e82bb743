#include <algorithm>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/frames/movie.h"

namespace interneg::frames {

// The movie, opened by whoever needs it first. A failure is not kept: the next call tries again.
class FrameSequence::LazyMovie {
 public:
  LazyMovie(Roots roots, Location location, MovieOverrides overrides)
      : roots_(std::move(roots)), location_(std::move(location)), overrides_(overrides) {}

  const Movie& Get() {
    const std::lock_guard lock(mutex_);
    if (!movie_) movie_ = std::make_unique<Movie>(roots_, location_, overrides_);
    return *movie_;
  }

 private:
  const Roots roots_;
  const Location location_;
  const MovieOverrides overrides_;
  std::mutex mutex_;              // guards movie_
  std::unique_ptr<Movie> movie_;
};

FrameSequence::FrameSequence(Roots roots, Location location, MovieOverrides overrides)
    : roots_(std::move(roots)), location_(std::move(location)), pattern_(FramePattern::Parse(location_.relative)) {
  if (!IsMovieExtension(pattern_.Extension())) return;
  if (pattern_.has_frame_field()) {
    throw std::invalid_argument("file pattern '" + location_.relative +
                                "': a movie holds its frames itself; name one file, without a frame field");
  }
  movie_ = std::make_shared<LazyMovie>(roots_, location_, overrides);
}

Location FrameSequence::FileOf(int frame) const { return {location_.root, pattern_.PathFor(frame)}; }

FrameFacts FrameSequence::Probe(int frame) const {
  return movie_ ? movie_->Get().Probe(frame) : ProbeFile(roots_, FileOf(frame), frame);
}

Frame FrameSequence::Read(int frame, const std::string& color_space) const {
  return movie_ ? movie_->Get().Read(frame, color_space) : ReadFile(roots_, FileOf(frame), frame, color_space);
}

std::string FrameSequence::HashOf(int frame) const {
  return movie_ ? movie_->Get().HashOf(frame) : HashFile(roots_, FileOf(frame));
}

std::optional<MovieFacts> FrameSequence::FactsOfMovie() const {
  return movie_ ? std::optional<MovieFacts>(movie_->Get().facts()) : std::nullopt;
}

std::vector<int> FrameSequence::Present() const {
  std::vector<int> frames;
  if (movie_) {
    frames.resize(static_cast<std::size_t>(movie_->Get().facts().frame_count));
    std::iota(frames.begin(), frames.end(), 1);
    return frames;
  }
  for (const std::string& name : roots_.List({location_.root, pattern_.folder()})) {
    if (const auto frame = pattern_.FrameOf(name)) frames.push_back(*frame);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

void FrameSequence::RequireAll(const FrameRange& range) const {
  if (!movie_ && !pattern_.has_frame_field()) {
    roots_.OpenFile(location_);
    return;
  }
  const std::vector<int> present = Present();
  std::vector<int> missing;
  for (const int frame : range.Sorted()) {
    if (!std::binary_search(present.begin(), present.end(), frame)) missing.push_back(frame);
  }
  if (missing.empty()) return;
  const std::string there = present.empty() ? "no frame of that pattern" : FrameRange::Of(present).ToString();
  const std::string cut = movie_ && movie_->Get().facts().is_cut_off ? "; it is cut off, copy it again" : "";
  throw FrameError(FrameFault::kMissing, roots_.Shown(location_) + ": " + std::to_string(missing.size()) +
                                             " frames are missing: " + FrameRange::Of(missing).ToString() +
                                             (movie_ ? "; the movie has " : "; the folder has ") + there + cut);
}

}  // namespace interneg::frames
