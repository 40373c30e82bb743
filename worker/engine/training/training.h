// Learns a model from frame pairs: schedule, steps, validation, checkpoints, pictures of the progress.
//
// This module owns the loop and its files of state. It takes aligned pairs in the training domain and emits plain
// structs and images through callbacks; it reads no pictures, knows no colour management, and writes nothing but
// checkpoints and the model.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_TRAINING_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_TRAINING_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/dataset/target.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/model/first_guess.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/model/softness.h"
#include "worker/engine/training/early_end.h"
#include "worker/engine/training/group_place.h"
#include "worker/engine/training/schedule.h"

namespace interneg::training {

// Paired changes of a patch, alike for all of a run: a resume must match. Its place is drawn anywhere in the frame; its
// zoom within 1 ± scale (0 to 0.5); exposure multiplies both branches by one factor within 1 ± the value (0 to 0.5).
// Exposure is not used for chroma (fading is not linear, so it would change chroma relations); a notice says so.
struct Augmentation {
  double scale = 0.0;
  double exposure = 0.0;
  bool horizontal_flip = true;
};

// kSubsampled: of fewer samples than luma, as video's is.
enum class ReferenceChroma { kAsSharpAsLuma, kSubsampled };

// kEven: patches lie anywhere in any pair alike. kByDifficulty: after the warm-up every other one lies where the output
// missed most (dataset/difficulty.h); each counts alike in the loss, so that such places weigh up to 2.5 times as much
// (docs/decisions/0029).
enum class PatchSampling { kEven, kByDifficulty };

// A model or checkpoint of ours whose network a training begins with, in place of a fresh one.
struct InitialWeights {
  std::filesystem::path file;
  std::string sha256;  // of the file's bytes, 64 hexadecimal digits in lower case: the caller's word
};

// What a spatial, combined or direct recovery minimises (losses_torch.h). kPlainL1 is what U-Nets are commonly trained
// by: soft, without grain; for comparisons, and for who wants just that.
enum class SpatialObjective { kDetail, kPlainL1 };

// How much the grain's spectrum counts beside the pixels (docs/decisions/0026).
inline constexpr double kDefaultGrainWeight = 0.3;
inline constexpr double kMostGrainWeight = 10.0;

// Whether a step's forward, loss and backward are recorded once and repeated whole (step_graph_torch.h): CUDA graphs.
// What cannot be recorded is computed step by step, as without but for places in float32. Not a default before it was
// run on a device.
enum class StepRecording { kOff, kOn };

struct TrainingOptions {
  dataset::Recovery recovery = dataset::Recovery::kChroma;
  model::NetworkDescription network;
  // The number of steps; 0 = calibrated from `time_limit`. Both zero is refused. With both given, steps wins.
  std::int64_t steps = 0;
  std::chrono::duration<double> time_limit{0};
  int patch_px = 256;  // of the frame at its full resolution; shrunk to the frame where the frame is smaller
  int batch = 3;
  // 0 = the usual one; with initial weights a third of that (docs/decisions/0025).
  double learning_rate = 0.0;
  // What fresh weights learn at where nobody asks for a rate; 0 = the network kind's own.
  double usual_learning_rate = 0.0;
  double weight_decay = 1e-4;
  double gradient_clip = 1.0;
  Augmentation augmentation;
  PatchSampling patch_sampling = PatchSampling::kEven;
  // While the pictures are reduced, references are as much less soft in samples, a displacement of a pixel is no longer
  // forgiven (it is half a sample), and no trend ends the training, which is judged at full resolution.
  MultiResolution multi_resolution = MultiResolution::kOff;
  dataset::LumaMatch luma_match = dataset::LumaMatch::kLowFrequency;  // spatial and combined only
  // How soft the references' chroma is: fits, loss and scores make the output as soft before they compare. None:
  // measured on the training pairs. Chroma recovery only.
  std::optional<model::Softness> softness;
  // What is known of the references' chroma beforehand; how much it takes for them to be measured as soft.
  ReferenceChroma reference_chroma = ReferenceChroma::kAsSharpAsLuma;
  // The loss takes the best match of the truth within ± this many pixels (0 or 1).
  int tolerance_px = 0;
  SpatialObjective objective = SpatialObjective::kDetail;  // all but chroma
  double grain_weight = kDefaultGrainWeight;  // of kDetail; 0 to kMostGrainWeight; 0: grain is left to average away
  std::uint64_t seed = 0;
  model::Device device;
  model::Precision precision = model::Precision::kAuto;
  StepRecording step_recording = StepRecording::kOff;
  int threads = 0;  // 0 = all cores of the affinity mask
  // Intervals in steps. Checkpoints of an interval are kept; 0 = none. validation_interval 0 = a tenth of the steps.
  // contact_sheet_interval 0 = none.
  std::int64_t checkpoint_interval = 0;
  std::int64_t validation_interval = 0;
  std::int64_t contact_sheet_interval = 100;
  // A checkpoint is also written when this much time has passed since the last one; of these the last two are kept.
  std::chrono::duration<double> checkpoint_period{15};
  // Consecutive non-finite losses after which the training has diverged; with an error where nothing was learnt before,
  // or where early_end ignores divergence.
  int max_skipped_steps = 20;
  // With other processes, each of which computes a share of every batch: equal, but for rounding, to one process with
  // the whole batch. All must be given the same but for rank, folder, device, threads and memory. The leader alone
  // validates, writes files and calls back with more than notices; the followers' result has no model. Unset: alone.
  std::optional<GroupPlace> group;
  // Divergence ends the steps with the best model as the result; a plateau begins the schedule's final annealing early.
  EarlyEndRules early_end;
  // Where checkpoints and the final model are written; created when missing.
  std::filesystem::path folder;
  // Goes into every checkpoint and the model, byte for byte.
  std::string job_json;
  // What the computation of one whole frame may take, for validation and previews: larger frames are computed in tiles.
  // 0 = as much as it needs.
  std::int64_t memory_bytes = 0;
  // Out of memory, the patch and then the batch are halved, and the steps that remain grow by the pixels lost; a notice
  // says so and the checkpoint keeps it. With fixed_size the training ends with model::OutOfMemory instead.
  bool fixed_size = false;
  std::string dataset_sha256;
  // What else the training comes from, by name ("reference frames", "colour configuration" …) as a hash or text. Goes
  // into every checkpoint and the model; a resume must match.
  std::map<std::string, std::string> inputs;
  // Its network must be this training's: kind, size, planes, matrix, and the domain of the pairs where the file tells
  // it. First guess, optimiser and schedule are new (docs/decisions/0025). A resume looks at the hash alone.
  std::optional<InitialWeights> initial_weights;
};

struct Progress {
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double steps_per_second = 0;
  std::chrono::duration<double> elapsed{0};    // of this run
  std::chrono::duration<double> remaining{0};  // estimated
  std::string phase;                           // "fit", "calibrate", "train", "choose"
};

struct LossPoint {
  std::int64_t step = 0;
  double loss = 0;
  double learning_rate = 0;
  double gradient_norm = 0;
  std::chrono::duration<double> elapsed{0};
};

// Mean over the held-out pairs of PSNR over the free planes (peak 1.0), in dB. closed_form_db is NaN where there is
// none. model_db is the model with the shares that are chosen (scoring_torch.h), never below closed_form_db.
struct ValidationPoint {
  std::int64_t step = 0;
  double untouched_db = 0;
  double closed_form_db = 0;
  double model_db = 0;
  int frames = 0;
};

// R'G'B' in the training domain, clamped to [0, 1].
struct ContactSheetRow {
  int frame = 0;
  image::Image input;
  image::Image truth;
  image::Image output;
};
struct ContactSheet {
  std::int64_t step = 0;
  std::vector<ContactSheetRow> rows;
};

struct PreviewFrame {
  std::int64_t step = 0;
  int frame = 0;
  image::Image output;
};

// The checkpoints of an interval and the last of a run that ended are validated themselves. Those between, which only
// guard against a loss, have the last validation's figure: one of their own would change the run by when it happened to
// be saved.
struct CheckpointReady {
  std::int64_t step = 0;
  std::filesystem::path path;
  bool best = false;    // by the held-out pairs, so far
  double model_db = 0;  // NaN when there was no validation
};

// A step that was skipped, an adjustment that took effect, a choice that was made: one line for the log.
struct Notice {
  std::int64_t step = 0;
  std::string text;
};

// Live changes; each absent field stays. Applied between two steps.
struct Adjustment {
  std::optional<std::int64_t> steps;  // never below the steps already done
  std::optional<double> learning_rate;
  std::optional<std::int64_t> checkpoint_interval;
  std::optional<std::int64_t> contact_sheet_interval;
  std::optional<std::int64_t> validation_interval;
};
struct AdjustmentApplied {
  std::int64_t step = 0;
  Adjustment adjustment;
};

// All are called on the thread that calls Train, between two steps; empty ones are skipped. An exception from one
// ends the training and passes through.
struct TrainingCallbacks {
  std::function<void(const Progress&)> progress;
  std::function<void(const LossPoint&)> loss;
  std::function<void(const ValidationPoint&)> validation;
  std::function<void(const ContactSheet&)> contact_sheet;
  std::function<void(const PreviewFrame&)> preview;
  std::function<void(const CheckpointReady&)> checkpoint;
  std::function<void(const Notice&)> notice;
  std::function<void(const AdjustmentApplied&)> adjusted;
  // Asked before every step; returns a waiting adjustment.
  std::function<std::optional<Adjustment>()> next_adjustment;
};

// A frame outside the dataset, rendered at each contact sheet.
struct PreviewSource {
  int frame = 0;
  image::Image source;
};

struct TrainingData {
  std::vector<dataset::Pair> pairs;
  // Withheld for choosing; may be empty (then the training pairs choose, and a notice says so).
  std::vector<dataset::Pair> held_out;
  std::optional<PreviewSource> preview;
};

// Seconds of a clock that never goes back; tests pass their own.
using Clock = std::function<std::chrono::duration<double>()>;
Clock SteadyClock();

enum class Outcome { kFinished, kPreempted };

// Why a finished run's steps ended. kPlateau: annealed before its time, so that there were fewer than planned.
// kDiverged: not all are done.
enum class Ending { kAllSteps, kPlateau, kDiverged };
// "all-steps", "plateau", "diverged"; a model tells it as metadata `interneg.ending`.
const char* NameOf(Ending ending);

struct TrainingResult {
  Outcome outcome = Outcome::kFinished;
  Ending ending = Ending::kAllSteps;
  std::int64_t steps_done = 0;
  std::int64_t steps = 0;
  std::filesystem::path checkpoint;           // the last one written
  std::filesystem::path model;                // finished runs only: what model::LoadModel reads
  std::optional<ValidationPoint> validation;  // of the chosen model
  std::int64_t chosen_step = 0;               // whose weights were chosen
  model::Shares shares;  // of first guess and correction that were chosen
  std::chrono::duration<double> elapsed{0};
};

// Repeated non-finite losses, or nothing finite to save.
class TrainingDiverged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Beginning { kFresh, kResumed };

// All that can be said against a training before its pictures are read: options out of range, a batch that its group
// cannot share, initial weights that are damaged, of another network, or of another domain than `color_space`, that of
// the pictures to come (image::kTrainingDisplay or kTrainingLog; a resume reads no weights). The folder need not be
// named yet. Throws std::invalid_argument that says what to change; std::runtime_error where the weights cannot be
// read.
void RequireTrainable(const TrainingOptions& options, Beginning beginning, const std::string& color_space);

// Trains to the end, or until `stop` becomes true (in a group: of any process): then a checkpoint is written and
// kPreempted returned. With `resume_from`, continues that checkpoint: steps, schedule, optimiser, averages, random
// state and data order are its own (and the precision, where the options leave it to the machine), and the result
// equals the uninterrupted run bit for bit on the same CPU with the same number of threads.
//
// In a group, a process that is lost ends the others as kPreempted, with a notice; the leader writes a checkpoint
// first, from which the processes that are left go on (options.group with their number) to the same end.
//
// Throws std::invalid_argument for options or data that cannot be trained with (see dataset::CheckTrainingPairs), for
// initial weights that are damaged or of another network, and for a checkpoint that is damaged or belongs to another
// training (resume.h), before any of it is used;
// TrainingDiverged; ProcessLost when the group does not meet, or loses one before it has anything to save;
// model::OutOfMemory when less is not enough either; std::system_error when a file cannot be written.
TrainingResult Train(const TrainingOptions& options, const TrainingData& data, const TrainingCallbacks& callbacks,
                     const std::atomic<bool>& stop, const std::optional<std::filesystem::path>& resume_from = {},
                     const Clock& clock = SteadyClock());

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_TRAINING_H_
