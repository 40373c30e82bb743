// The engine's picture in memory: named float32 planes of one size that know their colour space.
//
// This module owns pixels, planes and the YCbCr matrices. It knows nothing of files, colour management or networks
// and depends on the C++ standard library alone.
#ifndef INTERNEG_WORKER_ENGINE_IMAGE_IMAGE_H_
#define INTERNEG_WORKER_ENGINE_IMAGE_IMAGE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace interneg::image {

// Width and height in pixels; both positive for every Image.
struct Size {
  int width_px = 0;
  int height_px = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// A picture of one or more planes, stored planar: plane c occupies `height_px * width_px` consecutive floats, rows
// from top to bottom, pixels from left to right. Values are in the encoding that `color_space` names: a resolved OCIO
// colour-space name, or one of the constants below. Values are not limited to [0, 1] unless the space says so.
// A regular value type; copying copies the pixels. Not synchronised.
class Image {
 public:
  Image() = default;

  // All pixels zero. `channels` names the planes in order ("R","G","B" or "Y","Cb","Cr" …).
  // Throws std::invalid_argument when the size is not positive or there is no channel.
  Image(Size size, std::vector<std::string> channels, std::string color_space);

  Size size() const { return size_; }
  int width_px() const { return size_.width_px; }
  int height_px() const { return size_.height_px; }
  std::size_t pixel_count() const { return static_cast<std::size_t>(size_.width_px) * size_.height_px; }
  int channel_count() const { return static_cast<int>(channels_.size()); }
  const std::vector<std::string>& channels() const { return channels_; }
  const std::string& color_space() const { return color_space_; }
  void set_color_space(std::string name) { color_space_ = std::move(name); }
  bool empty() const { return values_.empty(); }

  // The pixels of one plane, row-major. Throws std::out_of_range for an index outside [0, channel_count()).
  std::span<float> plane(int index);
  std::span<const float> plane(int index) const;

  // All planes, one behind the other (channels × height × width).
  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

 private:
  Size size_;
  std::vector<std::string> channels_;
  std::string color_space_;
  std::vector<float> values_;
};

// Names for encodings that are Interneg's own and not those of an OCIO configuration.
// R'G'B' in the training domain (docs/decisions: display = Rec.709 primaries, gamma 2.4; log = ACEScct).
inline constexpr char kTrainingDisplay[] = "interneg:training/display";
inline constexpr char kTrainingLog[] = "interneg:training/log";

// The pixels of `image` inside the rectangle, as a new image. Throws std::invalid_argument when it leaves the frame.
struct Rectangle {
  int x_px = 0;
  int y_px = 0;
  Size size;
  friend bool operator==(const Rectangle&, const Rectangle&) = default;
};
Image Crop(const Image& image, const Rectangle& area);

// Every value limited to [0, 1]; NaN becomes 0.
Image ClampedToUnit(const Image& image);

}  // namespace interneg::image

#endif  // INTERNEG_WORKER_ENGINE_IMAGE_IMAGE_H_
