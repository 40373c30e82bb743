// Reads movies in order, beside libav's bare decoding and beside libav with libswscale on the way to the same planes of
// floats; then says how near the pixels come to the truth, beside libswscale's. Each is given in milliseconds of a
// frame: by the clock, and by the processor, which a busy machine does not falsify. `--data FOLDER` reads the folder's
// movies as well as a drawn one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/benchmarks/movie_reading/swscale_precision.h"
#include "tests/worker/engine/frames/movie_fixtures.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/libav_handles.h"
#include "worker/engine/frames/movie.h"

namespace interneg::benchmarks {
namespace {

namespace fs = std::filesystem;

struct Cost {
  double wall = 0, processor = 0;  // seconds
};

Cost CostOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const auto processor = std::clock();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC};
}

// As `ffmpeg -i FILE -f null -` does it: every packet, every picture, nothing else.
int DecodeByLibav(const std::string& path, const std::function<void(const AVFrame&)>& use) {
  AVFormatContext* opened = nullptr;
  if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return 0;
  const frames::FormatPointer format(opened);
  avformat_find_stream_info(opened, nullptr);
  const AVCodec* decoder = nullptr;
  const int stream = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
  const frames::CodecPointer codec(avcodec_alloc_context3(decoder));
  avcodec_parameters_to_context(codec.get(), opened->streams[stream]->codecpar);
  codec->thread_count = 0;
  avcodec_open2(codec.get(), decoder, nullptr);
  const frames::PacketPointer packet(av_packet_alloc());
  const frames::FramePointer picture(av_frame_alloc());
  int count = 0;
  const auto receive = [&] {
    while (avcodec_receive_frame(codec.get(), picture.get()) >= 0) {
      use(*picture);
      ++count;
    }
  };
  while (av_read_frame(opened, packet.get()) >= 0) {
    if (packet->stream_index == stream) avcodec_send_packet(codec.get(), packet.get());
    av_packet_unref(packet.get());
    receive();
  }
  avcodec_send_packet(codec.get(), nullptr);
  receive();
  return count;
}

void Print(const char* name, Cost cost, int count) {
  std::printf("    %-28s %7.2f ms, %7.2f ms of processor\n", name, 1e3 * cost.wall / count,
              1e3 * cost.processor / count);
}

void Measure(const fs::path& path) {
  const frames::Roots roots(std::vector<frames::Root>{{"b", path.parent_path().string(), {}}});
  const auto nothing = [](const AVFrame&) {};
  const int count = DecodeByLibav(path.string(), nothing);  // into the page cache
  const Cost bare = CostOf([&] { DecodeByLibav(path.string(), nothing); });
  const Cost scaled = CostOf([&] { DecodeByLibav(path.string(), [](const AVFrame& frame) { BySwscale(frame); }); });
  const frames::FrameSequence movie(roots, {"b", path.filename().string()});
  const Cost opening = CostOf([&] { movie.Present(); });
  const Cost reading = CostOf([&] {
    for (const int frame : movie.Present()) movie.Read(frame, "s");
  });
  std::mt19937 random(1);
  constexpr int kPicked = 40;
  const Cost picking = CostOf([&] {
    for (int i = 0; i < kPicked; ++i) movie.Read(1 + static_cast<int>(random() % static_cast<unsigned>(count)), "s");
  });
  std::printf("%s, %d frames, opened in %.3f s\n", path.filename().c_str(), count, opening.wall);
  Print("libav, decoding alone", bare, count);
  Print("libav and swscale to floats", scaled, count);
  Print("interneg, in order", reading, count);
  Print("interneg, at random", picking, kPicked);
  std::printf(
      "    speed in order: %.2f of decoding alone, %.2f of the same output by swscale (processor: %.2f, %.2f)\n",
      bare.wall / reading.wall, scaled.wall / reading.wall, bare.processor / reading.processor,
      scaled.processor / reading.processor);
}

void MeasureDrawn() {
  const fs::path folder = fs::temp_directory_path() / "interneg-movie-reading";
  fs::create_directories(folder);
  frames::MovieSpec spec;
  spec.file = "drawn_720p24.mp4";
  spec.size = {1280, 720};
  spec.frames = 150;
  spec.options = {{"preset", "veryfast"}};
  frames::EncodeMovie(folder, spec, frames::DrawNumber);
  Measure(folder / spec.file);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace interneg::benchmarks

int main(int argc, char** argv) {
  using namespace interneg::benchmarks;
  if (argc == 3 && std::strcmp(argv[1], "--data") == 0) {
    std::vector<fs::path> movies;
    for (const auto& entry : fs::recursive_directory_iterator(argv[2])) {
      std::string extension = entry.path().extension().string();
      if (!extension.empty() && interneg::frames::IsMovieExtension(extension.substr(1))) movies.push_back(entry.path());
    }
    std::sort(movies.begin(), movies.end());
    for (const auto& movie : movies) Measure(movie);
  } else if (argc != 1) {
    std::fprintf(stderr, "usage: movie_reading_benchmark [--data FOLDER]\n");
    return EXIT_FAILURE;
  }
  MeasureDrawn();
  PrintPrecision();
}
