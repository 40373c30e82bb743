#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/rpc/frame_range.h"
#include "worker/engine/frames/frame_range.h"

namespace {

using interneg::frames::FrameRange;

// Longer ones would slow the fuzzer down, and find nothing.
constexpr std::size_t kFewFrames = 5'000;

// A span of a hundred thousand frames costs as much as thousands of small ones. Large numbers alone are cheap.
bool IsSlow(std::string_view text) {
  if (text.find('-') == std::string_view::npos) return false;
  constexpr int kMostDigits = 4;
  int digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits) return true;
  }
  return false;
}

[[noreturn]] void Disagree(std::string_view text, const std::string& what) {
  std::fprintf(stderr, "\"%.*s\": %s\n", static_cast<int>(text.size()), text.data(), what.c_str());
  std::abort();
}

}  // namespace

// What parses prints to something that parses to the same frames; nothing but FrameRangeError is thrown; and the
// server, which checks a range before its job is stored, takes exactly the engine's spellings for the same frames.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (IsSlow(text)) return 0;
  const auto checked = interneg::rpc::ParseFrameRange("range", text);
  try {
    const auto range = FrameRange::Parse(text);
    if (range.size() >= kFewFrames) return 0;
    if (!(FrameRange::Parse(range.ToString()) == range)) Disagree(text, "does not survive ToString");
    const std::vector<int> frames = range.Sorted();
    if (!checked.ok()) Disagree(text, "the engine takes it, the server: " + std::string(checked.status().message()));
    if (*checked != frames) Disagree(text, "the server reads other frames");
  } catch (const interneg::frames::FrameRangeError& error) {
    if (checked.ok() && checked->size() < kFewFrames) Disagree(text, std::string("the server takes it, the engine: ") + error.what());
  }
  return 0;
}
