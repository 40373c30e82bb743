#include "worker/engine/jobs/source_document.h"

namespace interneg::jobs {

EnumNames<Recovery> NamesOf(EnumTag<Recovery>) {
  static constexpr std::pair<Recovery, const char*> kNames[] = {{Recovery::kUnspecified, "RECOVERY_UNSPECIFIED"},
                                                                {Recovery::kChroma, "RECOVERY_CHROMA"},
                                                                {Recovery::kSpatial, "RECOVERY_SPATIAL"},
                                                                {Recovery::kCombined, "RECOVERY_COMBINED"},
                                                                {Recovery::kDirect, "RECOVERY_DIRECT"}};
  return kNames;
}

EnumNames<TrainingDomain> NamesOf(EnumTag<TrainingDomain>) {
  static constexpr std::pair<TrainingDomain, const char*> kNames[] = {
      {TrainingDomain::kUnspecified, "TRAINING_DOMAIN_UNSPECIFIED"},
      {TrainingDomain::kDisplay, "TRAINING_DOMAIN_DISPLAY"},
      {TrainingDomain::kLog, "TRAINING_DOMAIN_LOG"}};
  return kNames;
}

EnumNames<YcbcrMatrix> NamesOf(EnumTag<YcbcrMatrix>) {
  static constexpr std::pair<YcbcrMatrix, const char*> kNames[] = {
      {YcbcrMatrix::kUnspecified, "YCBCR_MATRIX_UNSPECIFIED"},
      {YcbcrMatrix::kBt709, "YCBCR_MATRIX_BT709"},
      {YcbcrMatrix::kBt601, "YCBCR_MATRIX_BT601"},
      {YcbcrMatrix::kBt2020, "YCBCR_MATRIX_BT2020"}};
  return kNames;
}

EnumNames<SampleRange> NamesOf(EnumTag<SampleRange>) {
  static constexpr std::pair<SampleRange, const char*> kNames[] = {
      {SampleRange::kUnspecified, "SAMPLE_RANGE_UNSPECIFIED"},
      {SampleRange::kLimited, "SAMPLE_RANGE_LIMITED"},
      {SampleRange::kFull, "SAMPLE_RANGE_FULL"}};
  return kNames;
}

EnumNames<PulldownCadence> NamesOf(EnumTag<PulldownCadence>) {
  static constexpr std::pair<PulldownCadence, const char*> kNames[] = {
      {PulldownCadence::kUnspecified, "PULLDOWN_CADENCE_UNSPECIFIED"},
      {PulldownCadence::kThreeTwo, "PULLDOWN_CADENCE_THREE_TWO"},
      {PulldownCadence::kTwoTwo, "PULLDOWN_CADENCE_TWO_TWO"}};
  return kNames;
}

}  // namespace interneg::jobs
