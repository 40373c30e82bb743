#include "tests/benchmarks/spatial_quality/steps.h"

#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/benchmarks/spatial_quality/pictures.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/simulation/fade.h"
#include "worker/engine/simulation/generation_loss.h"
#include "worker/engine/training/training.h"
#include "worker/engine/validation/edge_halo.h"
#include "worker/engine/validation/grain_spectrum.h"
#include "worker/engine/validation/measures.h"
#include "worker/engine/validation/structural_similarity.h"

namespace interneg::benchmarks {
namespace {

using nlohmann::json;

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

// What the file will hold, so that source and truth differ by the loss alone.
image::Image WithGrain(const image::Image& picture, const std::string& gauge, std::uint64_t seed, int frame) {
  simulation::FadeOptions grain;
  grain.grain = simulation::ParseGrainGauge(gauge);
  grain.stain = false;
  grain.seed = seed;
  if (grain.grain == simulation::GrainGauge::kNone) return image::ClampedToUnit(picture);
  return simulation::FadeFrame(image::ClampedToUnit(picture), grain, frame);
}

std::vector<dataset::Pair> ReadPairs(const json& asked, const char* which) {
  std::vector<dataset::Pair> pairs;
  for (const int frame : asked.at(which).get<std::vector<int>>()) {
    pairs.push_back(
        {frame, ReadPicture(asked.at("source"), frame), ReadPicture(asked.at("reference"), frame), std::nullopt});
  }
  return pairs;
}

training::SpatialObjective ParseObjective(const std::string& name) {
  if (name == "detail") return training::SpatialObjective::kDetail;
  if (name == "plain-l1") return training::SpatialObjective::kPlainL1;
  throw std::invalid_argument("there is no objective '" + name + "': say detail or plain-l1");
}

training::TrainingOptions OptionsOf(const json& asked) {
  training::TrainingOptions options;
  options.recovery = dataset::Recovery::kSpatial;
  options.network =
      model::DescribeNetwork(model::ParseNetworkKind(asked.at("network").get<std::string>()),
                             model::ParseNetworkSize(asked.at("size").get<std::string>()), model::FreePlanes::kLuma,
                             kMatrix);
  options.objective = ParseObjective(asked.at("objective"));
  options.grain_weight = asked.value("grain_weight", options.grain_weight);
  options.learning_rate = asked.value("learning_rate", 0.0);
  options.tolerance_px = asked.value("tolerance", 0);
  options.steps = asked.at("steps");
  options.patch_px = asked.at("patch");
  options.batch = asked.at("batch");
  options.seed = asked.at("seed");
  options.threads = asked.at("threads");
  options.folder = asked.at("folder").get<std::string>();
  options.contact_sheet_interval = 0;
  options.checkpoint_period = std::chrono::hours(24);
  return options;
}

}  // namespace

json Degrade(const json& asked) {
  const auto seed = asked.at("seed").get<std::uint64_t>();
  for (const int frame : asked.at("frames").get<std::vector<int>>()) {
    const auto truth = WithGrain(ReadPicture(asked.at("clean"), frame), asked.at("grain"), seed, frame);
    const auto copied = asked.contains("f50") ? simulation::MtfLoss(truth, asked.at("f50"))
                                              : simulation::GaussianLoss(truth, asked.at("blur_px"));
    WritePicture(asked.at("truth"), frame, truth);
    WritePicture(asked.at("source"), frame, WithGrain(copied, asked.at("copy_grain"), seed + 1, frame));
  }
  return json::object();
}

json TrainModel(const json& asked) {
  const training::TrainingData data{ReadPairs(asked, "pairs"), ReadPairs(asked, "held_out"), std::nullopt};
  double last_loss = 0;
  training::TrainingCallbacks callbacks;
  callbacks.loss = [&](const training::LossPoint& point) { last_loss = point.loss; };
  const std::atomic<bool> never = false;
  const auto result = training::Train(OptionsOf(asked), data, callbacks, never);
  return {{"model", result.model.string()},          {"chosen_step", result.chosen_step},
          {"correction", result.shares.correction},         {"validation_db", result.validation->model_db},
          {"untouched_db", result.validation->untouched_db}, {"seconds", result.elapsed.count()},
          {"last_loss", last_loss}};
}

json Render(const json& asked) {
  const auto model = model::LoadModel(asked.at("model").get<std::string>(), {}, model::Precision::kFloat32);
  model::PrepareToCompute(asked.at("threads"));
  const inference::DetailOptions detail{{}, inference::InventedDetailMap::kOn};
  inference::FrameRecovery recovery(model, std::int64_t{4} << 30, [](const std::string&) {}, detail);
  const auto support = model::DetailSupportOf(model.metadata()).value();
  double invented = 0, in_truth = 0;
  const auto frames = asked.at("frames").get<std::vector<int>>();
  for (const int frame : frames) {
    const auto source = ReadPicture(asked.at("source"), frame), truth = ReadPicture(asked.at("truth"), frame);
    const auto recovered = recovery.Recover(source);
    WritePicture(asked.at("out"), frame, recovered.rgb);
    invented += recovered.invented->mean;
    const auto luma = image::RgbToYCbCr(source, kMatrix), truth_luma = image::RgbToYCbCr(truth, kMatrix);
    in_truth += inference::FindInventedDetail(luma.plane(0), truth_luma.plane(0), source.size(), &support).mean;
  }
  const auto count = static_cast<double>(frames.size());
  return {{"invented", invented / count}, {"invented_in_truth", in_truth / count}};
}

json ScoreFrames(const json& asked) {
  validation::HaloComparison halo;
  validation::GrainComparison grain;
  double psnr = 0, similarity = 0;
  const auto frames = asked.at("frames").get<std::vector<int>>();
  for (const int frame : frames) {
    const auto result = ReadPicture(asked.at("result"), frame), truth = ReadPicture(asked.at("truth"), frame);
    halo.Add(result, truth);
    grain.Add(result, truth);
    psnr += validation::LumaPsnr_db(result, truth, kMatrix);
    similarity += validation::LumaMsSsim(result, truth);
  }
  const auto count = static_cast<double>(frames.size());
  json out = {{"psnr_y_db", psnr / count}, {"ms_ssim", similarity / count}};
  if (const auto edges = halo.Halo()) {
    out["halo"] = edges->result;
    out["halo_of_truth"] = edges->reference;
    out["edges"] = edges->edges;
  }
  if (const auto distance = grain.Distance()) {
    out["grain_db"] = distance->result_db;
    out["grain_rms_db"] = distance->rms_db;
    out["grain_largest_db"] = distance->largest_db;
  }
  return out;
}

}  // namespace interneg::benchmarks
