// Movies drawn and encoded on the spot, for the tests of frames and of what reads them.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_FRAMES_MOVIE_FIXTURES_H_
#define INTERNEG_TESTS_WORKER_ENGINE_FRAMES_MOVIE_FIXTURES_H_

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/engine/frames/movie_overrides.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

struct MovieSpec {
  std::string file;  // its extension chooses the container
  std::string encoder = "libx264";
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  image::Size size{96, 64};
  int frames = 50;
  AVRational rate{24, 1};
  int group = 12;  // pictures from one random-access point to the next
  int b_frames = 2;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVRational pixel_aspect{1, 1};
  bool is_interlaced = false;                        // top field first
  std::map<std::string, std::string> options = {};   // of the encoder
  std::map<std::string, std::string> metadata = {};  // of the stream
  std::map<std::string, std::string> container_options = {};
  std::function<std::int64_t(int)> time = {};  // of frame 0 …, in 1/rate; the number itself without it
};

// Draws frame `number` (0 …) into a picture of the spec's format.
using DrawPicture = std::function<void(AVFrame& picture, int number)>;

bool HasEncoder(const std::string& name);
void EncodeMovie(const std::filesystem::path& folder, const MovieSpec& spec, const DrawPicture& draw);

// A moving texture with the number in black and white blocks, most significant bit first; and the number that is seen
// in a decoded picture.
void DrawNumber(AVFrame& picture, int number);
int SeenNumber(const image::Image& rgb);

// The eight 75 % bars (ITU-R BT.471: white, yellow, cyan, green, magenta, red, blue, black) as eight columns coded by
// matrix and range; and the largest distance of a bar's middle in a decoded picture from the bar's R'G'B'.
DrawPicture DrawBars(image::YCbCrMatrix matrix, SampleRange range);
double WorstBar(const image::Image& rgb);

}  // namespace interneg::frames

#endif  // INTERNEG_TESTS_WORKER_ENGINE_FRAMES_MOVIE_FIXTURES_H_
