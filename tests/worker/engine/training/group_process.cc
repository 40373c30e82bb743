// group_process FOLDER STEPS DATASET [RANK RANKS HOST:PORT PATIENCE_S] [--resume FILE]: one process of a drawn training;
// without a rank, the same training alone. Prints "step N" for each of the leader's steps, and at the end the last checkpoint.
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

int TrainAs(std::vector<std::string> words) {
  std::optional<std::filesystem::path> resume;
  if (words.size() >= 2 && words[words.size() - 2] == "--resume") {
    resume = words.back();
    words.resize(words.size() - 2);
  }
  TrainingOptions options = SmallOptions(words.at(0), std::atoll(words.at(1).c_str()));
  options.dataset_sha256 = words.at(2);
  options.batch = 6;
  if (words.size() > 3) {
    GroupPlace place;
    place.rank = std::atoi(words.at(3).c_str());
    place.ranks = std::atoi(words.at(4).c_str());
    ParseMeeting(words.at(5), place);
    place.patience = std::chrono::seconds(std::atoi(words.at(6).c_str()));
    options.group = place;
  }
  TrainingCallbacks callbacks;
  callbacks.loss = [](const LossPoint& point) {
    std::printf("step %lld\n", static_cast<long long>(point.step));
    std::fflush(stdout);
  };
  callbacks.notice = [](const Notice& notice) { std::fprintf(stderr, "%s\n", notice.text.c_str()); };
  const auto result = Train(options, DrawProblem(FadeKind::kByPlaceAndTexture), callbacks, std::atomic<bool>(false), resume);
  std::printf("%s %s\n", result.outcome == Outcome::kFinished ? "finished" : "preempted", result.checkpoint.c_str());
  return 0;
}

}  // namespace
}  // namespace interneg::training

int main(int argc, char** argv) {
  try {
    return interneg::training::TrainAs({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
