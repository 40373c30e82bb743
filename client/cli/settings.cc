#include "client/cli/settings.h"

#include <cctype>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "client/cli/config_file.h"
#include "client/cli/duration.h"
#include "client/cli/location.h"

namespace interneg::cli {
namespace {

namespace fs = std::filesystem;
constexpr const char* kDefaultServer = "127.0.0.1:7600";

const std::vector<std::string>& Keys() {
  static const std::vector<std::string> keys = {"server", "token",         "token_file",   "ca_file",
                                                "output", "project",       "ocio_config",  "ocio_sha256",
                                                "domain", "working_space", "retry_seconds"};
  return keys;
}

struct Layer {
  std::string origin;
  std::map<std::string, std::string> values;
  fs::path folder;  // that relative file names are taken from
  // A file speaks for its own server only. That of a project comes with somebody's material.
  enum class Kind { kSaid, kFile, kProjectFile } kind = Kind::kFile;
};

fs::path NearestProjectFile(const fs::path& from) {
  std::error_code error;
  for (fs::path folder = from;; folder = folder.parent_path()) {
    if (const fs::path file = folder / ".interneg.toml"; fs::exists(file, error)) return file;
    if (!folder.has_relative_path()) return {};
  }
}

Layer FlagLayer(const SettingFlags& flags, const Environment& environment) {
  Layer layer{"the command line", {}, environment.working_folder, Layer::Kind::kSaid};
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) layer.values[key] = value;
  };
  set("server", flags.server);
  set("token_file", flags.token_file);
  set("ca_file", flags.ca_file);
  set("output", flags.output);
  set("project", flags.project);
  return layer;
}

Layer VariableLayer(const Environment& environment) {
  Layer layer{"the environment", {}, environment.working_folder, Layer::Kind::kSaid};
  for (const std::string& key : Keys()) {
    std::string name = "INTERNEG_";
    for (const char c : key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (const std::string value = environment.Get(name); !value.empty()) layer.values[key] = value;
  }
  return layer;
}

absl::StatusOr<std::vector<Layer>> Layers(const SettingFlags& flags, const Environment& environment) {
  std::vector<Layer> layers = {FlagLayer(flags, environment), VariableLayer(environment)};
  const fs::path config = environment.ConfigFolder();
  const fs::path project_file = NearestProjectFile(environment.working_folder);
  std::vector<fs::path> files = {project_file};
  if (!config.empty()) files.insert(files.end(), {config / "config.toml", config / "login.toml"});
  files.push_back(environment.system_file);
  if (!config.empty()) files.push_back(config / "local.toml");
  for (const fs::path& file : files) {
    auto values = ReadConfigFile(file, Keys());
    if (!values.ok()) return values.status();
    const auto kind = file == project_file ? Layer::Kind::kProjectFile : Layer::Kind::kFile;
    if (!values->empty()) layers.push_back({file.string(), std::move(*values), file.parent_path(), kind});
  }
  return layers;
}

const Layer* FirstWith(const std::vector<Layer>& layers, const std::string& key) {
  for (const Layer& layer : layers)
    if (layer.values.count(key) != 0) return &layer;
  return nullptr;
}

std::string FileOf(const Layer& layer, const std::string& key) {
  return (layer.folder / layer.values.at(key)).lexically_normal().string();
}

bool SpeaksFor(const Layer& layer, const std::string& server) {
  if (layer.kind == Layer::Kind::kSaid) return true;
  const auto own = layer.values.find("server");
  return own != layer.values.end() && own->second == server;
}

void ResolveToken(const std::vector<Layer>& layers, Settings& settings) {
  for (const Layer& layer : layers) {
    if (!SpeaksFor(layer, settings.server)) continue;
    // A flag names a file; of the two variables the secret itself is the more explicit.
    if (const auto token = layer.values.find("token"); token != layer.values.end()) {
      settings.token = token->second;
    } else if (layer.values.count("token_file") != 0) {
      settings.token_file = FileOf(layer, "token_file");
    } else {
      continue;
    }
    settings.token_origin = layer.origin;
    return;
  }
}

// After ResolveToken. A project file may not say whom to trust with a token that is not its own.
void ResolveCertificates(const std::vector<Layer>& layers, Settings& settings) {
  for (const Layer& layer : layers) {
    if (!SpeaksFor(layer, settings.server) || layer.values.count("ca_file") == 0) continue;
    if (layer.kind == Layer::Kind::kProjectFile && settings.token_origin != layer.origin) continue;
    settings.ca_file = FileOf(layer, "ca_file");
    return;
  }
}

NamedValue NamedFrom(const Layer* layer, const std::string& key) {
  if (layer == nullptr) return {};
  return {layer->values.at(key), fmt::format("{} of {}", key, layer->origin)};
}

absl::Status ResolveColor(const std::vector<Layer>& layers, ColorDefaults& color) {
  const Layer* config = FirstWith(layers, "ocio_config");
  const Layer* sha256 = FirstWith(layers, "ocio_sha256");
  color.ocio_config = NamedFrom(config, "ocio_config");
  if (config != nullptr && color.ocio_config.value != kBuiltInConfig) {
    const auto location = ParseLocation(color.ocio_config.name, color.ocio_config.value, config->folder);
    if (!location.ok()) return location.status();
    color.ocio_config.value = location->ToString();
  }
  // Layers stand in a row: a hash from behind the configuration's own is another's.
  if (sha256 != nullptr && (config == nullptr || sha256 <= config))
    color.ocio_sha256 = NamedFrom(sha256, "ocio_sha256");
  color.domain = NamedFrom(FirstWith(layers, "domain"), "domain");
  color.working_space = NamedFrom(FirstWith(layers, "working_space"), "working_space");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> ResolveSettings(const SettingFlags& flags, const Environment& environment) {
  const auto layers = Layers(flags, environment);
  if (!layers.ok()) return layers.status();
  Settings settings;
  const Layer* server = FirstWith(*layers, "server");
  settings.server = server == nullptr ? kDefaultServer : server->values.at("server");
  settings.server_origin = server == nullptr ? "the default" : server->origin;
  ResolveToken(*layers, settings);
  ResolveCertificates(*layers, settings);
  if (const Layer* layer = FirstWith(*layers, "output")) settings.output = layer->values.at("output");
  if (const Layer* layer = FirstWith(*layers, "project")) settings.project = layer->values.at("project");
  if (const absl::Status status = ResolveColor(*layers, settings.color); !status.ok()) return status;
  if (const Layer* layer = FirstWith(*layers, "retry_seconds")) {
    const std::string& text = layer->values.at("retry_seconds");
    if (text == "0") {
      settings.retry = std::chrono::duration<double>(0);
    } else {
      const auto seconds = ParseDuration(fmt::format("retry_seconds of {}", layer->origin), text);
      if (!seconds.ok()) return seconds.status();
      settings.retry = std::chrono::duration<double>(*seconds);
    }
  }
  return settings;
}

}  // namespace interneg::cli
