#include "client/cli/commands/preparation_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <CLI/CLI.hpp>

#include "client/cli/job_words.h"
#include "client/cli/message_json.h"

namespace interneg::commands {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

absl::Status Wrong(std::string_view option, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", option, what));
}

std::string Dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

// A field's name without its unit: size_px → size.
std::string ShortName(const FieldDescriptor& field) {
  const std::string name = Dashed(field.name());
  for (const std::string_view unit : {"-px", "-frames", "-share", "-density"}) {
    if (name.size() > unit.size() && name.compare(name.size() - unit.size(), unit.size(), unit) == 0) {
      return name.substr(0, name.size() - unit.size());
    }
  }
  return name;
}

std::vector<std::string> FieldNames(const pb::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.message_type() == nullptr || &type == v1::PreparationStep::descriptor()) {
      names.push_back(ShortName(field));
    } else {
      for (const std::string& inner : FieldNames(*field.message_type()))
        names.push_back(ShortName(field) + "." + inner);
    }
  }
  return names;
}

const FieldDescriptor* FindField(const pb::Descriptor& type, const std::string& name) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (Dashed(name) == Dashed(field.name()) || Dashed(name) == ShortName(field)) return &field;
  }
  return nullptr;
}

template <class Number>
bool ReadNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string> Parts(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  if (parts.empty() || text.back() == separator) parts.emplace_back();
  return parts;
}

// Sets a field that is no message. `where` says which, for errors.
absl::Status SetValue(std::string_view option, const std::string& where, const FieldDescriptor& field,
                      const std::string& text, pb::Message& message) {
  const pb::Reflection& reflect = *message.GetReflection();
  if (field.is_repeated()) {
    for (const std::string& part : Parts(text, '/')) {
      double number = 0;
      if (!ReadNumber(part, number) || !std::isfinite(number)) {
        return Wrong(option, fmt::format("{}: \"{}\" is no number; write several as 0.1/0.2/0.3", where, part));
      }
      reflect.AddDouble(&message, &field, number);
    }
    return absl::OkStatus();
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const auto value = cli::NumberOf(*field.enum_type(), fmt::format("{}: {}", option, where), Dashed(text));
    if (!value.ok()) return value.status();
    reflect.SetEnumValue(&message, &field, *value);
    return absl::OkStatus();
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    int number = 0;
    if (!ReadNumber(text, number)) return Wrong(option, fmt::format("{}: \"{}\" is no whole number", where, text));
    reflect.SetInt32(&message, &field, number);
    return absl::OkStatus();
  }
  double number = 0;
  if (!ReadNumber(text, number) || !std::isfinite(number))
    return Wrong(option, fmt::format("{}: \"{}\" is no number", where, text));
  reflect.SetDouble(&message, &field, number);
  return absl::OkStatus();
}

// `red.offset=0.1` into the step.
absl::Status SetField(std::string_view option, const std::string& step_name, const std::string& text,
                      pb::Message& step) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size())
    return Wrong(option, fmt::format("{}: \"{}\" is no FIELD=VALUE; there are {}", step_name, text,
                                     fmt::join(FieldNames(*step.GetDescriptor()), ", ")));
  const std::string path = text.substr(0, equals);
  pb::Message* message = &step;
  const auto names = Parts(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = FindField(*message->GetDescriptor(), names[i]);
    const bool last = i + 1 == names.size();
    if (field == nullptr || last != (field->message_type() == nullptr)) {
      return Wrong(option, fmt::format("{} has no field \"{}\"; there are {}", step_name, path,
                                       fmt::join(FieldNames(*step.GetDescriptor()), ", ")));
    }
    if (last) return SetValue(option, step_name + " " + path, *field, text.substr(equals + 1), *message);
    message = message->GetReflection()->MutableMessage(message, field);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PreparationStep> ReadStep(std::string_view option, const std::string& text) {
  const auto colon = text.find(':');
  const std::string name = text.substr(0, colon);
  v1::PreparationStep step;
  const FieldDescriptor* field = FindField(*step.GetDescriptor(), name);
  if (field == nullptr) {
    return Wrong(option, fmt::format("\"{}\" is no preparation step; there are {}, and @FILE with steps as JSON", name,
                                     fmt::join(FieldNames(*step.GetDescriptor()), ", ")));
  }
  pb::Message& chosen = *step.GetReflection()->MutableMessage(&step, field);
  if (colon == std::string::npos) return step;
  for (const std::string& part : Parts(text.substr(colon + 1), ',')) {
    const absl::Status status = SetField(option, Dashed(field->name()), part, chosen);
    if (!status.ok()) return status;
  }
  return step;
}

absl::Status ReadFile(std::string_view option, const std::filesystem::path& file,
                      std::vector<v1::PreparationStep>& steps) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream) return Wrong(option, fmt::format("{} cannot be read", file.string()));
  cli::Json json = cli::Json::parse(text.str(), nullptr, false);
  if (json.is_object()) json = cli::Json::array({json});
  if (!json.is_array()) {
    return Wrong(option, fmt::format("{} holds no step or list of steps as JSON, such as [{{\"median\": "
                                     "{{\"sizePx\": 3}}}}]",
                                     file.string()));
  }
  for (const cli::Json& entry : json) {
    const auto parsed = pb::util::JsonStringToMessage(entry.dump(), &steps.emplace_back());
    if (parsed.ok() && steps.back().step_case() != v1::PreparationStep::STEP_NOT_SET) continue;
    return Wrong(option, fmt::format("{}: {} is no step of preparation.proto{}", file.string(), entry.dump(),
                                     parsed.ok() ? "" : ": " + std::string(parsed.message())));
  }
  return absl::OkStatus();
}

std::string ValueText(const pb::Message& message, const FieldDescriptor& field) {
  const pb::Reflection& reflect = *message.GetReflection();
  if (field.is_repeated()) {
    std::vector<double> numbers;
    for (int i = 0; i < reflect.FieldSize(message, &field); ++i)
      numbers.push_back(reflect.GetRepeatedDouble(message, &field, i));
    return fmt::format("{}", fmt::join(numbers, "/"));
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    return cli::WordOf(*field.enum_type(), reflect.GetEnumValue(message, &field));
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) return std::to_string(reflect.GetInt32(message, &field));
  return fmt::format("{}", reflect.GetDouble(message, &field));
}

void AddSaid(const pb::Message& message, const std::string& prefix, std::vector<std::string>& said) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = prefix + ShortName(*field);
    if (field->message_type() != nullptr) {
      AddSaid(message.GetReflection()->GetMessage(message, field), name + ".", said);
    } else {
      said.push_back(name + "=" + ValueText(message, *field));
    }
  }
}

}  // namespace

void AddPreparationOptions(CLI::App& command, PreparationOptions& options) {
  const char* group = "Preparation";
  const auto add = [&](const char* name, std::vector<std::string>& texts, const char* side) {
    command
        .add_option(name, texts,
                    fmt::format("What the network sees of the {}: median:size=3, degrain:extent=temporal, @steps.json; "
                                "may be repeated",
                                side))
        ->type_name("STEP")
        ->expected(1)
        ->take_all()
        ->group(group);
  };
  add("--prepare-source", options.source, "source");
  add("--prepare-reference", options.reference, "reference");
}

absl::StatusOr<std::vector<v1::PreparationStep>> ReadPreparation(const std::string& option,
                                                                 const std::vector<std::string>& texts,
                                                                 const std::filesystem::path& working_folder) {
  std::vector<v1::PreparationStep> steps;
  for (const std::string& text : texts) {
    if (text == "none") {
      if (texts.size() == 1) return steps;
      return Wrong(option, "none stands alone; leave it out, or the steps");
    }
    if (!text.empty() && text[0] == '@') {
      const absl::Status status = ReadFile(option, working_folder / text.substr(1), steps);
      if (!status.ok()) return status;
      continue;
    }
    auto step = ReadStep(option, text);
    if (!step.ok()) return step.status();
    steps.push_back(std::move(*step));
  }
  return steps;
}

std::string PreparationText(const v1::PreparationStep& step) {
  const FieldDescriptor* field = v1::PreparationStep::descriptor()->FindFieldByNumber(step.step_case());
  if (field == nullptr) return {};
  std::vector<std::string> said;
  AddSaid(step.GetReflection()->GetMessage(step, field), "", said);
  const std::string name = Dashed(field->name());
  return said.empty() ? name : fmt::format("{}:{}", name, fmt::join(said, ","));
}

}  // namespace interneg::commands
