#include "client/cli/listing.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "client/cli/yaml.h"

namespace interneg::cli {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 6> kFormats = {{{"table", Format::kTable},
                                                                          {"wide", Format::kWide},
                                                                          {"json", Format::kJson},
                                                                          {"jsonl", Format::kJsonl},
                                                                          {"yaml", Format::kYaml},
                                                                          {"name", Format::kName}}};

std::string_view ColourOf(std::string_view state) {
  if (state == "succeeded" || state == "online" || state == "ok" || state == "proven") return "\x1b[32m";
  if (state == "failed" || state == "offline" || state == "lost" || state == "quarantined") return "\x1b[31m";
  if (state == "running" || state == "offered") return "\x1b[36m";
  if (state == "partial" || state == "cancelled" || state == "draining" || state == "warning") return "\x1b[33m";
  return {};
}

std::string Coloured(const std::string& padded, std::string_view state, const Style& style) {
  const std::string_view colour = style.colour == Colour::kOn ? ColourOf(state) : std::string_view();
  return colour.empty() ? padded : std::string(colour) + padded + "\x1b[0m";
}

// A record is one line: control characters would break it, or speak to the terminal.
std::string Clean(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::vector<std::size_t> ShownColumns(const Listing& listing, const Style& style) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < listing.columns.size(); ++i) {
    const Shown shown = listing.columns[i].shown;
    if (shown == Shown::kBelow && style.medium == Medium::kTerminal) continue;
    if (shown != Shown::kWide || style.format == Format::kWide) columns.push_back(i);
  }
  return columns;
}

void PrintTabs(const Listing& listing, const std::vector<std::size_t>& shown, std::ostream& out) {
  for (const Row& row : listing.rows) {
    for (std::size_t i = 0; i < shown.size(); ++i) out << (i == 0 ? "" : "\t") << Clean(row.cells[shown[i]]);
    out << '\n';
  }
}

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, TextWidth(text)), ' ');
}

void PrintTable(const Listing& listing, const Style& style, std::ostream& out) {
  const auto shown = ShownColumns(listing, style);
  if (style.medium == Medium::kPipe) return PrintTabs(listing, shown, out);
  std::vector<std::size_t> widths;
  for (const std::size_t column : shown) {
    std::size_t width = TextWidth(listing.columns[column].title);
    for (const Row& row : listing.rows) width = std::max(width, TextWidth(row.cells[column]));
    widths.push_back(width);
  }
  const auto print_line = [&](auto cell_of) {
    std::size_t left = style.format == Format::kWide ? std::string::npos : static_cast<std::size_t>(style.columns);
    for (std::size_t i = 0; i < shown.size() && left > 0; ++i) {
      const std::string text = Clean(cell_of(shown[i]));
      const bool last = i + 1 == shown.size();
      const bool whole = listing.columns[shown[i]].shown == Shown::kWhole;
      const std::string cell = Cut(last ? text : Padded(text, widths[i]), whole ? std::string::npos : left);
      out << Coloured(cell, text, style) << (last || left <= widths[i] + 2 ? "" : "  ");
      left = left == std::string::npos ? left : left - std::min(left, widths[i] + 2);
    }
    out << '\n';
  };
  print_line([&](std::size_t column) { return listing.columns[column].title; });
  for (const Row& row : listing.rows) {
    print_line([&](std::size_t column) { return row.cells[column]; });
    for (std::size_t column = 0; column < listing.columns.size(); ++column)
      if (listing.columns[column].shown == Shown::kBelow && !row.cells[column].empty())
        out << "  → " << Clean(row.cells[column]) << '\n';
  }
}

void PrintFields(const Listing& listing, const Row& row, const Style& style, std::ostream& out) {
  std::size_t width = 0;
  for (const Column& column : listing.columns) width = std::max(width, TextWidth(column.title));
  for (std::size_t i = 0; i < listing.columns.size(); ++i) {
    if (row.cells[i].empty()) continue;
    const std::string title = listing.columns[i].title;
    const std::string text = Clean(row.cells[i]);
    if (style.medium == Medium::kPipe) {
      out << title << '\t' << text << '\n';
    } else {
      out << Padded(title, width) << "  " << Coloured(text, text, style) << '\n';
    }
  }
}

}  // namespace

absl::StatusOr<Format> ParseFormat(std::string_view text) {
  if (text.empty()) return Format::kTable;
  for (const auto& [name, format] : kFormats)
    if (name == text) return format;
  return absl::InvalidArgumentError(
      fmt::format("-o: there is no format \"{}\"; there are table, wide, json, jsonl, yaml and name", text));
}

void PrintListing(const Listing& listing, const Style& style, std::ostream& out) {
  Json all = Json::array();
  switch (style.format) {
    case Format::kTable:
    case Format::kWide:
      return PrintTable(listing, style, out);
    case Format::kJsonl:
      for (const Row& row : listing.rows) out << row.document.dump() << '\n';
      return;
    case Format::kName:
      for (const Row& row : listing.rows) out << row.name << '\n';
      return;
    case Format::kJson:
    case Format::kYaml:
      for (const Row& row : listing.rows) all.push_back(row.document);
      out << (style.format == Format::kJson ? all.dump(2) + '\n' : ToYaml(all));
  }
}

void PrintRecord(const Listing& listing, const Style& style, std::ostream& out) {
  const Row& row = listing.rows.at(0);
  switch (style.format) {
    case Format::kTable:
    case Format::kWide:
      return PrintFields(listing, row, style, out);
    case Format::kJson:
      out << row.document.dump(2) << '\n';
      return;
    case Format::kJsonl:
      out << row.document.dump() << '\n';
      return;
    case Format::kYaml:
      out << ToYaml(row.document);
      return;
    case Format::kName:
      out << row.name << '\n';
  }
}

std::size_t TextWidth(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string Cut(std::string_view text, std::size_t width) {
  if (TextWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t bytes = 0;
  for (std::size_t taken = 0; bytes < text.size(); ++bytes) {
    if ((static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) continue;
    if (taken == width - 1) break;
    ++taken;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace interneg::cli
