// What a command prints on stdout: records, in the form that was asked for.
#ifndef INTERNEG_CLIENT_CLI_LISTING_H_
#define INTERNEG_CLIENT_CLI_LISTING_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/message_json.h"

namespace interneg::cli {

enum class Format { kTable, kWide, kJson, kJsonl, kYaml, kName };

// INVALID_ARGUMENT lists the formats. Empty: table.
absl::StatusOr<Format> ParseFormat(std::string_view text);

enum class Colour { kOff, kOn };
enum class Medium { kTerminal, kPipe };

// How stdout takes records. A pipe gets tabs, every character, and no heading.
struct Style {
  Format format = Format::kTable;
  Colour colour = Colour::kOff;
  Medium medium = Medium::kPipe;
  int columns = 80;  // of the terminal
};

// In a table on a terminal: always, cut at its edge; with `wide` only; in full, however long (for a last column); or on
// a line of its own below the row, in full, when there is something to say.
enum class Shown { kAlways, kWide, kWhole, kBelow };

struct Column {
  std::string title;
  Shown shown = Shown::kAlways;
};

struct Row {
  std::vector<std::string> cells;  // one a column
  std::string name;                // what other commands take
  Json document;
};

struct Listing {
  std::vector<Column> columns;
  std::vector<Row> rows;
};

// A table, a JSON array, a JSON object a line, a YAML list, or names.
void PrintListing(const Listing& listing, const Style& style, std::ostream& out);

// The listing's only row, in full: `title  value` lines, a JSON object, or its name.
void PrintRecord(const Listing& listing, const Style& style, std::ostream& out);

// Characters that the text takes on a terminal (UTF-8; every code point counts as one).
std::size_t TextWidth(std::string_view text);

// The text cut to `width` characters, the last one an ellipsis when something was cut.
std::string Cut(std::string_view text, std::size_t width);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_LISTING_H_
