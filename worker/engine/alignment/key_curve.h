// Values keyed over frames, straight or by a monotone cubic; for this module's sources.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_KEY_CURVE_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_KEY_CURVE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "worker/engine/alignment/transform_keys.h"

namespace interneg::alignment {

// Every key has the same number of values. Held outside the keys. Throws std::invalid_argument without a key.
// kSmooth is C¹ and monotone between keys: tangents by Brodlie's weighted harmonic mean of the two neighbouring slopes
// (Fritsch & Butland, SIAM J. Sci. Stat. Comput. 5, 1984), 0 at a turning point and at the ends.
std::vector<double> ValuesAt(const std::map<std::int64_t, std::vector<double>>& keys, Interpolation interpolation,
                             std::int64_t frame);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_KEY_CURVE_H_
