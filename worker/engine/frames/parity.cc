#include "worker/engine/frames/parity.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <set>
#include <stdexcept>
#include <utility>

namespace interneg::frames {
namespace {

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string OrNone(const std::string& text) {
  return text.empty() ? "not stated" : text;
}

std::string SizeText(image::Size size) {
  return std::to_string(size.width_px) + "x" + std::to_string(size.height_px);
}

std::string RateText(const MediaFacts& m) {
  const auto& rate = m.first.metadata.frame_rate;
  if (!rate || rate->denominator == 0) return "not stated";
  return Number(static_cast<double>(rate->numerator) / rate->denominator) + " frames a second";
}

std::string ChannelText(const MediaFacts& m) {
  std::string text;
  for (const auto& name : m.first.channels) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool HasColor(const MediaFacts& m) {
  return std::count_if(m.first.channels.begin(), m.first.channels.end(),
                       [](const std::string& name) { return name != "A" && name != "a" && name != "alpha"; }) >= 3;
}

// Width to height as it is shown.
double ShapeOf(const MediaFacts& m) {
  return m.first.size.width_px * m.first.pixel_aspect / std::max(1, m.first.size.height_px);
}

std::string WindowText(const MediaFacts& m) {
  const auto& w = m.first.data_window;
  if (w.x_px == 0 && w.y_px == 0 && w.size == m.first.size) return "the whole picture";
  return SizeText(w.size) + " at " + std::to_string(w.x_px) + "," + std::to_string(w.y_px);
}

std::string ValuesText(const MediaFacts& m) {
  if (m.values.below_zero_share == 0 && m.values.above_one_share == 0) return "within 0 … 1";
  return Number(m.values.least) + " … " + Number(m.values.most) + " (" + Number(100 * m.values.below_zero_share) +
         " % below 0, " + Number(100 * m.values.above_one_share) + " % above 1)";
}

std::string PrimariesText(const MediaFacts& m) {
  if (!m.first.chromaticities) return "";
  const auto& c = *m.first.chromaticities;
  return "red " + Number(c.red_x) + "," + Number(c.red_y) + " green " + Number(c.green_x) + "," + Number(c.green_y) +
         " blue " + Number(c.blue_x) + "," + Number(c.blue_y) + " white " + Number(c.white_x) + "," + Number(c.white_y);
}

std::string KeycodeText(const MediaFacts& m) {
  std::string text;
  if (!m.first.metadata.keycode) return text;
  for (const int number : *m.first.metadata.keycode) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

std::string FieldText(const FieldStructure& fields) {
  const std::string kind(NameOf(fields.kind));
  return fields.order == FieldOrder::kUnknown ? kind : kind + ", " + std::string(NameOf(fields.order));
}

std::string MovieText(const MediaFacts& m, const std::string MovieTags::*tag) {
  return m.movie ? m.movie->tags.*tag : std::string();
}

class Comparison {
 public:
  Comparison(const MediaFacts& a, const MediaFacts& b) : a_(a), b_(b) {}

  ParityReport Run() {
    Content();
    Geometry();
    Time();
    Coding();
    Origin();
    std::stable_sort(report_.differences.begin(), report_.differences.end(),
                     [](const Difference& x, const Difference& y) { return x.severity < y.severity; });
    return std::move(report_);
  }

 private:
  void Add(Severity severity, const std::string& subject, const std::string& a, const std::string& b,
           const std::string& consequence) {
    if (a == b) return;
    report_.differences.push_back(
        {severity, subject, a, b,
         "the " + subject + " of " + a_.name + " is " + a + ", of " + b_.name + " " + b + ": " + consequence});
  }
  void Inform(const std::string& subject, const std::string& a, const std::string& b, const std::string& consequence) {
    Add(Severity::kInformative, subject, OrNone(a), OrNone(b), consequence);
  }

  void Content() {
    if (HasColor(a_) != HasColor(b_)) {
      Add(Severity::kMustBeEqual, "channels", ChannelText(a_), ChannelText(b_),
          "one element has no colour to take or to give; use a colour transfer, or an element of the same kind");
    } else {
      Inform("channels", ChannelText(a_), ChannelText(b_), "both are read as R, G, B");
    }
    const bool known = a_.fields && b_.fields && a_.fields->confidence >= 0.5 && b_.fields->confidence >= 0.5;
    if (known && a_.fields->kind != b_.fields->kind) {
      Add(Severity::kMustBeEqual, "field structure", FieldText(*a_.fields), FieldText(*b_.fields),
          "prepare the one with fields by a deinterlace or inverse-telecine step first");
    }
    std::set<std::string> hashes;
    for (const auto& hash : a_.hashes) hashes.insert(hash.sha256);
    const auto same = std::count_if(b_.hashes.begin(), b_.hashes.end(),
                                    [&](const FrameHash& hash) { return hashes.contains(hash.sha256); });
    if (same > 0) {
      report_.differences.push_back({Severity::kInformative, "content", "", "",
                                     std::to_string(same) + " frames of " + b_.name + " are the very same data in " +
                                         a_.name + ": an element cannot recover itself"});
    }
  }

  void Geometry() {
    Add(Severity::kWillBeAligned, "size", SizeText(a_.first.size), SizeText(b_.first.size),
        "alignment scales the second to the first");
    if (std::abs(a_.first.pixel_aspect - b_.first.pixel_aspect) > 1e-3) {
      Add(Severity::kWillBeAligned, "pixel aspect", Number(a_.first.pixel_aspect), Number(b_.first.pixel_aspect),
          "alignment scales width and height on their own");
    }
    if (std::abs(ShapeOf(a_) / ShapeOf(b_) - 1.0) > 0.02) {
      Add(Severity::kWillBeAligned, "shape", Number(ShapeOf(a_)) + ":1", Number(ShapeOf(b_)) + ":1",
          "one is cropped or states a wrong pixel aspect; check the alignment at the edges");
    }
    Inform("data window", WindowText(a_), WindowText(b_),
           "what is missing is black, and must be cropped from training");
  }

  void Time() {
    Add(Severity::kWillBeAligned, "frame count", std::to_string(a_.frame_count()), std::to_string(b_.frame_count()),
        "matching finds the frames that both share");
    Add(Severity::kWillBeAligned, "frame range", a_.range.ToString(), b_.range.ToString(),
        "matching pairs frames by their pictures, not by their numbers");
    Add(Severity::kWillBeAligned, "frame rate", RateText(a_), RateText(b_),
        "matching follows repeated and skipped frames");
    const auto holes = [](const MediaFacts& m) {
      return m.holes.empty() ? std::string("no holes") : m.holes.ToString();
    };
    Inform("missing frames", holes(a_), holes(b_), "they are skipped and reported");
    const auto rhythm = [](const MediaFacts& m) {
      return std::string(m.movie && m.movie->variable_rate ? "uneven" : "even");
    };
    Inform("rhythm", rhythm(a_), rhythm(b_), "a number does not stand for a time; map frames by matching");
    const auto end = [](const MediaFacts& m) {
      return std::string(m.movie && m.movie->is_cut_off ? "cut off" : "whole");
    };
    Inform("file's end", end(a_), end(b_), "copy the one that is cut off again");
  }

  void Coding() {
    Inform("format", a_.first.format, b_.first.format, "nothing follows from it");
    Inform("compression", a_.first.compression, b_.first.compression, "the more compressed one has less fine detail");
    Inform("sample encoding", std::string(NameOf(a_.first.encoding)), std::string(NameOf(b_.first.encoding)),
           "the coarser one limits smooth gradients");
    Inform("bit depth", std::to_string(a_.first.bit_depth), std::to_string(b_.first.bit_depth), "as above");
    if ((a_.values.above_one_share > 0) != (b_.values.above_one_share > 0) ||
        (a_.values.below_zero_share > 0) != (b_.values.below_zero_share > 0)) {
      Inform("values", ValuesText(a_), ValuesText(b_),
             "name both colour spaces: one may be scene-linear, or video with "
             "codes below black or above white");
    }
    Inform("transfer", a_.first.transfer, b_.first.transfer, "each is converted from its own colour space");
    Inform("primaries", PrimariesText(a_), PrimariesText(b_), "each is converted from its own colour space");
    const std::string tags = "tags are honoured; override them when the colours are wrong";
    Inform("matrix tag", MovieText(a_, &MovieTags::matrix), MovieText(b_, &MovieTags::matrix), tags);
    Inform("range tag", MovieText(a_, &MovieTags::range), MovieText(b_, &MovieTags::range), tags);
    Inform("field-order tag", MovieText(a_, &MovieTags::field_order), MovieText(b_, &MovieTags::field_order),
           "what the pictures show counts");
  }

  void Origin() {
    const auto timecode = [](const MediaFacts& m) {
      return m.first.metadata.timecode ? TimecodeText(*m.first.metadata.timecode) : std::string();
    };
    Inform("first timecode", timecode(a_), timecode(b_), "each keeps its own");
    Inform("keycode", KeycodeText(a_), KeycodeText(b_), "each keeps its own");
    Inform("reel", a_.first.metadata.reel, b_.first.metadata.reel, "each keeps its own");
  }

  const MediaFacts& a_;
  const MediaFacts& b_;
  ParityReport report_;
};

}  // namespace

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kMustBeEqual:
      return "must be equal";
    case Severity::kWillBeAligned:
      return "will be aligned";
    case Severity::kInformative:
      return "informative";
  }
  throw std::invalid_argument("not a severity");
}

bool ParityReport::HasObstacles() const {
  return std::any_of(differences.begin(), differences.end(),
                     [](const Difference& d) { return d.severity == Severity::kMustBeEqual; });
}

ParityReport Compare(const MediaFacts& a, const MediaFacts& b) {
  return Comparison(a, b).Run();
}

}  // namespace interneg::frames
