// Cuts a stream of bytes into lines without ever holding more than one bounded line.
#ifndef INTERNEG_WORKER_SUPERVISION_LINE_SPLITTER_H_
#define INTERNEG_WORKER_SUPERVISION_LINE_SPLITTER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace interneg::supervision {

// A line longer than the limit is dropped up to its end and reported once; what follows is read as usual.
// Not synchronised.
class LineSplitter {
 public:
  // `on_line` gets a line without its newline; `on_too_long` the number of bytes that were dropped.
  LineSplitter(std::size_t limit_bytes, std::function<void(std::string)> on_line,
               std::function<void(std::size_t)> on_too_long);

  void Feed(std::string_view bytes);
  // Bytes of a line whose newline has not come. At the end of the stream they are a line cut short.
  std::size_t pending_bytes() const { return dropped_bytes_ + pending_.size(); }

 private:
  void Take(std::string_view part);
  void EndLine();

  const std::size_t limit_bytes_;
  const std::function<void(std::string)> on_line_;
  const std::function<void(std::size_t)> on_too_long_;
  std::string pending_;
  std::size_t dropped_bytes_ = 0;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_LINE_SPLITTER_H_
