#include "tests/worker/engine/inference/drawn_render.h"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

#include "worker/engine/model/model_torch.h"

namespace interneg::inference {
namespace {

std::filesystem::path FreshFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "interneg-render-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

std::unique_ptr<model::Model::Implementation> DrawnParts(model::NetworkKind kind, model::FreePlanes free) {
  auto description = model::DescribeNetwork(kind, model::NetworkSize::kSmall, free, image::YCbCrMatrix::kBt709);
  if (model::Learns(kind)) description.width = 4;
  auto parts = std::make_unique<model::Model::Implementation>(model::Model::Implementation{
      description, {}, {}, model::Network(description, 3), {}, model::Precision::kFloat32, at::Device(at::kCPU)});
  at::manual_seed(4);
  for (const auto& parameter : parts->network.Parameters()) {
    if (parameter.name.find("last") != std::string::npos) {
      *parameter.slot = at::randn(parameter.slot->sizes()) * 0.02;
    }
  }
  parts->fits.closed_form.weights.assign(model::kColorTerms * 2, 0.01);
  model::PolynomialMap guess;
  guess.weights.assign(model::kColorTerms * 2, 0.005);
  parts->fits.first_guess = std::move(guess);
  return parts;
}

}  // namespace

model::Model DrawnModel(model::NetworkKind kind, model::FreePlanes free) {
  return model::Model(DrawnParts(kind, free));
}

// One feature that only luma above .95 lets through its rectifier, and that is too large for what comes after it.
model::Model ModelThatOverflowsOnWhite() {
  auto parts = DrawnParts(model::NetworkKind::kGrid, model::FreePlanes::kChroma);
  for (const auto& parameter : parts->network.Parameters()) {
    if (parameter.name == "unet.enter.0.weight") {
      parameter.slot->select(0, 0).zero_();
      parameter.slot->select(0, 0).select(0, 0)[1][1].fill_(1e38);
    }
    if (parameter.name == "unet.enter.0.bias") parameter.slot->select(0, 0).fill_(-0.95e38);
    if (parameter.name == "unet.enter.1.weight") parameter.slot->select(1, 0).fill_(1e3);
  }
  return model::Model(std::move(parts));
}

image::Image DrawnFrame(image::Size size, int frame, double moved_px, float grain) {
  image::Image picture(size, {"R", "G", "B"}, "");
  std::mt19937 random(static_cast<unsigned>(1000 + frame));
  std::normal_distribution<float> noise(0.0F, 1.0F);
  for (int c = 0; c < 3; ++c) {
    auto plane = picture.plane(c);
    for (int y = 0; y < size.height_px; ++y) {
      for (int x = 0; x < size.width_px; ++x) {
        const double at = x - moved_px;
        const double value =
            0.5 + 0.2 * std::sin(0.11 * at + 0.5 * c) * std::cos(0.13 * y) + 0.15 * std::sin(0.043 * at - 0.06 * y + c);
        plane[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width_px) + static_cast<std::size_t>(x)] =
            static_cast<float>(value) + grain * noise(random);
      }
    }
  }
  return picture;
}

DrawnRender::DrawnRender(int count, float grain)
    : folder_(FreshFolder()),
      roots_(frames::Roots::WholeFileSystem()),
      config_(color::ColorConfig::BuiltIn()),
      transform_(config_, config_.Rec709Gamma24(), color::TrainingRoute::kDisplayDirect),
      source_(roots_, roots_.Locate((folder_ / "source/f.%04d.exr").string(), "/")) {
  model::PrepareToCompute(1);  // the pictures are small, and idle threads that wait for each other are slow
  for (int frame = 1; frame <= count; ++frame) Put(frame, DrawnFrame(kSize, frame, 1.5 * frame, grain));
}

DrawnRender::~DrawnRender() {
  std::filesystem::remove_all(folder_);
}

void DrawnRender::Put(int frame, const image::Image& picture) const {
  frames::WriteOptions options;
  options.encoding = frames::SampleEncoding::kFloat;
  frames::FrameWriter(roots_, roots_.Locate((folder_ / "source").string(), "/"),
                      frames::FramePattern::Parse("f.%04d.exr"), options)
      .Write(frame, picture, {}, {});
}

std::filesystem::path DrawnRender::FileOf(int frame) const {
  return folder_ / "source" / frames::FramePattern::Parse("f.%04d.exr").NameFor(frame);
}

frames::FrameWriter DrawnRender::WriterFor(const std::string& folder) const {
  frames::WriteOptions options;
  options.encoding = frames::SampleEncoding::kFloat;
  return {roots_, roots_.Locate((folder_ / folder).string(), "/"), frames::FramePattern::Parse("r.%04d.exr"), options};
}

RenderPlan DrawnRender::PlanFor(const model::Model& model, const frames::FrameWriter& writer,
                                std::vector<int> frames) const {
  return {source_, transform_, transform_, model, writer, std::move(frames), kSize, std::int64_t{1} << 32};
}

image::Image DrawnRender::Rendered(const std::string& folder, int frame) const {
  const frames::FrameSequence files(roots_, roots_.Locate((folder_ / folder / "r.%04d.exr").string(), "/"));
  return files.Read(frame, transform_.space()).rgb;
}

}  // namespace interneg::inference
