#include "worker/engine/model/network_description.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "worker/engine/model/correction_graph.h"

namespace interneg::model {
namespace {

using nlohmann::json;

constexpr std::array kKinds = {NetworkKind::kClosedForm, NetworkKind::kGrid, NetworkKind::kUNet, NetworkKind::kNafnet,
                               NetworkKind::kLut};
constexpr std::array kSizes = {NetworkSize::kSmall, NetworkSize::kMedium, NetworkSize::kLarge};
constexpr std::array kPlanes = {FreePlanes::kChroma, FreePlanes::kLuma, FreePlanes::kAll};

template <typename Value>
Value ParseName(std::string_view name, std::span<const Value> known, const char* what) {
  std::string list;
  for (const Value value : known) {
    if (name == NameOf(value)) return value;
    list += (list.empty() ? "" : ", ") + std::string(NameOf(value));
  }
  throw std::invalid_argument("unknown " + std::string(what) + " '" + std::string(name.substr(0, 64)) +
                              "': use one of " + list);
}

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("network description: " + what);
}

void RequireRange(const char* field, int value, int low, int high) {
  if (value >= low && value <= high) return;
  Refuse(std::string(field) + " must lie within " + std::to_string(low) + " to " + std::to_string(high) + ", got " +
         std::to_string(value));
}

void Check(const NetworkDescription& d) {
  const bool any_recovery = d.kind == NetworkKind::kUNet || d.kind == NetworkKind::kNafnet;
  if (!any_recovery && d.free != FreePlanes::kChroma) {
    Refuse("a " + std::string(NameOf(d.kind)) + " network recovers chroma only; use unet or nafnet");
  }
  if (d.kind == NetworkKind::kLut) RequireRange("nodes", d.nodes, 17, 65);
  if (!Learns(d.kind)) return;
  RequireRange("width", d.width, 1, 512);
  RequireRange("levels", d.levels, 0, 5);
  if (d.kind == NetworkKind::kNafnet) RequireRange("blocks", d.blocks, 1, 16);
  if (d.kind != NetworkKind::kGrid) {
    RequireRange("shrink", d.shrink, 1, 1);
    return;
  }
  RequireRange("bins", d.bins, 2, 64);
  RequireRange("shrink", d.shrink, 1, 16);
}

std::string TextField(const json& value, const char* field) {
  if (!value.contains(field) || !value[field].is_string()) Refuse(std::string(field) + " is missing or not text");
  return value[field].get<std::string>();
}

int NumberField(const json& value, const char* field) {
  if (!value.contains(field) || !value[field].is_number_integer()) {
    Refuse(std::string(field) + " is missing or not an integer");
  }
  const auto number = value[field].get<std::int64_t>();
  if (number < 0 || number > 1'000'000) Refuse(std::string(field) + " is outside its range");
  return static_cast<int>(number);
}

void RefuseUnknownFields(const json& value) {
  constexpr std::array kFields = {"kind",   "size", "free",   "matrix", "width",
                                  "levels", "bins", "shrink", "blocks", "nodes"};
  for (const auto& [name, ignored] : value.items()) {
    if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) Refuse("unknown field '" + name + "'");
  }
}

}  // namespace

std::string_view NameOf(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::kClosedForm:
      return "closed_form";
    case NetworkKind::kGrid:
      return "grid";
    case NetworkKind::kUNet:
      return "unet";
    case NetworkKind::kNafnet:
      return "nafnet";
    case NetworkKind::kLut:
      return "lut";
  }
  throw std::invalid_argument("NameOf: not a network kind");
}

std::string_view NameOf(NetworkSize size) {
  switch (size) {
    case NetworkSize::kSmall:
      return "small";
    case NetworkSize::kMedium:
      return "medium";
    case NetworkSize::kLarge:
      return "large";
  }
  throw std::invalid_argument("NameOf: not a network size");
}

std::string_view NameOf(FreePlanes planes) {
  switch (planes) {
    case FreePlanes::kChroma:
      return "chroma";
    case FreePlanes::kLuma:
      return "luma";
    case FreePlanes::kAll:
      return "all";
  }
  throw std::invalid_argument("NameOf: not a set of planes");
}

bool Learns(NetworkKind kind) {
  return kind != NetworkKind::kClosedForm && kind != NetworkKind::kLut;
}

NetworkKind ParseNetworkKind(std::string_view name) {
  return ParseName<NetworkKind>(name, kKinds, "network kind");
}
NetworkSize ParseNetworkSize(std::string_view name) {
  return ParseName<NetworkSize>(name, kSizes, "network size");
}
FreePlanes ParseFreePlanes(std::string_view name) {
  return ParseName<FreePlanes>(name, kPlanes, "set of free planes");
}

NetworkDescription DescribeNetwork(NetworkKind kind, NetworkSize size, FreePlanes free, image::YCbCrMatrix matrix) {
  NetworkDescription d{kind, size, free, matrix, 0, 0, 0, 1, 0, 0};
  const int step = size == NetworkSize::kSmall ? 0 : size == NetworkSize::kMedium ? 1 : 2;
  if (kind == NetworkKind::kGrid) {
    d.width = std::array{16, 32, 48}[step];
    d.levels = 3;
    d.bins = 8;
    d.shrink = 8;
  }
  if (kind == NetworkKind::kUNet) {
    d.width = std::array{16, 24, 32}[step];
    d.levels = std::array{2, 3, 4}[step];
  }
  if (kind == NetworkKind::kNafnet) {
    d.width = std::array{16, 32, 48}[step];
    d.levels = std::array{3, 3, 4}[step];
    d.blocks = std::array{2, 2, 3}[step];
  }
  if (kind == NetworkKind::kLut) d.nodes = std::array{17, 33, 65}[step];
  Check(d);
  return d;
}

std::string ToJson(const NetworkDescription& d) {
  Check(d);
  json value = {
      {"kind", NameOf(d.kind)}, {"size", NameOf(d.size)}, {"free", NameOf(d.free)}, {"matrix", image::NameOf(d.matrix)},
      {"width", d.width},       {"levels", d.levels},     {"bins", d.bins},         {"shrink", d.shrink}};
  // Left out where it means nothing, so that engines from before it read the models of all other kinds.
  if (d.blocks != 0) value["blocks"] = d.blocks;
  if (d.nodes != 0) value["nodes"] = d.nodes;
  return value.dump();
}

NetworkDescription ParseNetworkDescription(std::string_view text) {
  if (text.size() > 4096) Refuse("longer than any description");
  const json value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) Refuse("not a JSON object");
  RefuseUnknownFields(value);
  NetworkDescription d;
  d.kind = ParseNetworkKind(TextField(value, "kind"));
  d.size = ParseNetworkSize(TextField(value, "size"));
  d.free = ParseFreePlanes(TextField(value, "free"));
  d.matrix = image::ParseYCbCrMatrix(TextField(value, "matrix"));
  d.width = NumberField(value, "width");
  d.levels = NumberField(value, "levels");
  d.bins = NumberField(value, "bins");
  d.shrink = NumberField(value, "shrink");
  if (value.contains("blocks")) d.blocks = NumberField(value, "blocks");
  if (value.contains("nodes")) d.nodes = NumberField(value, "nodes");
  Check(d);
  return d;
}

std::int64_t ParameterCount(const NetworkDescription& d) {
  return Learns(d.kind) ? ParameterCount(CorrectionGraph(d)) : 0;
}

double KiloMacsPerPixel(const NetworkDescription& d) {
  return Learns(d.kind) ? MacsPerPixel(CorrectionGraph(d)) / 1000.0 : 0.0;
}

double BytesPerPixel(const NetworkDescription& d) {
  constexpr double kPictures = 24.0;  // pictures before and after
  if (!Learns(d.kind)) return kPictures * sizeof(float);
  // Twice, for convolutions copy their input into other layouts.
  return (kPictures + 2.0 * PeakValuesPerPixel(CorrectionGraph(d))) * sizeof(float);
}

int TileAlignment_px(const NetworkDescription& d) {
  if (!Learns(d.kind)) return 1;
  return std::max(32, CoarsestStride_px(CorrectionGraph(d)));
}

int Halo_px(const NetworkDescription& d) {
  if (!Learns(d.kind)) return 0;
  const int alignment = TileAlignment_px(d);
  const int reach = Reach_px(CorrectionGraph(d)) + (d.free == FreePlanes::kChroma ? kAround_px : 0);
  return (reach + alignment - 1) / alignment * alignment;
}

}  // namespace interneg::model
