#include "tests/worker/engine/training/drawn_problem.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "worker/engine/dataset/random.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::training {
namespace {

image::Size SizeOf(FadeKind kind) {
  return kind == FadeKind::kOfDyes ? image::Size{192, 128} : image::Size{96, 64};
}

// Moving waves of colour; the right half carries a fine texture in luma and a colour of its own.
image::Image Scene(image::Size size, int frame, dataset::Random& random) {
  image::Image ycbcr(size, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      const int i = y * size.width_px + x;
      const double t = 0.2 * frame;
      const bool textured = x + 5 * std::sin(t) > size.width_px / 2.0;
      const double luma = 0.5 + 0.15 * std::sin(0.11 * x + t) + 0.1 * std::cos(0.17 * y);
      ycbcr.plane(0)[i] = static_cast<float>(luma + (textured && (x + y) % 2 == 0 ? 0.08 : 0.0));
      ycbcr.plane(1)[i] = static_cast<float>(0.1 * std::sin(0.07 * y + t) + (textured ? 0.08 : -0.08));
      ycbcr.plane(2)[i] = static_cast<float>(0.1 * std::cos(0.09 * x - t) + 0.002 * random.Uniform(-1, 1));
    }
  }
  return image::YCbCrToRgb(ycbcr, image::YCbCrMatrix::kBt709);
}

// Densities of R, G, B, each less by a share that comes and goes across the frame.
image::Image WithFadedDyes(const image::Image& clean) {
  constexpr double kRetention[] = {0.35, 0.95, 0.75};
  image::Image faded = clean;
  for (int c = 0; c < 3; ++c) {
    auto plane = faded.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      const double across = static_cast<double>(i % clean.width_px()) / clean.width_px();
      const double density = -2.4 * std::log10(std::clamp<double>(plane[i], 0.1, 1.0));
      plane[i] =
          static_cast<float>(std::pow(10.0, -density * kRetention[c] * (0.8 + 0.3 * std::sin(6.0 * across)) / 2.4));
    }
  }
  return faded;
}

image::Image Faded(const image::Image& clean, FadeKind kind, dataset::Random& random) {
  if (kind == FadeKind::kOfDyes) return WithFadedDyes(clean);
  image::Image ycbcr = image::RgbToYCbCr(clean, image::YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < ycbcr.pixel_count(); ++i) {
    const auto noise = static_cast<float>(random.Uniform(-0.01, 0.01));
    float& cb = ycbcr.plane(1)[i];
    float& cr = ycbcr.plane(2)[i];
    if (kind == FadeKind::kByPlaceAndTexture) cb = 0.02F * cr + noise;
    if (kind == FadeKind::kByColour) cb = 0.4F * cb + 0.1F * cr;
    cr = 0.5F * cr + 0.03F;
  }
  return image::YCbCrToRgb(ycbcr, image::YCbCrMatrix::kBt709);
}

}  // namespace

TrainingData DrawProblem(FadeKind kind) {
  TrainingData data;
  dataset::Random random(42);
  const auto pair = [&](int frame) {
    image::Image clean = Scene(SizeOf(kind), frame, random);
    image::Image faded = Faded(clean, kind, random);
    return dataset::Pair{frame, std::move(faded), std::move(clean), {}};
  };
  for (const int frame : {0, 10, 20, 30}) data.pairs.push_back(pair(frame));
  for (const int frame : {5, 25}) data.held_out.push_back(pair(frame));
  return data;
}

TrainingOptions SmallOptions(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingOptions options;
  options.network = model::DescribeNetwork(model::NetworkKind::kGrid, model::NetworkSize::kSmall,
                                           model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
  options.network.width = 8;
  options.network.levels = 2;
  options.network.bins = 4;
  options.network.shrink = 4;
  options.steps = steps;
  options.patch_px = 64;
  options.batch = 2;
  options.seed = 7;
  options.threads = 1;
  options.precision = model::Precision::kFloat32;
  options.contact_sheet_interval = 0;
  options.checkpoint_period = std::chrono::hours(1);
  options.folder = folder;
  options.job_json = R"({"kind":"train"})";
  options.dataset_sha256 = "d1";
  return options;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "interneg_training_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace interneg::training
