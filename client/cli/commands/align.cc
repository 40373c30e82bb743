#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/align_result.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/pair_options.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct RunOptions {
  PlaceOptions place;
  std::string pairs_from;
  std::string match;
  ElementOptions elements;
  PairOptions pairs;
  std::string kind;
  std::optional<double> central_share;
  bool dense = false;
  std::vector<std::string> crops;
  std::string render_crop;
  SubmitOptions submit;
};

absl::Status FillSolve(const RunOptions& options, v1::AlignJob& align) {
  const auto kind = cli::ParseWord<v1::TransformKind>("--kind", options.kind);
  if (!kind.ok()) return kind.status();
  align.set_kind(*kind);
  if (options.central_share) {
    if (!(*options.central_share >= 0.1 && *options.central_share <= 1)) {
      return absl::InvalidArgumentError(fmt::format(
          "--central-share: {} lies outside 0.1 to 1, the share of width and height that the solve looks at",
          *options.central_share));
    }
    align.set_central_share(*options.central_share);
  }
  align.set_dense(options.dense);
  if (const absl::Status status = FillCrops(options.crops, align); !status.ok()) return status;
  if (options.render_crop.empty()) return absl::OkStatus();
  const auto crop = ParseCrop("--render-crop", options.render_crop);
  if (!crop.ok()) return crop.status();
  *align.mutable_render_crop() = *crop;
  return absl::OkStatus();
}

absl::Status CheckChoice(const RunOptions& options) {
  if (!options.pairs_from.empty() && !options.match.empty())
    return absl::InvalidArgumentError(
        "--pairs-from, --match: give one of the two; a choice of pairs names its partners");
  if (!options.pairs_from.empty()) {
    if (!options.pairs.pairs.empty() || !options.pairs.held_out.empty())
      return absl::InvalidArgumentError("--pairs, --held-out: --pairs-from names the pairs; leave the options out");
    return CheckUnsaid(options.elements, "--pairs-from");
  }
  if (options.pairs.pairs.empty()) {
    return absl::InvalidArgumentError(
        "--pairs: is missing; name source frames, or take them from a suggestion with --pairs-from");
  }
  return options.match.empty() ? absl::OkStatus() : CheckUnsaid(options.elements, "--match");
}

// Elements and pairs; the earlier job when they come from one.
absl::StatusOr<std::optional<v1::Job>> FillPairs(Context& context, const RunOptions& options, v1::AlignJob& align) {
  std::optional<v1::Job> earlier;
  if (options.pairs_from.empty() && options.match.empty()) {
    const auto elements = ReadElements(context, options.elements, ReferenceFrames::kSourceNumbers);
    if (!elements.ok()) return elements.status();
    FillElements(*elements, align);
  } else {
    // A dry run asks too: the elements are the earlier job's, and asking changes nothing.
    const auto connection = context.Connect();
    if (!connection.ok()) return connection.status();
    const bool chosen = !options.pairs_from.empty();
    auto stage = chosen ? FetchStage(**connection, "--pairs-from", options.pairs_from, v1::JOB_KIND_CURATE)
                        : FetchStage(**connection, "--match", options.match, v1::JOB_KIND_MATCH);
    if (!stage.ok()) return stage.status();
    earlier = std::move(stage->job);
    if (chosen) {
      CopyElements(stage->spec.curate(), align);
      align.mutable_pair_choice()->set_job_id(options.pairs_from);
      if (stage->spec.curate().has_frame_map()) *align.mutable_frame_map() = stage->spec.curate().frame_map();
      return earlier;
    }
    CopyElements(stage->spec.match(), align);
    align.mutable_frame_map()->set_job_id(options.match);
  }
  const auto numbering = align.has_frame_map() ? PartnerNumbers::kMapped : PartnerNumbers::kSame;
  if (const absl::Status status = FillNamedPairs(options.pairs, numbering, align); !status.ok()) return status;
  return earlier;
}

absl::StatusOr<ExitCode> Run(Context& context, const RunOptions& options) {
  if (const absl::Status status = CheckChoice(options); !status.ok()) return status;
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::AlignJob& align = *request->mutable_spec()->mutable_align();
  if (const absl::Status status = FillSolve(options, align); !status.ok()) return status;
  const auto earlier = FillPairs(context, options, align);
  if (!earlier.ok()) return earlier.status();
  if (const absl::Status status = CheckCropKeys(align); !status.ok()) return status;
  if (const absl::Status status = FillPlace(context, options.place, *earlier ? &**earlier : nullptr, *request);
      !status.ok())
    return status;
  return SubmitAndMaybeShow(context, *request, kAlignGet, ShowAlignment);
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto align = FetchStage(**connection, "job", id, v1::JOB_KIND_ALIGN);
  if (!align.ok()) return align.status();
  if (const absl::Status status = ShowAlignment(context, **connection, align->job); !status.ok()) return status;
  return ExitCode::kOk;
}

void AddRun(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App& run =
      table.Verb(noun, "run", "Register the reference on the source, pair by pair",
                 [options](Context& context) { return Run(context, *options); }, {.dry_run = true, .wait = true});
  AddPlaceOptions(run, options->place, "(the earlier job's) [INTERNEG_PROJECT]");
  run.add_option("--pairs-from", options->pairs_from, "Suggestion whose pairs to align")->type_name("JOB");
  run.add_option("--match", options->match, "Match whose elements and map to use, with --pairs")->type_name("JOB");
  AddPairOptions(run, options->pairs);
  AddElementOptions(run, options->elements, ", numbered alike (without --pairs-from and --match)");
  const char* group = "Solve";
  run.add_option("--kind", options->kind, "translation, similarity, affine or homography (affine)")
      ->type_name("NAME")
      ->group(group);
  run.add_option("--central-share", options->central_share, "Share of width and height that is looked at (0.8)")
      ->type_name("SHARE")
      ->group(group);
  run.add_flag("--dense", options->dense, "Also warp by a dense flow")->group(group);
  run.add_option(
         "--crop", options->crops,
         "Training crop in even source pixels, X,Y,WIDTH,HEIGHT, or FRAME:X,Y,WIDTH,HEIGHT as a key of one that "
         "moves (proposed); may be repeated")
      ->type_name("AREA")
      ->expected(1)
      ->take_all()
      ->group(group);
  run.add_option("--render-crop", options->render_crop,
                 "What a render recovers, X,Y,WIDTH,HEIGHT (proposed where the source has borders)")
      ->type_name("AREA")
      ->group(group);
  AddSubmitOptions(run, options->submit);
}

}  // namespace

absl::Status ShowAlignment(Context& context, cli::Connection& connection, const v1::Job& job) {
  const auto document = FetchDocument(connection, job, "alignment");
  if (!document.ok()) return document.status();
  const cli::Format format = context.style().format;
  DocumentText text;
  if (format == cli::Format::kTable || format == cli::Format::kWide) {
    v1::Alignment alignment;
    if (const absl::Status status = ReadDocument(*document, "alignment", alignment); !status.ok()) return status;
    text = TextOf(alignment);
  }
  PrintDocument(context, text, document->json, job.job_id());
  return absl::OkStatus();
}

void AddAlignCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("align", "Where the reference lies on the source");
  AddRun(table, noun);
  const auto id = std::make_shared<std::string>();
  table
      .Verb(noun, "get", "Print an alignment, a line a pair, with its crop",
            [id](Context& context) { return Get(context, *id); })
      .add_option("job", *id, "Id of the alignment")
      ->required();
  AddAlignCorrections(table, noun);
}

}  // namespace interneg::commands
