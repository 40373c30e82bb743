#include "client/cli/message_json.h"

#include <google/protobuf/util/json_util.h>

namespace interneg::cli {

Json ToJson(const google::protobuf::Message& message, Defaults defaults) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = defaults == Defaults::kShown;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return Json::object();
  Json json = Json::parse(text, nullptr, false);
  if (const auto spec = json.find("spec"); spec != json.end() && spec->is_string()) {
    Json document = Json::parse(spec->get<std::string>(), nullptr, false);
    if (document.is_object()) *spec = std::move(document);
  }
  return json;
}

}  // namespace interneg::cli
