// group_process FOLDER STEPS DATASET [RANK RANKS HOST:PORT PATIENCE_S] [--spatial] [--confidence] [--dyes] [--resume
// FILE]: one process of a drawn training; without a rank, the same training alone. Prints "step N" for each of the
// leader's steps, and at the end the last checkpoint. SIGTERM stops it as it stops the engine.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "tests/worker/engine/training/drawn_problem.h"

namespace interneg::training {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

bool Taken(std::vector<std::string>& words, const std::string& flag) {
  const auto at = std::find(words.begin(), words.end(), flag);
  if (at == words.end()) return false;
  words.erase(at);
  return true;
}

std::optional<std::filesystem::path> TakenFile(std::vector<std::string>& words, const std::string& flag) {
  const auto at = std::find(words.begin(), words.end(), flag);
  if (at == words.end()) return std::nullopt;
  const std::filesystem::path file = *(at + 1);
  words.erase(at, at + 2);
  return file;
}

// Another for every pair, so that shares of one batch count differently.
void AddConfidence(TrainingData& data) {
  for (auto& pair : data.pairs) {
    image::Image confidence(pair.source.size(), {"confidence"}, image::kTrainingDisplay);
    auto plane = confidence.plane(0);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      plane[i] = static_cast<float>((i * 7 + static_cast<std::size_t>(pair.frame)) % 11) / 10.0F;
    }
    pair.confidence = std::move(confidence);
  }
}

void MakeSpatial(TrainingOptions& options) {
  options.recovery = dataset::Recovery::kSpatial;
  options.network = model::DescribeNetwork(model::NetworkKind::kUNet, model::NetworkSize::kSmall,
                                           model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
  options.network.width = 8;
}

int TrainAs(std::vector<std::string> words) {
  const auto resume = TakenFile(words, "--resume");
  const bool spatial = Taken(words, "--spatial"), confidence = Taken(words, "--confidence");
  const auto fade = Taken(words, "--dyes") ? FadeKind::kOfDyes : FadeKind::kByPlaceAndTexture;
  TrainingOptions options = SmallOptions(words.at(0), std::atoll(words.at(1).c_str()));
  options.dataset_sha256 = words.at(2);
  options.batch = 6;
  if (spatial) MakeSpatial(options);
  if (words.size() > 3) {
    GroupPlace place;
    place.rank = std::atoi(words.at(3).c_str());
    place.ranks = std::atoi(words.at(4).c_str());
    ParseMeeting(words.at(5), place);
    place.patience = std::chrono::seconds(std::atoi(words.at(6).c_str()));
    options.group = place;
  }
  TrainingData data = DrawProblem(fade);
  if (confidence) AddConfidence(data);
  TrainingCallbacks callbacks;
  callbacks.loss = [](const LossPoint& point) {
    std::printf("step %lld\n", static_cast<long long>(point.step));
    std::fflush(stdout);
  };
  callbacks.notice = [](const Notice& notice) { std::fprintf(stderr, "%s\n", notice.text.c_str()); };
  const auto result = Train(options, data, callbacks, stop, resume);
  std::printf("%s %s\n", result.outcome == Outcome::kFinished ? "finished" : "preempted", result.checkpoint.c_str());
  return 0;
}

}  // namespace
}  // namespace interneg::training

int main(int argc, char** argv) {
  ::signal(SIGTERM, [](int) { interneg::training::stop.store(true); });
  try {
    return interneg::training::TrainAs({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
