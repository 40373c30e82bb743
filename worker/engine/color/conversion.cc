#include "worker/engine/color/conversion.h"

#include "worker/engine/color/config_contents.h"
#include "worker/engine/color/processor.h"

namespace interneg::color {

struct Conversion::Processor {
  color::Processor way;
};

Conversion::Conversion(const ColorConfig& config, std::string_view from, std::string_view to)
    : from_(config.Resolve(from)), to_(config.Resolve(to)), processor_(std::make_unique<Processor>()) {
  if (from_ == to_) return;
  const auto transform = ocio::ColorSpaceTransform::Create();
  transform->setSrc(from_.c_str());
  transform->setDst(to_.c_str());
  processor_->way = color::Processor(config, transform, Direction::kForward, "from '" + from_ + "' to '" + to_ + "'");
}

Conversion::~Conversion() = default;
Conversion::Conversion(Conversion&&) noexcept = default;
Conversion& Conversion::operator=(Conversion&&) noexcept = default;

image::Image Conversion::Apply(const image::Image& rgb) const {
  RequireRgb(rgb, "Conversion::Apply");
  image::Image out = rgb;
  processor_->way.Apply(out);
  out.set_color_space(to_);
  return out;
}

}  // namespace interneg::color
