#include "server/rpc/known_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace interneg::rpc {
namespace {

namespace pb = google::protobuf;

std::string Joined(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

absl::Status CheckValue(const pb::Message& message, const pb::FieldDescriptor& field, int index,
                        const std::string& path) {
  const pb::Reflection& reflect = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return RequireKnown(
          repeated ? reflect.GetRepeatedMessage(message, &field, index) : reflect.GetMessage(message, &field), path);
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const int value =
          repeated ? reflect.GetRepeatedEnumValue(message, &field, index) : reflect.GetEnumValue(message, &field);
      if (field.enum_type()->FindValueByNumber(value) != nullptr) return absl::OkStatus();
      return absl::InvalidArgumentError(
          fmt::format("{}: {} is no value that this server knows; update the server, or choose another", path, value));
    }
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: {
      const double value =
          repeated ? reflect.GetRepeatedDouble(message, &field, index) : reflect.GetDouble(message, &field);
      if (std::isfinite(value)) return absl::OkStatus();
      return absl::InvalidArgumentError(fmt::format("{}: must be a finite number", path));
    }
    default:
      return absl::OkStatus();
  }
}

}  // namespace

absl::Status RequireKnown(const pb::Message& message, std::string_view path) {
  const pb::Reflection& reflect = *message.GetReflection();
  if (const auto& unknown = reflect.GetUnknownFields(message); !unknown.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: holds field number {}, which this server does not know; update the server, or leave it out",
                    path.empty() ? "document" : path, unknown.field(0).number()));
  }
  std::vector<const pb::FieldDescriptor*> fields;
  reflect.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const std::string name = Joined(path, field->json_name());
    if (!field->is_repeated()) {
      if (auto status = CheckValue(message, *field, 0, name); !status.ok()) return status;
      continue;
    }
    for (int i = 0; i < reflect.FieldSize(message, field); ++i) {
      if (auto status = CheckValue(message, *field, i, fmt::format("{}[{}]", name, i)); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace interneg::rpc
