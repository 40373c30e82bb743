// Reads every include line of the tree and holds it against the dependency rule. The first tests prove that the rule
// would notice: each names an include that must be refused.
#include "tests/architecture/include_rules.h"

#include <gtest/gtest.h>

namespace interneg::architecture {
namespace {

TEST(IncludeRules, RefuseAnArrowAgainstTheRule) {
  EXPECT_NE(Violation({"worker/engine/training/a.cc", 1, "worker/engine/inference/b.h"}), "");
  EXPECT_NE(Violation({"worker/engine/model/a.cc", 1, "worker/engine/frames/b.h"}), "");
  EXPECT_NE(Violation({"worker/daemon/a.cc", 1, "worker/engine/image/image.h"}), "");
  EXPECT_NE(Violation({"server/scheduling/a.cc", 1, "server/storage/b.h"}), "");
}

TEST(IncludeRules, RefuseALibraryInTheWrongRoom) {
  EXPECT_NE(Violation({"server/scheduling/a.cc", 1, "pqxx/pqxx"}), "");
  EXPECT_NE(Violation({"server/scheduling/a.cc", 1, "interneg/v1/job.pb.h"}), "");
  EXPECT_NE(Violation({"worker/engine/jobs/a.cc", 1, "torch/torch.h"}), "");
  EXPECT_NE(Violation({"worker/engine/model/model.h", 1, "torch/torch.h"}), "");
  EXPECT_NE(Violation({"worker/engine/model/model.h", 1, "worker/engine/model/net_torch.h"}), "");
}

TEST(IncludeRules, AllowWhatTheRuleAllows) {
  EXPECT_EQ(Violation({"worker/engine/training/a.cc", 1, "worker/engine/model/net_torch.h"}), "");
  EXPECT_EQ(Violation({"server/storage/a.cc", 1, "pqxx/pqxx"}), "");
  EXPECT_EQ(Violation({"server/rpc/a.cc", 1, "server/scheduling/b.h"}), "");
  EXPECT_EQ(Violation({"server/main.cc", 1, "server/storage/b.h"}), "");
}

TEST(IncludeRules, HoldInTheWholeTree) {
  const auto includes = ReadIncludes(INTERNEG_SOURCE_DIR);
  ASSERT_FALSE(includes.empty());
  for (const auto& include : includes) {
    const std::string violation = Violation(include);
    EXPECT_EQ(violation, "") << include.file << ":" << include.line << " includes " << include.target;
  }
}

}  // namespace
}  // namespace interneg::architecture
