#include "client/cli/listing.h"

#include <sstream>

#include <gtest/gtest.h>

#include "client/cli/yaml.h"

namespace interneg::cli {
namespace {

Listing TwoJobs() {
  return {{{"ID"}, {"STATE"}, {"NOTE"}, {"MORE", Shown::kWide}},
          {{{"a1", "running", "half\tway", "x"}, "a1", Json{{"jobId", "a1"}, {"steps", 12}}},
           {{"b22", "failed", "no frame", "y"}, "b22", Json{{"jobId", "b22"}, {"tags", Json::array({"on", "1001"})}}}}};
}

std::string Printed(Style style) {
  std::stringstream out;
  PrintListing(TwoJobs(), style, out);
  return out.str();
}

TEST(Listing, ATerminalGetsAlignedColumnsWithAHeading) {
  EXPECT_EQ(Printed({Format::kTable, Colour::kOff, Medium::kTerminal, 80}),
            "ID   STATE    NOTE\n"
            "a1   running  half way\n"
            "b22  failed   no frame\n");
}

TEST(Listing, ANarrowTerminalCutsWithAnEllipsis) {
  EXPECT_EQ(Printed({Format::kTable, Colour::kOff, Medium::kTerminal, 18}),
            "ID   STATE    NOTE\n"
            "a1   running  hal…\n"
            "b22  failed   no …\n");
}

TEST(Listing, ANarrowTerminalKeepsWhatMustBeReadWhole) {
  const Listing findings{{{"CHECK"}, {"FOUND", Shown::kWhole}, {"REMEDY", Shown::kBelow}},
                         {{{"token", "it has expired long ago", "get another"}, "token", Json()},
                          {{"client", "interneg", ""}, "client", Json()}}};
  std::stringstream out, pipe;
  PrintListing(findings, {Format::kTable, Colour::kOff, Medium::kTerminal, 12}, out);
  EXPECT_EQ(out.str(),
            "CHECK   FOUND\n"
            "token   it has expired long ago\n"
            "  → get another\n"
            "client  interneg\n");
  PrintListing(findings, {Format::kTable, Colour::kOff, Medium::kPipe, 12}, pipe);
  EXPECT_EQ(pipe.str(), "token\tit has expired long ago\tget another\nclient\tinterneg\t\n");
}

TEST(Listing, StatesAreColouredOnlyWhenAsked) {
  EXPECT_NE(Printed({Format::kTable, Colour::kOn, Medium::kTerminal, 80}).find("\x1b[31mfailed \x1b[0m"),
            std::string::npos);
  EXPECT_EQ(Printed({Format::kTable, Colour::kOff, Medium::kTerminal, 80}).find('\x1b'), std::string::npos);
}

TEST(Listing, APipeGetsTabsAndNothingElse) {
  EXPECT_EQ(Printed({Format::kTable, Colour::kOff, Medium::kPipe, 10}),
            "a1\trunning\thalf way\nb22\tfailed\tno frame\n");
  EXPECT_EQ(Printed({Format::kWide, Colour::kOff, Medium::kPipe, 10}),
            "a1\trunning\thalf way\tx\nb22\tfailed\tno frame\ty\n");
}

TEST(Listing, StructuredFormats) {
  EXPECT_EQ(Printed({Format::kJsonl}),
            "{\"jobId\":\"a1\",\"steps\":12}\n{\"jobId\":\"b22\",\"tags\":[\"on\",\"1001\"]}\n");
  EXPECT_EQ(Json::parse(Printed({Format::kJson})).size(), 2U);
  EXPECT_EQ(Printed({Format::kName}), "a1\nb22\n");
  EXPECT_EQ(Printed({Format::kYaml}),
            "- jobId: a1\n"
            "  steps: 12\n"
            "- jobId: b22\n"
            "  tags:\n"
            "    - \"on\"\n"
            "    - \"1001\"\n");
}

TEST(Listing, OneRecordIsAnObject) {
  Listing one = TwoJobs();
  one.rows.resize(1);
  std::stringstream json, fields;
  PrintRecord(one, {Format::kJsonl}, json);
  EXPECT_EQ(json.str(), "{\"jobId\":\"a1\",\"steps\":12}\n");
  PrintRecord(one, {Format::kTable, Colour::kOff, Medium::kTerminal, 80}, fields);
  EXPECT_EQ(fields.str(), "ID     a1\nSTATE  running\nNOTE   half way\nMORE   x\n");
}

TEST(Listing, AnEmptyListIsStillJson) {
  std::stringstream out;
  PrintListing({{{"ID"}}, {}}, {Format::kJson}, out);
  EXPECT_EQ(out.str(), "[]\n");
}

TEST(Listing, AnUnknownFormatIsRefusedWithTheKnownOnes) {
  EXPECT_EQ(ParseFormat("xml").status().message(),
            "-o: there is no format \"xml\"; there are table, wide, json, jsonl, yaml and name");
}

TEST(Yaml, NestsAndQuotes) {
  EXPECT_EQ(ToYaml(Json::parse(R"({"a":{"b":[],"c":"no"},"d":[[1,2],{"e":null}]})")),
            "a:\n  b: []\n  c: \"no\"\nd:\n  - - 1\n    - 2\n  - e: null\n");
}

}  // namespace
}  // namespace interneg::cli
