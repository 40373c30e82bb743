#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/pair_options.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct RunOptions {
  PlaceOptions place;
  std::string align;
  ElementOptions elements;
  PairOptions pairs;
  std::string recovery = "chroma";
  std::optional<std::uint32_t> lut_size;
  SubmitOptions submit;
};

// The figures, and below them how to get the LUT.
absl::Status ShowFigures(Context& context, cli::Connection& connection, const v1::Job& job) {
  v1::ListMeasuresRequest measures;
  measures.set_job_id(job.job_id());
  const auto figures =
      ListAll(connection, &v1::JobService::Stub::ListMeasures, measures, &v1::ListMeasuresResponse::mutable_measures);
  if (!figures.ok()) return figures.status();
  v1::ListArtifactsRequest luts;
  luts.set_job_id(job.job_id());
  luts.set_kind("lut");
  const auto found = ListAll(connection, &v1::ArtifactService::Stub::ListArtifacts, luts,
                             &v1::ListArtifactsResponse::mutable_artifacts);
  if (!found.ok()) return found.status();
  DocumentText text{"Baseline " + job.job_id(), ListMeasures(context, *figures), {}};
  cli::Json document = {{"jobId", job.job_id()}, {"measures", cli::Json::array()}, {"luts", cli::Json::array()}};
  for (const v1::Measure& figure : *figures) document["measures"].push_back(cli::ToJson(figure));
  for (const v1::Artifact& lut : *found) {
    const std::string name = lut.name().empty() ? "baseline.cube" : lut.name();
    text.lines.push_back(fmt::format("LUT: interneg artifact download {} --to {}", lut.sha256(), name));
    document["luts"].push_back(cli::ToJson(lut));
  }
  PrintDocument(context, text, document, job.job_id());
  return absl::OkStatus();
}

absl::Status FillFit(const RunOptions& options, v1::BaselineJob& baseline) {
  const auto recovery = cli::ParseWord<v1::Recovery>("--recovery", options.recovery);
  if (!recovery.ok()) return recovery.status();
  if (*recovery != v1::RECOVERY_CHROMA) {
    return absl::InvalidArgumentError(
        "--recovery: a LUT and a polynomial map colours, so they can stand in for a chroma recovery only");
  }
  baseline.set_recovery(*recovery);
  if (!options.lut_size) return absl::OkStatus();
  if (*options.lut_size < 17 || *options.lut_size > 65) {
    return absl::InvalidArgumentError(
        fmt::format("--lut-size: {} lies outside 17 to 65 points along each side", *options.lut_size));
  }
  baseline.set_lut_size(*options.lut_size);
  return absl::OkStatus();
}

// Elements and pairs; the earlier job when they come from one.
absl::StatusOr<std::optional<v1::Job>> FillPairs(Context& context, const RunOptions& options,
                                                 v1::BaselineJob& baseline) {
  if (options.align.empty()) {
    if (options.pairs.pairs.empty())
      return absl::InvalidArgumentError(
          "--pairs: is missing; name frames, or take them from an alignment with --align");
    const auto elements = ReadElements(context, options.elements, ReferenceFrames::kSourceNumbers);
    if (!elements.ok()) return elements.status();
    FillElements(*elements, baseline);
    if (const absl::Status status = FillNamedPairs(options.pairs, PartnerNumbers::kSame, baseline); !status.ok())
      return status;
    return std::optional<v1::Job>();
  }
  if (!options.pairs.pairs.empty() || !options.pairs.held_out.empty())
    return absl::InvalidArgumentError("--pairs, --held-out: --align names the pairs; leave the options out");
  if (const absl::Status status = CheckUnsaid(options.elements, "--align"); !status.ok()) return status;
  // A dry run asks too: the elements are the alignment's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  auto align = FetchStage(**connection, "--align", options.align, v1::JOB_KIND_ALIGN);
  if (!align.ok()) return align.status();
  CopyElements(align->spec.align(), baseline);
  baseline.mutable_alignment()->set_job_id(options.align);
  return std::optional<v1::Job>(std::move(align->job));
}

absl::StatusOr<ExitCode> Run(Context& context, const RunOptions& options) {
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::BaselineJob& baseline = *request->mutable_spec()->mutable_baseline();
  if (const absl::Status status = FillFit(options, baseline); !status.ok()) return status;
  const auto earlier = FillPairs(context, options, baseline);
  if (!earlier.ok()) return earlier.status();
  if (const absl::Status status = FillPlace(context, options.place, *earlier ? &**earlier : nullptr, *request);
      !status.ok())
    return status;
  return SubmitAndMaybeShow(context, *request, "interneg job measures", ShowFigures);
}

}  // namespace

void AddBaselineCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("baseline", "Closed forms that a network has to beat");
  const auto options = std::make_shared<RunOptions>();
  CLI::App& run =
      table.Verb(noun, "run", "Fit a 3D LUT and a polynomial on the pairs, and judge them",
                 [options](Context& context) { return Run(context, *options); }, {.dry_run = true, .wait = true});
  AddPlaceOptions(run, options->place, "(the alignment's) [INTERNEG_PROJECT]");
  run.add_option("--align", options->align, "Alignment whose elements and pairs to fit on")->type_name("JOB");
  AddPairOptions(run, options->pairs);
  AddElementOptions(run, options->elements, ", registered and numbered alike (without --align)");
  run.add_option("--recovery", options->recovery, "What they stand in for: chroma, and nothing else (chroma)")
      ->type_name("NAME");
  run.add_option("--lut-size", options->lut_size, "Points along each side of the LUT, 17 to 65 (64)")
      ->type_name("POINTS");
  AddSubmitOptions(run, options->submit);
}

}  // namespace interneg::commands
