// What a model file holds, as plain values: for those who compute it and those who write it in other forms.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_STORED_MODEL_H_
#define INTERNEG_WORKER_ENGINE_MODEL_STORED_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/first_guess.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/model/network_graph.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::model {

inline constexpr char kFormatKey[] = "interneg.format";
inline constexpr char kFormatName[] = "interneg/1";
inline constexpr char kNetworkKey[] = "interneg.network";
inline constexpr char kCorrectionKey[] = "interneg.correction";
inline constexpr char kGuessKey[] = "interneg.first_guess";  // absent: the correction's share, as older engines meant it
inline constexpr char kLutNodes[] = "lut.nodes";     // [nodes³, 3], red fastest
inline constexpr char kLutShaper[] = "lut.shaper";   // [entries, 3]; absent: none
inline constexpr char kDyeGainTensor[] = "first_guess.dyes.gain";            // [3, rows, columns]
inline constexpr char kDyeConstantsTensor[] = "first_guess.dyes.constants";  // [21]: overlap 6, stain 3, black, gamma 3, to_chroma 6, offset 2
inline constexpr char kWeightPrefix[] = "network.";  // before the names of a network's parameters

struct StoredModel {
  NetworkDescription description;
  std::map<std::string, std::string> metadata;
  ChromaFits fits;      // chroma only
  ColorCube lut;        // lut only
  Shares shares;
};

// All but the values of the network's weights. Throws std::invalid_argument, saying what, when something is missing or
// has another shape than its description says, or a value is not finite.
StoredModel ReadStoredModel(const Safetensors& content);

// The values of a parameter, row-major: a fixed one's own, a learnt one's from tensor "network." + its name. Throws
// std::invalid_argument when that is missing, of another type or shape (sides of 1 aside), or not finite.
std::vector<float> WeightsOf(const Safetensors& content, const Parameter& parameter);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_STORED_MODEL_H_
