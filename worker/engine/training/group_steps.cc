// What a training does together with the other processes of its group.
#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/model/detail_support.h"
#include "worker/engine/model/first_guess_numbers.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {
namespace {

dataset::Patches Narrowed(dataset::Patches patches, const BatchShare& share) {
  for (at::Tensor* planes : {&patches.input, &patches.truth, &patches.weight}) {
    if (planes->defined()) *planes = planes->narrow(0, share.first, share.count);
  }
  const auto keep = [&](auto& values) {
    values = {values.begin() + share.first, values.begin() + share.first + share.count};
  };
  keep(patches.places);
  keep(patches.pairs);
  return patches;
}

// Every loss is a mean over pixels by confidence: so much of the whole batch's mean is this process's.
double PixelsThatCount(const dataset::Patches& patches) {
  if (patches.weight.defined()) return patches.weight.sum().item<double>();
  return static_cast<double>(patches.truth.size(0) * patches.truth.size(2) * patches.truth.size(3));
}

}  // namespace

dataset::Patches Trainer::OwnShare(dataset::Patches patches) const {
  if (!group_) return patches;
  return Narrowed(std::move(patches), ShareOf(state_.batch, group_->rank(), group_->ranks()));
}

bool Trainer::SumGradients(Tried& tried, bool exhausted) {
  const at::Tensor& own = weights_->gradients();
  const double counted = exhausted ? 0.0 : PixelsThatCount(tried.patches);
  const at::Tensor figures =
      at::tensor({tried.loss * counted, counted, exhausted ? 1.0 : 0.0, stop_.load() ? 1.0 : 0.0}, own.options());
  at::Tensor sum = at::cat({exhausted ? at::zeros_like(own) : own * counted, figures});
  group_->Sum(sum);
  const auto count = own.numel();
  stop_asked_ = stop_asked_ || sum[count + 3].item<double>() > 0;
  if (sum[count + 2].item<double>() > 0) return false;
  const double all = std::max(sum[count + 1].item<double>(), 1e-6);
  weights_->gradients().copy_(sum.narrow(0, 0, count) / all);
  tried.loss = sum[count].item<double>() / all;
  return true;
}

std::vector<dataset::SeenMiss> Trainer::OfWholeBatch(std::vector<dataset::SeenMiss> own) {
  if (!group_) return own;
  const auto share = ShareOf(state_.batch, group_->rank(), group_->ranks());
  const auto of_a_patch = static_cast<std::int64_t>(own.size()) / share.count;
  at::Tensor all = at::zeros({state_.batch * of_a_patch, 4}, at::kDouble);
  const auto rows = all.accessor<double, 2>();
  for (std::size_t i = 0; i < own.size(); ++i) {
    auto row = rows[share.first * of_a_patch + static_cast<std::int64_t>(i)];
    row[0] = own[i].pair;
    row[1] = own[i].x_px;
    row[2] = own[i].y_px;
    row[3] = own[i].miss;
  }
  all = all.to(model_.device);
  group_->Sum(all);
  all = all.to(at::kCPU);
  const auto summed = all.accessor<double, 2>();
  std::vector<dataset::SeenMiss> seen;
  for (std::int64_t i = 0; i < all.size(0); ++i) {
    seen.push_back({static_cast<int>(summed[i][0]), summed[i][1], summed[i][2], summed[i][3]});
  }
  return seen;
}

std::vector<double> Trainer::LeadersNumbers(const std::vector<double>& own) {
  if (!group_) return own;
  // Numbers of steps must come over whole, so no float32.
  at::Tensor numbers = at::tensor(own, at::kDouble).to(model_.device);
  group_->TakeLeaders(numbers);
  numbers = numbers.to(at::kCPU);
  return {numbers.data_ptr<double>(), numbers.data_ptr<double>() + numbers.numel()};
}

std::vector<double> Trainer::LeadersList(const std::vector<double>& own) {
  std::vector<double> list = own;
  list.resize(static_cast<std::size_t>(LeadersNumbers({static_cast<double>(own.size())}).front()));
  return list.empty() ? list : LeadersNumbers(list);
}

bool Trainer::GoesOn() {
  const bool own = state_.step < state_.steps && !state_.diverged && !stop_.load() && !stop_asked_;
  if (!group_) return own;
  if (Leads() && stop_asked_ && !stop_.load()) Say("another process of the group was asked to stop: all of them do");
  const auto word = LeadersNumbers({own ? 1.0 : 0.0, static_cast<double>(state_.steps), state_.learning_rate,
                                    static_cast<double>(state_.annealing.first_step), state_.annealing.share,
                                    state_.diverged ? 1.0 : 0.0});
  state_.steps = static_cast<std::int64_t>(word[1]);
  state_.learning_rate = word[2];
  state_.annealing.first_step = static_cast<std::int64_t>(word[3]);
  state_.annealing.share = word[4];
  state_.diverged = word[5] > 0;
  return word[0] > 0;
}

void Trainer::Join() {
  group_ = std::make_unique<ProcessGroup>(*options_.group, options_.device);
  Say("process " + std::to_string(group_->rank()) + " of " + std::to_string(group_->ranks()) + " has joined the group");
}

// One that began with another job, checkpoint or picture would not fail: it would quietly teach all the others
// something else.
void Trainer::RequireAlike() {
  RunState begun = state_;
  begun.elapsed_s = 0;
  std::string text = ToJson(begun);
  for (const auto& [name, value] : model_.metadata) {
    // Of detail the leader alone keeps account: it writes the files.
    if (name != model::kDetailSupportKey) text += '\n' + name + '=' + value;
  }
  if (LeadersList({text.begin(), text.end()}) == std::vector<double>(text.begin(), text.end())) return;
  throw std::invalid_argument("process " + std::to_string(group_->rank()) +
                              " of the group begins otherwise than its leader: give every process the same job, "
                              "options, pictures and checkpoint");
}

void Trainer::TakeLeadersFirstGuess() {
  std::vector<double> numbers = {state_.softness.x_px, state_.softness.y_px};
  model::AppendNumbers(model_.fits.closed_form, numbers);
  model::AppendNumbers(model_.fits.first_guess, numbers);
  numbers = LeadersList(numbers);
  auto next = numbers.cbegin();
  state_.softness.x_px = *next++;
  state_.softness.y_px = *next++;
  model_.fits.closed_form = model::TakePolynomial(next);
  model_.fits.first_guess = model::TakeFirstGuess(next, model_.description.matrix);
}

void Trainer::TakeLeadersTensors() {
  const at::NoGradGuard no_gradients;
  if (difficulty_) {
    const auto& own = difficulty_->means();
    const auto leaders = LeadersNumbers({own.begin(), own.end()});
    difficulty_->Restore(std::vector<float>(leaders.begin(), leaders.end()));
  }
  for (at::Tensor* tensor :
       {&weights_->values(), &optimizer_->first_moment, &optimizer_->second_moment, &optimizer_->average}) {
    group_->TakeLeaders(*tensor);
  }
}

TrainingResult Trainer::EndForLostProcess(const ProcessLost& lost) {
  if (Leads() && saved_step_ != state_.step) Save();
  Say(std::string(lost.what()) + " after step " + std::to_string(state_.step) + " of " + std::to_string(state_.steps) +
      (Leads() ? "; the checkpoint is " + last_checkpoint_.string() + ": go on from it with the processes that are left"
               : "; the leader, if it is left, has written a checkpoint"));
  return Result(Outcome::kPreempted);
}

}  // namespace interneg::training
