// The packets of a movie's picture, from a file that is already open; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INPUT_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INPUT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "worker/engine/frames/libav_handles.h"
#include "worker/engine/frames/movie_index.h"
#include "worker/engine/frames/roots.h"

namespace interneg::frames {

// The file, open below its root, that every input and decoder of one movie reads by pread.
struct MovieFile {
  Descriptor descriptor;
  std::string shown;  // for messages
};

// One demuxer over the descriptor. libav gets bytes alone: no name, no protocol and no way to open another file. Only
// formats that hold a movie in one file are tried. Not synchronised; several may read one MovieFile at once.
class MovieInput {
 public:
  // Throws FrameError: kUnreadable (no movie, or its index is missing because it was cut off), kUnsupported (no
  // picture in it), kStorage.
  explicit MovieInput(std::shared_ptr<const MovieFile> file);
  MovieInput(const MovieInput&) = delete;
  MovieInput& operator=(const MovieInput&) = delete;

  AVFormatContext& format() const { return *format_; }
  AVStream& stream() const { return *stream_; }
  bool IsOf(std::string_view family) const;  // "mov", "matroska", "mpeg" …: one of libav's names of the format

  enum class Read { kPacket, kEnd, kDamaged };
  // The next packet of the picture. kDamaged: the file ends or breaks off here. Throws FrameError kStorage when the
  // disk says so.
  Read Next(AVPacket& packet);

  // To a packet at or before `target`, as near as the format allows; false when it cannot. What comes next must be
  // recognised by its identity.
  bool SeekTo(const MoviePacket& target);

  // What the container states of the picture's own length: how many packets, or when the last one ends on the stream's
  // clock; nothing when it states none.
  std::optional<int> StatedPackets() const;
  std::optional<double> StatedEndSeconds() const;

 private:
  static int ReadBytes(void* input, std::uint8_t* bytes, int size);
  static std::int64_t SeekBytes(void* input, std::int64_t offset, int whence);
  void Open();
  void ChooseStream();
  void RequireHealthyDisk() const;

  std::shared_ptr<const MovieFile> file_;
  BytesPointer bytes_;  // outlives the format, which reads from it
  FormatPointer format_;
  AVStream* stream_ = nullptr;
  std::int64_t size_bytes_ = 0;
  std::int64_t offset_ = 0;
  int disk_error_ = 0;  // errno
};

// The identity and times of a packet of the picture.
MoviePacket Described(const AVPacket& packet);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INPUT_H_
