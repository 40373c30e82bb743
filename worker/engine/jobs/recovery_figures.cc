#include "worker/engine/jobs/recovery_figures.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/inference/available_memory.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/validation/measures.h"
#include "worker/engine/validation/sheet.h"

namespace interneg::jobs {
namespace {

constexpr int kSheetPicture_px = 480;
constexpr std::size_t kMostSheetRows = 8;

// One subject: sums its frames and sends the means.
class Subject {
 public:
  Subject(std::string name, image::YCbCrMatrix matrix) : name_(std::move(name)), matrix_(matrix) {}
  void Add(const image::Image& shown, const image::Image& truth, const image::Image* weight) {
    figures_.Add(validation::Compare(shown, truth, matrix_, weight));
  }
  void Send(EventSink& events, const std::string& scope) const {
    if (figures_.frames() == 0) return;
    const auto mean = figures_.Mean();
    const auto send = [&](const char* measure, double value) {
      if (std::isfinite(value)) events.Send(Measure{measure, value, name_, scope, {}, {}});
    };
    send("chroma_psnr_db", mean.chroma_psnr_db);
    // A held luma differs from the truth's by arithmetic alone, which is no figure of merit.
    if (mean.luma_psnr_db < kExact_db) send("luma_psnr_db", mean.luma_psnr_db);
    send("delta_e2000", mean.delta_e2000);
  }

 private:
  static constexpr double kExact_db = 110.0;
  std::string name_;
  image::YCbCrMatrix matrix_;
  validation::MeanFigures figures_;
};

// What of R',G',B' in Y, Cb, Cr the recovery is free to change.
image::Image FreePlanesIn(const image::Image& ycbcr, const model::NetworkDescription& network) {
  std::vector<int> free = {0, 1, 2};
  if (network.free == model::FreePlanes::kChroma) free = {1, 2};
  if (network.free == model::FreePlanes::kLuma) free = {0};
  std::vector<std::string> names;
  for (const int plane : free) names.push_back(ycbcr.channels()[plane]);
  image::Image planes(ycbcr.size(), names, ycbcr.color_space());
  for (std::size_t i = 0; i < free.size(); ++i) {
    const auto from = ycbcr.plane(free[i]);
    std::copy(from.begin(), from.end(), planes.plane(static_cast<int>(i)).begin());
  }
  return planes;
}

// As a file can hold it: composed as the model's own planes are, gamut limit included, so that a perfect prediction
// scores as perfect.
image::Image Delivered(const image::Image& source, const image::Image& ycbcr,
                       const model::NetworkDescription& network) {
  return inference::ComposeRecovered(source, FreePlanesIn(ycbcr, network), network).rgb;
}

void Report(EventSink& events, std::size_t done, std::size_t total) {
  EngineProgress progress;
  progress.phase = "measuring";
  progress.done = static_cast<std::uint32_t>(done);
  progress.total = static_cast<std::uint32_t>(total);
  events.Send(progress);
}

}  // namespace

void SendFigures(const JobContext& context, const Scratch& scratch, const DisplayView& view, const model::Model& model,
                 std::span<const dataset::Pair> pairs, const TruthRule& rule, const std::string& scope,
                 const std::vector<OtherWay>& others) {
  const auto matrix = model.description().matrix;
  const auto baseline = model.Baseline();
  const auto memory = inference::MemoryBesidePairs_bytes(context.device);
  inference::FrameRecovery recover(model, memory, [&](const std::string& text) { context.events.Inform(text); });
  Subject of_model("model", matrix), of_baseline("baseline", matrix), of_untouched("untouched", matrix);
  std::vector<Subject> of_others;
  for (const auto& other : others) of_others.emplace_back(other.name, matrix);
  std::vector<validation::SheetRow> rows;
  std::optional<image::Image> before_after;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    context.ThrowIfStopped();
    const auto target = dataset::BuildTarget(pairs[i], rule.recovery, matrix, rule.luma_match);
    const auto truth = view.Show(Delivered(pairs[i].source, target.truth, model.description()));
    const auto source = view.Show(pairs[i].source);
    const auto output = view.Show(recover.Recover(pairs[i].source).rgb);
    const auto* weight = pairs[i].confidence ? &*pairs[i].confidence : nullptr;
    of_model.Add(output, truth, weight);
    of_untouched.Add(source, truth, weight);
    validation::SheetRow row{source, truth, output};
    if (baseline) {
      const auto predicted = baseline->Recover(pairs[i].source);
      row.insert(row.begin() + 1,
                 view.Show(inference::ComposeRecovered(pairs[i].source, predicted, baseline->description()).rgb));
      of_baseline.Add(row[1], truth, weight);
    }
    for (std::size_t k = 0; k < others.size(); ++k) {
      const auto planes = image::RgbToYCbCr(others[k].rgb(pairs[i].source), matrix);
      const auto shown = view.Show(Delivered(pairs[i].source, planes, model.description()));
      of_others[k].Add(shown, truth, weight);
      row.insert(row.end() - 2, shown);
    }
    if (rows.size() < kMostSheetRows) rows.push_back(std::move(row));
    if (i == pairs.size() / 2) before_after = validation::SplitBeforeAfter(source, output);
    Report(context.events, i + 1, pairs.size());
  }
  for (const auto* subject : {&of_model, &of_baseline, &of_untouched}) subject->Send(context.events, scope);
  for (const auto& subject : of_others) subject.Send(context.events, scope);
  scratch.SendPicture("validation_sheet", validation::ComposeSheet(rows, kSheetPicture_px), std::nullopt);
  scratch.SendPicture("before_after", *before_after, std::nullopt);
}

}  // namespace interneg::jobs
