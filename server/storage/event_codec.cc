#include "server/storage/event_codec.h"

#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace interneg::storage {
namespace {

using nlohmann::json;
using namespace scheduling;  // NOLINT: this file is nothing but those types

// JSON has no infinities; an engine that divides by zero must not make an event that nobody can read.
json Number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double ToNumber(const json& value) {
  if (!value.is_string()) return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
  const auto& text = value.get_ref<const std::string&>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
}

template <typename Value>
void PutOptional(json& object, const char* key, const std::optional<Value>& value) {
  if (value) object[key] = *value;
}

template <typename Value>
std::optional<Value> GetOptional(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  return found->get<Value>();
}

json ToJson(const Failure& failure) {
  return {{"kind", Name(failure.kind)}, {"message", failure.message}, {"remedy", failure.remedy}};
}

Failure ToFailure(const json& object) {
  Failure failure;
  if (!FromName(object.at("kind").get<std::string>(), failure.kind)) throw std::runtime_error("failure kind");
  failure.message = object.at("message");
  failure.remedy = object.at("remedy");
  return failure;
}

json ToJson(const OutputFile& file) {
  return {{"name", file.name}, {"size", file.size_bytes}, {"sha256", file.sha256}};
}
OutputFile ToFile(const json& object) { return {object.at("name"), object.at("size"), object.at("sha256")}; }

// Text of engines may hold broken UTF-8 or NULs, which jsonb refuses; both become replacement characters.
std::string Dump(const json& object) {
  std::string text = object.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr std::string_view kNul = "\\u0000";
  for (auto at = text.find(kNul); at != std::string::npos; at = text.find(kNul, at)) {
    text.replace(at, kNul.size(), "\\ufffd");
  }
  return text;
}

struct Encoder {
  EncodedEvent operator()(const JobChange& change) const { return Put("job", {{"state", Name(change.state)}}); }
  EncodedEvent operator()(const AttemptView& attempt) const {
    json object = {{"task", attempt.key.task_id},
                   {"no", attempt.key.attempt_no},
                   {"state", Name(attempt.state)},
                   {"worker", attempt.worker}};
    if (attempt.failure) object["failure"] = ToJson(*attempt.failure);
    return Put("attempt", object);
  }
  EncodedEvent operator()(const LossPoint& point) const {
    return Put("loss", {{"step", point.step}, {"loss", Number(point.loss)}, {"rate", Number(point.learning_rate)}});
  }
  EncodedEvent operator()(const Measure& measure) const {
    json object = {{"name", measure.name},
                   {"value", Number(measure.value)},
                   {"subject", measure.subject},
                   {"scope", measure.scope}};
    PutOptional(object, "step", measure.step);
    PutOptional(object, "frame", measure.frame);
    return Put("measure", object);
  }
  EncodedEvent operator()(const CheckpointReport& checkpoint) const {
    json object = {{"sha256", checkpoint.sha256},     {"size", checkpoint.size_bytes},
                   {"step", checkpoint.step},         {"total", checkpoint.total_steps},
                   {"best", checkpoint.best},         {"parent", checkpoint.parent_sha256}};
    if (checkpoint.score) object["score"] = Number(*checkpoint.score);
    return Put("checkpoint", object);
  }
  EncodedEvent operator()(const ArtifactReport& artifact) const {
    json object = {{"sha256", artifact.sha256},
                   {"size", artifact.size_bytes},
                   {"kind", artifact.kind},
                   {"type", artifact.media_type},
                   {"name", artifact.name}};
    PutOptional(object, "step", artifact.step);
    return Put("artifact", object);
  }
  EncodedEvent operator()(const FrameReport& frame) const {
    return Put("frame", {{"frame", frame.frame},
                         {"file", ToJson(frame.file)},
                         {"composed", Number(frame.composed_error)},
                         {"written", Number(frame.written_error)},
                         {"share", Number(frame.written_share_of_bound)},
                         {"proven", frame.proven},
                         {"gamut", Number(frame.gamut_scaled_share)},
                         {"error", frame.error}});
  }
  EncodedEvent operator()(const Notice& notice) const {
    return Put("notice", {{"warning", notice.level == NoticeLevel::kWarning}, {"text", notice.text}});
  }
  EncodedEvent operator()(const AdjustedReport& adjusted) const {
    return Put("adjusted", {{"no", adjusted.adjustment_no}, {"step", adjusted.step}, {"text", adjusted.text}});
  }

 private:
  static EncodedEvent Put(const char* kind, const json& object) {
    return {kind, Dump(object)};
  }
};

AttemptView ToAttempt(const json& object) {
  AttemptView attempt;
  attempt.key = {object.at("task"), object.at("no")};
  if (!FromName(object.at("state").get<std::string>(), attempt.state)) throw std::runtime_error("attempt state");
  attempt.worker = object.at("worker");
  if (object.contains("failure")) attempt.failure = ToFailure(object.at("failure"));
  return attempt;
}

CheckpointReport ToCheckpoint(const json& object) {
  std::optional<double> score;
  if (object.contains("score")) score = ToNumber(object.at("score"));
  return {object.at("sha256"), object.at("size"), object.at("step"),  object.at("total"),
          object.at("best"),   score,             object.at("parent")};
}

FrameReport ToFrame(const json& object) {
  return {object.at("frame"),
          ToFile(object.at("file")),
          ToNumber(object.at("composed")),
          ToNumber(object.at("written")),
          ToNumber(object.at("share")),
          object.at("proven"),
          ToNumber(object.at("gamut")),
          object.at("error")};
}

}  // namespace

EncodedEvent Encode(const FeedBody& body) { return std::visit(Encoder{}, body); }

FeedBody DecodeEvent(const std::string& kind, const std::string& body) {
  const json object = json::parse(body);
  if (kind == "job") {
    JobChange change;
    if (!FromName(object.at("state").get<std::string>(), change.state)) throw std::runtime_error("job state");
    return change;
  }
  if (kind == "attempt") return ToAttempt(object);
  if (kind == "loss") return LossPoint{object.at("step"), ToNumber(object.at("loss")), ToNumber(object.at("rate"))};
  if (kind == "measure") {
    return Measure{object.at("name"),  ToNumber(object.at("value")), object.at("subject"),
                   object.at("scope"), GetOptional<std::uint32_t>(object, "step"), GetOptional<int>(object, "frame")};
  }
  if (kind == "checkpoint") return ToCheckpoint(object);
  if (kind == "artifact") {
    return ArtifactReport{object.at("sha256"), object.at("size"), object.at("kind"),
                          object.at("type"),   object.at("name"), GetOptional<std::uint32_t>(object, "step")};
  }
  if (kind == "frame") return ToFrame(object);
  if (kind == "notice") {
    return Notice{object.at("warning").get<bool>() ? NoticeLevel::kWarning : NoticeLevel::kInfo, object.at("text")};
  }
  if (kind == "adjusted") return AdjustedReport{object.at("no"), object.at("step"), object.at("text")};
  throw std::runtime_error("unknown kind of event: " + kind);
}

std::string Encode(const AttemptResult& result) {
  json object = {{"outcome", static_cast<int>(result.outcome)}, {"manifest", json::array()}};
  if (result.failure) object["failure"] = ToJson(*result.failure);
  for (const OutputFile& file : result.manifest) object["manifest"].push_back(ToJson(file));
  return Dump(object);
}

std::vector<OutputFile> DecodeManifest(const std::string& result) {
  std::vector<OutputFile> files;
  if (result.empty()) return files;
  const json object = json::parse(result);
  for (const json& file : object.at("manifest")) files.push_back(ToFile(file));
  return files;
}

}  // namespace interneg::storage
