#include "tests/worker/engine/jobs/drawn_shot.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "interneg-jobs-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

double KeptEvents::Figure(const std::string& name, const std::string& subject) const {
  for (const auto& measure : All<Measure>()) {
    if (measure.name == name && measure.subject == subject && !measure.step) return measure.value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

image::Image DrawClean(image::Size size, int frame) {
  image::Image picture(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      const double u = static_cast<double>(x) / size.width_px, v = static_cast<double>(y) / size.height_px;
      const double disc = std::hypot(u - 0.2 - 0.06 * frame, v - 0.5) < 0.2 ? 0.45 : 0.0;
      const std::size_t i = static_cast<std::size_t>(y) * size.width_px + x;
      picture.plane(0)[i] = static_cast<float>(0.15 + 0.5 * u + disc * 0.6);
      picture.plane(1)[i] = static_cast<float>(0.2 + 0.4 * v * (1 - disc));
      picture.plane(2)[i] = static_cast<float>(0.55 - 0.4 * u * v + 0.05 * std::sin(9.0 * u + frame));
    }
  }
  return picture;
}

image::Image Faded(const image::Image& clean) {
  image::Image faded = clean;
  const auto r = clean.plane(0), g = clean.plane(1), b = clean.plane(2);
  for (std::size_t i = 0; i < r.size(); ++i) {
    faded.plane(0)[i] = 0.25F + 0.5F * r[i] + 0.1F * g[i];
    faded.plane(1)[i] = 0.15F * r[i] + 0.6F * g[i] + 0.1F * b[i];
    faded.plane(2)[i] = 0.05F + 0.15F * g[i] + 0.4F * b[i];
  }
  return faded;
}

void WriteFrame(const std::string& folder, const std::string& pattern, int frame, const image::Image& rgb) {
  const auto roots = frames::Roots::WholeFileSystem();
  const auto names = frames::FramePattern::Parse(pattern);
  frames::WriteOptions options;
  if (names.Extension() == "png") {
    options.format = frames::OutputFormat::kPng;
    options.encoding = frames::SampleEncoding::kUint16;
  }
  frames::FrameWriter(roots, roots.Locate(folder, "/"), names, options).Write(frame, rgb, {}, {});
}

DrawnShot::DrawnShot() : roots(frames::Roots::WholeFileSystem()) {
  for (int frame = 1; frame <= 9; ++frame) {
    const auto clean = DrawClean(kSize, frame);
    WriteFrame(folder / "reference", "f.%04d.png", frame, clean);
    WriteFrame(folder / "source", "f.%04d.png", frame, Faded(clean));
  }
}

std::vector<std::string> DrawnShot::Warnings() const {
  std::vector<std::string> texts;
  for (const auto& notice : events.All<Notice>()) {
    if (notice.level == NoticeLevel::kWarning) texts.push_back(notice.text);
  }
  return texts;
}

TrainJob DrawnShot::Train() const {
  TrainJob job;
  job.recovery = Recovery::kChroma;
  job.source = FrameSource{folder / "source/f.%04d.png", "1-9", ""};
  job.reference = FrameSource{folder / "reference/f.%04d.png", "1-9", ""};
  job.pairs = {1, 5, 9};
  job.network = NetworkKind::kClosedForm;
  return job;
}

TrainJob DrawnShot::SmallGrid() const {
  auto train = Train();
  train.network = NetworkKind::kGrid;
  train.size = NetworkSize::kSmall;
  train.training = TrainingSettings{};
  train.training->steps = 6;
  train.training->patch_px = 32;
  train.training->contact_sheet_interval_steps = 3;
  train.training->checkpoint_interval_steps = 3;
  train.training->precision = Precision::kFp32;
  return train;
}

RenderJob DrawnShot::Render() const {
  RenderJob job;
  job.source = FrameSource{folder / "source/f.%04d.png", "1-9", ""};
  job.output = RenderOutput{};
  job.output->path = folder / "out/r.%04d.png";
  job.output->color_space = "same-as-source";
  job.output->format = FileFormat::kPng;
  return job;
}

EngineFailure FailureOfCall(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return FailureOf(error);
  }
  return {};
}

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace interneg::jobs
