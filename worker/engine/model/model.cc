#include "worker/engine/model/model.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/model_torch.h"

namespace interneg::model {
namespace {

std::vector<std::string> PlaneNames(FreePlanes free) {
  switch (free) {
    case FreePlanes::kChroma:
      return {"Cb", "Cr"};
    case FreePlanes::kLuma:
      return {"Y"};
    case FreePlanes::kAll:
      return {"Y", "Cb", "Cr"};
  }
  throw std::invalid_argument("PlaneNames: not a set of planes");
}

at::Tensor Cut(const at::Tensor& planes, int x, int y, image::Size size) {
  return planes.narrow(2, y, size.height_px).narrow(3, x, size.width_px);
}

int RoundUp(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

Window AroundTile(const image::Rectangle& inside, image::Size frame, int halo_px) {
  const int x0 = std::max(0, inside.x_px - halo_px), y0 = std::max(0, inside.y_px - halo_px);
  const int x1 = std::min(frame.width_px, inside.x_px + inside.size.width_px + halo_px);
  const int y1 = std::min(frame.height_px, inside.y_px + inside.size.height_px + halo_px);
  return {x0, y0, {x1 - x0, y1 - y0}, frame};
}

}  // namespace

std::vector<Tile> TilesOf(const NetworkDescription& description, image::Size frame, int tile_px) {
  if (tile_px <= 0) return {{{0, 0, frame}, {0, 0, frame, frame}}};
  const int tile = RoundUp(tile_px, TileAlignment_px(description));
  std::vector<Tile> tiles;
  for (int y = 0; y < frame.height_px; y += tile) {
    for (int x = 0; x < frame.width_px; x += tile) {
      const image::Rectangle inside{x, y, {std::min(tile, frame.width_px - x), std::min(tile, frame.height_px - y)}};
      tiles.push_back({inside, AroundTile(inside, frame, Halo_px(description))});
    }
  }
  return tiles;
}

at::Tensor CutWindow(const at::Tensor& planes, const Window& window) {
  return Cut(planes, window.x_px, window.y_px, window.size).contiguous();
}

at::Tensor InTiles(const NetworkDescription& description, const at::Tensor& ycbcr, int tile_px,
                   const std::function<at::Tensor(const at::Tensor& ycbcr, const Window& window)>& predict) {
  const image::Size frame{static_cast<int>(ycbcr.size(3)), static_cast<int>(ycbcr.size(2))};
  const auto tiles = TilesOf(description, frame, tile_px);
  if (tiles.size() == 1) return predict(ycbcr, tiles.front().window);
  at::Tensor out = at::empty({1, BasePlanes(description).count, frame.height_px, frame.width_px}, at::kFloat);
  for (const auto& [inside, window] : tiles) {
    const at::Tensor tile = predict(CutWindow(ycbcr, window), window);
    Cut(out, inside.x_px, inside.y_px, inside.size)
        .copy_(Cut(tile, inside.x_px - window.x_px, inside.y_px - window.y_px, inside.size));
  }
  return out;
}

at::Tensor PredictFrame(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px) {
  return InTiles(model.description, ycbcr, tile_px,
                 [&](const at::Tensor& tile, const Window& window) { return Predict(model, tile, window); });
}

// LibTorch has no exception type for this that all its versions share; the allocators' messages are stable.
bool SaysOutOfMemory(std::string_view message) {
  constexpr std::string_view kSayings[] = {"out of memory", "not enough memory", "can't allocate memory",
                                           "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"};
  return std::ranges::any_of(kSayings, [&](auto saying) { return message.find(saying) != std::string_view::npos; });
}

int TileFor(const NetworkDescription& d, image::Size frame, std::int64_t memory_bytes) {
  const double pixels = static_cast<double>(memory_bytes) / BytesPerPixel(d);
  if (static_cast<double>(frame.width_px) * frame.height_px <= pixels) return 0;
  const int alignment = TileAlignment_px(d);
  const int inside = static_cast<int>(std::sqrt(std::max(pixels, 0.0))) - 2 * Halo_px(d);
  // Below two halos a side, more than eight ninths of the work is halo: whoever has so little memory had better try.
  return std::max(RoundUp(std::max(2 * Halo_px(d), 1), alignment), inside / alignment * alignment);
}

int SmallerTile(const NetworkDescription& d, image::Size frame, int tile_px) {
  const int least = TileAlignment_px(d), largest = std::max(frame.width_px, frame.height_px);
  const int next = (tile_px == 0 ? largest : tile_px) / 2 / least * least;
  return next < least ? 0 : next;
}

at::Device ToTorch(const Device& device) {
  return device.kind == DeviceKind::kCpu ? at::Device(at::kCPU)
                                         : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

at::ScalarType ToTorch(Precision precision) {
  return precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat;
}

at::Tensor StartPlanes(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window) {
  if (model.description.kind == NetworkKind::kLut) return ApplyLut(model.lut, ycbcr, model.description.matrix);
  if (model.description.free == FreePlanes::kChroma) return ApplyPolynomial(model.fits.closed_form, ycbcr, window);
  const PlaneRange base = BasePlanes(model.description);
  return ycbcr.narrow(1, base.first, base.count);
}

at::Tensor Corrected(const Model::Implementation& model, const at::Tensor& ycbcr, const at::Tensor& z,
                     const at::Tensor& correction, const Window& window) {
  const PlaneRange own = BasePlanes(model.description);
  const at::Tensor base = z.narrow(1, own.first, own.count);
  const bool all = model.shares.guess == 1.0;
  const at::Tensor from = all ? base : at::lerp(StartPlanes(model, ycbcr, window), base, model.shares.guess);
  return at::add(from, correction, model.shares.correction);
}

at::Tensor PredictWithoutNetwork(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window) {
  const double share = Learns(model.description.kind) ? model.shares.guess : 0.0;
  if (share == 0.0 || model.description.free != FreePlanes::kChroma) return StartPlanes(model, ycbcr, window);
  const at::Tensor guess = ApplyFirstGuess(model.fits.first_guess, ycbcr, window);
  return share == 1.0 ? guess : at::lerp(StartPlanes(model, ycbcr, window), guess, share);
}

at::Tensor Predict(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window) {
  const at::NoGradGuard no_gradients;
  if (model.shares.correction == 0.0 || !Learns(model.description.kind)) {
    return PredictWithoutNetwork(model, ycbcr, window);
  }
  const at::Tensor z = NetworkInput(model.description, model.fits.first_guess, ycbcr, window);
  const at::Tensor correction =
      model.network.Correct(z.to(model.device), {PlaceOf(window)}, ToTorch(model.precision)).to(at::kCPU);
  return Corrected(model, ycbcr, z, correction, window);
}

at::Tensor SeenPlanes(const NetworkDescription& description, const image::Image& rgb, const char* function) {
  if (rgb.channel_count() != 3) {
    throw std::invalid_argument(std::string(function) + ": three planes (R, G, B) are needed, got " +
                                std::to_string(rgb.channel_count()));
  }
  return ToTensor(image::RgbToYCbCr(image::ClampedToUnit(rgb), description.matrix));
}

image::Image FreePlanesImage(const NetworkDescription& description, const at::Tensor& planes,
                             const std::string& color_space) {
  return ToImage(planes, PlaneNames(description.free), color_space);
}

Model::Model(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const NetworkDescription& Model::description() const {
  return implementation_->description;
}
const std::map<std::string, std::string>& Model::metadata() const {
  return implementation_->metadata;
}
Precision Model::precision() const {
  return implementation_->precision;
}
bool Model::HasDevice() const {
  return !implementation_->device.is_cpu();
}

image::Image Model::Recover(const image::Image& source, const RecoverOptions& options) const {
  const at::Tensor ycbcr = SeenPlanes(description(), source, "Recover");
  return TellingOutOfMemory([&] {
    return FreePlanesImage(description(), PredictFrame(*implementation_, ycbcr, options.tile_px), source.color_space());
  });
}

std::optional<Model> Model::Baseline() const {
  if (implementation_->description.free != FreePlanes::kChroma) return std::nullopt;
  const auto description = DescribeNetwork(NetworkKind::kClosedForm, implementation_->description.size,
                                           FreePlanes::kChroma, implementation_->description.matrix);
  return Model(std::make_unique<Implementation>(Implementation{description, implementation_->metadata,
                                                               implementation_->fits, Network(description, 0), Shares{0, 0},
                                                               Precision::kFloat32, at::Device(at::kCPU)}));
}

int Model::TileFor(image::Size frame, std::int64_t memory_bytes) const {
  return model::TileFor(implementation_->description, frame, memory_bytes);
}

Model LoadModel(std::span<const std::byte> file, const Device& device, Precision precision) {
  return Model(ReadModel(ParseSafetensors(file), device, precision));
}

Model LoadModel(const std::filesystem::path& path, const Device& device, Precision precision) {
  const std::vector<std::byte> bytes = ReadFileBytes(path);
  try {
    return LoadModel(bytes, device, precision);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("'" + path.string() + "': " + error.what());
  }
}

}  // namespace interneg::model
