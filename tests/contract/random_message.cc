#include "tests/contract/random_message.h"

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>

namespace interneg::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool Coin(std::mt19937& random) {
  return (random() & 1U) != 0;
}

std::string DrawText(std::mt19937& random) {
  static const char* const kPieces[] = {"plates:sh010/f.%04d.exr",
                                        "1001-1049x2",
                                        "ACES2065-1",
                                        "\"quoted\" \\ back",
                                        "<html> & 'apostrophe'",
                                        "line\nbreak\ttab\r\b\f",
                                        "Übertragung – naïve 日本",
                                        "\xF0\x9F\x8E\x9E film",
                                        "\x01\x1F\x7F\xC2\x85\xE2\x80\xA8\xE2\x80\x8B\xEF\xBB\xBF",
                                        "\xF3\xA0\x80\x81 tag",
                                        "a"};
  return std::string(kPieces[random() % std::size(kPieces)]) + std::to_string(random() % 1000 + 1);
}

double DrawDouble(std::mt19937& random) {
  static const double kEdges[] = {1.0,
                                  -1.0,
                                  0.1,
                                  1e-6,
                                  1e21,
                                  1.0 / 3.0,
                                  123456789.0,
                                  5e-324,
                                  std::numeric_limits<double>::max(),
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  60.0};
  if (Coin(random)) return kEdges[random() % std::size(kEdges)];
  return std::uniform_real_distribution<double>(-1e6, 1e6)(random);
}

template <typename Integer>
Integer DrawInteger(std::mt19937& random) {
  using Limits = std::numeric_limits<Integer>;
  switch (random() % 4) {
    case 0:
      return Limits::max();
    case 1:
      return Limits::min() == 0 ? 1 : Limits::min();
    default:
      return static_cast<Integer>(random() % 100000 + 1);
  }
}

int DrawEnum(const FieldDescriptor& field, std::mt19937& random) {
  const auto& type = *field.enum_type();
  return type.value(1 + static_cast<int>(random() % (type.value_count() - 1)))->number();
}

void SetScalar(Message& message, const FieldDescriptor& field, std::mt19937& random) {
  const auto& access = *message.GetReflection();
  const bool many = field.is_repeated();
  const auto set = [&](auto add, auto put, auto value) { (access.*(many ? add : put))(&message, &field, value); };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::AddString, &Reflection::SetString, DrawText(random));
    case FieldDescriptor::CPPTYPE_BOOL:
      return set(&Reflection::AddBool, &Reflection::SetBool, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return set(&Reflection::AddInt32, &Reflection::SetInt32, DrawInteger<std::int32_t>(random));
    case FieldDescriptor::CPPTYPE_UINT32:
      return set(&Reflection::AddUInt32, &Reflection::SetUInt32, DrawInteger<std::uint32_t>(random));
    case FieldDescriptor::CPPTYPE_UINT64:
      return set(&Reflection::AddUInt64, &Reflection::SetUInt64, DrawInteger<std::uint64_t>(random));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return set(&Reflection::AddDouble, &Reflection::SetDouble, DrawDouble(random));
    case FieldDescriptor::CPPTYPE_ENUM:
      return set(&Reflection::AddEnumValue, &Reflection::SetEnumValue, DrawEnum(field, random));
    default:
      throw std::logic_error("the contract has a field of a new type: " + field.full_name());
  }
}

void SetField(Message& message, const FieldDescriptor& field, Filling filling, int choice, std::mt19937& random) {
  const auto& access = *message.GetReflection();
  const int count = field.is_map() ? 1 : field.is_repeated() ? 1 + static_cast<int>(random() % 3) : 1;
  for (int i = 0; i < count; ++i) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      SetScalar(message, field, random);
    } else if (field.is_repeated()) {
      // A map's entry needs both halves, or its text would not say which is meant.
      Fill(*access.AddMessage(&message, &field), field.is_map() ? Filling::kAll : filling, choice, random);
    } else {
      Fill(*access.MutableMessage(&message, &field), filling, choice, random);
    }
  }
}

}  // namespace

void Fill(Message& message, Filling filling, int choice, std::mt19937& random) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (const auto* oneof = field.real_containing_oneof()) {
      if (field.index_in_oneof() != choice % oneof->field_count()) continue;
    }
    if (filling == Filling::kSome && Coin(random)) continue;
    SetField(message, field, filling, choice, random);
  }
}

}  // namespace interneg::contract
