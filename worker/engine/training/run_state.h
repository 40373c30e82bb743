// Where a run stands: all that is neither tensor nor option, written into each checkpoint as text.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_RUN_STATE_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_RUN_STATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/model/first_guess.h"
#include "worker/engine/model/softness.h"
#include "worker/engine/training/early_end.h"
#include "worker/engine/training/schedule.h"

namespace interneg::training {

struct RunState {
  std::int64_t step = 0;     // steps done
  std::int64_t steps = 0;    // of the whole run
  std::int64_t updates = 0;  // of the optimiser; skipped steps make none
  double learning_rate = 0;
  std::int64_t checkpoint_interval = 0;
  std::int64_t validation_interval = 0;
  std::int64_t contact_sheet_interval = 0;
  int skipped_in_a_row = 0;
  std::int64_t best_step = 0;
  double best_db = -1e9;
  model::Shares best_shares{0, 0};  // chosen with the best weights
  model::Shares shares{0, 0};       // chosen with the current average
  double last_db = -1e9;
  double elapsed_s = 0;
  // The first step that sees pictures of full size. Set once: what adds steps later never goes back to reduced ones,
  // what takes steps away brings it forward. Unset in checkpoints of engines that did not keep it.
  std::optional<std::int64_t> full_from_step;
  ValidationTrend trend;
  Annealing annealing;    // begun early, at a plateau
  bool diverged = false;  // the steps have ended, though not all are done
  // Of the patches drawn.
  std::array<std::uint64_t, 4> random{};
  std::vector<int> order;
  std::int64_t drawn = 0;
  model::Softness softness;  // of the references' colour, as given or measured at the start
  // What the run was started with; a resume must match.
  int patch_px = 0;
  int batch = 0;
  std::string precision;
  std::vector<int> pair_frames;
};

// Text from which ParseRunState returns the same state, bit for bit. Parse throws std::invalid_argument for anything
// malformed or out of range; hostile text is safe.
std::string ToJson(const RunState& state);
RunState ParseRunState(std::string_view text);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_RUN_STATE_H_
