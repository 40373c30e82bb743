#include "worker/engine/jobs/stage_documents.h"

namespace interneg::jobs {

EnumNames<CurationScope> NamesOf(EnumTag<CurationScope>) {
  static constexpr std::pair<CurationScope, const char*> kNames[] = {
      {CurationScope::kUnspecified, "CURATION_SCOPE_UNSPECIFIED"},
      {CurationScope::kShot, "CURATION_SCOPE_SHOT"},
      {CurationScope::kScene, "CURATION_SCOPE_SCENE"},
      {CurationScope::kSequence, "CURATION_SCOPE_SEQUENCE"}};
  return kNames;
}

EnumNames<TransformKind> NamesOf(EnumTag<TransformKind>) {
  static constexpr std::pair<TransformKind, const char*> kNames[] = {
      {TransformKind::kUnspecified, "TRANSFORM_KIND_UNSPECIFIED"},
      {TransformKind::kTranslation, "TRANSFORM_KIND_TRANSLATION"},
      {TransformKind::kSimilarity, "TRANSFORM_KIND_SIMILARITY"},
      {TransformKind::kAffine, "TRANSFORM_KIND_AFFINE"},
      {TransformKind::kHomography, "TRANSFORM_KIND_HOMOGRAPHY"}};
  return kNames;
}

}  // namespace interneg::jobs
