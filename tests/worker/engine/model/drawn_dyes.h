// A map of dyes for tests: faded unevenly, with everything that it can have.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_MODEL_DRAWN_DYES_H_
#define INTERNEG_TESTS_WORKER_ENGINE_MODEL_DRAWN_DYES_H_

#include "worker/engine/model/dye_map.h"

namespace interneg::model {

DyeMap DrawnDyes();

}  // namespace interneg::model

#endif  // INTERNEG_TESTS_WORKER_ENGINE_MODEL_DRAWN_DYES_H_
