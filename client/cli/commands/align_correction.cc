#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/align_result.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/frame_range.h"

namespace interneg::commands {
namespace {

struct KeyOptions {
  std::string job;
  int frame = 0;
  std::string corners;
  std::optional<double> dx, dy, scale, rotation;
  SubmitOptions submit;
};

absl::Status ReadCorners(const std::string& text, v1::TransformKey& key) {
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (key.corners_px_size() < 8) {
    double number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    const bool last = key.corners_px_size() == 7;
    if (error != std::errc() || !std::isfinite(number) || (last ? next != end : next == end || *next != ',')) {
      return absl::InvalidArgumentError(
          fmt::format("--corners: \"{}\" is not eight numbers; write x,y of the top left, top right, bottom right and "
                      "bottom left corner in the reference's pixels",
                      text));
    }
    key.add_corners_px(number);
    at = next + 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::TransformKey> ReadKey(const KeyOptions& options) {
  v1::TransformKey key;
  key.set_source_frame(options.frame);
  const bool correction = options.dx || options.dy || options.scale || options.rotation;
  if (options.corners.empty() == !correction) {
    return absl::InvalidArgumentError(
        "--corners, --dx, --dy, --scale, --rotate: give either the four corners or a correction of the shot's "
        "transform");
  }
  if (!options.corners.empty()) {
    if (const absl::Status status = ReadCorners(options.corners, key); !status.ok()) return status;
    return key;
  }
  for (const auto& [option, value] : {std::pair{"--dx", options.dx}, std::pair{"--dy", options.dy},
                                      std::pair{"--scale", options.scale}, std::pair{"--rotate", options.rotation}}) {
    if (value && !std::isfinite(*value))
      return absl::InvalidArgumentError(fmt::format("{}: a finite number is expected", option));
  }
  if (options.scale && !(*options.scale > 0))
    return absl::InvalidArgumentError(fmt::format("--scale: {} is given; 1 leaves the size as it is", *options.scale));
  key.set_dx_px(options.dx.value_or(0));
  key.set_dy_px(options.dy.value_or(0));
  key.set_scale(options.scale.value_or(0));
  key.set_rotation_deg(options.rotation.value_or(0));
  return key;
}

// A request for the same alignment again, whose keys and switches begin as the earlier one's.
absl::StatusOr<v1::SubmitJobRequest> Again(Context& context, const SubmitOptions& submit, const StageJob& earlier) {
  auto request = NewRequest(context, submit);
  if (!request.ok()) return request.status();
  v1::AlignJob& align = *request->mutable_spec()->mutable_align();
  align = earlier.spec.align();
  align.mutable_previous()->set_job_id(earlier.job.job_id());
  align.clear_automatic_frames();
  if (const absl::Status status = FillPlace(context, {}, &earlier.job, *request); !status.ok()) return status;
  return request;
}

absl::StatusOr<ExitCode> Key(Context& context, const KeyOptions& options) {
  const auto key = ReadKey(options);
  if (!key.ok()) return key.status();
  // A dry run asks too: all the rest is the earlier job's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto earlier = FetchStage(**connection, "job", options.job, v1::JOB_KIND_ALIGN);
  if (!earlier.ok()) return earlier.status();
  const auto inside =
      FramesWithin("--frame", std::to_string(options.frame), earlier->spec.align().source(), "the source's range");
  if (!inside.ok()) return inside.status();
  auto request = Again(context, options.submit, *earlier);
  if (!request.ok()) return request.status();
  auto& keys = *request->mutable_spec()->mutable_align()->mutable_keys();
  const auto same = std::find_if(keys.begin(), keys.end(), [&](const v1::TransformKey& other) {
    return other.source_frame() == key->source_frame();
  });
  if (same == keys.end()) {
    *keys.Add() = *key;
  } else {
    *same = *key;
  }
  context.Note("Frames take their keys once they are switched: `interneg align switch JOB --manual RANGE`.");
  return SubmitAndMaybeShow(context, *request, kAlignGet, ShowAlignment);
}

struct CropOptions {
  std::string job;
  std::vector<std::string> crops;
  std::string render_crop;
  SubmitOptions submit;
};

absl::StatusOr<ExitCode> Crop(Context& context, const CropOptions& options) {
  if (options.crops.empty() && options.render_crop.empty())
    return absl::InvalidArgumentError("--crop, --render-crop: give at least one of the two");
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto earlier = FetchStage(**connection, "job", options.job, v1::JOB_KIND_ALIGN);
  if (!earlier.ok()) return earlier.status();
  auto request = Again(context, options.submit, *earlier);
  if (!request.ok()) return request.status();
  v1::AlignJob& align = *request->mutable_spec()->mutable_align();
  if (const absl::Status status = FillCrops(options.crops, align); !status.ok()) return status;
  if (const absl::Status status = CheckCropKeys(align); !status.ok()) return status;
  if (!options.render_crop.empty()) {
    const auto crop = ParseCrop("--render-crop", options.render_crop);
    if (!crop.ok()) return crop.status();
    *align.mutable_render_crop() = *crop;
  }
  return SubmitAndMaybeShow(context, *request, kAlignGet, ShowAlignment);
}

struct SwitchOptions {
  std::string job;
  std::string manual;
  std::string automatic;
  SubmitOptions submit;
};

absl::StatusOr<std::set<int>> ManualFramesOf(const v1::Alignment& alignment) {
  std::set<int> manual;
  if (alignment.manual_frames().empty()) return manual;
  const auto frames = cli::ParseFrameRange("manual frames", alignment.manual_frames());
  if (!frames.ok()) return frames.status();
  manual.insert(frames->begin(), frames->end());
  return manual;
}

// The frames that are manual afterwards.
absl::StatusOr<std::set<int>> Switched(const SwitchOptions& options, const v1::Alignment& alignment,
                                       const v1::FrameSource& source) {
  auto before = ManualFramesOf(alignment);
  if (!before.ok()) return before.status();
  std::set<int> manual = *std::move(before);
  const bool add = !options.manual.empty();
  const auto frames = FramesWithin(add ? "--manual" : "--automatic", add ? options.manual : options.automatic, source,
                                   "the source's range");
  if (!frames.ok()) return frames.status();
  for (const int frame : *frames) {
    if (add) {
      manual.insert(frame);
    } else {
      manual.erase(frame);
    }
  }
  return manual;
}

absl::StatusOr<ExitCode> Switch(Context& context, const SwitchOptions& options) {
  if (options.manual.empty() == options.automatic.empty())
    return absl::InvalidArgumentError("--manual, --automatic: give one of the two, the frames to switch");
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto earlier = FetchStage(**connection, "job", options.job, v1::JOB_KIND_ALIGN);
  if (!earlier.ok()) return earlier.status();
  const auto alignment = FetchAlignment(**connection, earlier->job);
  if (!alignment.ok()) return alignment.status();
  if (!options.manual.empty() && alignment->keys().empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "--manual: {0} has no key that frames could take; set one with `interneg align key {0}`", options.job));
  }
  const auto manual = Switched(options, *alignment, earlier->spec.align().source());
  if (!manual.ok()) return manual.status();
  auto request = Again(context, options.submit, *earlier);
  if (!request.ok()) return request.status();
  v1::AlignJob& align = *request->mutable_spec()->mutable_align();
  align.set_manual_frames(manual->empty() ? "" : cli::FrameRangeText({manual->begin(), manual->end()}));
  // No frame at all reads as "those of the earlier alignment": then these are named as automatic.
  if (manual->empty()) align.set_automatic_frames(alignment->manual_frames());
  return SubmitAndMaybeShow(context, *request, kAlignGet, ShowAlignment);
}

}  // namespace

void AddAlignCorrections(CommandTable& table, CLI::App& noun) {
  const auto key_options = std::make_shared<KeyOptions>();
  CLI::App& key = table.Verb(noun, "key", "Set one frame's transform by hand; between keys it is interpolated",
                             [key_options](Context& context) { return Key(context, *key_options); },
                             {.dry_run = true, .wait = true});
  key.add_option("job", key_options->job, "Id of the alignment to correct")->required();
  key.add_option("--frame", key_options->frame, "Source frame")->type_name("FRAME")->required();
  key.add_option("--corners", key_options->corners,
                 "Where the source's corners lie in the reference: top left, top right, bottom right, bottom left")
      ->type_name("X,Y,X,Y,X,Y,X,Y");
  key.add_option("--dx", key_options->dx, "Correction in pixels, to the right")->type_name("PIXELS");
  key.add_option("--dy", key_options->dy, "Correction in pixels, downwards")->type_name("PIXELS");
  key.add_option("--scale", key_options->scale, "Correction about the picture's centre (1)")->type_name("FACTOR");
  key.add_option("--rotate", key_options->rotation, "Correction in degrees, clockwise")->type_name("DEGREES");
  AddSubmitOptions(key, key_options->submit);

  const auto crop_options = std::make_shared<CropOptions>();
  CLI::App& crop = table.Verb(noun, "crop", "Set what of the source is trained on, and what a render recovers",
                              [crop_options](Context& context) { return Crop(context, *crop_options); },
                              {.dry_run = true, .wait = true});
  crop.add_option("job", crop_options->job, "Id of the alignment to correct")->required();
  crop.add_option("--crop", crop_options->crops,
                  "Instead of its crop, X,Y,WIDTH,HEIGHT, or FRAME:X,Y,WIDTH,HEIGHT as a key of one that moves; may be "
                  "repeated")
      ->type_name("AREA")
      ->expected(1)
      ->take_all();
  crop.add_option("--render-crop", crop_options->render_crop, "Instead of its render crop, X,Y,WIDTH,HEIGHT")
      ->type_name("AREA");
  AddSubmitOptions(crop, crop_options->submit);

  const auto switch_options = std::make_shared<SwitchOptions>();
  CLI::App& verb = table.Verb(noun, "switch", "Choose which frames take the keyed transform and which the solved one",
                              [switch_options](Context& context) { return Switch(context, *switch_options); },
                              {.dry_run = true, .wait = true});
  verb.add_option("job", switch_options->job, "Id of the alignment to correct")->required();
  verb.add_option("--manual", switch_options->manual, "Source frames that take the keys")->type_name("RANGE");
  verb.add_option("--automatic", switch_options->automatic, "Source frames that take what was solved")
      ->type_name("RANGE");
  AddSubmitOptions(verb, switch_options->submit);
}

}  // namespace interneg::commands
