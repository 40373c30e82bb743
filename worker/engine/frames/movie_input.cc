#include "worker/engine/frames/movie_input.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "worker/engine/frames/decoder_complaints.h"

namespace interneg::frames {
namespace {

constexpr int kBlockBytes = 1 << 18;

// Formats that hold a whole movie in one file: none of them is a list of other files.
constexpr char kFormats[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpeg,mpegvideo,mpegts,mxf,mxf_opatom,avi,h264,hevc,m4v";

int RefuseToOpen(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

std::uint32_t ChecksumOf(const AVPacket& packet) {
  std::uint32_t hash = 2166136261U;  // FNV-1a over both ends, which hold a picture's header and its last slice
  const auto add = [&](int begin, int end) {
    for (int i = begin; i < end; ++i) hash = (hash ^ packet.data[i]) * 16777619U;
  };
  constexpr int kEnd = 128;
  add(0, std::min(packet.size, kEnd));
  add(std::max(kEnd, packet.size - kEnd), packet.size);
  return hash;
}

}  // namespace

MovieInput::MovieInput(std::shared_ptr<const MovieFile> file) : file_(std::move(file)) {
  SilenceLibav();
  struct stat state {};
  fstat(file_->descriptor.number(), &state);
  size_bytes_ = state.st_size;
  if (size_bytes_ == 0) throw FrameError(FrameFault::kUnreadable, file_->shown + ": the file is empty");
  Open();
  ChooseStream();
}

void MovieInput::Open() {
  auto* block = static_cast<unsigned char*>(av_malloc(kBlockBytes));
  bytes_.reset(avio_alloc_context(block, kBlockBytes, 0, this, &ReadBytes, nullptr, &SeekBytes));
  AVFormatContext* format = avformat_alloc_context();
  if (block == nullptr || !bytes_ || format == nullptr) throw std::bad_alloc();
  format->pb = bytes_.get();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->io_open = &RefuseToOpen;
  format->format_whitelist = av_strdup(kFormats);
  format->protocol_whitelist = av_strdup("none");
  int failure = avformat_open_input(&format, nullptr, nullptr, nullptr);  // frees the format when it fails
  format_.reset(format);
  if (failure >= 0) failure = avformat_find_stream_info(format, nullptr);
  if (failure >= 0) return;
  RequireHealthyDisk();
  throw FrameError(
      FrameFault::kUnreadable,
      file_->shown + ": not a readable movie (" + LibavText(failure) +
          "): it is damaged, cut off before its own index, or of a kind that is not read; copy it again, or "
          "convert it to .mov, .mp4, .mkv or .mxf");
}

void MovieInput::ChooseStream() {
  const int chosen = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    if (static_cast<int>(i) != chosen) format_->streams[i]->discard = AVDISCARD_ALL;
  }
  if (chosen >= 0) stream_ = format_->streams[chosen];
  if (stream_ == nullptr || (stream_->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
    throw FrameError(FrameFault::kUnsupported, file_->shown + ": the movie holds no moving picture");
  }
  if (stream_->codecpar->width <= 0 || stream_->codecpar->height <= 0) {
    throw FrameError(FrameFault::kUnreadable, file_->shown +
                                                  ": the movie's picture has no size: it is damaged or cut "
                                                  "off too early; copy it again");
  }
}

bool MovieInput::IsOf(std::string_view family) const {
  const std::string names = "," + std::string(format_->iformat->name) + ",";
  return names.find("," + std::string(family) + ",") != std::string::npos;
}

MovieInput::Read MovieInput::Next(AVPacket& packet) {
  for (;;) {
    const int failure = av_read_frame(format_.get(), &packet);
    RequireHealthyDisk();
    if (failure == AVERROR_EOF) return Read::kEnd;
    if (failure < 0) return Read::kDamaged;
    if (packet.stream_index != stream_->index || packet.size == 0) {
      av_packet_unref(&packet);
      continue;
    }
    // A packet that its container cuts short is the end of a truncated file.
    const bool whole = (packet.flags & AV_PKT_FLAG_CORRUPT) == 0;
    if (!whole) av_packet_unref(&packet);
    return whole ? Read::kPacket : Read::kDamaged;
  }
}

bool MovieInput::SeekTo(const MoviePacket& target) {
  const bool by_bytes =
      IsOf("mpeg") || IsOf("mpegts") || IsOf("mpegvideo") || IsOf("h264") || IsOf("hevc") || IsOf("m4v");
  if (by_bytes) {
    return target.position_bytes >= 0 &&
           av_seek_frame(format_.get(), stream_->index, target.position_bytes, AVSEEK_FLAG_BYTE) >= 0;
  }
  const std::int64_t time = target.pts != kNoTimestamp ? target.pts : target.dts;
  return time != kNoTimestamp && av_seek_frame(format_.get(), stream_->index, time, AVSEEK_FLAG_BACKWARD) >= 0;
}

std::optional<int> MovieInput::StatedPackets() const {
  if (IsOf("mov")) {
    const int entries = avformat_index_get_entries_count(stream_);
    return entries > 0 ? std::optional<int>(entries) : std::nullopt;
  }
  if (IsOf("avi") && stream_->nb_frames > 0) return static_cast<int>(stream_->nb_frames);
  return std::nullopt;
}

std::optional<double> MovieInput::StatedEndSeconds() const {
  if (IsOf("mxf") && stream_->duration > 0) return static_cast<double>(stream_->duration) * av_q2d(stream_->time_base);
  const AVDictionaryEntry* text = av_dict_get(stream_->metadata, "DURATION", nullptr, 0);
  int hours = 0, minutes = 0;
  double seconds = 0;
  if (!IsOf("matroska") || text == nullptr || std::sscanf(text->value, "%d:%d:%lf", &hours, &minutes, &seconds) != 3) {
    return std::nullopt;
  }
  return hours * 3600.0 + minutes * 60.0 + seconds;
}

void MovieInput::RequireHealthyDisk() const {
  if (disk_error_ == 0) return;
  throw FrameError(FaultOfReading(disk_error_), file_->shown + ": cannot be read: " + std::strerror(disk_error_));
}

int MovieInput::ReadBytes(void* input, std::uint8_t* bytes, int size) {
  auto& self = *static_cast<MovieInput*>(input);
  for (;;) {
    const ssize_t got = pread(self.file_->descriptor.number(), bytes, static_cast<std::size_t>(size), self.offset_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      self.disk_error_ = errno;
      return AVERROR(errno);
    }
    self.offset_ += got;
    return got == 0 ? AVERROR_EOF : static_cast<int>(got);
  }
}

std::int64_t MovieInput::SeekBytes(void* input, std::int64_t offset, int whence) {
  auto& self = *static_cast<MovieInput*>(input);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return self.size_bytes_;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += self.offset_;
      break;
    case SEEK_END:
      offset += self.size_bytes_;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return self.offset_ = offset;
}

MoviePacket Described(const AVPacket& packet) {
  MoviePacket described;
  described.position_bytes = packet.pos;
  described.size_bytes = packet.size;
  described.checksum = ChecksumOf(packet);
  if (packet.pts != AV_NOPTS_VALUE) described.pts = packet.pts;
  if (packet.dts != AV_NOPTS_VALUE) described.dts = packet.dts;
  described.is_random_access = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  described.is_shown = (packet.flags & AV_PKT_FLAG_DISCARD) == 0;
  return described;
}

}  // namespace interneg::frames
