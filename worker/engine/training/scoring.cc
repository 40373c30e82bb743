#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/losses_torch.h"
#include "worker/engine/training/scoring_torch.h"

namespace interneg::training {
namespace {

constexpr std::array kShares = {1.0, 0.75, 0.5, 0.25, 0.0};

// Part of a correction that brings detail is a blend of a sharp picture and a soft one: nearer on the mean, and without
// the grain that was learnt.
bool MayBeChosen(double share, const model::NetworkDescription& description) {
  return description.free == model::FreePlanes::kChroma || share == 1.0 || share == 0.0;
}

// Against soft truths the smallest share that comes so near to the best is chosen. A soft reference was coded, and is
// told the better the more of its coder's ways are learnt; so are held-out frames, which were coded likewise
// (docs/decisions/0030).
constexpr double kClearlyOfSoft_db = 0.5;

double MarginOf(const std::vector<KnownFrame>& frames) {
  const bool soft = std::any_of(frames.begin(), frames.end(), [](const auto& f) { return !f.softness.is_sharp(); });
  return soft ? kClearlyOfSoft_db : 0.0;
}

}  // namespace

double Psnr(const at::Tensor& output, const KnownFrame& frame) {
  const at::Tensor squared = (model::Softened(output, frame.softness) - frame.truth).to(at::kDouble).square();
  const at::Tensor mean = frame.weight.defined()
                              ? (squared * frame.weight).sum() / (frame.weight.sum(at::kDouble) * squared.size(1))
                              : squared.mean();
  const double error = mean.item<double>();
  return error > 1e-12 || !std::isfinite(error) ? -10.0 * std::log10(error) : 120.0;
}

Score ScoreModel(const model::Model::Implementation& model, const std::vector<KnownFrame>& frames, int tile_px) {
  const at::NoGradGuard no_gradients;
  Score score;
  std::array<double, kShares.size()> sums{};
  for (const KnownFrame& frame : frames) {
    const at::Tensor full = model::PredictFrame(model, frame.ycbcr, tile_px);
    score.untouched_db += frame.untouched_db;
    score.start_db += frame.start_db;
    for (std::size_t i = 0; i < kShares.size(); ++i) {
      if (!MayBeChosen(kShares[i], model.description)) continue;
      sums[i] += kShares[i] == 0.0 ? frame.guess_db : Psnr(at::lerp(frame.guess, full, kShares[i]), frame);
    }
  }
  const auto count = static_cast<double>(std::max<std::size_t>(frames.size(), 1));
  score.untouched_db /= count;
  score.start_db /= count;
  score.full_db = sums[0] / count;
  std::vector<ShareScore> shares;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    if (MayBeChosen(kShares[i], model.description)) shares.push_back({kShares[i], sums[i] / count});
  }
  const ShareScore chosen = ChosenOf(shares, MarginOf(frames));
  const bool none = score.start_db > chosen.db;
  score.shares = none ? model::Shares{0, 0} : model::Shares{1, chosen.share};
  score.model_db = none ? score.start_db : chosen.db;
  score.best_db = std::max(ChosenOf(shares, 0.0).db, score.start_db);
  return score;
}

// A score that is not a number compares false, and so can never be chosen.
ShareScore ChosenOf(std::span<const ShareScore> scores, double margin_db) {
  ShareScore best{0.0, -std::numeric_limits<double>::infinity()};
  for (const ShareScore& score : scores) {
    if (score.db > best.db || (score.db == best.db && score.share > best.share)) best = score;
  }
  ShareScore chosen = best;
  for (const ShareScore& score : scores) {
    if (score.share < chosen.share && score.db > best.db - margin_db) chosen = score;
  }
  return chosen;
}

image::Image Picture(const at::Tensor& ycbcr, const at::Tensor& free, const model::NetworkDescription& description,
                     const std::string& color_space) {
  at::Tensor planes = ycbcr.detach().to(at::kCPU).clone();
  const model::PlaneRange range = model::FreeAmongYCbCr(description);
  planes.narrow(0, range.first, range.count).copy_(free.detach());
  const image::Image whole = model::ToImage(planes, {"Y", "Cb", "Cr"}, color_space);
  image::Image rgb = image::ClampedToUnit(image::YCbCrToRgb(whole, description.matrix));
  return rgb;
}

}  // namespace interneg::training
