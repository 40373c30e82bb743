// Server, client, daemon and engine each say which job schema they know, in their own words: they are built together and
// must agree.
#include "server/rpc/job_schema.h"

#include <gtest/gtest.h>

#include "client/cli/commands/version.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/session/session.h"

namespace interneg::contract {
namespace {

TEST(JobSchema, EveryProgramKnowsTheSame) {
  EXPECT_EQ(commands::kJobSchema, rpc::kJobSchema);
  EXPECT_EQ(jobs::kJobSchema, rpc::kJobSchema);
  EXPECT_EQ(session::SessionSettings().job_schema, rpc::kJobSchema);
}

}  // namespace
}  // namespace interneg::contract
