#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/records.h"

namespace interneg::commands {
namespace {

struct DraftChoice {
  std::string dataset;
  std::string project;
  std::optional<int> revision;
};

void AddDraftChoice(CLI::App& command, DraftChoice& choice) {
  command.add_option("dataset", choice.dataset, "The dataset's name, or the draft's id")->required();
  command.add_option("--project", choice.project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  command.add_option("--revision", choice.revision, "Refuse unless the draft is at this revision")->type_name("NUMBER");
}

// The draft, at the revision that was asked for.
absl::StatusOr<v1::DatasetVersion> FindDraft(Context& context, const DraftChoice& choice) {
  auto draft = FindDataset(context, "dataset", choice.dataset, choice.project, DatasetWanted::kDraft);
  if (!draft.ok()) return draft.status();
  if (choice.revision && *choice.revision != draft->revision()) {
    return absl::AbortedError(
        fmt::format("--revision: the draft of {} was edited meanwhile and is at revision {}, not {}; look at it again "
                    "(interneg dataset get {})",
                    draft->name(), draft->revision(), *choice.revision, draft->name()));
  }
  return draft;
}

struct EditOptions {
  DraftChoice draft;
  DatasetEdits edits;
  std::string align;
};

// Takes the alignment that is asked for, does the edits, and holds the pairs against the alignment.
absl::Status EditContent(Context& context, cli::Connection& connection, const EditOptions& options,
                         v1::DatasetContent& content) {
  std::optional<v1::Alignment> alignment;
  if (options.align == "none") {
    content.clear_alignment_sha256();
  } else if (!options.align.empty()) {
    auto found = FindAlignment(connection, "--align", options.align);
    if (!found.ok()) return found.status();
    content.set_alignment_sha256(found->sha256);
    alignment = std::move(found->alignment);
  } else if (!content.alignment_sha256().empty()) {
    auto standing = ReadAlignment(connection, content.alignment_sha256());
    if (!standing.ok()) return standing.status();
    alignment = std::move(*standing);
  }
  const absl::Status edited =
      ApplyEdits(options.edits, alignment ? &*alignment : nullptr, context.environment().working_folder, content);
  if (!edited.ok() || !alignment) return edited;
  return CheckAligned(content, *alignment);
}

absl::StatusOr<ExitCode> Edit(Context& context, const EditOptions& options) {
  // A dry run asks too: what is edited stands on the server, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto draft = FindDraft(context, options.draft);
  if (!draft.ok()) return draft.status();
  v1::EditDatasetDraftRequest request;
  request.set_dataset_version_id(draft->dataset_version_id());
  request.set_revision(draft->revision());
  *request.mutable_content() = draft->content();
  const absl::Status edited = EditContent(context, **connection, options, *request.mutable_content());
  if (!edited.ok()) return edited;
  return PrintAnswer(context, &v1::DatasetService::Stub::EditDatasetDraft, request,
                     &v1::EditDatasetDraftResponse::dataset_version, ListDatasets);
}

absl::StatusOr<ExitCode> Lock(Context& context, const DraftChoice& choice) {
  const auto draft = FindDraft(context, choice);
  if (!draft.ok()) return draft.status();
  v1::LockDatasetDraftRequest request;
  request.set_dataset_version_id(draft->dataset_version_id());
  request.set_revision(draft->revision());
  return PrintAnswer(context, &v1::DatasetService::Stub::LockDatasetDraft, request,
                     &v1::LockDatasetDraftResponse::dataset_version, ListDatasets);
}

absl::StatusOr<ExitCode> Discard(Context& context, const DraftChoice& choice) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto draft = FindDraft(context, choice);
  if (!draft.ok()) return draft.status();
  v1::DiscardDatasetDraftRequest request;
  request.set_dataset_version_id(draft->dataset_version_id());
  request.set_revision(draft->revision());
  if (context.options().dry_run) return context.ShowRequest(request);
  const auto done = (*connection)->Call(&v1::DatasetService::Stub::DiscardDatasetDraft, request);
  if (!done.ok()) return done.status();
  context.Note(fmt::format("Discarded the draft of {}.", draft->name()));
  return ExitCode::kOk;
}

}  // namespace

void AddDatasetChanges(CommandTable& table, CLI::App& noun) {
  const auto edit_options = std::make_shared<EditOptions>();
  CLI::App& edit =
      table.Verb(noun, "edit", "Change a dataset's draft",
                 [edit_options](Context& context) { return Edit(context, *edit_options); }, {.dry_run = true});
  AddDraftChoice(edit, edit_options->draft);
  AddEditOptions(edit, edit_options->edits);
  edit.add_option("--align", edit_options->align, "Alignment that registers the pairs, or none")->type_name("JOB");

  const auto locked = std::make_shared<DraftChoice>();
  AddDraftChoice(table.Verb(noun, "lock", "Make a dataset's draft its next version, which never changes",
                            [locked](Context& context) { return Lock(context, *locked); }, {.dry_run = true}),
                 *locked);

  const auto discarded = std::make_shared<DraftChoice>();
  AddDraftChoice(table.Verb(noun, "discard", "Throw a dataset's draft away",
                            [discarded](Context& context) { return Discard(context, *discarded); }, {.dry_run = true}),
                 *discarded);
}

}  // namespace interneg::commands
