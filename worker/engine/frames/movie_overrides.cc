#include "worker/engine/frames/movie_overrides.h"

#include <stdexcept>
#include <string>

namespace interneg::frames {

std::string_view NameOf(SampleRange range) {
  switch (range) {
    case SampleRange::kLimited:
      return "limited";
    case SampleRange::kFull:
      return "full";
  }
  throw std::invalid_argument("not a sample range");
}

SampleRange ParseSampleRange(std::string_view name) {
  for (const auto range : {SampleRange::kLimited, SampleRange::kFull}) {
    if (name == NameOf(range)) return range;
  }
  throw std::invalid_argument("unknown sample range '" + std::string(name) + "': use limited or full");
}

}  // namespace interneg::frames
