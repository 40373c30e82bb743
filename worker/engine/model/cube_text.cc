#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/model/color_cube.h"

namespace interneg::model {
namespace {

constexpr std::size_t kMostShaperEntries = 65536;  // OCIO's and Resolve's own limit

void AppendRows(std::string& text, const std::vector<std::array<float, 3>>& rows) {
  std::array<char, 64> digits{};
  for (const auto& row : rows) {
    for (int c = 0; c < 3; ++c) {
      // to_chars knows no locale: a decimal comma would make a file that no tool reads.
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), row[c], std::chars_format::fixed, 7);
      text.append(digits.data(), end.ptr);
      text += c == 2 ? '\n' : ' ';
    }
  }
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  void Read(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      ++line_;
      ReadLine(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  ColorCube Finish() {
    if (cube_.size == 0) throw std::invalid_argument(name_ + ": no LUT_3D_SIZE; only cubes with a 3D table are read");
    const auto edge = static_cast<std::size_t>(cube_.size);
    const std::size_t wanted = shaper_entries_ + edge * edge * edge;
    if (rows_.size() != wanted) {
      throw std::invalid_argument(name_ + ": " + std::to_string(rows_.size()) +
                                  " rows of numbers where the sizes ask for " + std::to_string(wanted) +
                                  "; the file is cut short or its sizes are wrong");
    }
    const auto split = rows_.begin() + static_cast<std::ptrdiff_t>(shaper_entries_);
    cube_.shaper.assign(rows_.begin(), split);
    cube_.nodes.assign(split, rows_.end());
    return cube_;
  }

 private:
  [[noreturn]] void Refuse(const std::string& what) const {
    throw std::invalid_argument(name_ + ", line " + std::to_string(line_) + ": " + what);
  }

  float Number(std::string_view word) const {
    float value = 0.0F;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
      Refuse("'" + std::string(word) + "' is not a number");
    }
    return value;
  }

  std::size_t SizeFrom(const std::vector<std::string_view>& words, std::size_t most) const {
    std::size_t size = 0;
    const bool alone = words.size() == 2;
    if (alone) std::from_chars(words[1].data(), words[1].data() + words[1].size(), size);
    if (size < 2 || size > most) {
      Refuse(std::string(words[0]) + " needs one number from 2 to " + std::to_string(most));
    }
    return size;
  }

  void RequireUnitRange(const std::vector<std::string_view>& words, const std::vector<float>& wanted) const {
    bool as_wanted = words.size() == wanted.size() + 1;
    for (std::size_t i = 0; as_wanted && i < wanted.size(); ++i) as_wanted = Number(words[i + 1]) == wanted[i];
    if (!as_wanted)
      Refuse(std::string(words[0]) + " other than 0 to 1 is not supported; export the LUT for that range");
  }

  void ReadLine(std::string_view line) {
    const auto words = Words(line);
    if (words.empty() || words[0].front() == '#' || words[0] == "TITLE") return;
    if (words[0] == "LUT_3D_SIZE") {
      cube_.size = static_cast<int>(SizeFrom(words, 129));
    } else if (words[0] == "LUT_1D_SIZE") {
      shaper_entries_ = SizeFrom(words, kMostShaperEntries);
    } else if (words[0] == "DOMAIN_MIN") {
      RequireUnitRange(words, {0, 0, 0});
    } else if (words[0] == "DOMAIN_MAX") {
      RequireUnitRange(words, {1, 1, 1});
    } else if (words[0] == "LUT_1D_INPUT_RANGE" || words[0] == "LUT_3D_INPUT_RANGE") {
      RequireUnitRange(words, {0, 1});
    } else if (words.size() == 3) {
      rows_.push_back({Number(words[0]), Number(words[1]), Number(words[2])});
    } else {
      Refuse("'" + std::string(words[0]) + "' is neither a keyword of a .cube file nor the first of three numbers");
    }
  }

  const std::string& name_;
  int line_ = 0;
  std::size_t shaper_entries_ = 0;
  ColorCube cube_;
  std::vector<std::array<float, 3>> rows_;
};

}  // namespace

std::string ToCubeText(const ColorCube& cube, std::string_view title) {
  RequireUsable(cube);
  if (title.find_first_of("\"\n\r") != std::string_view::npos) {
    throw std::invalid_argument("colour cube: a title holds no quotation mark and no line break");
  }
  std::string text;
  if (cube.shaper.empty()) {
    text = "TITLE \"" + std::string(title) + "\"\n";
  } else {  // OCIO's reader of Resolve's form refuses TITLE
    text = "# " + std::string(title) + "\n";
    text += "LUT_1D_SIZE " + std::to_string(cube.shaper.size()) + "\nLUT_1D_INPUT_RANGE 0.0 1.0\n";
  }
  text += "LUT_3D_SIZE " + std::to_string(cube.size) + "\n";
  text += cube.shaper.empty() ? "DOMAIN_MIN 0.0 0.0 0.0\nDOMAIN_MAX 1.0 1.0 1.0\n" : "LUT_3D_INPUT_RANGE 0.0 1.0\n";
  text.reserve(text.size() + 32 * (cube.shaper.size() + cube.nodes.size()));
  AppendRows(text, cube.shaper);
  AppendRows(text, cube.nodes);
  return text;
}

ColorCube ParseCubeText(std::string_view text, const std::string& name) {
  Reader reader(name);
  reader.Read(text);
  return reader.Finish();
}

}  // namespace interneg::model
