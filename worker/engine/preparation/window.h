// A frame among its neighbours, as the steps that look around see it; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_WINDOW_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_WINDOW_H_

#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::preparation {

// Pictures of one size and space in the order of time. `centre` is the index of the one to be made; at a shot's ends
// there are fewer on one side. Borrowed: valid during the call only.
struct Window {
  std::vector<const image::Image*> pictures;
  int centre = 0;

  const image::Image& Centre() const { return *pictures[static_cast<std::size_t>(centre)]; }

  // The picture `offset` frames away; null beyond the window.
  const image::Image* At(int offset) const {
    const int index = centre + offset;
    return index < 0 || index >= static_cast<int>(pictures.size()) ? nullptr
                                                                   : pictures[static_cast<std::size_t>(index)];
  }
};

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_WINDOW_H_
