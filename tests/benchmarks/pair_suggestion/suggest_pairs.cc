// Suggests pairs for a source and its registered reference and prints them as JSON: what the benchmark trains on.
//
//   suggest_pairs SOURCE-PATTERN REFERENCE-PATTERN RANGE shot|scene|sequence [PAIRS]
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/curation/suggest.h"
#include "worker/engine/frames/frame_range.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::benchmarks {
namespace {

std::vector<curation::Candidate> Measure(const std::string& source, const std::string& reference,
                                         const std::string& range) {
  const auto roots = frames::Roots::WholeFileSystem();
  const auto here = std::filesystem::current_path().string();
  const frames::FrameSequence sources(roots, roots.Locate(source, here));
  const frames::FrameSequence references(roots, roots.Locate(reference, here));
  std::vector<curation::Candidate> candidates;
  const auto frames_to_measure = frames::FrameRange::Parse(range);
  for (const int frame : frames_to_measure.frames()) {
    const auto picture = sources.Read(frame, image::kTrainingDisplay);
    const auto better = references.Read(frame, image::kTrainingDisplay);
    curation::Candidate candidate;
    candidate.frame = frame;
    candidate.features = curation::MeasureFrame(picture.rgb, {&better.rgb});
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

curation::Scope ParseScope(const std::string& text) {
  const std::map<std::string, curation::Scope> scopes = {
      {"shot", curation::Scope::kShot}, {"scene", curation::Scope::kScene}, {"sequence", curation::Scope::kSequence}};
  const auto at = scopes.find(text);
  if (at == scopes.end()) throw std::invalid_argument("there is no scope '" + text + "'; say shot, scene or sequence");
  return at->second;
}

nlohmann::json ToJson(const curation::Suggestion& suggestion) {
  nlohmann::json out = {{"pairs", suggestion.Frames(curation::Role::kTraining)},
                        {"held_out", suggestion.Frames(curation::Role::kHeldOut)},
                        {"notes", suggestion.notes},
                        {"rejected", nlohmann::json::object()},
                        {"shots", nlohmann::json::array()},
                        {"compromises", nlohmann::json::object()}};
  for (const auto& frame : suggestion.rejected) {
    for (const auto reason : frame.reasons) out["rejected"][std::string(NameOf(reason))].push_back(frame.frame);
  }
  for (const auto& shot : suggestion.shots)
    out["shots"].push_back({shot.first_frame, shot.last_frame, shot.training_pairs});
  for (const auto& pair : suggestion.pairs) {
    for (const auto compromise : pair.compromises) {
      out["compromises"][std::string(NameOf(compromise))].push_back(pair.frame);
    }
  }
  for (const auto& family : suggestion.families) {
    out["families"][std::string(NameOf(family.kind))] = {{"largest_share", family.largest_share},
                                                         {"pairs", family.pairs}};
  }
  return out;
}

int Run(const std::vector<std::string>& words) {
  if (words.size() < 4 || words.size() > 5) throw std::invalid_argument("give SOURCE REFERENCE RANGE SCOPE [PAIRS]");
  curation::SuggestOptions options;
  options.scope = ParseScope(words[3]);
  if (words.size() == 5) options.pairs = std::stoi(words[4]);
  const auto candidates = Measure(words[0], words[1], words[2]);
  std::printf("%s\n", ToJson(curation::Suggest(candidates, options)).dump().c_str());
  return 0;
}

}  // namespace
}  // namespace interneg::benchmarks

int main(int count, char** words) {
  try {
    return interneg::benchmarks::Run({words + 1, words + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suggest_pairs: %s\n", error.what());
    return 1;
  }
}
