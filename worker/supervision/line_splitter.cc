#include "worker/supervision/line_splitter.h"

#include <utility>

namespace interneg::supervision {

LineSplitter::LineSplitter(std::size_t limit_bytes, std::function<void(std::string)> on_line,
                           std::function<void(std::size_t)> on_too_long)
    : limit_bytes_(limit_bytes), on_line_(std::move(on_line)), on_too_long_(std::move(on_too_long)) {}

void LineSplitter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    Take(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    EndLine();
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::Take(std::string_view part) {
  if (dropped_bytes_ == 0 && pending_.size() + part.size() <= limit_bytes_) {
    pending_.append(part);
    return;
  }
  dropped_bytes_ += pending_.size() + part.size();
  pending_.clear();
}

void LineSplitter::EndLine() {
  if (dropped_bytes_ > 0) {
    on_too_long_(std::exchange(dropped_bytes_, 0));
    return;
  }
  on_line_(std::exchange(pending_, {}));
}

}  // namespace interneg::supervision
