// Preparation steps applied to the frames of a shot, the same in training and in rendering.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_PREPARE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_PREPARE_H_

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// The frame of the other element that shows the same, aligned to the one being prepared. Borrowed.
struct Partner {
  const image::Image* picture = nullptr;  // R, G, B, same size and colour space
  const image::Image* weight =
      nullptr;  // optional: one plane, 0 where the partner shows nothing comparable, 1 where it does
};

// Validated steps. Immutable; const functions may be called from several threads at once. The same input gives the same
// pixels whatever the number of threads.
class Preparation {
 public:
  Preparation() = default;  // changes nothing

  // Throws what Validate throws (step.h).
  Preparation(std::vector<Step> steps, Role role);

  const std::vector<Step>& steps() const { return steps_; }
  Role role() const { return role_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Whether every step is at rest: pictures come back bit for bit.
  bool is_identity() const;
  bool needs_partner() const;

  // Neighbours wanted on either side of a frame: the sum over the steps, because a step that looks around wants its
  // neighbours prepared by the steps before it.
  int radius_frames() const;

  // The frame `centre` of `window`, prepared. `window`: pictures in the order of time, R, G, B of one size (at least
  // 16×16) in one training space, radius_frames() of them on either side, fewer only where the shot ends. Values that
  // are not finite count as 0 unless the preparation is at rest. Returns a picture of the same size, channels and
  // space. Throws std::invalid_argument when the window is empty or uneven, `centre` lies outside, a partner is needed
  // and missing or does not fit, or when the frame count changes (use PreparedShot).
  image::Image Apply(std::span<const image::Image> window, int centre, const Partner& partner = {}) const;

 private:
  std::vector<Step> steps_;
  Role role_ = Role::kSource;
  std::vector<std::string> warnings_;
};

// A shot, prepared frame by frame; keeps what neighbouring frames share, so that a run through the shot computes each
// step once a frame. Gives the same pixels as Preparation::Apply in whatever order frames are asked for. For one
// thread.
class PreparedShot {
 public:
  // None: the frame is not there. For its neighbours the shot ends before it.
  using Frames = std::function<std::optional<image::Image>(int index)>;
  using Partners = std::function<Partner(int index)>;  // what it points to must live until Frame returns

  // `frame_count` input frames, 0-based, read by `frames` when wanted. `partners` is asked by the index of the prepared
  // frame; only for preparations that need one. `preparation` is copied.
  PreparedShot(Preparation preparation, int frame_count, Frames frames, Partners partners = {});
  PreparedShot(const PreparedShot&) = delete;  // active_ points into preparation_
  PreparedShot& operator=(const PreparedShot&) = delete;

  int frame_count() const { return frame_count_; }

  // Throws std::out_of_range for an index outside or a frame that is not there, and what Preparation::Apply and `frames`
  // throw.
  image::Image Frame(int index);

 private:
  const image::Image* At(std::size_t level, int index);  // null: not there
  std::optional<image::Image> Make(std::size_t level, int index);
  std::optional<image::Image> Input(int index) const;
  void Forget(int index);

  Preparation preparation_;
  int frame_count_ = 0;
  Frames frames_;
  Partners partners_;
  std::vector<const Step*> active_;                // the steps that are not at rest
  std::vector<std::map<int, std::optional<image::Image>>> made_;  // by level: 0 the input, n after active step n
};

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_PREPARE_H_
