#include "worker/engine/jobs/media_facts_document.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace interneg::jobs {
namespace {

std::string TextOf(const frames::FrameRange& range) {
  return range.empty() ? "" : range.ToString();
}

YcbcrMatrix MatrixOf(image::YCbCrMatrix matrix) {
  switch (matrix) {
    case image::YCbCrMatrix::kBt601:
      return YcbcrMatrix::kBt601;
    case image::YCbCrMatrix::kBt709:
      return YcbcrMatrix::kBt709;
    case image::YCbCrMatrix::kBt2020:
      return YcbcrMatrix::kBt2020;
  }
  throw std::invalid_argument("not a matrix");
}

const char* OriginOf(bool overridden, const std::string& tag) {
  if (overridden) return "override";
  return tag.empty() ? "assumed" : "tag";
}

document::PictureFacts PictureOf(const frames::FrameFacts& facts) {
  document::PictureFacts out;
  out.format = facts.format;
  out.width_px = facts.size.width_px;
  out.height_px = facts.size.height_px;
  const auto& window = facts.data_window;
  out.data_window = PictureArea{window.x_px, window.y_px, window.size.width_px, window.size.height_px};
  out.pixel_aspect = facts.pixel_aspect;
  out.channels = facts.channels;
  out.samples = frames::NameOf(facts.encoding);
  out.bit_depth = facts.bit_depth;
  out.compression = facts.compression;
  out.transfer = facts.transfer;
  if (const auto& c = facts.chromaticities) {
    for (const float v : {c->red_x, c->red_y, c->green_x, c->green_y, c->blue_x, c->blue_y, c->white_x, c->white_y}) {
      out.primaries.push_back(v);
    }
  }
  if (const auto& rate = facts.metadata.frame_rate) {
    out.rate_numerator = rate->numerator;
    out.rate_denominator = rate->denominator;
  }
  if (facts.metadata.timecode) out.timecode = frames::TimecodeText(*facts.metadata.timecode);
  if (const auto& keycode = facts.metadata.keycode) out.keycode.assign(keycode->begin(), keycode->end());
  out.reel = facts.metadata.reel;
  return out;
}

document::MovieFacts MovieOf(const frames::MovieFacts& facts, const MovieReading& reading) {
  document::MovieFacts out;
  out.container = facts.container;
  out.codec = facts.codec;
  out.pixel_format = facts.pixel_format;
  out.frame_count = facts.frame_count;
  out.stated_frames = facts.stated_frames;
  out.cut_off = facts.is_cut_off;
  out.variable_rate = facts.variable_rate;
  out.shortest_interval_seconds = facts.shortest_interval_seconds;
  out.longest_interval_seconds = facts.longest_interval_seconds;
  out.matrix_tag = facts.tags.matrix;
  out.range_tag = facts.tags.range;
  out.primaries_tag = facts.tags.primaries;
  out.transfer_tag = facts.tags.transfer;
  out.chroma_location_tag = facts.tags.chroma_location;
  out.field_order_tag = facts.tags.field_order;
  out.matrix = MatrixOf(facts.matrix);
  out.range = facts.range == frames::SampleRange::kFull ? SampleRange::kFull : SampleRange::kLimited;
  out.matrix_from = OriginOf(reading.matrix != YcbcrMatrix::kUnspecified, facts.tags.matrix);
  out.range_from = OriginOf(reading.range != SampleRange::kUnspecified, facts.tags.range);
  return out;
}

document::FieldFacts FieldsOf(const frames::FieldStructure& fields) {
  return {std::string(frames::NameOf(fields.kind)),
          std::string(frames::NameOf(fields.order)),
          fields.phase,
          fields.confidence,
          fields.informative_frames,
          fields.evidence};
}

}  // namespace

document::MediumReport ToDocument(const frames::MediaFacts& facts, const FrameSource& source) {
  document::MediumReport out;
  out.frames = source;
  out.present = TextOf(facts.range);
  out.missing = TextOf(facts.holes);
  for (const auto& frame : facts.unreadable) out.unreadable.push_back({frame.frame, frame.reason});
  out.picture = PictureOf(facts.first);
  if (facts.movie) out.movie = MovieOf(*facts.movie, source.movie.value_or(MovieReading()));
  out.values = document::ValueRange{facts.values.least, facts.values.most, facts.values.below_zero_share,
                                    facts.values.above_one_share, TextOf(frames::FrameRange::Of(facts.values.frames))};
  if (facts.fields) out.fields = FieldsOf(*facts.fields);
  for (const auto& hash : facts.hashes) out.hashes.push_back({hash.frame, hash.sha256});
  if (facts.movie) out.notes = facts.movie->notes;
  for (const auto& note : facts.notes) {
    if (std::find(out.notes.begin(), out.notes.end(), note) == out.notes.end()) out.notes.push_back(note);
  }
  return out;
}

std::vector<document::MediaDifference> ToDocument(const frames::ParityReport& parity) {
  std::vector<document::MediaDifference> out;
  for (const auto& d : parity.differences) {
    out.push_back({std::string(frames::NameOf(d.severity)), d.subject, d.a, d.b, d.text});
  }
  return out;
}

}  // namespace interneg::jobs
