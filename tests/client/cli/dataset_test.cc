#include "tests/client/cli/stage_line.h"

namespace interneg::cli {
namespace {

const char* const kAlignment = R"({"schema":1,"source":{"path":"scans:f.%04d.exr","range":"1001-1009"},
  "reference":{"path":"tapes:reel.mov","range":"1-400"},"pairs":[
  {"sourceFrame":1001,"referenceFrame":5,"verdict":"good"},
  {"sourceFrame":1003,"referenceFrame":7,"verdict":"unusable","reason":"structure left"},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true,"verdict":"usable"},
  {"sourceFrame":1007,"referenceFrame":10,"verdict":"good"},
  {"sourceFrame":1009,"referenceFrame":12,"verdict":"good"}]})";
const char* const kChoice = R"({"schema":1,"source":{"path":"scans:f.%04d.exr","range":"1001-1009"},
  "reference":{"path":"tapes:reel.mov","range":"1-400"},"pairs":[
  {"sourceFrame":1001,"referenceFrame":5},
  {"sourceFrame":1005,"referenceFrame":9,"heldOut":true},
  {"sourceFrame":1009,"referenceFrame":12,"compromises":["accepted though blurred"]}]})";

class Dataset : public StageTest {
 protected:
  Dataset() {
    farm().AddJob("align-0", v1::JOB_KIND_ALIGN, Spec("align", {{"pairChoice", {{"jobId", "curate-0"}}}}));
    farm().Store("align-0", "alignment", kAlignment);
    farm().AddJob("curate-0", v1::JOB_KIND_CURATE, Spec("curate"));
    farm().Store("curate-0", "pair_choice", kChoice);
  }

  Outcome Create(const std::vector<std::string>& more) { return line_.Run(With({"dataset", "create", "faces"}, more)); }
  void Begin() {
    const Outcome made = Create({"--from-align", "align-0"});
    ASSERT_EQ(made.code, ExitCode::kOk) << made.error;
  }
  std::vector<std::string> Edit(const std::vector<std::string>& more) {
    return With({"dataset", "edit", "faces", "--project", "lab"}, more);
  }
  const v1::DatasetContent& content() { return farm().datasets.back().content(); }
  void ExpectConflict(const std::vector<std::string>& arguments, const std::string& said) {
    const Outcome outcome = line_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kConflict) << outcome.error;
    EXPECT_NE(outcome.error.find(said), std::string::npos) << outcome.error << "\nwanted: " << said;
  }
};

TEST_F(Dataset, ADraftFromAnAlignmentHoldsItsUsablePairsMediaAndColour) {
  const Outcome made = Create({"--from-align", "align-0", "--prepare-source", "median:size=3", "--crop", "2,4,64,32"});
  ASSERT_EQ(made.code, ExitCode::kOk) << made.error;
  ExpectParts(made.error, {"Frame 1003 is left out: its alignment is unusable (structure left)"});
  ASSERT_EQ(farm().datasets.size(), 1U);
  EXPECT_EQ(farm().datasets[0].state(), v1::DATASET_STATE_DRAFT);
  EXPECT_EQ(farm().datasets[0].shot(), "sh010");
  ASSERT_EQ(content().pairs_size(), 4);
  EXPECT_EQ(content().pairs(1).source_frame(), 1005);
  EXPECT_EQ(content().pairs(1).reference_frame(), 9);
  EXPECT_TRUE(content().pairs(1).held_out());
  EXPECT_EQ(content().pairs(3).compromises(0), "accepted though blurred");
  EXPECT_EQ(content().alignment_sha256(), farm().artifacts[0].sha256());
  EXPECT_EQ(content().color().domain(), v1::TRAINING_DOMAIN_LOG);
  EXPECT_EQ(content().crop().width_px(), 64);
  EXPECT_EQ(content().source_preparation(0).median().size_px(), 3);
  ASSERT_EQ(farm().media.size(), 2U) << "the alignment's elements become media";
  for (const auto& [name, medium] : farm().media) {
    EXPECT_EQ(medium.frames().range(), medium.frames().path() == "tapes:reel.mov" ? "1-400" : "1001-1009")
        << name << ", also where the job left the range open";
  }
  EXPECT_NE(content().source_media_id(), content().reference_media_id());
}

TEST_F(Dataset, ADraftFromASuggestionKeepsItsSplitAndCompromises) {
  ASSERT_EQ(Create({"--from-suggestion", "curate-0", "--recovery", "spatial"}).code, ExitCode::kOk);
  EXPECT_EQ(content().recovery(), v1::RECOVERY_SPATIAL);
  ASSERT_EQ(content().pairs_size(), 3);
  EXPECT_EQ(content().pairs(2).compromises(0), "accepted though blurred");
  EXPECT_EQ(content().alignment_sha256(), "");
}

TEST_F(Dataset, EditsAreDoneToTheDraftAsItStands) {
  Begin();
  const Outcome edited = line_.Run(Edit({"--remove", "1001", "--hold-out", "1009", "--train", "1005", "--constructed",
                                         "1009", "--cite", "1009=Vermeer, \"Delft\"", "--note", "1009=by hand",
                                         "--prepare-reference", "degrain:strength=0.5,extent=temporal"}));
  ASSERT_EQ(edited.code, ExitCode::kOk) << edited.error;
  EXPECT_EQ(farm().datasets[0].revision(), 2);
  ASSERT_EQ(content().pairs_size(), 3);
  EXPECT_FALSE(content().pairs(0).held_out());
  const v1::DatasetPair& last = content().pairs(2);
  EXPECT_TRUE(last.held_out());
  EXPECT_EQ(last.reference_kind(), v1::REFERENCE_KIND_CONSTRUCTED);
  EXPECT_EQ(last.citation(), "Vermeer, \"Delft\"");
  EXPECT_EQ(last.note(), "by hand");
  EXPECT_EQ(content().reference_preparation(0).degrain().extent(), v1::DEGRAIN_EXTENT_TEMPORAL);
  ASSERT_EQ(line_.Run(Edit({"--add", "1001", "--prepare-reference", "none"})).code, ExitCode::kOk);
  EXPECT_EQ(content().pairs(3).reference_frame(), 5) << "the alignment's partner";
  EXPECT_EQ(content().reference_preparation_size(), 0);
}

TEST_F(Dataset, AnEditThatCannotBeNamesTheFrameAndTheRemedy) {
  Begin();
  const auto refused = [&](const std::vector<std::string>& more, const std::string& said) {
    const Outcome outcome = line_.Run(Edit(more));
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << outcome.error;
    EXPECT_NE(outcome.error.find(said), std::string::npos) << outcome.error << "\nwanted: " << said;
  };
  refused({"--remove", "1002"},
          "--remove: frame 1002 is no pair; the pairs are 1001,1005,1007,1009; add it with --add");
  refused({"--add", "1001"}, "--add: frame 1001 is a pair already, with 5");
  refused({"--add", "1002=x"}, "--add: \"1002=x\" is no SOURCE or SOURCE=REFERENCE");
  refused({"--hold-out", "1001", "--train", "1001"}, "--train: frame 1001 is also in --hold-out");
  refused({"--cite", "a painting"}, "--cite: \"a painting\" is no FRAME=TEXT");
  refused({"--crop", "1,2,3"}, "--crop: \"1,2,3\" is not four whole numbers");
  refused({"--prepare-source", "medan"},
          "--prepare-source: \"medan\" is no preparation step; there are neutral-balance");
  refused({"--prepare-source", "median:radius=3"}, "median has no field \"radius\"; there are size");
  refused({"--prepare-source", "degrain:extent=some"}, "\"some\" is none of temporal, spatial, both");
  ExpectConflict(Edit({"--add", "1002=6"}), "frame 1002: the alignment does not hold it; align it too");
  ExpectConflict(Edit({"--add", "1003"}), "frame 1003: the alignment finds it unusable (structure left)");
  ExpectConflict(Edit({"--remove", "1001", "--add", "1001=6"}), "frame 1001: its partner is 6, and the alignment");
  ExpectConflict(Edit({"--revision", "9", "--remove", "1001"}), "--revision: the draft of faces was edited meanwhile");
  EXPECT_EQ(farm().datasets[0].revision(), 1);
}

TEST_F(Dataset, ALockedVersionIsNotEditedAndBeginsAnotherDraft) {
  Begin();
  ASSERT_EQ(line_.Run({"dataset", "lock", "faces", "--project", "lab"}).code, ExitCode::kOk);
  EXPECT_EQ(farm().datasets[0].version(), 1);
  ExpectConflict(Edit({"--remove", "1001"}),
                 "faces@1 is locked and never changes; make a draft from it with `interneg dataset create faces "
                 "--from-version faces@1`");
  ASSERT_EQ(Create({"--from-version", "faces@1", "--project", "lab"}).code, ExitCode::kOk);
  ASSERT_EQ(line_.Run(Edit({"--remove", "1007", "--crop", "0,0,32,32"})).code, ExitCode::kOk);
  const Outcome diff = line_.Run({"dataset", "diff", "faces@1", "faces", "--project", "lab"});
  EXPECT_EQ(diff.out,
            "faces@1 to faces@draft: 2 differ\n"
            "removed\tpair 1007\t1007 on 10, train\t\n"
            "added\tcrop\t\t0,0,32,32\n");
  ASSERT_EQ(line_.Run({"dataset", "discard", "faces", "--project", "lab"}).code, ExitCode::kOk);
  EXPECT_EQ(farm().datasets.size(), 1U);
}

TEST_F(Dataset, TrainingTakesEverythingFromALockedVersionAndRefusesADraft) {
  ASSERT_EQ(
      Create({"--from-align", "align-0", "--prepare-source", "invert:base-density=0.1/0.2/0.3", "--crop", "2,4,64,32"})
          .code,
      ExitCode::kOk);
  const std::vector<std::string> train = {"train", "submit", "--project", "lab", "--dataset"};
  ExpectConflict(With(train, {"faces"}), "--dataset: faces is a draft, which may still change; lock it with");
  ASSERT_EQ(line_.Run({"dataset", "lock", "faces", "--project", "lab"}).code, ExitCode::kOk);
  ASSERT_EQ(line_.Run(With(train, {"faces@1"})).code, ExitCode::kOk);
  const v1::TrainJob& job = farm().submitted.at(0).spec().train();
  EXPECT_EQ(job.pairs_size(), 3);
  EXPECT_EQ(job.held_out(0), 1005);
  EXPECT_EQ(job.alignment().sha256(), farm().artifacts[0].sha256());
  EXPECT_EQ(job.color().domain(), v1::TRAINING_DOMAIN_LOG);
  EXPECT_EQ(job.crop().height_px(), 32);
  EXPECT_EQ(job.source_preparation(0).invert().base_density(2), 0.3);
  EXPECT_EQ(job.dataset_sha256(), std::string(64, 'd'));
  EXPECT_EQ(farm().submitted[0].shot(), "sh010");
  ExpectRefused(With(train, {"faces", "--matrix", "bt601"}), "--matrix: faces@1 has its own colour settings");
  ExpectRefused(With(train, {"faces", "--ocio-sha256", std::string(64, 'a')}), "--ocio-sha256: faces@1 has its own colour settings");
  ExpectRefused(With(train, {"faces", "--prepare-source", "median"}),
                "--prepare-source, --prepare-reference: a dataset");
  EXPECT_EQ(line_.Run(With(train, {"faces@7"})).code, ExitCode::kNotFound);
}

TEST_F(Dataset, ColourOptionsAreTheJobsOrChangeAVersionsOwn) {
  const std::string hash(64, 'a');
  EXPECT_NE(Create({"--from-align", "align-0", "--ocio-sha256", "ab"}).error.find("--ocio-sha256: the job has its own"),
            std::string::npos);
  Begin();
  ASSERT_EQ(line_.Run({"dataset", "lock", "faces", "--project", "lab"}).code, ExitCode::kOk);
  ASSERT_EQ(Create({"--from-version", "faces@1", "--project", "lab", "--ocio-sha256", hash}).code, ExitCode::kOk);
  const v1::ColorSettings& color = farm().datasets.at(1).content().color();
  EXPECT_EQ(color.config_sha256(), hash);
  EXPECT_EQ(color.domain(), v1::TRAINING_DOMAIN_LOG) << "what is not said stays the version's";
}

TEST_F(Dataset, TheProjectsFileSaysTheColourOfWhatNothingElseSettles) {
  line_.folder.Write(".interneg.toml", "ocio_config = \"shows:lab/c.ocio\"\ndomain = \"log\"\n");
  const auto expect_of_file = [](const v1::ColorSettings& color, const std::string& whose) {
    EXPECT_EQ(color.config(), "shows:lab/c.ocio") << whose;
    EXPECT_EQ(color.domain(), v1::TRAINING_DOMAIN_LOG) << whose;
  };
  const auto submit = [&](const std::vector<std::string>& arguments) -> v1::JobSpec {
    const Outcome outcome = line_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kOk) << arguments.at(0) << ' ' << outcome.error;
    return farm().submitted.empty() ? v1::JobSpec() : farm().submitted.back().spec();
  };
  const std::vector<std::string> frames = {
      "--project", "lab", "--shot", "sh010", "--source", "shows:scan/f.%04d.exr", "--range", "1001-1009"};
  const std::vector<std::string> elements =
      With(frames, {"--reference", "shows:tape/f.%04d.exr", "--reference-range", "1001-1009"});
  expect_of_file(submit(With({"match", "run"}, elements)).match().color(), "match");
  expect_of_file(submit(With(With({"align", "run"}, elements), {"--pairs", "1001,1005"})).align().color(), "align");
  const std::string hash(64, 'c');
  const auto render = With({"render", "submit", "--checkpoint", hash, "--output", "shows:out/"}, frames);
  expect_of_file(submit(render).render().color(), "render");

  for (const char* name : {"scan", "tape"}) {
    const std::string side = name;
    v1::Media& medium = farm().media[side];
    medium.set_media_id("media-" + side);
    medium.mutable_frames()->set_path("shows:" + side + "/f.%04d.exr");
    medium.mutable_frames()->set_range("1001-1009");
  }
  const Outcome made = Create({"--project", "lab", "--shot", "sh010", "--source", "media-scan", "--reference",
                               "media-tape", "--pairs", "1001,1005,1009", "--held-out", "1003"});
  ASSERT_EQ(made.code, ExitCode::kOk) << made.error;
  expect_of_file(content().color(), "dataset");
  ASSERT_EQ(line_.Run({"dataset", "lock", "faces", "--project", "lab"}).code, ExitCode::kOk);

  line_.folder.Write(".interneg.toml", "ocio_config = \"shows:other.ocio\"\ndomain = \"display\"\n");
  const std::vector<std::string> again = {"--from-version", "faces@1", "--project", "lab"};
  ASSERT_EQ(Create(again).code, ExitCode::kOk);
  expect_of_file(content().color(), "what a draft takes over from a version");
  ASSERT_EQ(line_.Run({"dataset", "discard", "faces", "--project", "lab"}).code, ExitCode::kOk);
  ASSERT_EQ(Create(With(again, {"--ocio-config", "builtin"})).code, ExitCode::kOk);
  EXPECT_EQ(content().color().config(), "") << "the built-in one, where the version had another";
  EXPECT_EQ(content().color().domain(), v1::TRAINING_DOMAIN_LOG);
  ASSERT_EQ(line_.Run({"dataset", "discard", "faces", "--project", "lab"}).code, ExitCode::kOk);

  const std::vector<std::string> train = {"train", "submit", "--project", "lab", "--dataset", "faces@1"};
  expect_of_file(submit(train).train().color(), "the version's own");
  farm().datasets[0].mutable_content()->clear_color();
  EXPECT_EQ(submit(train).train().color().config(), "shows:other.ocio") << "of a version that says none";
}

TEST_F(Dataset, ShowsPairsAndSettings) {
  Begin();
  ASSERT_EQ(line_
                .Run(Edit({"--note", "1001=the best", "--prepare-source", "median:size=3", "--prepare-source",
                           "neutral-balance:domain=density,red.offset=0.1"}))
                .code,
            ExitCode::kOk);
  const std::string text = line_.Run({"dataset", "get", "faces", "--project", "lab"}).out;
  ExpectParts(text, {"faces, draft at revision 2: chroma recovery of sh010; 3 to train on, 1 held out (25 %)\n",
                     "1001\t5\ttrain\tdirect\t\t\tthe best\n", "1005\t9\theld out\tdirect\t",
                     "Source preparation: median:size=3 then neutral-balance:domain=density,red.offset=0.1\n",
                     "Colour: domain log\n"});
  const Json json = Json::parse(line_.Run({"dataset", "get", "faces", "--project", "lab", "-o", "json"}).out);
  EXPECT_EQ(json["content"]["pairs"][0]["note"], "the best");
  ExpectParts(line_.Run({"dataset", "list", "--project", "lab"}).out, {"faces\tdraft (revision 2)\tsh010"});
}

TEST_F(Dataset, PreparationIsReadFromAFileToo) {
  line_.folder.Write("steps.json", R"([{"median":{"sizePx":5}},{"dustRepair":{}}])");
  ASSERT_EQ(Create({"--from-align", "align-0", "--prepare-source", "@steps.json"}).code, ExitCode::kOk);
  EXPECT_EQ(content().source_preparation(0).median().size_px(), 5);
  EXPECT_TRUE(content().source_preparation(1).has_dust_repair());
  line_.folder.Write("wrong.json", R"([{"median":{"size":5}}])");
  ExpectRefused({"dataset", "create", "x", "--from-align", "align-0", "--prepare-source", "@wrong.json"},
                "is no step of preparation.proto");
  ExpectRefused({"dataset", "create", "x", "--from-align", "align-0", "--prepare-source", "@gone.json"},
                "gone.json cannot be read");
  ExpectRefused({"dataset", "create", "x"}, "--from-suggestion, --from-align, --from-version, --pairs: give one");
  ExpectRefused({"dataset", "create", "x", "--from-align", "align-0", "--from-version", "y"},
                "--from-version: --from-align names the pairs already");
}

}  // namespace
}  // namespace interneg::cli
