#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/document_text.h"
#include "client/cli/commands/movie_options.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

using Fact = std::string (*)(const v1::MediumReport&);

std::string Location(const v1::MediumReport& m) {
  return m.frames().path();
}
std::string Present(const v1::MediumReport& m) {
  return m.present();
}
std::string Missing(const v1::MediumReport& m) {
  return m.missing();
}

std::string Unreadable(const v1::MediumReport& m) {
  std::vector<int> frames;
  for (const v1::UnreadableFrame& frame : m.unreadable()) frames.push_back(frame.frame());
  return frames.empty() ? "" : cli::FrameRangeText(std::move(frames));
}

std::string Size(const v1::MediumReport& m) {
  return fmt::format("{}x{}", m.picture().width_px(), m.picture().height_px());
}

std::string PixelAspect(const v1::MediumReport& m) {
  return fmt::format("{:.4g}", m.picture().pixel_aspect());
}

std::string DataWindow(const v1::MediumReport& m) {
  const v1::PictureArea& w = m.picture().data_window();
  const bool whole = w.x_px() == 0 && w.y_px() == 0 && w.width_px() == m.picture().width_px() &&
                     w.height_px() == m.picture().height_px();
  return whole ? "whole" : fmt::format("{}x{} at {},{}", w.width_px(), w.height_px(), w.x_px(), w.y_px());
}

std::string Format(const v1::MediumReport& m) {
  if (!m.has_movie()) return fmt::format("{} {}", m.picture().format(), m.picture().compression());
  return fmt::format("{} {} ({})", m.movie().codec(), m.movie().pixel_format(), m.movie().container());
}

std::string Samples(const v1::MediumReport& m) {
  return fmt::format("{} ({} bit)", m.picture().samples(), m.picture().bit_depth());
}

std::string Channels(const v1::MediumReport& m) {
  return fmt::format("{}", fmt::join(m.picture().channels(), ","));
}

std::string Rate(const v1::MediumReport& m) {
  const v1::PictureFacts& p = m.picture();
  if (p.rate_numerator() == 0 || p.rate_denominator() == 0) return {};
  const double rate = static_cast<double>(p.rate_numerator()) / p.rate_denominator();
  return fmt::format("{:.5g}{}", rate, m.movie().variable_rate() ? ", variable" : "");
}

std::string Timecode(const v1::MediumReport& m) {
  return m.picture().timecode();
}
std::string Keycode(const v1::MediumReport& m) {
  return fmt::format("{}", fmt::join(m.picture().keycode(), " "));
}
std::string Reel(const v1::MediumReport& m) {
  return m.picture().reel();
}

std::string Space(const v1::MediumReport& m) {
  return m.color_space() + (m.color_space_assumed() ? " (assumed)" : "");
}

std::string Matrix(const v1::MediumReport& m) {
  if (!m.has_movie()) return {};
  return fmt::format("{} ({})", cli::Word(m.movie().matrix()), m.movie().matrix_from());
}

std::string Levels(const v1::MediumReport& m) {
  if (!m.has_movie()) return {};
  return fmt::format("{} ({})", cli::Word(m.movie().range()), m.movie().range_from());
}

std::string Values(const v1::MediumReport& m) {
  const v1::ValueRange& v = m.values();
  std::string text = fmt::format("{:.4g} to {:.4g}", v.least(), v.most());
  if (v.below_zero_share() > 0) text += fmt::format(", {:.2g} % below 0", 100 * v.below_zero_share());
  if (v.above_one_share() > 0) text += fmt::format(", {:.2g} % above 1", 100 * v.above_one_share());
  return text;
}

std::string Fields(const v1::MediumReport& m) {
  const v1::FieldFacts& f = m.fields();
  if (f.kind().empty()) return {};
  std::string text = f.kind();
  if (f.order() != "unknown" && !f.order().empty()) text += ", " + f.order();
  if (f.kind() != "unknown") text += fmt::format(" (confidence {:.2f})", f.confidence());
  return text;
}

std::string ReadBy(const v1::MediumReport& m) {
  return PulldownText(m.frames());
}

std::string Hashes(const v1::MediumReport& m) {
  return m.hashes().empty() ? "" : fmt::format("{} frames", m.hashes_size());
}

constexpr std::pair<const char*, Fact> kFacts[] = {{"frames", Present},
                                                   {"missing", Missing},
                                                   {"unreadable", Unreadable},
                                                   {"size", Size},
                                                   {"pixel aspect", PixelAspect},
                                                   {"data window", DataWindow},
                                                   {"format", Format},
                                                   {"samples", Samples},
                                                   {"channels", Channels},
                                                   {"rate", Rate},
                                                   {"timecode", Timecode},
                                                   {"keycode", Keycode},
                                                   {"reel", Reel},
                                                   {"colour space", Space},
                                                   {"matrix", Matrix},
                                                   {"levels", Levels},
                                                   {"values", Values},
                                                   {"fields", Fields},
                                                   {"pulldown", ReadBy},
                                                   {"hashes", Hashes},
                                                   {"path", Location}};

// Facts that none of the media states are left out.
cli::Listing ListFacts(const v1::MediaReport& report) {
  cli::Listing listing{{{"FACT"}}, {}};
  const bool two = report.media_size() == 2;
  for (int i = 0; i < report.media_size(); ++i)
    listing.columns.push_back({!two ? "MEDIUM" : i == 0 ? "SOURCE" : "REFERENCE", cli::Shown::kWhole});
  for (const auto& [name, fact] : kFacts) {
    std::vector<std::string> cells = {name};
    bool stated = false;
    for (const v1::MediumReport& medium : report.media()) {
      // Nothing but its place is known of one that cannot be opened.
      cells.push_back(medium.unusable().empty() || fact == Location ? fact(medium) : "");
      stated = stated || !cells.back().empty();
    }
    if (stated) listing.rows.push_back({std::move(cells), name, {}});
  }
  return listing;
}

std::string Run(int first, int last) {
  return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
}

std::string Detail(const v1::MeasuredShot& shot) {
  if (shot.has_edges()) {
    return fmt::format("MTF50 {:.3f} c/px ({:.0f} px across)", shot.edges().mtf50(),
                       2 * shot.edges().mtf50() * shot.width_px());
  }
  if (!shot.has_spectrum()) return "no detail to measure";
  return fmt::format("detail to {:.3f} c/px ({:.0f} px across)", shot.spectrum().limit(),
                     2 * shot.spectrum().limit() * shot.width_px());
}

std::string Damage(const v1::DamageMeasure& damage) {
  if (damage.frames() == 0) return "dust unknown (three neighbouring frames are needed)";
  std::string text =
      fmt::format("{:.1f} specks and {:.1f} scratches a frame", damage.specks_a_frame(), damage.scratches_a_frame());
  if (damage.has_instability_px()) text += fmt::format(", weave {:.2f} px", damage.instability_px());
  return text;
}

std::string ShotText(const v1::MeasuredShot& shot) {
  if (shot.measured_frames().empty())
    return fmt::format("{}: not measured: {}", Run(shot.first(), shot.last()), shot.unmeasured());
  return fmt::format("{}: {}; grain {:.4f} at {:.2f}; {}; level {:.3f} to {:.3f}, mean {:.3f}; colour {:.3f} D{}",
                     Run(shot.first(), shot.last()), Detail(shot), shot.grain().luma(), shot.grain().level(),
                     Damage(shot.damage()), shot.level().black(), shot.level().white(), shot.level().mean(),
                     shot.color_second(), shot.fields().empty() ? "" : "; " + shot.fields());
}

void AddMedium(const v1::MediumReport& medium, const std::string& name, std::vector<std::string>& lines) {
  if (!medium.fields().evidence().empty())
    lines.push_back(fmt::format("Fields{}: {}", name, medium.fields().evidence()));
  for (const std::string& advice : medium.recommendations())
    lines.push_back(fmt::format("Recommended{}: {}", name, advice));
  for (const std::string& note : medium.notes()) lines.push_back(fmt::format("Note{}: {}", name, note));
  for (const v1::MeasuredShot& shot : medium.shots()) lines.push_back(fmt::format("Shot{} {}", name, ShotText(shot)));
}

}  // namespace

DocumentText TextOf(const v1::MediaReport& report) {
  DocumentText text{report.faults().empty() ? "Can be used" : "Cannot be used as it is", ListFacts(report), {}};
  for (const std::string& fault : report.faults()) text.lines.push_back("Fault: " + fault);
  for (const v1::MediaDifference& difference : report.differences())
    text.lines.push_back(fmt::format("Differs ({}): {}", difference.severity(), difference.text()));
  const bool two = report.media_size() == 2;
  for (int i = 0; i < report.media_size(); ++i)
    AddMedium(report.media(i), !two ? "" : i == 0 ? " (source)" : " (reference)", text.lines);
  return text;
}

DocumentText TextOf(const v1::ElementMap& map) {
  DocumentText text{fmt::format("{} elements: {}", map.elements_size(), fmt::join(map.elements(), ", ")),
                    {{{"SECTION"}, {"DETAIL"}, {"COLOUR"}, {"DAMAGE"}, {"COMPLETENESS"}}, {}},
                    {}};
  for (const v1::ElementSection& section : map.sections()) {
    const std::string run = Run(section.first(), section.last());
    std::map<std::string, std::string> best;
    for (const v1::BestElement& b : section.best()) {
      best[b.dimension()] = b.element() + (b.clear() ? "" : "?");
      text.lines.push_back(fmt::format("{} {}: {}", run, b.dimension(), b.reason()));
    }
    for (const std::string& reason : section.not_judged()) text.lines.push_back(fmt::format("{} {}", run, reason));
    text.table.rows.push_back({{run, best["detail"], best["color"], best["damage"], best["completeness"]}, run, {}});
  }
  for (const std::string& note : map.notes()) text.lines.push_back("Note: " + note);
  return text;
}

}  // namespace interneg::commands
