#include "worker/engine/color/training_transforms_ocio.h"

#include "worker/engine/color/config_contents.h"

namespace interneg::color {
namespace {

// AP0 (D60) → Rec.709 (D65), Bradford; and CIE XYZ (D65) → Rec.709, IEC 61966-2-1's primaries in double precision.
constexpr double kAp0ToRec709[16] = {2.52168618674388,    -1.13413098823972,  -0.387555198504164, 0,
                                     -0.276479914229922,  1.37271908766826,   -0.096239173438334, 0,
                                     -0.0153780649660342, -0.152975335867399, 1.16835340083343,   0, 0, 0, 0, 1};
constexpr double kXyzToRec709[16] = {3.2409699419045226,   -1.537383177570094,  -0.4986107602930034, 0,
                                     -0.9692436362808796,  1.8759675015077202,  0.04155505740717559, 0,
                                     0.05563007969699366,  -0.20397695888897652, 1.0569715142428786, 0, 0, 0, 0, 1};

ocio::TransformRcPtr Matrix(const double* values) {
  const auto matrix = ocio::MatrixTransform::Create();
  matrix->setMatrix(values);
  return matrix;
}

ocio::TransformRcPtr BuiltIn(const char* style, ocio::TransformDirection direction) {
  const auto transform = ocio::BuiltinTransform::Create();
  transform->setStyle(style);
  transform->setDirection(direction);
  return transform;
}

ocio::TransformRcPtr Between(const std::string& from, const std::string& to) {
  const auto transform = ocio::ColorSpaceTransform::Create();
  transform->setSrc(from.c_str());
  transform->setDst(to.c_str());
  return transform;
}

bool IsSceneReference(const ColorConfig& config, const std::string& space) {
  const auto found = config.contents().config->getColorSpace(space.c_str());
  return found && !found->getTransform(ocio::COLORSPACE_DIR_TO_REFERENCE) &&
         !found->getTransform(ocio::COLORSPACE_DIR_FROM_REFERENCE);
}

// The view transform leads from the configuration's reference space, which must be AP0 to be chained to ours.
ocio::TransformRcPtr OdtToXyz(const ColorConfig& config) {
  const auto view = OdtViewTransform(config);
  if (!view || !IsSceneReference(config, config.Aces2065())) return nullptr;
  if (const auto forward = view->getTransform(ocio::VIEWTRANSFORM_DIR_FROM_REFERENCE)) {
    return forward->createEditableCopy();
  }
  const auto backward = view->getTransform(ocio::VIEWTRANSFORM_DIR_TO_REFERENCE);
  if (!backward) return nullptr;
  const auto inverted = backward->createEditableCopy();
  inverted->setDirection(ocio::CombineTransformDirections(inverted->getDirection(), ocio::TRANSFORM_DIR_INVERSE));
  return inverted;
}

}  // namespace

ocio::TransformRcPtr Chained(const ocio::TransformRcPtr& first, const ocio::TransformRcPtr& second) {
  const auto group = ocio::GroupTransform::Create();
  group->appendTransform(first);
  group->appendTransform(second);
  return group;
}

bool IsTrainingDisplaySpace(const ColorConfig& config, const std::string& space) {
  for (const char* name : {"Gamma 2.4 Rec.709 - Texture", "Utility - Rec.709 - Display", "Rec.1886 Rec.709 - Display"}) {
    if (config.Knows(name) && config.Resolve(name) == space) return true;
  }
  return OdtSpace(config) == space;
}

ocio::TransformRcPtr SpaceToAp0(const ColorConfig& config, const std::string& space) {
  if (!IsDisplaySpace(config, space)) return Between(space, config.Aces2065());
  return Chained(Between(space, DisplayInterchange(config)),
                 BuiltIn("UTILITY - ACES-AP0_to_CIE-XYZ-D65_BFD", ocio::TRANSFORM_DIR_INVERSE));
}

ocio::TransformRcPtr SpaceToAp0ThroughOdt(const ColorConfig& config, const std::string& space) {
  const auto odt = IsDisplaySpace(config, space) ? OdtToXyz(config) : nullptr;
  if (!odt) return SpaceToAp0(config, space);
  odt->setDirection(ocio::CombineTransformDirections(odt->getDirection(), ocio::TRANSFORM_DIR_INVERSE));
  return Chained(Between(space, DisplayInterchange(config)), odt);
}

ocio::TransformRcPtr SpaceToLinearRec709(const ColorConfig& config, const std::string& space) {
  if (IsDisplaySpace(config, space)) return Chained(Between(space, DisplayInterchange(config)), Matrix(kXyzToRec709));
  return Chained(Between(space, config.Aces2065()), Matrix(kAp0ToRec709));
}

ocio::TransformRcPtr LinearToGamma24() {
  const auto gamma = ocio::ExponentTransform::Create();
  gamma->setValue({2.4, 2.4, 2.4, 1.0});
  gamma->setNegativeStyle(ocio::NEGATIVE_MIRROR);
  gamma->setDirection(ocio::TRANSFORM_DIR_INVERSE);
  return gamma;
}

ocio::TransformRcPtr Ap0ToDisplayByOdt(const ColorConfig& config) {
  // The display's own encoding would clamp what lies outside Rec.709; ours keeps it, so that it comes back.
  if (const auto odt = OdtToXyz(config)) return Chained(Chained(odt, Matrix(kXyzToRec709)), LinearToGamma24());
  if (const auto space = OdtSpace(config)) return Between(config.Aces2065(), *space);
  throw ColorError("OCIO configuration " + config.description() +
                   " has no Rec.709 output transform (neither the view transform 'ACES 1.0 - SDR Video' nor the colour "
                   "space 'Output - Rec.709'), which a scene-referred picture needs in the display domain; use another "
                   "configuration, the log domain, or --allow-linear-clamp");
}

ocio::TransformRcPtr Ap0ToAcesCct() { return BuiltIn("ACEScct_to_ACES2065-1", ocio::TRANSFORM_DIR_INVERSE); }

}  // namespace interneg::color
