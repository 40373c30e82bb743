// The documents of the stages before training, as tables and lines for people.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_DOCUMENT_TEXT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_DOCUMENT_TEXT_H_

#include <string>
#include <vector>

#include "client/cli/commands/context.h"
#include "client/cli/listing.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/media_report.pb.h"
#include "interneg/v1/stage_result.pb.h"

namespace interneg::commands {

// A heading line, a table, and lines below it.
struct DocumentText {
  std::string heading;
  cli::Listing table;
  std::vector<std::string> lines;
};

// Counts by state; a row a span; gaps, uncertain spans with their reasons, orientation, edits and notes.
DocumentText TextOf(const v1::FrameMap& map);
// A row a source frame.
cli::Listing ListMappedFrames(const v1::FrameMap& map);

// A row a pair with why it was chosen; coverage, rejections by reason, notes.
DocumentText TextOf(const v1::PairChoice& choice);

// A row a pair; crop, live area, overlays, keys, notes.
DocumentText TextOf(const v1::Alignment& alignment);

// A row a pair with what is known of it; media, alignment, crop, colour, preparation, note and hash.
DocumentText TextOf(const v1::DatasetVersion& dataset);

// What `after` has otherwise than `before`.
struct DatasetChange {
  std::string what;    // "added", "removed", "changed"
  std::string thing;   // "pair 1012", "crop", "source preparation"
  std::string before;  // empty where there is none
  std::string after;
};
// Pairs ascending, then the rest; none where both hold the same.
std::vector<DatasetChange> DiffOf(const v1::DatasetContent& before, const v1::DatasetContent& after);

// A column a medium, a row a fact; what differs, faults, notes; a line a measured shot.
DocumentText TextOf(const v1::MediaReport& report);

// A row a section: the best element in each respect; reasons, and what could not be compared.
DocumentText TextOf(const v1::ElementMap& map);

// What a transform does at one place: how far it moves it, in pixels of the reference, how it scales and turns what
// lies around it (scale: the square root of the area's factor; rotation in degrees, clockwise as seen). Of a row-major
// 3x3 that takes (x, y, 1) to the reference; `mirrored` where the area's factor is negative.
struct LocalTransform {
  double dx_px = 0;
  double dy_px = 0;
  double scale = 0;
  double rotation_deg = 0;
  bool mirrored = false;
};
LocalTransform TransformAt(const google::protobuf::RepeatedField<double>& transform, double x_px, double y_px);

// The pair whose alignment is worst: an unusable one before a usable one before a good one, then by RMS error. Null
// when there is none.
const v1::AlignedPair* WorstPair(const v1::Alignment& alignment);
// `1010 → 988: 0.21 px RMS, residual 0.12, usable: …`.
std::string PairText(const v1::AlignedPair& pair);

// In the form that was asked for: the text, the document itself as JSON or YAML, or `name`.
void PrintDocument(const Context& context, const DocumentText& text, const cli::Json& document,
                   const std::string& name);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_DOCUMENT_TEXT_H_
