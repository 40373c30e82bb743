#include "server/http/connect_protocol.h"

#include <gtest/gtest.h>

namespace interneg::http {
namespace {

TEST(ConnectProtocol, KnowsItsContentTypes) {
  EXPECT_EQ(ParseContentType("application/json; charset=utf-8")->encoding, ContentType::Encoding::kJson);
  EXPECT_EQ(ParseContentType("Application/Proto")->encoding, ContentType::Encoding::kBinary);
  EXPECT_EQ(ParseContentType("application/connect+json")->framing, ContentType::Framing::kStream);
  EXPECT_FALSE(ParseContentType("text/plain"));
  EXPECT_FALSE(ParseContentType(""));
}

TEST(ConnectProtocol, AnEnvelopeComesBackAsItWent) {
  const std::string bytes(70'000, 'x');
  EXPECT_EQ(*Unwrap(Wrap(Envelope::kMessage, bytes)), bytes);
  EXPECT_EQ(*Unwrap(Wrap(Envelope::kMessage, "")), "");
}

TEST(ConnectProtocol, ABrokenEnvelopeIsRefused) {
  const std::string whole = Wrap(Envelope::kMessage, "abc");
  for (const std::string& text : {std::string(), whole.substr(0, 4), whole.substr(0, 7), whole + "d",
                                  Wrap(Envelope::kEndOfStream, "abc"), std::string("\0\xff\xff\xff\xff", 5)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Unwrap(text).status()));
  }
}

TEST(ConnectProtocol, ErrorsHaveTheirNamesAndStatuses) {
  EXPECT_EQ(ErrorJson(absl::NotFoundError("no \"job\"")), R"({"code":"not_found","message":"no \"job\""})");
  EXPECT_EQ(ErrorJson(absl::CancelledError("")), R"({"code":"canceled","message":""})");
  EXPECT_EQ(EndOfStreamJson(absl::OkStatus()), "{}");
  EXPECT_EQ(HttpStatus(absl::StatusCode::kUnauthenticated), 401);
  EXPECT_EQ(HttpStatus(absl::StatusCode::kResourceExhausted), 429);
  // Bytes that are no UTF-8 must not break the answer.
  EXPECT_NE(ErrorJson(absl::NotFoundError("\xff")).find("not_found"), std::string::npos);
}

}  // namespace
}  // namespace interneg::http
