#include "worker/engine/training/run_state.h"

#include <algorithm>
#include <concepts>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace interneg::training {
namespace {

using nlohmann::json;

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("training state: " + what);
}

// What json would convert, and a number too large for its type has no value there.
template <typename Value>
bool Holds(const json& value) {
  if constexpr (std::integral<Value> && !std::same_as<Value, bool>) {
    if (!value.is_number_integer()) return false;
    return value.is_number_unsigned() ? std::in_range<Value>(value.get<std::uint64_t>())
                                      : std::in_range<Value>(value.get<std::int64_t>());
  } else if constexpr (requires { typename Value::value_type; } && !std::same_as<Value, std::string> &&
                       !std::same_as<Value, json>) {
    return value.is_array() && std::all_of(value.begin(), value.end(), Holds<typename Value::value_type>);
  } else {
    return true;
  }
}

template <typename Value>
Value Field(const json& value, const char* name) {
  if (!value.contains(name)) Refuse(std::string("'") + name + "' is missing");
  if (!Holds<Value>(value[name])) Refuse(std::string("'") + name + "' is of the wrong kind or out of range");
  try {
    return value[name].get<Value>();
  } catch (const json::exception&) {
    Refuse(std::string("'") + name + "' is of the wrong kind");
  }
}

// Checkpoints of engines that never ended early have none of it.
void ReadEarlyEnd(const json& value, RunState& s) {
  if (!value.contains("trend")) return;
  const json& trend = value["trend"];
  s.trend.fallen = Field<int>(trend, "fallen");
  s.trend.fallen_db = Field<double>(trend, "fallen_db");
  s.trend.flat = Field<int>(trend, "flat");
  s.trend.plateau_db = Field<double>(trend, "plateau_db");
  const auto annealing = Field<json>(value, "annealing");
  s.annealing.first_step = Field<std::int64_t>(annealing, "first_step");
  s.annealing.share = Field<double>(annealing, "share");
  s.diverged = Field<bool>(value, "diverged");
}

// Older engines had one share of all that a model knows.
model::Shares ReadShares(const json& value, const char* name, const char* older_name) {
  if (!value.contains(name)) {
    const auto share = Field<double>(value, older_name);
    return {share, share};
  }
  const auto [guess, correction] = Field<std::array<double, 2>>(value, name);
  return {guess, correction};
}

void Check(const RunState& s) {
  const auto natural = [](std::int64_t value, const char* name) {
    if (value < 0) Refuse(std::string("'") + name + "' is negative");
  };
  natural(s.step, "step");
  natural(s.updates, "updates");
  natural(s.checkpoint_interval, "checkpoint_interval");
  natural(s.contact_sheet_interval, "contact_sheet_interval");
  natural(s.full_from_step.value_or(0), "full_from_step");
  if (s.steps < 1 || s.step > s.steps || s.validation_interval < 1) Refuse("its steps are out of range");
  if (!(s.softness.x_px >= 0 && s.softness.x_px <= 32 && s.softness.y_px >= 0 && s.softness.y_px <= 32)) {
    Refuse("its softness is out of range");
  }
  constexpr int kMostInARow = 1'000'000'000;
  if (s.trend.fallen < 0 || s.trend.fallen > kMostInARow || s.trend.flat < 0 || s.trend.flat > kMostInARow) {
    Refuse("its trend is out of range");
  }
  if (s.annealing.first_step < 0 || s.annealing.first_step > s.step ||
      !(s.annealing.share >= 0 && s.annealing.share <= 1)) {
    Refuse("its annealing is out of range");
  }
  for (const double share : {s.best_shares.guess, s.best_shares.correction, s.shares.guess, s.shares.correction}) {
    if (!(share >= 0 && share <= 1)) Refuse("its shares are out of range");
  }
  if (s.patch_px < 1 || s.batch < 1) Refuse("its patch or batch is out of range");
}

}  // namespace

std::string ToJson(const RunState& s) {
  json value{{"step", s.step},
             {"steps", s.steps},
             {"updates", s.updates},
             {"learning_rate", s.learning_rate},
             {"checkpoint_interval", s.checkpoint_interval},
             {"validation_interval", s.validation_interval},
             {"contact_sheet_interval", s.contact_sheet_interval},
             {"skipped_in_a_row", s.skipped_in_a_row},
             {"best_step", s.best_step},
             {"best_db", s.best_db},
             {"best_shares", {s.best_shares.guess, s.best_shares.correction}},
             {"shares", {s.shares.guess, s.shares.correction}},
             {"last_db", s.last_db},
             {"elapsed_s", s.elapsed_s},
             {"trend",
              {{"fallen", s.trend.fallen},
               {"fallen_db", s.trend.fallen_db},
               {"flat", s.trend.flat},
               {"plateau_db", s.trend.plateau_db}}},
             {"annealing", {{"first_step", s.annealing.first_step}, {"share", s.annealing.share}}},
             {"diverged", s.diverged},
             {"random", s.random},
             {"order", s.order},
             {"drawn", s.drawn},
             {"softness_px", {s.softness.x_px, s.softness.y_px}},
             {"patch_px", s.patch_px},
             {"batch", s.batch},
             {"precision", s.precision},
             {"pair_frames", s.pair_frames}};
  if (s.full_from_step) value["full_from_step"] = *s.full_from_step;
  return value.dump();
}

RunState ParseRunState(std::string_view text) {
  if (text.size() > (1U << 20)) Refuse("longer than any state");
  const json value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) Refuse("not a JSON object");
  RunState s;
  s.step = Field<std::int64_t>(value, "step");
  s.steps = Field<std::int64_t>(value, "steps");
  s.updates = Field<std::int64_t>(value, "updates");
  s.learning_rate = Field<double>(value, "learning_rate");
  s.checkpoint_interval = Field<std::int64_t>(value, "checkpoint_interval");
  s.validation_interval = Field<std::int64_t>(value, "validation_interval");
  s.contact_sheet_interval = Field<std::int64_t>(value, "contact_sheet_interval");
  s.skipped_in_a_row = Field<int>(value, "skipped_in_a_row");
  s.best_step = Field<std::int64_t>(value, "best_step");
  s.best_db = Field<double>(value, "best_db");
  s.best_shares = ReadShares(value, "best_shares", "best_correction");
  s.shares = ReadShares(value, "shares", "correction");
  s.last_db = Field<double>(value, "last_db");
  s.elapsed_s = Field<double>(value, "elapsed_s");
  if (value.contains("full_from_step")) s.full_from_step = Field<std::int64_t>(value, "full_from_step");
  ReadEarlyEnd(value, s);
  s.random = Field<std::array<std::uint64_t, 4>>(value, "random");
  s.order = Field<std::vector<int>>(value, "order");
  s.drawn = Field<std::int64_t>(value, "drawn");
  // Checkpoints of engines that measured none go on as they began but for their box of two pixels.
  if (value.contains("softness_px")) {
    const auto softness = Field<std::array<double, 2>>(value, "softness_px");
    s.softness = {softness[0], softness[1]};
  }
  s.patch_px = Field<int>(value, "patch_px");
  s.batch = Field<int>(value, "batch");
  s.precision = Field<std::string>(value, "precision");
  s.pair_frames = Field<std::vector<int>>(value, "pair_frames");
  Check(s);
  return s;
}

}  // namespace interneg::training
