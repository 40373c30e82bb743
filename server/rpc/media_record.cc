#include "server/rpc/media_record.h"

#include <cctype>
#include <set>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/location.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kLongestText = 1'000;
constexpr std::int64_t kMostFrameNumber = 99'999'999;
constexpr std::size_t kMostMovedFrames = 2'000'000;
constexpr int kMostOffsets = 1'000;

std::string MatrixName(const v1::MovieReading& reading) {
  switch (reading.matrix()) {
    case v1::YCBCR_MATRIX_BT601:
      return "bt601";
    case v1::YCBCR_MATRIX_BT709:
      return "bt709";
    case v1::YCBCR_MATRIX_BT2020:
      return "bt2020";
    default:
      return {};
  }
}

std::string RangeName(const v1::MovieReading& reading) {
  if (reading.range() == v1::SAMPLE_RANGE_LIMITED) return "limited";
  return reading.range() == v1::SAMPLE_RANGE_FULL ? "full" : "";
}

std::string CadenceName(v1::PulldownCadence cadence) {
  if (cadence == v1::PULLDOWN_CADENCE_THREE_TWO) return "3:2";
  return cadence == v1::PULLDOWN_CADENCE_TWO_TWO ? "2:2" : "";
}

std::string OrderName(v1::FieldOrder order) {
  if (order == v1::FIELD_ORDER_BOTTOM_FIRST) return "bottom";
  return order == v1::FIELD_ORDER_TOP_FIRST ? "top" : "";
}

void PutPulldown(const scheduling::Pulldown& pulldown, v1::Pulldown& wire) {
  for (const auto cadence : {v1::PULLDOWN_CADENCE_THREE_TWO, v1::PULLDOWN_CADENCE_TWO_TWO}) {
    if (CadenceName(cadence) == pulldown.cadence) wire.set_cadence(cadence);
  }
  for (const auto order : {v1::FIELD_ORDER_TOP_FIRST, v1::FIELD_ORDER_BOTTOM_FIRST}) {
    if (OrderName(order) == pulldown.order) wire.set_order(order);
  }
  wire.set_phase(static_cast<std::uint32_t>(pulldown.phase));
  if (pulldown.first_frame) wire.set_first_frame(*pulldown.first_frame);
}

void PutReading(const scheduling::MovieReading& reading, v1::FrameSource& frames) {
  for (const auto matrix : {v1::YCBCR_MATRIX_BT601, v1::YCBCR_MATRIX_BT709, v1::YCBCR_MATRIX_BT2020}) {
    v1::MovieReading candidate;
    candidate.set_matrix(matrix);
    if (!reading.matrix.empty() && MatrixName(candidate) == reading.matrix) frames.mutable_movie()->set_matrix(matrix);
  }
  if (reading.range == "limited") frames.mutable_movie()->set_range(v1::SAMPLE_RANGE_LIMITED);
  if (reading.range == "full") frames.mutable_movie()->set_range(v1::SAMPLE_RANGE_FULL);
}

void PutReport(const scheduling::MediaReport& report, v1::MediaReportReference& wire) {
  wire.set_sha256(report.sha256);
  wire.set_medium(static_cast<std::uint32_t>(report.medium));
  wire.set_job_id(report.job_id);
  Put(report.created_at, wire.mutable_create_time());
}

// As the first names have it, so that frames named before keep theirs: protobuf's text of that time, whose form it does
// not promise.
std::string PulldownText(const v1::Pulldown& pulldown) {
  std::string text = "cadence: " + v1::PulldownCadence_Name(pulldown.cadence());
  if (pulldown.phase() != 0) text += fmt::format(" phase: {}", pulldown.phase());
  if (pulldown.order() != v1::FIELD_ORDER_UNSPECIFIED) text += " order: " + v1::FieldOrder_Name(pulldown.order());
  if (pulldown.has_first_frame()) text += fmt::format(" first_frame: {}", pulldown.first_frame());
  return text;
}

// "faded/f.%04d.png" 1001-1049 → "faded-f-1a2b3c4d": readable, and different for different frames.
std::string NameFromFrames(const v1::FrameSource& frames) {
  std::string name;
  const std::string& path = frames.path();
  const std::string stem = path.substr(0, path.find_first_of("%#@$", path.rfind('/') + 1));
  for (const char c : stem.substr(stem.find(':') + 1)) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 && u < 0x80) {
      name.push_back(static_cast<char>(std::tolower(u)));
    } else if (!name.empty() && name.back() != '-') {
      name.push_back('-');
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  constexpr std::size_t kTail = 40;
  if (name.size() > kTail) name.erase(0, name.size() - kTail);
  if (name.empty() || name.front() < 'a' || name.front() > 'z') name.insert(0, "m-");
  std::string all = fmt::format("{}\n{}\n{}", frames.path(), frames.range(), frames.color_space());
  if (frames.has_movie()) all += fmt::format("\n{} {}", MatrixName(frames.movie()), RangeName(frames.movie()));
  if (frames.has_pulldown()) all += "\n" + PulldownText(frames.pulldown());
  return fmt::format("{}-{}", name, artifacts::Sha256Hex(all).substr(0, 8));
}

absl::Status CheckElement(const v1::Element& element) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"element.element", &element.element()},       {"element.gauge", &element.gauge()},
      {"element.generation", &element.generation()}, {"element.polarity", &element.polarity()},
      {"element.transfer", &element.transfer()},     {"element.completeness", &element.completeness()}};
  for (const auto& [field, text] : texts) {
    if (auto s = CheckText(field, *text, kLongestText); !s.ok()) return s;
  }
  return CheckConformOffsets("element.conform_offsets", element.conform_offsets());
}

std::vector<scheduling::ConformOffset> ReadOffsets(const WireOffsets& offsets) {
  std::vector<scheduling::ConformOffset> out;
  for (const auto& offset : offsets) out.push_back({offset.frames(), offset.add()});
  return out;
}

}  // namespace

v1::Media ToWire(const scheduling::Media& media) {
  v1::Media wire;
  wire.set_media_id(media.media_id);
  wire.set_project_id(media.project_id);
  wire.set_name(media.name);
  wire.set_shot(media.shot);
  wire.mutable_frames()->set_path(media.frames.path);
  wire.mutable_frames()->set_range(media.frames.range);
  wire.mutable_frames()->set_color_space(media.frames.color_space);
  PutReading(media.frames.movie, *wire.mutable_frames());
  if (media.frames.pulldown) PutPulldown(*media.frames.pulldown, *wire.mutable_frames()->mutable_pulldown());
  auto& element = *wire.mutable_element();
  element.set_element(media.element.element);
  element.set_gauge(media.element.gauge);
  element.set_generation(media.element.generation);
  element.set_polarity(media.element.polarity);
  element.set_transfer(media.element.transfer);
  element.set_completeness(media.element.completeness);
  for (const auto& offset : media.element.conform_offsets) {
    auto& out = *element.add_conform_offsets();
    out.set_frames(offset.frames);
    out.set_add(offset.add);
  }
  Put(media.created_at, wire.mutable_create_time());
  if (media.report) PutReport(*media.report, *wire.mutable_report());
  if (media.measured) PutReport(*media.measured, *wire.mutable_measured());
  return wire;
}

absl::Status CheckConformOffsets(const std::string& field, const WireOffsets& offsets) {
  const auto wrong = [&](int i, std::string_view what) {
    return absl::InvalidArgumentError(fmt::format("{}[{}]: {}", field, i, what));
  };
  if (offsets.size() > kMostOffsets) {
    return absl::InvalidArgumentError(fmt::format("{}: at most {} are taken", field, kMostOffsets));
  }
  std::set<int> moved;
  for (int i = 0; i < offsets.size(); ++i) {
    if (std::abs(static_cast<std::int64_t>(offsets[i].add())) > kMostFrameNumber) {
      return wrong(i, fmt::format("{} is further than any frame number goes", offsets[i].add()));
    }
    if (offsets[i].frames().empty()) {
      if (offsets.size() > 1) return wrong(i, "names no frames, beside others; say which frames each one moves");
      continue;
    }
    auto frames = ParseFrameRange(fmt::format("{}[{}].frames", field, i), offsets[i].frames());
    if (!frames.ok()) return frames.status();
    if (moved.size() + frames->size() > kMostMovedFrames) {
      return wrong(i, fmt::format("more than {} frames are moved in all; split the medium", kMostMovedFrames));
    }
    for (const int frame : *frames) {
      if (!moved.insert(frame).second)
        return wrong(i, fmt::format("frame {} is moved before; give it one offset", frame));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReading(const std::string& field, const v1::FrameSource& source) {
  if (source.has_movie() && !IsMovie(source.path())) {
    return absl::InvalidArgumentError(
        fmt::format("{}.movie: {} is no movie, and files say themselves how they are read; leave matrix and range out",
                    field, source.path()));
  }
  if (!source.has_pulldown()) return absl::OkStatus();
  const v1::Pulldown& pulldown = source.pulldown();
  const auto wrong = [&](const char* name, const std::string& what) {
    return absl::InvalidArgumentError(fmt::format("{}.pulldown.{}: {}", field, name, what));
  };
  if (CadenceName(pulldown.cadence()).empty()) return wrong("cadence", "3:2 or 2:2 is expected");
  const unsigned most = pulldown.cadence() == v1::PULLDOWN_CADENCE_THREE_TWO ? 4 : 1;
  if (pulldown.phase() > most) {
    return wrong("phase", fmt::format("{} is given; 0 to {} are the places of {}", pulldown.phase(), most,
                                      CadenceName(pulldown.cadence())));
  }
  if (std::abs(static_cast<std::int64_t>(pulldown.first_frame())) > kMostFrameNumber) {
    return wrong("firstFrame", fmt::format("{} is no number of a video frame", pulldown.first_frame()));
  }
  return absl::OkStatus();
}

scheduling::MediaFrames FramesOf(const v1::FrameSource& source) {
  scheduling::MediaFrames frames{source.path(), source.range(), source.color_space(),
                                 {MatrixName(source.movie()), RangeName(source.movie())}};
  if (!source.has_pulldown()) return frames;
  const v1::Pulldown& pulldown = source.pulldown();
  frames.pulldown = scheduling::Pulldown{CadenceName(pulldown.cadence()), static_cast<int>(pulldown.phase()),
                                         OrderName(pulldown.order())};
  if (pulldown.has_first_frame()) frames.pulldown->first_frame = pulldown.first_frame();
  return frames;
}

absl::StatusOr<scheduling::Media> ReadMedia(const v1::CreateMediaRequest& request) {
  if (auto location = ParseSequence("frames.path", request.frames().path()); !location.ok()) return location.status();
  if (!request.frames().range().empty()) {
    if (auto range = ParseFrameRange("frames.range", request.frames().range()); !range.ok()) return range.status();
  }
  if (auto s = CheckText("frames.color_space", request.frames().color_space(), kLongestText); !s.ok()) return s;
  if (auto s = CheckReading("frames", request.frames()); !s.ok()) return s;
  if (auto s = CheckText("shot", request.shot(), kLongestText); !s.ok()) return s;
  if (auto s = CheckElement(request.element()); !s.ok()) return s;
  const std::string name = request.name().empty() ? NameFromFrames(request.frames()) : request.name();
  if (auto s = CheckName("name", name); !s.ok()) return s;
  const auto& e = request.element();
  scheduling::Media media;
  media.project_id = request.project_id();
  media.name = name;
  media.shot = request.shot();
  media.frames = FramesOf(request.frames());
  media.element = {e.element(),
                   e.gauge(),
                   e.generation(),
                   e.polarity(),
                   e.transfer(),
                   e.completeness(),
                   ReadOffsets(e.conform_offsets())};
  return media;
}

absl::StatusOr<scheduling::ElementChange> ReadElementChange(const v1::UpdateMediaRequest& request) {
  const auto& e = request.element();
  if (auto s = CheckElement(e); !s.ok()) return s;
  scheduling::ElementChange change;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "element") {
      change.element = e.element();
    } else if (path == "gauge") {
      change.gauge = e.gauge();
    } else if (path == "generation") {
      change.generation = e.generation();
    } else if (path == "polarity") {
      change.polarity = e.polarity();
    } else if (path == "transfer") {
      change.transfer = e.transfer();
    } else if (path == "completeness") {
      change.completeness = e.completeness();
    } else if (path == "conform_offsets") {
      change.conform_offsets = ReadOffsets(e.conform_offsets());
    } else {
      return absl::InvalidArgumentError(
          fmt::format("update_mask: \"{}\" is no field of an element; element, gauge, generation, polarity, transfer, "
                      "completeness and conform_offsets can be set; frames stay: add another medium for others",
                      path));
    }
  }
  if (request.update_mask().paths().empty()) {
    return absl::InvalidArgumentError("update_mask: is empty; name the fields to set");
  }
  return change;
}

}  // namespace interneg::rpc
