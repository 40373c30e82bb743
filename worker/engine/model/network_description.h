// A network described once: its kind, size and roles, from which module, memory and halo follow.
//
// The model module owns network definitions, their description and files, and (tiled) prediction of the free planes
// of one frame. It knows nothing of datasets, losses, files of pictures or colour management.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_NETWORK_DESCRIPTION_H_
#define INTERNEG_WORKER_ENGINE_MODEL_NETWORK_DESCRIPTION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "worker/engine/image/ycbcr.h"

namespace interneg::model {

// closed_form: ridge fit of a degree-4 polynomial Y,Cb,Cr → Cb,Cr.
// lut:         3D LUT of R'G'B' behind a pre-LUT (chroma only; lut_fit.h).
// grid:        first guess + bilateral grid (default for chroma; chroma only).
// unet:        residual U-Net at full resolution (any recovery).
// nafnet:      residual U-Net of NAFNet blocks at full resolution (any recovery): the best picture at many times the
// cost.
enum class NetworkKind { kClosedForm, kGrid, kUNet, kNafnet, kLut };
enum class NetworkSize { kSmall, kMedium, kLarge };

// The planes a network predicts; the others are held and copied by the caller.
//   kChroma: Cb,Cr.   kLuma: Y.   kAll: Y,Cb,Cr.
enum class FreePlanes { kChroma, kLuma, kAll };

// "closed_form", "grid", "unet", "nafnet", "lut" · "small", "medium", "large" · "chroma", "luma", "all".
// Each Parse throws std::invalid_argument that lists what is known.
std::string_view NameOf(NetworkKind kind);
std::string_view NameOf(NetworkSize size);
std::string_view NameOf(FreePlanes planes);
NetworkKind ParseNetworkKind(std::string_view name);
NetworkSize ParseNetworkSize(std::string_view name);
FreePlanes ParseFreePlanes(std::string_view name);

// Input: Y,Cb,Cr of the source in the training domain, clamped to [0, 1] in R'G'B'.
struct NetworkDescription {
  NetworkKind kind = NetworkKind::kGrid;
  NetworkSize size = NetworkSize::kMedium;
  FreePlanes free = FreePlanes::kChroma;
  image::YCbCrMatrix matrix = image::YCbCrMatrix::kBt709;
  int width = 0;   // channels of the first level
  int levels = 0;  // halvings below the first level
  int bins = 0;    // grid: luma bins
  int shrink = 1;  // grid: pixels averaged into one cell, a side
  int blocks = 0;  // nafnet: at each level, on the way down and up
  int nodes = 0;   // lut: along an edge
  friend bool operator==(const NetworkDescription&, const NetworkDescription&) = default;
};

// Whether a network is trained in steps; closed_form and lut are fitted at once, and have neither layers nor halo.
bool Learns(NetworkKind kind);

// The preset of a kind and size. Throws std::invalid_argument for a combination that cannot be (grid or closed form
// for anything but chroma).
NetworkDescription DescribeNetwork(NetworkKind kind, NetworkSize size, FreePlanes free, image::YCbCrMatrix matrix);

// Canonical JSON, and back. Parse throws std::invalid_argument for text that is not JSON, unknown or missing fields,
// unknown kinds, and numbers outside sane ranges; hostile text is safe.
std::string ToJson(const NetworkDescription& description);
NetworkDescription ParseNetworkDescription(std::string_view json);

// Measured on the network's graph (correction_graph.h). Trainable parameters; multiply-accumulates of convolutions and
// slices per full-resolution pixel, in thousands; a bound on what one pixel costs while a frame is computed.
std::int64_t ParameterCount(const NetworkDescription& description);
double KiloMacsPerPixel(const NetworkDescription& description);
double BytesPerPixel(const NetworkDescription& description);

// Pixels around a tile that must be read for its inside to equal the full frame's; a multiple of TileAlignment.
int Halo_px(const NetworkDescription& description);
// Tiles start on multiples of this.
int TileAlignment_px(const NetworkDescription& description);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_NETWORK_DESCRIPTION_H_
