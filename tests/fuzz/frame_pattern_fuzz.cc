#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "server/rpc/location.h"
#include "worker/engine/frames/frame_pattern.h"

// Nothing but std::invalid_argument is thrown; a name made by a pattern is matched by it; a pattern and its canonical
// spelling, by which the server tells two renders apart, make the same names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using interneg::frames::FramePattern;
  const std::string path(reinterpret_cast<const char*>(data), size);
  try {
    const auto pattern = FramePattern::Parse(path);
    if (!pattern.has_frame_field()) return 0;
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (!interneg::rpc::ParseSequence("path", "r:" + name).ok()) return 0;
    const auto canonical = FramePattern::Parse(folder + interneg::rpc::CanonicalSequenceName(name));
    for (const int frame : {0, 7, 1001, 123456}) {
      if (pattern.NameFor(frame) == canonical.NameFor(frame)) continue;
      std::fprintf(stderr, "\"%s\" and its canonical spelling differ at frame %d\n", path.c_str(), frame);
      std::abort();
    }
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
