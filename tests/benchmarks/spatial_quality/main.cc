// One step of the benchmark of spatial quality:
//
//   spatial_quality_step degrade|train|render|score  < ASKED.json
//
// prints a JSON object (steps.h).
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tests/benchmarks/spatial_quality/steps.h"

namespace interneg::benchmarks {
namespace {

int Run(const std::string& verb) {
  using Step = nlohmann::json (*)(const nlohmann::json&);
  const std::map<std::string, Step> steps = {
      {"degrade", &Degrade}, {"train", &TrainModel}, {"render", &Render}, {"score", &ScoreFrames}};
  const auto step = steps.find(verb);
  if (step == steps.end()) throw std::invalid_argument("say degrade, train, render or score");
  const auto asked = nlohmann::json::parse(std::cin);
  std::printf("%s\n", step->second(asked).dump().c_str());
  return 0;
}

}  // namespace
}  // namespace interneg::benchmarks

int main(int count, char** words) {
  try {
    return interneg::benchmarks::Run(count == 2 ? words[1] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "spatial_quality_step: %s\n", error.what());
    return 1;
  }
}
