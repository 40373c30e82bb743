#include "worker/engine/jobs/preparation_document.h"

namespace interneg::jobs {

EnumNames<document::BalanceDomain> NamesOf(EnumTag<document::BalanceDomain>) {
  using E = document::BalanceDomain;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "BALANCE_DOMAIN_UNSPECIFIED"},
      {E::kDensity, "BALANCE_DOMAIN_DENSITY"},
      {E::kDisplay, "BALANCE_DOMAIN_DISPLAY"}};
  return kNames;
}

EnumNames<document::DegrainExtent> NamesOf(EnumTag<document::DegrainExtent>) {
  using E = document::DegrainExtent;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "DEGRAIN_EXTENT_UNSPECIFIED"},
      {E::kTemporal, "DEGRAIN_EXTENT_TEMPORAL"},
      {E::kSpatial, "DEGRAIN_EXTENT_SPATIAL"},
      {E::kBoth, "DEGRAIN_EXTENT_BOTH"}};
  return kNames;
}

EnumNames<document::FieldOrder> NamesOf(EnumTag<document::FieldOrder>) {
  using E = document::FieldOrder;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "FIELD_ORDER_UNSPECIFIED"},
      {E::kTopFirst, "FIELD_ORDER_TOP_FIRST"},
      {E::kBottomFirst, "FIELD_ORDER_BOTTOM_FIRST"}};
  return kNames;
}

EnumNames<document::DeinterlaceMethod> NamesOf(EnumTag<document::DeinterlaceMethod>) {
  using E = document::DeinterlaceMethod;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "DEINTERLACE_METHOD_UNSPECIFIED"},
      {E::kMotionAdaptive, "DEINTERLACE_METHOD_MOTION_ADAPTIVE"},
      {E::kEdgeDirected, "DEINTERLACE_METHOD_EDGE_DIRECTED"}};
  return kNames;
}

EnumNames<document::LumaMatchMode> NamesOf(EnumTag<document::LumaMatchMode>) {
  using E = document::LumaMatchMode;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "LUMA_MATCH_MODE_UNSPECIFIED"},
      {E::kOffset, "LUMA_MATCH_MODE_OFFSET"},
      {E::kGain, "LUMA_MATCH_MODE_GAIN"}};
  return kNames;
}

EnumNames<document::ColourFit> NamesOf(EnumTag<document::ColourFit>) {
  using E = document::ColourFit;
  static constexpr std::pair<E, const char*> kNames[] = {
      {E::kUnspecified, "COLOUR_FIT_UNSPECIFIED"},
      {E::kMatrix, "COLOUR_FIT_MATRIX"},
      {E::kStatistics, "COLOUR_FIT_STATISTICS"},
      {E::kField, "COLOUR_FIT_FIELD"}};
  return kNames;
}

}  // namespace interneg::jobs
