#include <algorithm>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/frames/movie.h"
#include "worker/engine/frames/whole_file.h"

namespace interneg::frames {
namespace {

void AsFilm(const Pulldown& pulldown, FrameFacts& facts) {
  auto& rate = facts.metadata.frame_rate;
  if (rate) rate = FilmRate(pulldown.cadence, *rate);
}

}  // namespace

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

FrameSequence::FrameSequence(Roots roots, Location location, MovieOverrides overrides,
                             std::optional<Pulldown> pulldown)
    : roots_(std::move(roots)),
      location_(std::move(location)),
      pattern_(FramePattern::Parse(location_.relative)),
      pulldown_(pulldown) {
  if (pulldown_) RequireSane(*pulldown_);
  if (pulldown_ && !pattern_.has_frame_field() && !IsMovieExtension(pattern_.Extension())) {
    throw std::invalid_argument("file pattern '" + location_.relative +
                                "': one file has no fields of its neighbours; name a sequence or a movie");
  }
  if (!IsMovieExtension(pattern_.Extension())) return;
  if (pattern_.has_frame_field()) {
    throw std::invalid_argument("file pattern '" + location_.relative +
                                "': a movie holds its frames itself; name one file, without a frame field");
  }
  movie_ = std::make_shared<LazyMovie>(roots_, location_, overrides);
}

Location FrameSequence::FileOf(int frame) const {
  return {location_.root, pattern_.PathFor(FieldsOf(frame).top_frame)};
}

FieldSources FrameSequence::FieldsOf(int frame) const {
  if (!pulldown_) return {frame, frame};
  if (frame >= pulldown_->first_frame) return SourcesOf(*pulldown_, frame);
  throw FrameError(FrameFault::kMissing, location_.ToString() + ": there is no film frame " + std::to_string(frame) +
                                             ": they are counted from " + std::to_string(pulldown_->first_frame));
}

FrameFacts FrameSequence::ProbeVideo(int frame) const {
  return movie_ ? movie_->Get().Probe(frame) : ProbeFile(roots_, {location_.root, pattern_.PathFor(frame)}, frame);
}

Frame FrameSequence::ReadVideo(int frame, const std::string& color_space) const {
  return movie_ ? movie_->Get().Read(frame, color_space)
                : ReadFile(roots_, {location_.root, pattern_.PathFor(frame)}, frame, color_space);
}

std::string FrameSequence::HashOfVideo(int frame) const {
  return movie_ ? movie_->Get().HashOf(frame) : HashFile(roots_, {location_.root, pattern_.PathFor(frame)});
}

std::vector<int> FrameSequence::PresentVideo() const {
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

FrameFacts FrameSequence::Probe(int frame) const {
  auto facts = ProbeVideo(FieldsOf(frame).top_frame);
  if (pulldown_) AsFilm(*pulldown_, facts);
  return facts;
}

Frame FrameSequence::Read(int frame, const std::string& color_space) const {
  const FieldSources from = FieldsOf(frame);
  if (from.top_frame == from.bottom_frame) {
    auto read = ReadVideo(from.top_frame, color_space);
    if (pulldown_) AsFilm(*pulldown_, read.facts);
    return read;
  }
  // A movie is decoded forwards.
  const bool top_first = from.top_frame < from.bottom_frame;
  auto earlier = ReadVideo(std::min(from.top_frame, from.bottom_frame), color_space);
  auto later = ReadVideo(std::max(from.top_frame, from.bottom_frame), color_space);
  auto& top = top_first ? earlier : later;
  const auto& bottom = top_first ? later : earlier;
  if (top.rgb.size() != bottom.rgb.size()) {
    throw FrameError(FrameFault::kUnreadable, roots_.Shown(location_) + ": the fields of film frame " +
                                                  std::to_string(frame) + " are in video frames " +
                                                  std::to_string(from.top_frame) + " and " +
                                                  std::to_string(from.bottom_frame) + ", which differ in size");
  }
  top.rgb = WeaveFields(top.rgb, bottom.rgb);
  for (const auto& note : bottom.notes) {
    if (std::find(top.notes.begin(), top.notes.end(), note) == top.notes.end()) top.notes.push_back(note);
  }
  AsFilm(*pulldown_, top.facts);
  return std::move(top);
}

std::string FrameSequence::HashOf(int frame) const {
  const FieldSources from = FieldsOf(frame);
  const std::string top = HashOfVideo(from.top_frame);
  return from.top_frame == from.bottom_frame ? top : Sha256(top + HashOfVideo(from.bottom_frame));
}

std::optional<MovieFacts> FrameSequence::FactsOfMovie() const {
  return movie_ ? std::optional<MovieFacts>(movie_->Get().facts()) : std::nullopt;
}

std::vector<int> FrameSequence::Present() const {
  auto video = PresentVideo();
  return pulldown_ ? FilmFrames(*pulldown_, video) : video;
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
                                             (pulldown_ ? "; the film frames are "
                                              : movie_  ? "; the movie has "
                                                        : "; the folder has ") +
                                             there + cut);
}

}  // namespace interneg::frames
