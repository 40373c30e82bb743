#include "worker/engine/color/training_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "worker/engine/color/exposure_scale.h"
#include "worker/engine/color/odt_inverse.h"
#include "worker/engine/color/processor.h"
#include "worker/engine/color/training_transforms_ocio.h"

namespace interneg::color {

// Every route is up to two stages with something of ours between them: `inner` carries a space to where the exposure is
// scaled (ODT) or the values are clamped (linear clamp), `outer` from there into the domain. The others have one.
struct TrainingTransform::Way {
  std::string space;
  TrainingRoute route = TrainingRoute::kDisplayDirect;
  bool linear_light = false;
  Processor inner_in, inner_out;
  Processor outer_in, outer_out;

  void Prepare(const ColorConfig& config, const OCIO_NAMESPACE::TransformRcPtr& inner,
               const OCIO_NAMESPACE::TransformRcPtr& outer) {
    const std::string what = "colour space '" + space + "' in the training route " + std::string(NameOf(route));
    if (inner) {
      inner_in = Processor(config, inner, Direction::kForward, what);
      inner_out = Processor(config, inner, Direction::kInverse, what);
    }
    outer_in = Processor(config, outer, Direction::kForward, what);
    outer_out = Processor(config, outer, Direction::kInverse, what);
  }
};

namespace {

const char* ConstantOf(TrainingRoute route) {
  return route == TrainingRoute::kAcesCct ? image::kTrainingLog : image::kTrainingDisplay;
}

// Clamps linear light to [0, 1]; gives the share of pixels that were outside by more than rounding.
double ClampLinear(image::Image& rgb) {
  constexpr float kRounding = 1e-6F;
  const auto r = rgb.plane(0), g = rgb.plane(1), b = rgb.plane(2);
  std::size_t clipped = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const auto [low, high] = std::minmax({r[i], g[i], b[i]});
    if (low < -kRounding || high > 1.0F + kRounding) ++clipped;
    for (float* v : {&r[i], &g[i], &b[i]}) *v = std::clamp(*v, 0.0F, 1.0F);
  }
  return static_cast<double>(clipped) / static_cast<double>(r.size());
}

// By what it does: OCIO v1 has no word for it, and a v2 configuration need not say it.
bool IsLinearLight(const ColorConfig& config, const std::string& space) {
  constexpr float kFactor = 8.0F;
  std::array<float, 6> pixels{0.02F, 0.1F, 0.05F, kFactor * 0.02F, kFactor * 0.1F, kFactor * 0.05F};
  Processor(config, SpaceToAp0(config, space), Direction::kForward, "colour space '" + space + "'").ApplyPixels(pixels);
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(std::abs(pixels[3 + c] - kFactor * pixels[c]) <= 1e-4F * std::abs(pixels[3 + c]))) return false;
  }
  return true;
}

void RequireTraining(const image::Image& rgb, TrainingRoute route) {
  RequireRgb(rgb, "FromTraining");
  if (rgb.color_space() != ConstantOf(route)) {
    throw std::invalid_argument(std::string("FromTraining: the picture is in '") + rgb.color_space() + "', not in '" +
                                ConstantOf(route) + "'");
  }
}

}  // namespace

TrainingTransform::TrainingTransform(const ColorConfig& config, std::string_view space, TrainingRoute route) {
  auto way = std::make_unique<Way>();
  way->space = config.Resolve(space);
  way->route = route;
  switch (route) {
    case TrainingRoute::kDisplayDirect:
      if (!IsTrainingDisplaySpace(config, way->space)) {
        way->Prepare(config, nullptr, Chained(SpaceToLinearRec709(config, way->space), LinearToGamma24()));
      }
      break;
    case TrainingRoute::kRec709Odt:
      way->Prepare(config, SpaceToAp0ThroughOdt(config, way->space), Ap0ToDisplayByOdt(config));
      break;
    case TrainingRoute::kLinearClamp:
      way->Prepare(config, SpaceToLinearRec709(config, way->space), LinearToGamma24());
      break;
    case TrainingRoute::kAcesCct:
      way->Prepare(config, nullptr, Chained(SpaceToAp0(config, way->space), Ap0ToAcesCct()));
      break;
  }
  way->linear_light = IsLinearLight(config, way->space);
  way_ = std::move(way);
}

TrainingTransform::~TrainingTransform() = default;
TrainingTransform::TrainingTransform(TrainingTransform&&) noexcept = default;
TrainingTransform& TrainingTransform::operator=(TrainingTransform&&) noexcept = default;

TrainingImage TrainingTransform::ToTraining(const image::Image& rgb) const {
  RequireRgb(rgb, "ToTraining");
  TrainingImage out{rgb, {}};
  way_->inner_in.Apply(out.rgb);
  if (way_->route == TrainingRoute::kRec709Odt) {
    out.highlight_scale = TakeExposureScale(out.rgb);
    const image::Image scene = out.rgb;
    way_->outer_in.Apply(out.rgb);
    out.dark = DarkPixelsOf(scene, out.rgb);
  } else {
    if (way_->route == TrainingRoute::kLinearClamp) out.clipped_share = ClampLinear(out.rgb);
    way_->outer_in.Apply(out.rgb);
  }
  out.rgb.set_color_space(ConstantOf(way_->route));
  return out;
}

image::Image TrainingTransform::ToTrainingWithScale(const image::Image& rgb, const image::Image& highlight_scale) const {
  RequireRgb(rgb, "ToTrainingWithScale");
  image::Image out = rgb;
  way_->inner_in.Apply(out);
  if (way_->route == TrainingRoute::kRec709Odt) DivideByScale(out, highlight_scale);
  if (way_->route == TrainingRoute::kLinearClamp) ClampLinear(out);
  way_->outer_in.Apply(out);
  out.set_color_space(ConstantOf(way_->route));
  return out;
}

image::Image TrainingTransform::FromTraining(const image::Image& rgb, const image::Image& highlight_scale) const {
  RequireTraining(rgb, way_->route);
  image::Image out;
  if (way_->route == TrainingRoute::kRec709Odt) {
    out = InvertOdt(rgb, way_->outer_in, way_->outer_out);
    MultiplyByScale(out, highlight_scale);
  } else {
    out = rgb;
    way_->outer_out.Apply(out);
  }
  way_->inner_out.Apply(out);
  out.set_color_space(way_->space);
  return out;
}

HeldLumaDelivery TrainingTransform::DeliverHoldingLuma(const image::Image& rgb, const TrainingImage& original,
                                                       image::YCbCrMatrix matrix) const {
  if (way_->route != TrainingRoute::kRec709Odt) return {FromTraining(rgb, original.highlight_scale)};
  RequireTraining(rgb, way_->route);
  if (original.rgb.size() != rgb.size()) {
    throw std::invalid_argument("DeliverHoldingLuma: the picture and its original differ in size");
  }
  HeldInverse held =
      InvertOdtHoldingLuma(rgb, original.dark, way_->outer_in, way_->outer_out, matrix, kLumaTolerance);
  HeldLumaDelivery out{std::move(held.scene), std::move(held.limited), std::move(held.unheld)};
  MultiplyByScale(out.rgb, original.highlight_scale);
  way_->inner_out.Apply(out.rgb);
  out.rgb.set_color_space(way_->space);
  return out;
}

double TrainingTransform::ArithmeticNoise() const {
  switch (way_->route) {
    case TrainingRoute::kDisplayDirect: return way_->outer_in.is_identity() ? 0.0 : 5e-6;
    case TrainingRoute::kRec709Odt: return 2e-5;
    case TrainingRoute::kLinearClamp: return 5e-6;
    case TrainingRoute::kAcesCct: return 5e-6;
  }
  return 0.0;
}

bool TrainingTransform::from_linear_light() const { return way_->linear_light; }
const std::string& TrainingTransform::space() const { return way_->space; }
TrainingRoute TrainingTransform::route() const { return way_->route; }
TrainingDomain TrainingTransform::domain() const {
  return way_->route == TrainingRoute::kAcesCct ? TrainingDomain::kLog : TrainingDomain::kDisplay;
}

}  // namespace interneg::color
