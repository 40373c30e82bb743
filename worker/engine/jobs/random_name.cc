#include "worker/engine/jobs/random_name.h"

#include <random>

namespace interneg::jobs {

std::string RandomName() {
  std::random_device random;
  std::string name;
  for (int i = 0; i < 16; ++i) name += "0123456789abcdef"[random() & 15U];
  return name;
}

}  // namespace interneg::jobs
