// File names of a sequence: `f.%04d.exr`, `f.#.exr`, `f.@.exr`, `f.$F4.exr`.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_PATTERN_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_PATTERN_H_

#include <optional>
#include <string>
#include <string_view>

namespace interneg::frames {

// A path whose file name carries at most one frame field. `#` pads to 4 digits (each further # adds 4, as in
// fileseq; at most 9 digits in all), `@` to 1 each,
// `%d` and `%0Nd` as printf, `$F` and `$FN` as Houdini. A regular value type.
class FramePattern {
 public:
  FramePattern() = default;

  // Throws std::invalid_argument naming the pattern: two fields, a field in a folder's name, a bad % or an empty name.
  static FramePattern Parse(std::string_view path);

  bool has_frame_field() const { return digits_ > 0; }  // false: one file that serves every frame
  int padding_digits() const { return digits_; }        // least digits; 0 without a field

  const std::string& folder() const { return folder_; }  // "" or ends in '/'
  std::string NameFor(int frame) const;                  // file name; a negative number keeps its sign before the zeros
  std::string PathFor(int frame) const { return folder_ + NameFor(frame); }

  // The frame whose name this is; nothing when it does not match or is padded otherwise.
  std::optional<int> FrameOf(std::string_view file_name) const;

  // The file name's extension in lower case, without the dot ("exr"); may be empty.
  std::string Extension() const;

  // The same pattern with the %0Nd spelling.
  std::string ToString() const;

 private:
  std::string folder_;
  std::string before_;
  std::string after_;
  int digits_ = 0;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_PATTERN_H_
