#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <memory>

#include "server/rpc/job_document.h"

namespace interneg::rpc {
namespace {

namespace pb = google::protobuf;

constexpr char kPrefix[] = "type.googleapis.com";

// Maps come out in the order of their keys, so that one message has one text and one hash.
std::string DeterministicBytes(const pb::Message& message) {
  std::string bytes;
  pb::io::StringOutputStream stream(&bytes);
  pb::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> CanonicalJson(const pb::Message& message) {
  const std::unique_ptr<pb::util::TypeResolver> types(
      pb::util::NewTypeResolverForDescriptorPool(kPrefix, message.GetDescriptor()->file()->pool()));
  std::string json;
  const auto status =
      pb::util::BinaryToJsonString(types.get(), std::string(kPrefix) + "/" + message.GetDescriptor()->full_name(),
                                   DeterministicBytes(message), &json, pb::util::JsonPrintOptions());
  if (!status.ok()) return absl::InvalidArgumentError(std::string(status.message()));
  return json;
}

}  // namespace interneg::rpc
