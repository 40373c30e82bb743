#include "worker/engine/jobs/json_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace interneg::jobs {
namespace {

// One code point of valid UTF-8 at `text[i]`; moves `i` past it.
char32_t NextCodePoint(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const unsigned first = byte(i);
  const int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t code = more == 0 ? first : first & (0x3FU >> more);
  for (int k = 1; k <= more; ++k) code = (code << 6) | (byte(i + k) & 0x3FU);
  i += more + 1;
  return code;
}

struct Span {
  char32_t first;
  char32_t last;
};
// What protobuf's JSON writer escapes: controls, HTML's brackets, and characters that change how text is shown.
constexpr Span kEscaped[] = {{0x00, 0x1F},     {'"', '"'},         {'<', '<'},         {'>', '>'},
                             {'\\', '\\'},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x600, 0x603},
                             {0x6DD, 0x6DD},   {0x70F, 0x70F},     {0x17B4, 0x17B5},   {0x200B, 0x200F},
                             {0x2028, 0x202E}, {0x2060, 0x2064},   {0x206A, 0x206F},   {0xFEFF, 0xFEFF},
                             {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}};

bool IsEscaped(char32_t code) {
  return std::any_of(std::begin(kEscaped), std::end(kEscaped),
                     [&](const Span& span) { return code >= span.first && code <= span.last; });
}

void AppendUnit(std::string& out, unsigned unit) {
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", unit);
  out += text;
}

void AppendEscape(std::string& out, char32_t code) {
  switch (code) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code < 0x10000) return AppendUnit(out, static_cast<unsigned>(code));
  AppendUnit(out, 0xD800U + static_cast<unsigned>((code - 0x10000) >> 10));
  AppendUnit(out, 0xDC00U + static_cast<unsigned>((code - 0x10000) & 0x3FF));
}

}  // namespace

void JsonWriter::Name(const char* name) {
  if (!text_.empty()) text_ += ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void JsonWriter::Write(const std::string& value) {
  text_ += '"';
  for (std::size_t i = 0; i < value.size();) {
    const std::size_t start = i;
    const char32_t code = NextCodePoint(value, i);
    if (IsEscaped(code)) {
      AppendEscape(text_, code);
    } else {
      text_.append(value, start, i - start);
    }
  }
  text_ += '"';
}

// The shorter of 15 and 17 digits that gives the value back, as protobuf's SimpleDtoa.
void JsonWriter::Write(double value) {
  if (std::isnan(value)) {
    text_ += "\"NaN\"";
  } else if (std::isinf(value)) {
    text_ += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char text[40];
    std::snprintf(text, sizeof text, "%.15g", value);
    if (std::strtod(text, nullptr) != value) std::snprintf(text, sizeof text, "%.17g", value);
    text_ += text;
  }
}

void JsonWriter::Write(const std::map<std::string, std::string>& value) {
  text_ += '{';
  bool first = true;
  for (const auto& [name, text] : value) {
    if (!first) text_ += ',';
    first = false;
    Write(name);
    text_ += ':';
    Write(text);
  }
  text_ += '}';
}

}  // namespace interneg::jobs
