// A plain conversion between two named spaces of one configuration.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_CONVERSION_H_
#define INTERNEG_WORKER_ENGINE_COLOR_CONVERSION_H_

#include <memory>
#include <string>
#include <string_view>

#include "worker/engine/color/color_config.h"
#include "worker/engine/image/image.h"

namespace interneg::color {

// OCIO's conversion `from` → `to` (names, aliases or roles), prepared once. Apply may be called from several threads.
class Conversion {
 public:
  // Throws ColorError when a name is unknown or OCIO cannot connect the two.
  Conversion(const ColorConfig& config, std::string_view from, std::string_view to);
  ~Conversion();
  Conversion(Conversion&&) noexcept;
  Conversion& operator=(Conversion&&) noexcept;

  // Planes R,G,B in `from` → R,G,B in `to`, float32, nothing clamped beyond what the spaces themselves clamp.
  // Throws std::invalid_argument unless the image has three planes.
  image::Image Apply(const image::Image& rgb) const;

  const std::string& from() const { return from_; }
  const std::string& to() const { return to_; }

 private:
  std::string from_;
  std::string to_;
  struct Processor;
  std::unique_ptr<Processor> processor_;
};

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_CONVERSION_H_
