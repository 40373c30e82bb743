#include "worker/engine/frames/media_facts.h"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>

namespace interneg::frames {
namespace {

FrameRange RangeOrEmpty(std::vector<int> frames) {
  return frames.empty() ? FrameRange() : FrameRange::Of(std::move(frames));
}

// `count` of them, the first and the last among them.
std::vector<int> SpreadOver(const std::vector<int>& frames, int count) {
  std::set<int> chosen;
  const auto last = static_cast<std::int64_t>(frames.size()) - 1;
  for (int i = 0; i < count; ++i) {
    const auto at = count == 1 ? last / 2 : last * i / (count - 1);
    chosen.insert(frames[static_cast<std::size_t>(at)]);
  }
  return {chosen.begin(), chosen.end()};
}

std::string SizeText(image::Size size) {
  return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
}

class Inspection {
 public:
  Inspection(const FrameSequence& sequence, const MediaQuestions& questions,
             const std::function<void(int, int)>& at_work)
      : sequence_(sequence), questions_(questions), at_work_(at_work) {}

  MediaFacts Run() {
    facts_.name = sequence_.location().ToString();
    facts_.movie = sequence_.FactsOfMovie();
    FindFrames();
    const auto sampled = SpreadOver(present_, questions_.sampled_frames);
    const bool every_header = !facts_.movie;
    work_ = static_cast<int>(sampled.size()) + (every_header ? static_cast<int>(present_.size()) : 0) +
            (questions_.hashes == Measuring::kMeasure ? static_cast<int>(present_.size()) : 0);
    if (every_header) CompareHeaders();
    Sample(sampled);
    if (questions_.fields == Measuring::kMeasure) ObserveFields();
    if (questions_.hashes == Measuring::kMeasure) Hash();
    return std::move(facts_);
  }

 private:
  void FindFrames() {
    present_ = sequence_.pattern().has_frame_field() || sequence_.IsMovie() ? sequence_.Present() : std::vector<int>{1};
    std::vector<int> holes;
    if (questions_.range.empty()) {
      holes = HolesIn(present_);
    } else {
      const auto there = std::exchange(present_, {});
      for (const int frame : questions_.range.Sorted()) {
        (std::binary_search(there.begin(), there.end(), frame) ? present_ : holes).push_back(frame);
      }
    }
    if (present_.empty()) {
      throw FrameError(FrameFault::kMissing, facts_.name +
                                                 ": none of its frames is there; check folder, name, padding "
                                                 "of the pattern and range");
    }
    facts_.range = RangeOrEmpty(present_);
    facts_.holes = RangeOrEmpty(std::move(holes));
  }

  template <typename Look>
  void Try(int frame, Look look) {
    if (at_work_) at_work_(done_++, work_);
    try {
      look();
    } catch (const FrameError& error) {
      if (error.fault() == FrameFault::kStorage) throw;
      const auto& known = facts_.unreadable;
      const auto is_this = [&](const UnreadableFrame& other) { return other.frame == frame; };
      if (std::none_of(known.begin(), known.end(), is_this)) facts_.unreadable.push_back({frame, error.what()});
    }
  }

  void Note(const std::string& text) {
    if (std::find(facts_.notes.begin(), facts_.notes.end(), text) == facts_.notes.end()) facts_.notes.push_back(text);
  }

  void CompareHeaders() {
    std::optional<FrameFacts> first;
    std::vector<int> unlike;
    for (const int frame : present_) {
      Try(frame, [&] {
        const auto facts = sequence_.Probe(frame);
        if (!first) first = facts;
        if (facts.size != first->size || facts.channels.size() != first->channels.size()) unlike.push_back(frame);
        const std::string which = "frame " + std::to_string(frame) + " differs from the first one: ";
        if (facts.size != first->size) Note(which + SizeText(facts.size) + " instead of " + SizeText(first->size));
        if (facts.channels.size() != first->channels.size()) {
          Note(which + std::to_string(facts.channels.size()) + " channels instead of " +
               std::to_string(first->channels.size()));
        }
        if (facts.encoding != first->encoding) {
          Note(which + std::string(NameOf(facts.encoding)) + " samples instead of " +
               std::string(NameOf(first->encoding)));
        }
      });
    }
    facts_.unlike = RangeOrEmpty(std::move(unlike));
  }

  void Sample(const std::vector<int>& frames) {
    std::size_t samples = 0, below = 0, above = 0;
    double least = std::numeric_limits<double>::max(), most = std::numeric_limits<double>::lowest();
    for (const int frame : frames) {
      Try(frame, [&] {
        const auto read = sequence_.Read(frame, "");
        if (facts_.values.frames.empty()) facts_.first = read.facts;
        for (const float v : read.rgb.values()) {
          least = std::min(least, static_cast<double>(v));
          most = std::max(most, static_cast<double>(v));
          below += v < 0.0F ? 1 : 0;
          above += v > 1.0F ? 1 : 0;
        }
        samples += read.rgb.values().size();
        facts_.values.frames.push_back(frame);
        for (const auto& note : read.notes) Note(note);
      });
    }
    if (samples == 0) throw FrameError(FrameFault::kUnreadable, facts_.unreadable.front().reason);
    facts_.values.least = least;
    facts_.values.most = most;
    facts_.values.below_zero_share = static_cast<double>(below) / static_cast<double>(samples);
    facts_.values.above_one_share = static_cast<double>(above) / static_cast<double>(samples);
  }

  // The longest run of neighbouring frames around the middle of the range, cut to what was asked for.
  std::vector<int> MiddleRun() const {
    std::size_t begin = present_.size() / 2, end = begin + 1;
    const auto most = static_cast<std::size_t>(questions_.field_frames);
    for (bool grows = true; grows && end - begin < most;) {
      grows = false;
      if (end < present_.size() && present_[end] == present_[end - 1] + 1) ++end, grows = true;
      if (begin > 0 && end - begin < most && present_[begin - 1] == present_[begin] - 1) --begin, grows = true;
    }
    return {present_.begin() + static_cast<std::ptrdiff_t>(begin), present_.begin() + static_cast<std::ptrdiff_t>(end)};
  }

  void ObserveFields() {
    FieldObserver observer;
    const auto run = MiddleRun();
    facts_.fields_first = run.front();
    for (const int frame : run) {
      if (at_work_) at_work_(done_, work_);
      try {
        const auto read = sequence_.Read(frame, "");
        if (read.rgb.size() != facts_.first.size || read.rgb.height_px() < FieldObserver::kLeastLines) break;
        observer.Add(read.rgb);
      } catch (const FrameError& error) {
        if (error.fault() == FrameFault::kStorage) throw;
        break;  // a span with a hole in it has no rhythm
      }
    }
    facts_.fields = observer.Structure();
  }

  void Hash() {
    for (const int frame : present_) {
      Try(frame, [&] { facts_.hashes.push_back({frame, sequence_.HashOf(frame)}); });
    }
  }

  const FrameSequence& sequence_;
  const MediaQuestions& questions_;
  const std::function<void(int, int)>& at_work_;
  MediaFacts facts_;
  std::vector<int> present_;
  int done_ = 0, work_ = 0;
};

}  // namespace

std::vector<int> HolesIn(const std::vector<int>& present) {
  int step = 0;
  for (std::size_t i = 1; i < present.size(); ++i) {
    const int distance = present[i] - present[i - 1];
    step = step == 0 ? distance : std::min(step, distance);
  }
  std::vector<int> holes;
  for (std::size_t i = 1; i < present.size(); ++i) {
    for (int frame = present[i - 1] + step; frame < present[i]; frame += step) holes.push_back(frame);
  }
  return holes;
}

MediaFacts Inspect(const FrameSequence& sequence, const MediaQuestions& questions,
                   const std::function<void(int, int)>& at_work) {
  if (questions.sampled_frames < 1 || questions.field_frames < 1) {
    throw std::invalid_argument("media questions: at least one frame must be sampled, and one looked at for fields");
  }
  return Inspection(sequence, questions, at_work).Run();
}

}  // namespace interneg::frames
