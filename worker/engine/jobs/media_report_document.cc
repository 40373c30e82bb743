#include "worker/engine/jobs/media_report_document.h"

#include "worker/engine/jobs/json_writer.h"

namespace interneg::jobs::document {

void Describe(auto& fields, Either<UnreadableFrame> auto& frame) {
  fields.Field("frame", frame.frame);
  fields.Field("reason", frame.reason);
}

void Describe(auto& fields, Either<PictureFacts> auto& picture) {
  fields.Field("format", picture.format);
  fields.Field("widthPx", picture.width_px);
  fields.Field("heightPx", picture.height_px);
  fields.Field("dataWindow", picture.data_window);
  fields.Field("pixelAspect", picture.pixel_aspect);
  fields.Field("channels", picture.channels);
  fields.Field("samples", picture.samples);
  fields.Field("bitDepth", picture.bit_depth);
  fields.Field("compression", picture.compression);
  fields.Field("transfer", picture.transfer);
  fields.Field("primaries", picture.primaries);
  fields.Field("rateNumerator", picture.rate_numerator);
  fields.Field("rateDenominator", picture.rate_denominator);
  fields.Field("timecode", picture.timecode);
  fields.Field("keycode", picture.keycode);
  fields.Field("reel", picture.reel);
}

void Describe(auto& fields, Either<MovieFacts> auto& movie) {
  fields.Field("container", movie.container);
  fields.Field("codec", movie.codec);
  fields.Field("pixelFormat", movie.pixel_format);
  fields.Field("frameCount", movie.frame_count);
  fields.Field("statedFrames", movie.stated_frames);
  fields.Field("cutOff", movie.cut_off);
  fields.Field("variableRate", movie.variable_rate);
  fields.Field("shortestIntervalSeconds", movie.shortest_interval_seconds);
  fields.Field("longestIntervalSeconds", movie.longest_interval_seconds);
  fields.Field("matrixTag", movie.matrix_tag);
  fields.Field("rangeTag", movie.range_tag);
  fields.Field("primariesTag", movie.primaries_tag);
  fields.Field("transferTag", movie.transfer_tag);
  fields.Field("chromaLocationTag", movie.chroma_location_tag);
  fields.Field("fieldOrderTag", movie.field_order_tag);
  fields.Field("matrix", movie.matrix);
  fields.Field("range", movie.range);
  fields.Field("matrixFrom", movie.matrix_from);
  fields.Field("rangeFrom", movie.range_from);
}

void Describe(auto& fields, Either<ValueRange> auto& values) {
  fields.Field("least", values.least);
  fields.Field("most", values.most);
  fields.Field("belowZeroShare", values.below_zero_share);
  fields.Field("aboveOneShare", values.above_one_share);
  fields.Field("frames", values.frames);
}

void Describe(auto& fields, Either<FieldFacts> auto& fields_seen) {
  fields.Field("kind", fields_seen.kind);
  fields.Field("order", fields_seen.order);
  fields.Field("phase", fields_seen.phase);
  fields.Field("confidence", fields_seen.confidence);
  fields.Field("informativeFrames", fields_seen.informative_frames);
  fields.Field("evidence", fields_seen.evidence);
}

void Describe(auto& fields, Either<FrameHash> auto& hash) {
  fields.Field("frame", hash.frame);
  fields.Field("sha256", hash.sha256);
}

void Describe(auto& fields, Either<EdgeResolution> auto& edges) {
  fields.Field("mtf50", edges.mtf50);
  fields.Field("mtf10", edges.mtf10);
  fields.Field("sharpness", edges.sharpness);
  fields.Field("edges", edges.edges);
}

void Describe(auto& fields, Either<SpectralResolution> auto& spectrum) {
  fields.Field("limit", spectrum.limit);
  fields.Field("slope", spectrum.slope);
}

void Describe(auto& fields, Either<GrainMeasure> auto& grain) {
  fields.Field("luma", grain.luma);
  fields.Field("red", grain.red);
  fields.Field("green", grain.green);
  fields.Field("blue", grain.blue);
  fields.Field("correlationPx", grain.correlation_px);
  fields.Field("level", grain.level);
  fields.Field("blocks", grain.blocks);
}

void Describe(auto& fields, Either<DamageMeasure> auto& damage) {
  fields.Field("specksAFrame", damage.specks_a_frame);
  fields.Field("specksAMegapixel", damage.specks_a_megapixel);
  fields.Field("scratchesAFrame", damage.scratches_a_frame);
  fields.Field("instabilityPx", damage.instability_px);
  fields.Field("frames", damage.frames);
}

void Describe(auto& fields, Either<LevelMeasure> auto& level) {
  fields.Field("black", level.black);
  fields.Field("white", level.white);
  fields.Field("mean", level.mean);
  fields.Field("densityLeast", level.density_least);
  fields.Field("densityMost", level.density_most);
  fields.Field("densityMean", level.density_mean);
  fields.Field("castRed", level.cast_red);
  fields.Field("castBlue", level.cast_blue);
  fields.Field("clippedLow", level.clipped_low);
  fields.Field("clippedHigh", level.clipped_high);
}

void Describe(auto& fields, Either<MeasuredShot> auto& shot) {
  fields.Field("first", shot.first);
  fields.Field("last", shot.last);
  fields.Field("begins", shot.begins);
  fields.Field("ends", shot.ends);
  fields.Field("measuredFrames", shot.measured_frames);
  fields.Field("unmeasured", shot.unmeasured);
  fields.Field("widthPx", shot.width_px);
  fields.Field("heightPx", shot.height_px);
  fields.Field("edges", shot.edges);
  fields.Field("spectrum", shot.spectrum);
  fields.Field("grain", shot.grain);
  fields.Field("damage", shot.damage);
  fields.Field("level", shot.level);
  fields.Field("colorFirst", shot.color_first);
  fields.Field("colorSecond", shot.color_second);
  fields.Field("fields", shot.fields);
}

void Describe(auto& fields, Either<MediumReport> auto& medium) {
  fields.Field("frames", medium.frames);
  fields.Field("colorSpace", medium.color_space);
  fields.Field("colorSpaceAssumed", medium.color_space_assumed);
  fields.Field("present", medium.present);
  fields.Field("missing", medium.missing);
  fields.Field("unreadable", medium.unreadable);
  fields.Field("picture", medium.picture);
  fields.Field("movie", medium.movie);
  fields.Field("values", medium.values);
  fields.Field("fields", medium.fields);
  fields.Field("hashes", medium.hashes);
  fields.Field("notes", medium.notes);
  fields.Field("shots", medium.shots);
  fields.Field("recommendations", medium.recommendations);
  fields.Field("unusable", medium.unusable);
}

void Describe(auto& fields, Either<MediaDifference> auto& difference) {
  fields.Field("severity", difference.severity);
  fields.Field("subject", difference.subject);
  fields.Field("first", difference.first);
  fields.Field("second", difference.second);
  fields.Field("text", difference.text);
}

void Describe(auto& fields, Either<MediaReport> auto& report) {
  fields.Field("schema", report.schema);
  fields.Field("media", report.media);
  fields.Field("differences", report.differences);
  fields.Field("faults", report.faults);
  fields.Field("colorConfigSha256", report.color_config_sha256);
}

void Describe(auto& fields, Either<SectionElement> auto& element) {
  fields.Field("name", element.name);
  fields.Field("completeness", element.completeness);
  fields.Field("measuredFrames", element.measured_frames);
}

void Describe(auto& fields, Either<BestElement> auto& best) {
  fields.Field("dimension", best.dimension);
  fields.Field("element", best.element);
  fields.Field("figure", best.figure);
  fields.Field("second", best.second);
  fields.Field("secondFigure", best.second_figure);
  fields.Field("clear", best.clear);
  fields.Field("reason", best.reason);
}

void Describe(auto& fields, Either<ElementSection> auto& section) {
  fields.Field("first", section.first);
  fields.Field("last", section.last);
  fields.Field("elements", section.elements);
  fields.Field("best", section.best);
  fields.Field("notJudged", section.not_judged);
}

void Describe(auto& fields, Either<ElementMap> auto& map) {
  fields.Field("schema", map.schema);
  fields.Field("elements", map.elements);
  fields.Field("sections", map.sections);
  fields.Field("notes", map.notes);
}

MediaReport ParseMediaReport(std::string_view json, const std::string& name) {
  return ReadDocument<MediaReport>(json, name);
}

ElementMap ParseElementMap(std::string_view json, const std::string& name) {
  return ReadDocument<ElementMap>(json, name);
}

std::string ToJson(const MediaReport& report) {
  return WriteDocument(report);
}
std::string ToJson(const ElementMap& map) {
  return WriteDocument(map);
}

}  // namespace interneg::jobs::document
