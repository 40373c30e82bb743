// What is known of a medium once it was looked at: the inventory of one element, before anything is done with it.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MEDIA_FACTS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MEDIA_FACTS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/frames/field_structure.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {

// Over R, G and B of the sampled frames, as Read gives them.
struct ValueRange {
  double least = 0;
  double most = 0;
  double below_zero_share = 0;  // of all samples, 0 … 1
  double above_one_share = 0;
  std::vector<int> frames;  // that were sampled and could be read
};

struct FrameHash {
  int frame = 0;
  std::string sha256;
  friend bool operator==(const FrameHash&, const FrameHash&) = default;
};

struct UnreadableFrame {
  int frame = 0;
  std::string reason;
};

struct MediaFacts {
  std::string name;  // as the location is written
  FrameRange range;  // frames that are there, of those asked for
  FrameRange holes;  // frames that are not, though asked for or expected by the others' rhythm
  FrameRange unlike;  // files whose size or number of channels is not the first one's; `notes` say how
  FrameFacts first;  // of the first readable frame
  std::optional<MovieFacts> movie;
  ValueRange values;
  std::optional<FieldStructure> fields;  // measured over consecutive frames; nothing when not asked for
  int fields_first = 0;                  // the first of those frames
  std::vector<FrameHash> hashes;         // ascending; empty when not asked for
  std::vector<UnreadableFrame> unreadable;
  std::vector<std::string> notes;  // each once: of reading, of headers that differ from the first one's

  int frame_count() const { return static_cast<int>(range.size()); }
};

enum class Measuring { kSkip, kMeasure };

struct MediaQuestions {
  FrameRange range;         // empty: all that is there
  int sampled_frames = 12;  // spread evenly from the first to the last, for values and notes; at least 1
  int field_frames = 60;    // consecutive, from the middle of the range
  Measuring fields = Measuring::kMeasure;
  Measuring hashes = Measuring::kSkip;  // reads (of a movie: decodes) every frame
};

// Frames that the present ones lead one to expect: a sequence on twos or tens has no holes. `present` ascends.
std::vector<int> HolesIn(const std::vector<int>& present);

// Looks at the medium. `at_work` is called now and then with (done, of) and may throw to end it. A frame that cannot be
// read is listed, not thrown, unless there is none that can be or the fault is the storage's. Throws FrameError,
// std::invalid_argument for questions without sense.
MediaFacts Inspect(const FrameSequence& sequence, const MediaQuestions& questions,
                   const std::function<void(int, int)>& at_work = {});

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MEDIA_FACTS_H_
