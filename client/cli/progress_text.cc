#include "client/cli/progress_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/cli/duration.h"

namespace interneg::cli {
namespace {

std::string_view UnitOf(const std::string& phase) {
  return phase.find("train") != std::string::npos || phase.find("calibrat") != std::string::npos ? "steps" : "frames";
}

}  // namespace

std::string Grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<long>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

std::string ProgressText(const v1::EngineProgress& progress, std::optional<std::uint32_t> last_checkpoint) {
  const std::string_view unit = UnitOf(progress.phase());
  std::string text = progress.phase().empty() ? "working" : progress.phase();
  if (progress.total() > 0) {
    text += fmt::format(" {}/{} {}", Grouped(progress.done()), Grouped(progress.total()), unit);
  } else if (progress.done() > 0) {
    text += fmt::format(" {} {}", Grouped(progress.done()), unit);
  }
  if (progress.rate() > 0) text += fmt::format(" · {:.{}f} {}/s", progress.rate(), progress.rate() < 10 ? 2 : 1, unit);
  if (progress.has_loss()) text += fmt::format(" · loss {:.4g}", progress.loss());
  if (progress.remaining_seconds() > 0) text += fmt::format(" · {} left", ClockText(progress.remaining_seconds()));
  if (last_checkpoint) text += fmt::format(" · checkpoint {}", Grouped(*last_checkpoint));
  return text;
}

std::string ProgressBar(const v1::EngineProgress& progress, int width) {
  if (progress.total() == 0 || width < 5) return {};
  const int inside = width - 2;
  const double share = std::min(1.0, static_cast<double>(progress.done()) / progress.total());
  const int filled = static_cast<int>(share * inside);
  return '[' + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(inside - filled), '-') + ']';
}

}  // namespace interneg::cli
