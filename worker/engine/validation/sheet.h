// Pictures that put frames beside each other.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_SHEET_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_SHEET_H_

#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::validation {

// The pictures of one row, all of one size: input, ground truth, output of a contact sheet; with a baseline, four.
using SheetRow = std::vector<image::Image>;

// Rows below each other, pictures of a row side by side, with a gap of black between them. R',G',B', limited to [0, 1].
// Pictures wider than `most_width_px` are made smaller by whole factors (box average), all by the same. Throws
// std::invalid_argument when there is no row, or rows differ in length, or pictures in size or planes.
image::Image ComposeSheet(std::span<const SheetRow> rows, int most_width_px);

// One picture: the left half from `before`, the right half from `after`, a white line of two pixels between. Same size
// as both. Throws std::invalid_argument when they differ.
image::Image SplitBeforeAfter(const image::Image& before, const image::Image& after);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_SHEET_H_
