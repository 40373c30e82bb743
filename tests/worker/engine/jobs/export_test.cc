// Exported models in the hands of the programs they are made for, against what a render here makes of the same frame.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "tests/worker/engine/model/drawn_dyes.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/model_export.h"
#include "worker/engine/jobs/nuke_script.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/model_torch.h"

namespace interneg::jobs {
namespace {

namespace fs = std::filesystem;
using model::FreePlanes;
using model::NetworkKind;
using NetworkKindWord = jobs::NetworkKind;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kPrograms[] = INTERNEG_MODEL_RUNNERS;  // run.py and run.mjs
#ifdef INTERNEG_ONNX_EXPORT
constexpr char kOnnxProgram[] = INTERNEG_ONNX_EXPORT;
#else
constexpr char kOnnxProgram[] = "";
#endif
constexpr image::Size kSize{75, 51};

enum class Guess { kPolynomial, kDyes };
struct Kind {
  NetworkKind kind;
  FreePlanes free;
  model::Shares shares;
  Guess guess = Guess::kPolynomial;
};
const Kind kKinds[] = {
    {NetworkKind::kClosedForm, FreePlanes::kChroma, {0, 0}},
    {NetworkKind::kGrid, FreePlanes::kChroma, {1, .75}},
    {NetworkKind::kGrid, FreePlanes::kChroma, {1, 1}},
    {NetworkKind::kUNet, FreePlanes::kChroma, {.5, .5}},  // as older engines blended
    {NetworkKind::kUNet, FreePlanes::kLuma, {.5, .5}},
    {NetworkKind::kUNet, FreePlanes::kAll, {1, 1}},
    {NetworkKind::kNafnet, FreePlanes::kChroma, {1, 1}},
    {NetworkKind::kNafnet, FreePlanes::kAll, {1, .25}},
    {NetworkKind::kGrid, FreePlanes::kChroma, {.5, .75}, Guess::kDyes},
    {NetworkKind::kGrid, FreePlanes::kChroma, {1, 0}, Guess::kDyes}};

std::string NameOf(const Kind& kind) {
  const char* guess = kind.guess == Guess::kDyes ? " dyes" : "";
  return std::string(model::NameOf(kind.kind)) + " " + std::string(model::NameOf(kind.free)) + guess;
}

// Weights that are random everywhere, so that every path contributes, and a polynomial that knows the place.
model::Model::Implementation Parts(const Kind& kind) {
  auto description =
      model::DescribeNetwork(kind.kind, model::NetworkSize::kSmall, kind.free, image::YCbCrMatrix::kBt709);
  if (kind.kind != NetworkKind::kClosedForm) {
    description.width = 4;
    description.levels = 2;
  }
  model::Model::Implementation parts{
      description, {}, {}, model::Network(description, 3), kind.shares, model::Precision::kFloat32, at::kCPU};
  at::manual_seed(4);
  for (const auto& parameter : parts.network.Parameters()) {
    *parameter.slot = *parameter.slot + 0.03 * at::randn(parameter.slot->sizes());
  }
  const auto weights = [](model::PolynomialMap& map, int degree) {
    map.spatial_degree = degree;
    map.low = {0.05, -0.4, -0.4};
    map.high = {0.95, 0.4, 0.4};
    map.scale = {2.0, 2.0, 2.0};
    map.offset = {-1.0, 0.1, 0.0};
    const at::Tensor random = at::randn({model::SpatialTerms(degree) * model::kColorTerms * 2}, at::kDouble) * 0.03;
    map.weights.assign(random.data_ptr<double>(), random.data_ptr<double>() + random.numel());
  };
  weights(parts.fits.closed_form, 0);
  model::PolynomialMap guess;
  weights(guess, 2);
  parts.fits.first_guess = std::move(guess);
  if (kind.guess == Guess::kDyes) parts.fits.first_guess = model::DrawnDyes();
  parts.metadata["interneg.step"] = "7";
  return parts;
}

// Values below 0 and above 1, and colours at the border of the gamut.
image::Image Source() {
  image::Image image(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < image.pixel_count(); ++i) {
      const auto x = static_cast<float>(i % kSize.width_px), y = static_cast<float>(i / kSize.width_px);
      image.plane(c)[i] =
          0.5F + 0.6F * std::sin(0.09F * static_cast<float>(c + 1) * x + 0.13F * y + 0.7F * std::sin(x * y));
    }
  }
  return image;
}

bool Runs(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

class Export : public testing::Test {
 protected:
  fs::path Written(const Kind& kind) {
    const auto parts = Parts(kind);
    model::Safetensors content;
    std::vector<at::Tensor> keep;
    AddModel(parts, content, keep);
    const fs::path path = folder_ / "model.safetensors";
    model::WriteFileAtomically(path, model::FormatSafetensors(content));
    return path;
  }

  image::Image Rendered(const fs::path& path) const {
    const auto model = model::LoadModel(path, {}, model::Precision::kFloat32);
    const auto source = Source();
    return inference::ComposeRecovered(source, model.Recover(source), model.description()).rgb;
  }

  // Exports every kind with that ending, has `command` run all of them on the source, and holds each against a render.
  void ExpectEveryKindIsRenderedAlike(const std::string& command, const std::string& ending) {
    const auto source = Source();
    const std::string in = folder_ / "in.bin";
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(source.values().data()),
               static_cast<std::streamsize>(source.values().size() * sizeof(float)));
    std::string line =
        command + " " + std::to_string(kSize.width_px) + " " + std::to_string(kSize.height_px) + " " + in;
    std::vector<std::string> models;
    std::vector<image::Image> rendered;
    for (const Kind& kind : kKinds) {
      const auto path = Written(kind);
      models.push_back(folder_ / (std::to_string(models.size()) + ending));
      ExportModel({path, models.back(), 65, kOnnxProgram});
      rendered.push_back(Rendered(path));
      line += " " + models.back();
    }
    ASSERT_EQ(std::system(line.c_str()), 0) << line;
    for (std::size_t i = 0; i < models.size(); ++i) {
      EXPECT_LE(Difference(BytesOf(models[i] + ".bin"), rendered[i]), 1e-5) << NameOf(kKinds[i]) << " " << models[i];
    }
  }

  static double Difference(const std::string& bytes, const image::Image& rendered) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    if (values.size() != rendered.values().size()) return INFINITY;
    double largest = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double difference = std::abs(values[i] - rendered.values()[i]);
      if (!(difference <= largest)) largest = difference;
    }
    return largest;
  }

  std::string RefusalOf(const fs::path& model, const fs::path& output) const {
    const auto before = std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
    const auto failure = FailureOfCall([&] { ExportModel({model, output, 65, {}}); });
    EXPECT_EQ(failure.kind, FailureKind::kBadInput) << failure.message;
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), before);
    return failure.message + " | " + failure.remedy;
  }

  TemporaryFolder folder_;
};

TEST_F(Export, TorchScriptInPythonMakesWhatARenderMakes) {
  if (!Runs("/usr/bin/python3 -c 'import numpy, torch'")) GTEST_SKIP() << "python3-torch is not installed";
  ExpectEveryKindIsRenderedAlike("/usr/bin/python3 " + std::string(kPrograms) + "/run.py", ".pt");
}

// Without the whole chain of matrices, polynomials and composition the picture would be another by far.
TEST_F(Export, TheFrameThatIsComparedIsChangedByEveryKind) {
  for (const Kind& kind : kKinds) {
    const auto rendered = Rendered(Written(kind));
    const auto source = Source();
    double largest = 0;
    for (std::size_t i = 0; i < source.values().size(); ++i) {
      largest = std::max<double>(largest, std::abs(source.values()[i] - rendered.values()[i]));
    }
    EXPECT_GT(largest, 0.02) << NameOf(kind);
  }
}

#ifdef INTERNEG_ONNX_EXPORT
TEST_F(Export, OnnxInItsRuntimeMakesWhatARenderMakes) {
  const std::string runners = kPrograms;
  if (!Runs("command -v npm")) GTEST_SKIP() << "npm is not installed, and onnxruntime comes as an npm package";
  if (!fs::exists(runners + "/node_modules/onnxruntime-node") &&
      !Runs("cd '" + runners + "' && npm ci --ignore-scripts --silent")) {
    GTEST_SKIP() << "npm could not install onnxruntime-node (no registry within reach?)";
  }
  ExpectEveryKindIsRenderedAlike("node " + runners + "/run.mjs", ".onnx");
}

TEST_F(Export, FlamesSidecarNamesTheInputAndTheOutput) {
  const auto path = Written(kKinds[1]);
  EXPECT_EQ(ExportModel({path, folder_ / "m.onnx", 65, kOnnxProgram}).size(), 2U);
  const auto sidecar = nlohmann::json::parse(BytesOf(folder_ / "m.json")).at("ModelDescription");
  EXPECT_EQ(sidecar.at("Name"), "m");
  EXPECT_EQ(sidecar.at("SupportsSceneLinear"), false);
  EXPECT_EQ(sidecar.at("Inputs").at(0).at("Name"), "source");
  EXPECT_EQ(sidecar.at("Outputs").at(0).at("Name"), "recovered");
  for (const char* key : {"MinimumVersion", "Description", "KeepAspectRatio", "Padding"}) {
    EXPECT_TRUE(sidecar.contains(key)) << key;
  }
}

TEST_F(Export, TheOnnxProgramByItselfRefusesWhatItCannotUse) {
  const auto refuses = [&](const std::string& arguments) {
    const int status = std::system((std::string(kOnnxProgram) + " " + arguments + " 2>" + (folder_ / "said")).c_str());
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << arguments;
    return BytesOf(folder_ / "said");
  };
  const auto model = Written(kKinds[1]).string();
  fs::create_directory(folder_ / "f.onnx");
  EXPECT_THAT(refuses("--model " + model + " --output " + (folder_ / "f.onnx")), HasSubstr("is a folder"));
  EXPECT_THAT(refuses("--model " + model + " --output " + (folder_ / "no/f.onnx")), HasSubstr("does not exist"));
  EXPECT_THAT(refuses("--model " + (folder_ / "none") + " --output " + (folder_ / "g.onnx")), HasSubstr("none"));
  fs::resize_file(model, fs::file_size(model) / 2);
  EXPECT_THAT(refuses("--model " + model + " --output " + (folder_ / "g.onnx")), HasSubstr("model.safetensors"));
  EXPECT_FALSE(fs::exists(folder_ / "g.onnx"));
}

TEST_F(Export, ASidecarReplacesASidecarAndNoOtherDocument) {
  const auto model = Written(kKinds[0]);
  for (int again = 0; again < 2; ++again) ExportModel({model, folder_ / "m.onnx", {}, kOnnxProgram});
  WriteText(folder_ / "job.json", R"({"schema":1})");
  EXPECT_EQ(FailureOfCall([&] {
              ExportModel({model, folder_ / "job.onnx", {}, kOnnxProgram});
            }).kind,
            FailureKind::kBadInput);
  EXPECT_EQ(BytesOf(folder_ / "job.json"), R"({"schema":1})");
  EXPECT_FALSE(fs::exists(folder_ / "job.onnx"));
}
#endif

TEST_F(Export, TheModelItselfIsNeverReplaced) {
  const auto written = BytesOf(Written(kKinds[0]));
  fs::create_directory(folder_ / "sub");
  struct Case {
    const char *model, *output;
  };
  for (const auto& [name, output] : {Case{"m.pt", "m.pt"}, Case{"m.pt", "sub/../m.pt"}, Case{"m.pt", "m.nk"},
                                     Case{"m.onnx", "m.onnx"}, Case{"m.json", "m.onnx"}, Case{"m.cube", "m.cube"}}) {
    WriteText(folder_ / name, written);
    EXPECT_THAT(RefusalOf(folder_ / name, folder_ / output), HasSubstr("the model itself")) << name << " " << output;
    EXPECT_EQ(BytesOf(folder_ / name), written);
    fs::remove(folder_ / name);
  }
}

TEST_F(Export, AFileThatCannotBeWrittenIsRefusedBeforeAnyIs) {
  const auto model = Written(kKinds[0]);
  fs::create_directory(folder_ / "m.json");
  fs::create_directory(folder_ / "m.pt");
  EXPECT_THAT(RefusalOf(model, folder_ / "m.onnx"), AllOf(HasSubstr("m.json"), HasSubstr("is a folder")));
  EXPECT_THAT(RefusalOf(model, folder_ / "m.nk"), AllOf(HasSubstr("m.pt"), HasSubstr("is a folder")));
}

TEST_F(Export, NukeGetsAScriptBesideTheTorchScript) {
  const auto files = ExportModel({Written(kKinds[1]), folder_ / "sh010.nk", 65, {}});
  EXPECT_EQ(files.size(), 2U);
  EXPECT_TRUE(fs::exists(folder_ / "sh010.pt"));
  EXPECT_THAT(BytesOf(folder_ / "sh010.nk"),
              AllOf(HasSubstr("CatFileCreator {\n"), HasSubstr("root.name]]/sh010.pt\""), HasSubstr("sh010.cat\""),
                    HasSubstr("channelsIn \"rgba.red, rgba.green, rgba.blue\""), HasSubstr("modelId \"interneg-")));
}

TEST(NukeScript, QuotesWhatTclWouldRun) {
  EXPECT_THAT(NukeScript({"a[exit]$b", "id", "say \"no\"\nline {2}"}),
              AllOf(HasSubstr("/a\\[exit\\]\\$b.pt\""), HasSubstr("\"say \\\"no\\\"\\nline \\{2\\}\"")));
}

TEST_F(Export, ACubeIsTheClosedFormOnEveryNode) {
  const auto path = Written(kKinds[1]);
  ExportModel({path, folder_ / "c.cube", 33, {}});
  const auto cube = model::ParseCubeText(BytesOf(folder_ / "c.cube"), "c.cube");
  ASSERT_EQ(cube.size, 33);
  EXPECT_EQ(cube.nodes.front(), (std::array{0.0F, 0.0F, 0.0F})) << "Y is held, and black has room for no chroma";
  const auto model = model::LoadModel(path, {}, model::Precision::kFloat32).Baseline();
  image::Image one({1, 1}, {"R", "G", "B"}, image::kTrainingDisplay);
  const int at[3] = {20, 12, 25};
  for (int c = 0; c < 3; ++c) one.plane(c)[0] = static_cast<float>(at[c]) / 32.0F;
  const auto expected = inference::ComposeRecovered(one, model->Recover(one), model->description()).rgb;
  const auto& node = cube.nodes[at[0] + 33 * (at[1] + 33 * at[2])];
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(node[c], expected.plane(c)[0], 1e-6);
}

TEST_F(Export, OpenColorIoReadsTheCube) {
  if (!Runs("command -v ociochecklut")) GTEST_SKIP() << "opencolorio-tools is not installed";
  ExportModel({Written(kKinds[0]), folder_ / "c.cube", 17, {}});
  EXPECT_EQ(std::system(("ociochecklut " + (folder_ / "c.cube") + " 0.5 0.25 0.75 >" + (folder_ / "said")).c_str()), 0);
  const auto cube = model::ParseCubeText(BytesOf(folder_ / "c.cube"), "c.cube");
  const auto& node = cube.nodes[8 + 17 * (4 + 17 * 12)];
  std::ifstream said(folder_ / "said");
  for (int c = 0; c < 3; ++c) {
    double value = -1;
    said >> value;
    EXPECT_NEAR(value, node[c], 1e-5);
  }
}

TEST_F(Export, BadInputIsNamedAndLeavesNothing) {
  const auto model = Written(kKinds[1]);
  EXPECT_THAT(RefusalOf(model, folder_ / "m.mov"), AllOf(HasSubstr("m.mov"), HasSubstr(".onnx")));
  fs::create_directory(folder_ / "folder.onnx");
  fs::create_directory(folder_ / "folder.pt");
  EXPECT_THAT(RefusalOf(model, folder_ / "folder.onnx"), HasSubstr("is a folder"));
  EXPECT_THAT(RefusalOf(model, folder_ / "folder.pt"), HasSubstr("is a folder"));
  EXPECT_THAT(RefusalOf(model, folder_ / "nowhere/m.pt"), HasSubstr("folder does not exist"));
  EXPECT_THAT(RefusalOf(folder_ / "none.safetensors", folder_ / "m.pt"), HasSubstr("none.safetensors"));
  EXPECT_THAT(RefusalOf(folder_ / "folder.pt", folder_ / "m.pt"), HasSubstr("folder.pt"));
  EXPECT_THAT(FailureOfCall([&] { ExportModel({model, folder_ / "c.cube", 66, {}}); }).message, HasSubstr("66"));
  const auto whole = BytesOf(model);
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1}) {
    WriteText(model, whole.substr(0, size));
    EXPECT_THAT(RefusalOf(model, folder_ / "m.pt"), HasSubstr("model.safetensors")) << size;
    EXPECT_THAT(RefusalOf(model, folder_ / "m.cube"), HasSubstr("model.safetensors")) << size;
  }
  EXPECT_THAT(RefusalOf(Written(kKinds[4]), folder_ / "m.cube"), HasSubstr("no closed form"));
}

TEST_F(Export, ALutTrainsRendersAndBecomesACubeThatHoldsLuma) {
  DrawnShot shot;
  auto train = shot.Train();
  train.network = NetworkKindWord::kLut;
  train.lut_size = 17;
  const auto report = RunTrain(shot.Context(), {train, ToJson(shot.Spec(train)), shot.folder / "scratch", {}});
  EXPECT_GT(shot.events.Figure("chroma_psnr_db", "model"), shot.events.Figure("chroma_psnr_db", "untouched") + 3.0);
  ExportModel({report.model, folder_ / "lut.cube", {}, {}});
  const auto cube = model::ParseCubeText(BytesOf(folder_ / "lut.cube"), "lut.cube");
  EXPECT_EQ(cube.size, 17) << "its own nodes, not the lattice of a closed form";
  EXPECT_GT(cube.shaper.size(), 2U) << "the display domain has a log pre-LUT";
  const auto model = model::LoadModel(report.model, {}, model::Precision::kFloat32);
  const auto frame = Faded(DrawClean({64, 48}, 5));
  const auto rendered = inference::ComposeRecovered(frame, model.Recover(frame), model.description()).rgb;
  const auto mapped = model::Apply(cube, frame);
  double squares = 0;
  for (std::size_t i = 0; i < rendered.values().size(); ++i) {
    squares += std::pow(mapped.values()[i] - rendered.values()[i], 2);
  }
  // Between nodes a cube blends colours whose luma is held; the composition itself is not linear at the gamut's border.
  EXPECT_LT(std::sqrt(squares / static_cast<double>(rendered.values().size())), 0.01);
  ExportModel({report.model, folder_ / "plain.cube", 33, {}});
  const auto plain = model::ParseCubeText(BytesOf(folder_ / "plain.cube"), "plain.cube");
  EXPECT_EQ(plain.size, 33);
  EXPECT_TRUE(plain.shaper.empty()) << "for programs that read no pre-LUT";
  const auto again = model::Apply(plain, frame);
  double apart = 0;
  for (std::size_t i = 0; i < mapped.values().size(); ++i) apart += std::pow(again.values()[i] - mapped.values()[i], 2);
  EXPECT_LT(std::sqrt(apart / static_cast<double>(mapped.values().size())), 0.01);
  EXPECT_THAT(RefusalOf(report.model, folder_ / "lut.pt"), AllOf(HasSubstr("LUT"), HasSubstr(".cube")));
}

// A header that promises more weights than the file has must not make the engine ask for memory.
TEST_F(Export, ADescriptionOfMoreThanTheFileHoldsIsRefused) {
  const auto path = Written(kKinds[6]);
  const auto bytes = model::ReadFileBytes(path);
  auto content = model::ParseSafetensors(bytes);
  auto network = model::ParseNetworkDescription(content.metadata.at("interneg.network"));
  network.width = 512;
  network.levels = 5;
  network.blocks = 16;
  content.metadata["interneg.network"] = model::ToJson(network);
  model::WriteFileAtomically(folder_ / "huge", model::FormatSafetensors(content));
  EXPECT_THAT(RefusalOf(folder_ / "huge", folder_ / "m.pt"), AllOf(HasSubstr("huge"), HasSubstr("another shape")));
  EXPECT_THROW(model::LoadModel(fs::path(folder_ / "huge"), {}, model::Precision::kFloat32), std::invalid_argument);
}

std::string Printed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "interneg-engine");
  std::vector<char*> values;
  for (auto& argument : arguments) values.push_back(argument.data());
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunProgram(static_cast<int>(values.size()), values.data()), 0);
  return testing::internal::GetCapturedStdout();
}

TEST_F(Export, AModelIsDescribedByItsFileAsByItsName) {
  const auto by_name = nlohmann::json::parse(Printed({"model", "describe", "--network", "nafnet", "-o", "json"}));
  EXPECT_EQ(by_name.at("network").at("size"), "medium");
  EXPECT_EQ(by_name.at("parameters"),
            model::ParameterCount(model::DescribeNetwork(NetworkKind::kNafnet, model::NetworkSize::kMedium,
                                                         FreePlanes::kChroma, image::YCbCrMatrix::kBt709)));
  const auto path = Written(kKinds[1]);
  const auto by_file = nlohmann::json::parse(Printed({"model", "describe", path, "-o", "json"}));
  EXPECT_EQ(by_file.at("network").at("width"), 4);
  EXPECT_EQ(by_file.at("file").at("step"), "7");
  EXPECT_EQ(by_file.at("file").at("correction"), 0.75);
  EXPECT_EQ(by_file.at("file").at("firstGuess").at("share"), 1.0);
  std::int64_t parameters = 0;
  double macs = 0;
  for (const auto& layer : by_file.at("layers")) {
    parameters += layer.at("parameterCount").get<std::int64_t>();
    macs += layer.at("kiloMacsPerPixel").get<double>();
  }
  EXPECT_EQ(parameters, by_file.at("parameters"));
  EXPECT_NEAR(macs, by_file.at("kiloMacsPerPixel").get<double>(), 1e-9);
  EXPECT_THAT(Printed({"model", "describe", path}), AllOf(HasSubstr("halo"), HasSubstr("unet.enter.0.weight")));
  EXPECT_THAT(Printed({"model", "describe", "--network", "lut"}), HasSubstr("33 along an edge"));
}

TEST_F(Export, WhatAFileSaysOfItselfCannotSteerTheTerminal) {
  const auto path = Written(kKinds[0]);
  const auto bytes = model::ReadFileBytes(path);
  auto content = model::ParseSafetensors(bytes);
  content.metadata["interneg.step"] = "\x1b]0;x\x07 7\nparameters        1";
  content.metadata["interneg.job"] = "{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
  model::WriteFileAtomically(folder_ / "hostile", model::FormatSafetensors(content));
  EXPECT_THAT(Printed({"model", "describe", folder_ / "hostile"}), HasSubstr("\\x1b]0;x\\x07 7\\x0aparameters"));
  EXPECT_THAT(Printed({"checkpoint", "show", folder_ / "hostile"}), HasSubstr("interneg.job"));
}

}  // namespace
}  // namespace interneg::jobs
