// What a person sees of a picture in the training domain.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_DISPLAY_VIEW_H_
#define INTERNEG_WORKER_ENGINE_JOBS_DISPLAY_VIEW_H_

#include <optional>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

// The display domain is shown as it is; the log domain through the Rec.709 ODT.
class DisplayView {
 public:
  explicit DisplayView(const ColorPlan& color);
  // R',G',B' in the training domain → R',G',B' of a Rec.709 display, gamma 2.4.
  image::Image Show(const image::Image& training) const;

 private:
  std::optional<color::TrainingTransform> from_log_;
  std::optional<color::TrainingTransform> to_display_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_DISPLAY_VIEW_H_
