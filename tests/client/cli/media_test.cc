#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kScan = "11111111-1111-4111-8111-111111111111";
const char* const kTape = "22222222-2222-4222-8222-222222222222";

const char* const kReport = R"({"schema":1,"media":[
  {"frames":{"path":"films:scan/f.%04d.png","range":"1001-1009"},"colorSpace":"ACEScg","present":"1001-1009",
   "picture":{"format":"png","widthPx":64,"heightPx":48,"dataWindow":{"widthPx":64,"heightPx":48},"pixelAspect":1,
     "channels":["R","G","B"],"samples":"uint16","bitDepth":16},
   "values":{"least":0.01,"most":0.9},"fields":{"kind":"progressive","order":"unknown","confidence":0.9,
     "evidence":"no comb in 60 frames"},"unknownField":1,
   "shots":[{"first":1001,"last":1009,"measuredFrames":"1003-1007","widthPx":64,"edges":{"mtf50":0.25},
     "grain":{"luma":0.01,"level":0.4},"damage":{"specksAFrame":2,"scratchesAFrame":1,"frames":3},
     "level":{"white":0.9,"mean":0.3},"colorSecond":0.05}]},
  {"frames":{"path":"tapes:reel.mov","range":"1-9"},"colorSpace":"Rec.709","colorSpaceAssumed":true,"present":"1-9",
   "picture":{"format":"movie","widthPx":720,"heightPx":576,"pixelAspect":1.0666,"samples":"uint8","bitDepth":8,
     "rateNumerator":25,"rateDenominator":1},
   "movie":{"codec":"mpeg2video","pixelFormat":"yuv420p","container":"mpeg","matrix":"YCBCR_MATRIX_BT601",
     "range":"SAMPLE_RANGE_LIMITED","matrixFrom":"assumed","rangeFrom":"tag"},
   "notes":["the movie does not state its matrix"]}],
 "differences":[{"severity":"will be aligned","subject":"size","text":"alignment scales the second to the first"}],
 "faults":["reference tapes:reel.mov: frames 5 cannot be read"]})";

class MediaVerbs : public StageTest {
 protected:
  MediaVerbs() {
    for (const auto& [id, name, path] :
         {std::tuple(kScan, "scan", "films:scan/f.%04d.png"), std::tuple(kTape, "tape", "tapes:reel.mov")}) {
      v1::Media& media = farm().media[name];
      media.set_media_id(id);
      media.set_name(name);
      media.set_project_id("project-lab");
      media.set_shot("sh010");
      media.mutable_frames()->set_path(path);
      media.mutable_frames()->set_range("1-9");
    }
  }
  // The medium's report, in the store.
  void Measured(const char* name, const std::string& document) {
    farm().Store("probe-0", "media_report", document);
    v1::Media& media = farm().media.at(name);
    for (auto* report : {media.mutable_report(), media.mutable_measured()})
      report->set_sha256(farm().artifacts.back().sha256());
  }
};

TEST_F(MediaVerbs, AddRecordsTheElementTheConformAndHowAMovieIsRead) {
  line_.folder.Write("reel.mov", "x");
  const Outcome outcome = line_.Run({"media",      "add",
                                     "reel.mov",   "--project",
                                     "lab",        "--range",
                                     "1-20",       "--name",
                                     "r",          "--gauge",
                                     "16mm",       "--polarity",
                                     "negative",   "--conform-offset",
                                     "1-10:+1000", "--conform-offset",
                                     "11-20:-3",   "--matrix",
                                     "bt601",      "--levels",
                                     "full"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const v1::Media& media = farm().media.at("r");
  EXPECT_EQ(media.element().gauge(), "16mm");
  ASSERT_EQ(media.element().conform_offsets_size(), 2);
  EXPECT_EQ(media.element().conform_offsets(0).frames(), "1-10");
  EXPECT_EQ(media.element().conform_offsets(0).add(), 1000);
  EXPECT_EQ(media.element().conform_offsets(1).add(), -3);
  EXPECT_EQ(media.frames().movie().matrix(), v1::YCBCR_MATRIX_BT601);
  EXPECT_EQ(media.frames().movie().range(), v1::SAMPLE_RANGE_FULL);
  const std::vector<std::string> add = {"media", "add", "reel.mov", "--project", "lab", "--range", "1-20"};
  ExpectRefused(With(add, {"--levels", "video"}), "--levels: \"video\" is none of limited, full");
  ExpectRefused(With(add, {"--conform-offset", "soon"}), "--conform-offset: \"soon\" is no offset");
  ExpectRefused({"media", "add", "scan/f.%04d.png", "--project", "lab", "--range", "1001-1009", "--matrix", "bt601"},
                "path: scan/f.%04d.png is no movie");
}

TEST_F(MediaVerbs, SetSendsWhatWasGivenAndNothingElse) {
  ASSERT_EQ(line_.Run({"media", "set", kScan, "--gauge", "35mm", "--transfer", "", "--conform-offset", "+24"}).code,
            ExitCode::kOk);
  ASSERT_EQ(farm().updated.size(), 1U);
  const v1::UpdateMediaRequest& request = farm().updated[0];
  EXPECT_EQ(request.media_id(), kScan);
  const std::vector<std::string> paths(request.update_mask().paths().begin(), request.update_mask().paths().end());
  EXPECT_EQ(paths, (std::vector<std::string>{"gauge", "transfer", "conform_offsets"}));
  EXPECT_EQ(request.element().conform_offsets(0).add(), 24);
  ExpectRefused({"media", "set", kScan}, "give at least one");
}

TEST_F(MediaVerbs, ANegativeIsSaidToBeOneWithWhatInvertsIt) {
  ExpectRefused({"media", "set", kScan, "--polarity", "orange"},
                "--polarity: \"orange\" is neither positive nor negative");
  ASSERT_EQ(line_.Run({"media", "set", kScan, "--polarity", "Negative"}).code, ExitCode::kOk);
  EXPECT_EQ(farm().updated.at(0).element().polarity(), "negative");
  EndsAs("probe-1", v1::JOB_KIND_PROBE);
  farm().Store("probe-1", "media_report", kReport);
  Outcome outcome = line_.Run({"media", "check", kScan});
  EXPECT_EQ(outcome.error.find("negative"), std::string::npos) << outcome.error;
  Measured("scan", kReport);
  farm().media.at("scan").mutable_element()->set_polarity("negative");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"media", "check", kScan}, {"media", "report", kScan}}) {
    outcome = line_.Run(verb);
    ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
    ExpectParts(outcome.error, {"scan (", ") is recorded as a negative", "prepare estimate --step invert --source"});
  }
  line_.folder.Write(".interneg.toml", "domain = \"log\"\n");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"media", "check", kScan}, {"media", "report", kScan}})
    ExpectParts(line_.Run(verb).error, {" --domain log --root films=FOLDER --base X,Y,WIDTH,HEIGHT"});
  ExpectParts(line_.Run({"media", "check", kScan, "--domain", "display"}).error, {" --domain display --root films=FOLDER --base"});
}

TEST_F(MediaVerbs, CheckSubmitsTheMediaByIdAndPrintsTheirReport) {
  EndsAs("probe-1", v1::JOB_KIND_PROBE);
  farm().Store("probe-1", "media_report", kReport);
  const Outcome outcome = line_.Run({"media", "check", kScan, "--against", kTape, "--hashes"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const v1::SubmitJobRequest& request = farm().submitted.at(0);
  EXPECT_EQ(request.project_id(), "project-lab");
  EXPECT_EQ(request.shot(), "sh010");
  ASSERT_EQ(request.media_ids_size(), 2);
  EXPECT_EQ(request.media_ids(1), kTape);
  EXPECT_EQ(request.spec().probe().media(1).path(), "tapes:reel.mov");
  EXPECT_TRUE(request.spec().probe().inspection().frame_hashes());
  EXPECT_FALSE(request.spec().probe().measure());
  ExpectParts(outcome.out,
              {"Cannot be used as it is\n", "frames\t1001-1009\t1-9\n", "size\t64x48\t720x576\n",
               "colour space\tACEScg\tRec.709 (assumed)\n", "matrix\t\tbt601 (assumed)\n", "rate\t\t25\n",
               "Fault: reference tapes:reel.mov: frames 5 cannot be read\n",
               "Differs (will be aligned): alignment scales", "Note (reference): the movie does not",
               "Shot (source) 1001-1009: MTF50 0.250 c/px (32 px across); grain 0.0100 at 0.40; 2.0 specks "
               "and 1.0 scratches a frame"});
}

TEST_F(MediaVerbs, CheckFailsWithItsReportWhenMediaCannotBeUsed) {
  EndsAs("probe-1", v1::JOB_KIND_PROBE, v1::JOB_STATE_FAILED);
  farm().events.back().mutable_job()->mutable_failure()->set_message("frames 5 are missing");
  farm().Store("probe-1", "media_report", kReport);
  const Outcome outcome = line_.Run({"media", "check", kScan});
  EXPECT_EQ(outcome.code, ExitCode::kJobFailed);
  ExpectParts(outcome.out, {"Cannot be used as it is"});
  ExpectParts(outcome.error, {"frames 5 are missing"});
}

TEST_F(MediaVerbs, MeasureAsksForMeasuresAndWaitsWhenTold) {
  const Outcome outcome = line_.Run({"media", "measure", kScan, "--frames-a-shot", "3"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  EXPECT_TRUE(farm().submitted.at(0).spec().probe().measure());
  EXPECT_EQ(farm().submitted.at(0).spec().probe().inspection().measured_frames(), 3U);
  ExpectParts(outcome.error, {"`interneg media report probe-1`"});
}

TEST_F(MediaVerbs, ReportPrintsTheNewestOnAMediumOrThatOfACheck) {
  Measured("scan", kReport);
  Outcome outcome = line_.Run({"media", "report", kScan});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  ExpectParts(outcome.out, {"size\t64x48\t720x576\n"});
  outcome = line_.Run({"media", "report", kScan, "-o", "json"});
  EXPECT_EQ(Json::parse(outcome.out), Json::parse(kReport));
  outcome = line_.Run({"media", "report", kTape});
  EXPECT_EQ(outcome.code, ExitCode::kNotFound);
  ExpectParts(outcome.error, {"`interneg media check"});
  farm().AddJob("probe-7", v1::JOB_KIND_PROBE, R"({"schema":2,"probe":{"media":[{"path":"a"}]}})");
  farm().Store("probe-7", "media_report", kReport);
  EXPECT_EQ(line_.Run({"media", "report", "probe-7"}).code, ExitCode::kOk);
  EXPECT_EQ(line_.Run({"media", "report", "probe-8"}).code, ExitCode::kNotFound);
}

TEST_F(MediaVerbs, MapComparesWhatWasMeasured) {
  ExpectRefused({"media", "map", "--project", "lab", "--shot", "sh010"}, "media: none is measured");
  Measured("scan", kReport);
  ExpectRefused({"media", "map", kScan, kTape}, "media: one alone is measured");
  Measured("tape", R"({"schema":1,"media":[{"present":"1-9"}]})");
  farm().media.at("tape").mutable_element()->add_conform_offsets()->set_add(1000);
  EndsAs("probe-1", v1::JOB_KIND_PROBE);
  farm().Store("probe-1", "element_map",
               R"({"schema":1,"elements":["scan","tape"],"sections":[{"first":1001,"last":1009,"best":[
                 {"dimension":"detail","element":"scan","clear":true,"reason":"scan resolves 32"},
                 {"dimension":"color","element":"tape","reason":"tape keeps"}],"notJudged":["damage: no"]}]})");
  const Outcome outcome = line_.Run({"media", "map", "--project", "lab", "--shot", "sh010"});
  ASSERT_EQ(outcome.code, ExitCode::kOk) << outcome.error;
  const auto& elements = farm().submitted.at(0).spec().probe().comparison().elements();
  ASSERT_EQ(elements.size(), 2);
  EXPECT_EQ(elements[1].name(), "tape");
  EXPECT_EQ(elements[1].report().sha256(), farm().media.at("tape").measured().sha256());
  EXPECT_EQ(elements[1].conform_offsets(0).add(), 1000);
  ExpectParts(outcome.out, {"2 elements: scan, tape\n", "1001-1009\tscan\ttape?\t\t\n",
                            "1001-1009 detail: scan resolves 32\n", "1001-1009 damage: no\n"});
  const auto job = [&](const std::string& source, const std::string& reference) {
    return Json{{"schema", 2}, {"match", {{"source", {{"path", source}}}, {"reference", {{"path", reference}}}}}}
        .dump();
  };
  const std::string scan = farm().media.at("scan").frames().path(), tape = farm().media.at("tape").frames().path();
  farm().AddJob("match-0", v1::JOB_KIND_MATCH, job(tape, scan));
  farm().AddJob("match-9", v1::JOB_KIND_MATCH, job("films:other.mov", tape));
  ASSERT_EQ(line_.Run({"media", "map", kScan, kTape, "--match", "match-0"}).code, ExitCode::kOk);
  const auto& followed = farm().submitted.at(1).spec().probe().comparison().elements();
  EXPECT_EQ(followed[1].frame_map().job_id(), "match-0");
  EXPECT_EQ(followed[1].conform_offsets_size(), 0);
  ExpectRefused({"media", "map", kScan, kTape, "--match", "match-9"}, "--match: match-9 pairs films:other.mov with");
}

TEST_F(MediaVerbs, AStageReadsAMediumAsItIsRecordedUnlessToldOtherwise) {
  farm().media.at("tape").mutable_frames()->mutable_movie()->set_matrix(v1::YCBCR_MATRIX_BT601);
  const std::vector<std::string> run = {"match", "run",         "--project",     "lab",     "--source",
                                        kTape,   "--reference", "tape/t.%d.png", "--range", "1-9"};
  ASSERT_EQ(line_.Run(run).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(0).spec().match().source().movie().matrix(), v1::YCBCR_MATRIX_BT601);
  ASSERT_EQ(line_.Run(With(run, {"--source-levels", "full"})).code, ExitCode::kOk);
  EXPECT_EQ(farm().submitted.at(1).spec().match().source().movie().range(), v1::SAMPLE_RANGE_FULL);
  ExpectRefused(With(run, {"--reference-matrix", "bt709"}), "--reference: tape/t.%d.png is no movie");
}

}  // namespace
}  // namespace interneg::cli
