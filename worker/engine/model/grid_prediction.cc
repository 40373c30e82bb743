// A grid network's frame in two steps: the grid, and what is made of it.
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/model/coefficient_grid_torch.h"
#include "worker/engine/model/model_torch.h"

namespace interneg::model {
namespace {

void RequireGrid(const NetworkDescription& description, const char* function) {
  if (description.kind == NetworkKind::kGrid) return;
  throw std::invalid_argument(std::string(function) + ": a " + std::string(NameOf(description.kind)) +
                              " network predicts no grid; use a grid network");
}

std::int64_t CellsOf(int pixels, const NetworkDescription& d) {
  const int padded_to = d.shrink << d.levels;
  return (pixels + padded_to - 1) / padded_to * padded_to / d.shrink;
}

// The cells of a part of the frame that begins on a cell.
at::Tensor CutCells(const at::Tensor& cells_nhwc, int x_px, int y_px, image::Size size, const NetworkDescription& d) {
  const std::int64_t x = x_px / d.shrink, y = y_px / d.shrink;
  const std::int64_t across = std::min(CellsOf(size.width_px, d), cells_nhwc.size(2) - x);
  const std::int64_t down = std::min(CellsOf(size.height_px, d), cells_nhwc.size(1) - y);
  return cells_nhwc.narrow(1, y, down).narrow(2, x, across);
}

// Of a window's part of the frame's Y, Cb, Cr.
at::Tensor GridOf(const Model::Implementation& model, const at::Tensor& ycbcr, const Window& window) {
  const at::Tensor z = NetworkInput(model.description, model.fits.first_guess, ycbcr, window);
  return model.network.Grid(z.to(model.device), {PlaceOf(window)}, ToTorch(model.precision)).to(at::kCPU);
}

at::Tensor FrameGrid(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px) {
  const NetworkDescription& d = model.description;
  const image::Size frame{static_cast<int>(ycbcr.size(3)), static_cast<int>(ycbcr.size(2))};
  const auto tiles = TilesOf(d, frame, tile_px);
  if (tiles.size() == 1) return GridOf(model, ycbcr, tiles.front().window);
  at::Tensor out;
  for (const auto& [inside, window] : tiles) {
    const at::Tensor tile = GridOf(model, CutWindow(ycbcr, window), window);
    if (!out.defined()) {
      out = at::empty({1, CellsOf(frame.height_px, d), CellsOf(frame.width_px, d), tile.size(3)}, tile.options());
    }
    const int x_px = inside.x_px - window.x_px, y_px = inside.y_px - window.y_px;
    CutCells(out, inside.x_px, inside.y_px, inside.size, d).copy_(CutCells(tile, x_px, y_px, inside.size, d));
  }
  return out;
}

}  // namespace

CoefficientGrid Model::PredictGrid(const image::Image& source, const RecoverOptions& options) const {
  RequireGrid(description(), "PredictGrid");
  const at::NoGradGuard no_gradients;
  const at::Tensor ycbcr = SeenPlanes(description(), source, "PredictGrid");
  return TellingOutOfMemory([&] {
    return CoefficientGrid(std::make_shared<const CoefficientGrid::Implementation>(
        CoefficientGrid::Implementation{FrameGrid(*implementation_, ycbcr, options.tile_px)}));
  });
}

image::Image Model::Recover(const image::Image& source, const CoefficientGrid& grid,
                            const RecoverOptions& options) const {
  RequireGrid(description(), "Recover");
  const NetworkDescription& d = description();
  if (grid.cells().width_px != CellsOf(source.width_px(), d) ||
      grid.cells().height_px != CellsOf(source.height_px(), d)) {
    throw std::invalid_argument("Recover: the grid was predicted for a frame of another size");
  }
  const at::NoGradGuard no_gradients;
  const at::Tensor& cells = grid.implementation().cells_nhwc;
  const Implementation& model = *implementation_;
  const auto predict = [&](const at::Tensor& ycbcr, const Window& window) {
    if (model.shares.correction == 0.0) return PredictWithoutNetwork(model, ycbcr, window);
    const at::Tensor z = NetworkInput(d, model.fits.first_guess, ycbcr, window);
    const at::Tensor part = CutCells(cells, window.x_px, window.y_px, window.size, d);
    const at::Tensor correction = model.network.Slice(part.to(model.device), z.to(model.device)).to(at::kCPU);
    return Corrected(model, ycbcr, z, correction, window);
  };
  const at::Tensor ycbcr = SeenPlanes(d, source, "Recover");
  return TellingOutOfMemory(
      [&] { return FreePlanesImage(d, InTiles(d, ycbcr, options.tile_px, predict), source.color_space()); });
}

}  // namespace interneg::model
