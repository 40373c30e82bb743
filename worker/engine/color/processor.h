// One prepared OCIO transform, applied to our planes; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_PROCESSOR_H_
#define INTERNEG_WORKER_ENGINE_COLOR_PROCESSOR_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include <OpenColorIO/OpenColorIO.h>

#include "worker/engine/color/color_config.h"
#include "worker/engine/image/image.h"

namespace interneg::color {

enum class Direction { kForward, kInverse };

// Immutable; const functions may be called from several threads. Pixels do not depend on how the work is split.
class Processor {
 public:
  Processor() = default;  // changes nothing

  // Throws ColorError "`what`: …" when OCIO cannot build it.
  Processor(const ColorConfig& config, const OCIO_NAMESPACE::ConstTransformRcPtr& transform, Direction direction,
            const std::string& what);

  bool is_identity() const { return !processor_; }
  void Apply(image::Image& rgb) const;                       // three planes, in place
  void ApplyPixels(std::span<float> interleaved_rgb) const;  // r g b r g b …, in place

 private:
  OCIO_NAMESPACE::ConstCPUProcessorRcPtr processor_;
};

// Runs `work(begin, end)` over [0, count) in bands of at least 2^15, on at most eight threads.
void ForBands(std::size_t count, const std::function<void(std::size_t begin, std::size_t end)>& work);

// Throws std::invalid_argument naming `function` unless the image has three planes.
void RequireRgb(const image::Image& rgb, const char* function);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_PROCESSOR_H_
