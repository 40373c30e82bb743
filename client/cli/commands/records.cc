#include "client/cli/commands/records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/movie_options.h"
#include "client/cli/duration.h"
#include "client/cli/job_words.h"
#include "client/cli/progress_text.h"
#include "client/cli/time_text.h"

namespace interneg::commands {
namespace {

using cli::Shown;

template <class Message, class Cells>
cli::Listing Make(std::vector<cli::Column> columns, const std::vector<Message>& messages, Cells cells) {
  cli::Listing listing{std::move(columns), {}};
  for (const Message& message : messages) {
    auto [name, texts] = cells(message);
    listing.rows.push_back({std::move(texts), std::move(name), cli::ToJson(message)});
  }
  return listing;
}

using Named = std::pair<std::string, std::vector<std::string>>;

std::string ProgressCell(const v1::Job& job) {
  if (job.state() == v1::JOB_STATE_PENDING) return job.waiting_reason();
  if (job.state() == v1::JOB_STATE_RUNNING && job.has_progress())
    return cli::ProgressText(job.progress(), std::nullopt);
  if (job.has_failure()) return cli::FailureText(job.failure());
  return {};
}

std::string TookCell(const v1::Job& job) {
  const double seconds = cli::SecondsBetween(job.start_time(), job.end_time());
  return seconds < 0 ? std::string() : cli::ClockText(seconds);
}

std::string BytesText(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
  if (bytes < 10'000'000'000) return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6);
  return fmt::format("{:.0f} GB", static_cast<double>(bytes) / 1e9);
}

std::string DevicesCell(const v1::Worker& worker) {
  std::vector<std::string> names;
  for (const v1::DeviceInfo& device : worker.devices()) {
    names.push_back(device.kind() == v1::DEVICE_KIND_CPU
                        ? fmt::format("cpu ({} cores)", device.cores())
                        : fmt::format("{} ({})", device.model(), BytesText(device.memory_bytes())));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string VersionCell(const v1::DatasetVersion& dataset) {
  if (dataset.state() != v1::DATASET_STATE_DRAFT) return std::to_string(dataset.version());
  return fmt::format("draft (revision {})", dataset.revision());
}

// "+24", or "1001-1100:+24 1101-1200:+36".
std::string ConformCell(const v1::Element& element) {
  std::vector<std::string> offsets;
  for (const v1::ConformOffset& offset : element.conform_offsets()) {
    offsets.push_back(offset.frames().empty() ? fmt::format("{:+}", offset.add())
                                              : fmt::format("{}:{:+}", offset.frames(), offset.add()));
  }
  return fmt::format("{}", fmt::join(offsets, " "));
}

std::string ReadingCell(const v1::FrameSource& frames) {
  std::vector<std::string> words;
  for (const std::string& word : {cli::Word(frames.movie().matrix()), cli::Word(frames.movie().range())})
    if (!word.empty()) words.push_back(word);
  if (frames.has_pulldown()) words.push_back(PulldownText(frames));
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace

cli::Listing ListProjects(const Context& context, const std::vector<v1::Project>& projects) {
  return Make({{"NAME"}, {"FILM"}, {"CREATED"}, {"ID", Shown::kWide}}, projects, [&](const v1::Project& p) {
    return Named{p.name(), {p.name(), p.film_title(), context.TimeText(p.create_time()), p.project_id()}};
  });
}

cli::Listing ListMedia(const Context& context, const std::vector<v1::Media>& media) {
  return Make({{"ID"},
               {"NAME"},
               {"SHOT"},
               {"RANGE"},
               {"PATH"},
               {"SPACE"},
               {"CHECKED"},
               {"ELEMENT", Shown::kWide},
               {"GAUGE", Shown::kWide},
               {"GENERATION", Shown::kWide},
               {"POLARITY", Shown::kWide},
               {"TRANSFER", Shown::kWide},
               {"COMPLETENESS", Shown::kWide},
               {"CONFORM", Shown::kWide},
               {"READ AS", Shown::kWide},
               {"MEASURED", Shown::kWide},
               {"REPORT OF", Shown::kWide},
               {"CREATED", Shown::kWide}},
              media, [&](const v1::Media& m) {
                const v1::Element& e = m.element();
                return Named{m.media_id(),
                             {m.media_id(), m.name(), m.shot(), m.frames().range().empty() ? "all" : m.frames().range(),
                              m.frames().path(), m.frames().color_space(), context.TimeText(m.report().create_time()),
                              e.element(), e.gauge(), e.generation(), e.polarity(), e.transfer(), e.completeness(),
                              ConformCell(e), ReadingCell(m.frames()), context.TimeText(m.measured().create_time()),
                              m.report().job_id(), context.TimeText(m.create_time())}};
              });
}

cli::Listing ListDatasets(const Context& context, const std::vector<v1::DatasetVersion>& versions) {
  return Make({{"ID"},
               {"NAME"},
               {"VERSION"},
               {"SHOT"},
               {"RECOVERY"},
               {"PAIRS"},
               {"HELD OUT"},
               {"CREATED"},
               {"SHA-256", Shown::kWide},
               {"NOTE", Shown::kWide}},
              versions, [&](const v1::DatasetVersion& d) {
                return Named{
                    d.dataset_version_id(),
                    {d.dataset_version_id(), d.name(), VersionCell(d), d.shot(), cli::Word(d.recovery()),
                     std::to_string(d.pair_count()), std::to_string(d.held_out_count()),
                     context.TimeText(d.create_time()), d.sha256(), d.note()}};
              });
}

cli::Listing ListJobs(const Context& context, const std::vector<v1::Job>& jobs) {
  return Make({{"ID"},
               {"KIND"},
               {"STATE"},
               {"SHOT"},
               {"TASKS"},
               {"CREATED"},
               {"TOOK"},
               {"PROGRESS"},
               {"PRIORITY", Shown::kWide},
               {"SUBMITTED BY", Shown::kWide},
               {"PROJECT", Shown::kWide},
               {"BEST CHECKPOINT", Shown::kWide}},
              jobs, [&](const v1::Job& j) {
                return Named{j.job_id(),
                             {j.job_id(), cli::Word(j.kind()), cli::Word(j.state()), j.shot(),
                              fmt::format("{}/{}", j.tasks_done(), j.tasks_total()), context.TimeText(j.create_time()),
                              TookCell(j), ProgressCell(j), std::to_string(j.priority()), j.submitted_by(),
                              j.project_id(), j.best_checkpoint_sha256()}};
              });
}

cli::Listing ListTasks(const Context&, const std::vector<v1::Task>& tasks) {
  return Make({{"ID"}, {"KIND"}, {"STATE"}, {"FRAMES"}, {"ATTEMPTS"}, {"WORKER"}, {"FAILURE"}}, tasks,
              [&](const v1::Task& t) {
                std::string worker, failure;
                if (!t.attempts().empty()) {
                  const v1::AttemptEvent& last = *t.attempts().rbegin();
                  worker = last.worker();
                  if (last.has_failure()) failure = cli::FailureText(last.failure());
                }
                return Named{t.task_id(),
                             {t.task_id(), cli::Word(t.kind()), cli::Word(t.state()), t.frames(),
                              std::to_string(t.attempts_size()), worker, failure}};
              });
}

cli::Listing ListFrames(const Context&, const std::vector<v1::RenderedFrame>& frames) {
  return Make({{"FRAME"},
               {"HELD PLANE"},
               {"COMPOSED ERROR"},
               {"WRITTEN ERROR"},
               {"SHARE OF BOUND"},
               {"GAMUT SCALED"},
               {"FILE"},
               {"SIZE", Shown::kWide},
               {"SHA-256", Shown::kWide},
               {"ERROR"}},
              frames, [&](const v1::RenderedFrame& f) {
                const std::string state = !f.error().empty() ? "failed" : f.proven() ? "proven" : "reported";
                return Named{
                    std::to_string(f.frame()),
                    {std::to_string(f.frame()), state, fmt::format("{:.2e}", f.composed_error()),
                     fmt::format("{:.2e}", f.written_error()), fmt::format("{:.3f}", f.written_share_of_bound()),
                     fmt::format("{:.2f} %", 100 * f.gamut_scaled_share()), f.file().name(),
                     BytesText(f.file().size_bytes()), f.file().sha256(), f.error()}};
              });
}

cli::Listing ListMeasures(const Context&, const std::vector<v1::Measure>& measures) {
  return Make({{"NAME"}, {"SUBJECT"}, {"SCOPE"}, {"STEP"}, {"FRAME"}, {"VALUE"}}, measures, [&](const v1::Measure& m) {
    return Named{m.name(),
                 {m.name(), m.subject(), m.scope(), m.has_step() ? std::to_string(m.step()) : "",
                  m.has_frame() ? std::to_string(m.frame()) : "", fmt::format("{:.6g}", m.value())}};
  });
}

cli::Listing ListWorkers(const Context& context, const std::vector<v1::Worker>& workers) {
  return Make({{"NAME"},
               {"STATE"},
               {"DEVICES"},
               {"RUNNING"},
               {"SEEN"},
               {"HOST", Shown::kWide},
               {"POOL", Shown::kWide},
               {"VERSION", Shown::kWide},
               {"ID", Shown::kWide}},
              workers, [&](const v1::Worker& w) {
                return Named{w.name(),
                             {w.name(), cli::Word(w.state()), DevicesCell(w), std::to_string(w.running_size()),
                              context.TimeText(w.last_seen_time()), w.host(), w.pool(), w.version(), w.worker_id()}};
              });
}

cli::Listing ListTokens(const Context& context, const std::vector<v1::Token>& tokens) {
  return Make({{"ID"}, {"PRINCIPAL"}, {"ROLE"}, {"PROJECT"}, {"EXPIRES"}, {"REVOKED"}, {"CREATED", Shown::kWide}},
              tokens, [&](const v1::Token& t) {
                return Named{t.token_id(),
                             {t.token_id(), t.principal(), cli::Word(t.role()), t.project_id(),
                              context.TimeText(t.expire_time()), context.TimeText(t.revoke_time()),
                              context.TimeText(t.create_time())}};
              });
}

cli::Listing ListArtifacts(const Context& context, const std::vector<v1::Artifact>& artifacts,
                           const std::string& best_checkpoint_sha256) {
  const auto is_best = [&](const v1::Artifact& a) {
    return a.kind() == "checkpoint" && a.sha256() == best_checkpoint_sha256;
  };
  cli::Listing listing = Make({{"SHA-256"},
                               {"KIND"},
                               {"STEP"},
                               {"BEST"},
                               {"SIZE"},
                               {"NAME"},
                               {"CREATED"},
                               {"TYPE", Shown::kWide},
                               {"JOB", Shown::kWide}},
                              artifacts, [&](const v1::Artifact& a) {
                                return Named{a.sha256(),
                                             {a.sha256(), a.kind(), a.has_step() ? std::to_string(a.step()) : "",
                                              is_best(a) ? "best" : "", BytesText(a.size_bytes()), a.name(),
                                              context.TimeText(a.create_time()), a.media_type(), a.job_id()}};
                              });
  for (std::size_t i = 0; i < artifacts.size(); ++i)
    if (artifacts[i].kind() == "checkpoint") listing.rows[i].document["best"] = is_best(artifacts[i]);
  return listing;
}

}  // namespace interneg::commands
