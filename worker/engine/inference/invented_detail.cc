#include "worker/engine/inference/invented_detail.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace interneg::inference {
namespace {

constexpr float kVisible = 0.5F / 255.0F;

void RequireInside(const image::Rectangle& area, image::Size size) {
  const bool inside = area.x_px >= 0 && area.y_px >= 0 && area.size.width_px > 0 && area.size.height_px > 0 &&
                      area.x_px <= size.width_px - area.size.width_px &&
                      area.y_px <= size.height_px - area.size.height_px;
  if (!inside) throw std::invalid_argument("invented detail: the area leaves the frame");
}

class Supported {
 public:
  Supported(const model::DetailAmplitudes& source, const model::DetailSupport* support)
      : source_(source), support_(support) {}

  float At(std::size_t band, std::size_t pixel) const {
    const float own = source_.bands[band][pixel];
    return support_ == nullptr ? own : support_->Supported(band, own, source_.bands[band + 1][pixel]);
  }

 private:
  const model::DetailAmplitudes& source_;
  const model::DetailSupport* support_;
};

}  // namespace

InventedDetail FindInventedDetail(std::span<const float> source_y, std::span<const float> output_y, image::Size size,
                                  const model::DetailSupport* support, const std::optional<image::Rectangle>& area) {
  const image::Rectangle within = area.value_or(image::Rectangle{0, 0, size});
  RequireInside(within, size);
  const auto source = model::MeasureDetail(source_y, size), output = model::MeasureDetail(output_y, size);
  const Supported supported(source, support);
  InventedDetail out{image::Image(size, {kInventedChannel}, "data"), 0, 0};
  std::size_t many = 0;
  for (int y = within.y_px; y < within.y_px + within.size.height_px; ++y) {
    for (int x = within.x_px; x < within.x_px + within.size.width_px; ++x) {
      const auto i = static_cast<std::size_t>(std::ptrdiff_t{y} * size.width_px + x);
      float power = kVisible * kVisible, excess = 0;
      for (std::size_t b = 0; b < model::kDetailBands; ++b) {
        const float a = output.bands[b][i], s = supported.At(b, i);
        power += a * a;
        excess += std::max(0.0F, a * a - s * s);
      }
      const float invented = excess / power;
      out.map.plane(0)[i] = invented;
      out.mean += invented;
      many += invented > 0.5F ? 1U : 0U;
    }
  }
  const double pixels = static_cast<double>(within.size.width_px) * within.size.height_px;
  out.mean /= pixels;
  out.share = static_cast<double>(many) / pixels;
  return out;
}

}  // namespace interneg::inference
