#include "worker/engine/model/freed_memory.h"

#include <malloc.h>

namespace interneg::model {

void ReleaseFreedMemory() {
  ::malloc_trim(0);
}

}  // namespace interneg::model
