// frame_matching [--data FOLDER] [--seeds N] [--case TEXT] [--clip TEXT] [--cache FILE] [--frames N] [--list] [--verbose]
// Synthetic edits of real clips (or of drawn ones without --data), a severely faded, grained, weaving source against a
// cropped, regraded, blurred, blocked, noisy reference: exact matches of distinguishable frames, wrong pairs, and the
// time that N x N thumbnails take.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <opencv2/core.hpp>

#include "tests/benchmarks/frame_matching/score.h"
#include "tests/benchmarks/frame_matching/speed.h"

namespace {

using namespace interneg;

constexpr double kLeastShare = .99;
constexpr std::int64_t kSourceFirst = 1001, kReferenceFirst = 86400;

struct Arguments {
  std::string data, only, clip, cache;
  int seeds = 1, frames = 10000;
  bool list = false;     // every wrong, missed and unsaid frame
  bool verbose = false;  // and the map's shots and spans
};

Arguments Parse(int argc, char** argv) {
  Arguments out;
  for (int k = 1; k < argc; ++k) {
    const std::string name = argv[k];
    if (name == "--verbose" || name == "--list") {
      (name == "--list" ? out.list : out.verbose) = true;
      continue;
    }
    if (k + 1 >= argc) throw std::runtime_error(name + " needs a value");
    const std::string value = argv[++k];
    if (name == "--data") out.data = value;
    else if (name == "--case") out.only = value;
    else if (name == "--clip") out.clip = value;
    else if (name == "--cache") out.cache = value;
    else if (name == "--seeds") out.seeds = std::stoi(value);
    else if (name == "--frames") out.frames = std::stoi(value);
    else throw std::runtime_error("unknown option " + name);
  }
  return out;
}

// The noise of both sides together in the clean frames' contrast: each side's own is divided by what is left of the
// contrast there.
double NoiseInCleanContrast(const benchmarks::Film& film, benchmarks::Elements& elements) {
  const auto noise = elements.MeasureNoise();
  double clean = 0, faded = 0, video = 0;
  for (std::size_t f = 0; f < film.frames.size(); f += 40) {
    const benchmarks::Edit one{{static_cast<int>(f), static_cast<int>(f)}};
    clean += LevelOf(matching::MakeThumbnail(film.frames[f], 0)).deviation;
    faded += LevelOf(elements.Source(one, 0)[0]).deviation;
    video += LevelOf(elements.Reference(one, 0)[0]).deviation;
  }
  const double s = noise.source * clean / faded, r = noise.reference * clean / video;
  std::printf("noise of a cell, in the clean contrast: source %.5f, reference %.5f\n", s, r);
  return std::sqrt(s * s + r * r);
}

bool RunSeed(const benchmarks::Film& film, std::uint64_t seed, const Arguments& arguments) {
  benchmarks::Damage damage;
  damage.seed = seed;
  benchmarks::Elements elements(film, damage, arguments.cache.empty() ? "" : arguments.cache + "." + std::to_string(seed));
  const benchmarks::Distinctness distinctness(film, NoiseInCleanContrast(film, elements));
  double worst = 1.0;
  int wrong = 0;
  for (const auto& edits : benchmarks::MakeCases(film, seed)) {
    if (!arguments.only.empty() && edits.name.find(arguments.only) == std::string::npos) continue;
    const auto source = elements.Source(edits.source, kSourceFirst), reference = elements.Reference(edits.reference, kReferenceFirst);
    const auto begin = std::chrono::steady_clock::now();
    const auto map = matching::Match(source, reference);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto s = ScoreMap(map, edits, kSourceFirst, kReferenceFirst, distinctness,
                            arguments.verbose || arguments.list ? benchmarks::Listing::kFrames : benchmarks::Listing::kNone);
    std::printf("seed %llu  %-32s %4zu x %4zu: exact %6.2f %% of %4d, uncertain %3d, wrong %2d (%d without partner); mixed %3d, unsaid %3d; "
                "not distinguishable %4d, of these exact %4d; %.1f s\n",
                static_cast<unsigned long long>(seed), edits.name.c_str(), source.size(), reference.size(), 100 * s.share(),
                s.distinguishable, s.uncertain, s.wrong, s.false_partner, s.mixed, s.unsaid, s.excluded, s.excluded_exact, seconds);
    if (arguments.verbose) {
      for (const auto* list : {&map.source_shots, &map.reference_shots}) {
        for (const auto& shot : list->shots) {
          std::printf("    shot %lld-%lld %s-%s %.2f\n", static_cast<long long>(shot.first), static_cast<long long>(shot.last),
                      NameOf(shot.begins), NameOf(shot.ends), shot.confidence);
        }
      }
      for (const auto& span : map.spans) {
        std::printf("    span %lld-%lld -> %lld-%lld %s %d:%d agreement %.3f score %.2f motion %.2f geometry %.4f %.4f %.3f %.4f %.4f %.3f\n", static_cast<long long>(span.source_first),
                    static_cast<long long>(span.source_last), static_cast<long long>(span.reference_first),
                    static_cast<long long>(span.reference_last), NameOf(span.cadence.kind), span.cadence.reference_rate,
                    span.cadence.source_rate, span.cadence.agreement, span.score, span.motion, span.geometry[0], span.geometry[1], span.geometry[2],
                    span.geometry[3], span.geometry[4], span.geometry[5]);
      }
    }
    std::fflush(stdout);
    worst = std::min(worst, s.share());
    wrong += s.wrong;
  }
  std::printf("seed %llu  worst case %.2f %%, wrong pairs %d\n", static_cast<unsigned long long>(seed), 100 * worst, wrong);
  return worst >= kLeastShare && wrong == 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments arguments = Parse(argc, argv);
    cv::setNumThreads(2);
    const auto film = arguments.data.empty() ? benchmarks::DrawClips() : benchmarks::ReadClips(arguments.data, arguments.clip);
    std::printf("%zu film frames of %zu clips%s\n", film.frames.size(), film.clips.size(), arguments.data.empty() ? ", drawn" : "");
    bool met = true;
    for (int seed = 1; seed <= arguments.seeds; ++seed) met &= RunSeed(film, static_cast<std::uint64_t>(seed), arguments);
    if (arguments.frames > 0) {
      met &= benchmarks::MeasureSpeed(arguments.frames, 120, 1) <= benchmarks::kMostSeconds;
      met &= benchmarks::MeasureSpeed(arguments.frames, 2 * arguments.frames, 2) <= benchmarks::kMostSeconds;
    }
    std::printf("bars (exact >= %.0f %% in every case, no wrong pair, %.0f s): %s\n", 100 * kLeastShare, benchmarks::kMostSeconds, met ? "met" : "NOT met");
    return met ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "frame_matching: %s\nusage: frame_matching [--data FOLDER] [--seeds N] [--case TEXT] [--clip TEXT] [--cache FILE] [--frames N] [--list] [--verbose]\n", error.what());
    return 2;
  }
}
